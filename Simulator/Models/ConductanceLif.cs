using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro;

/// <summary>Leaky integrate-and-fire neuron whose synapses open conductances, with a threshold that each spike raises.</summary>
/// <remarks>
/// <para><c>TauMembrane dV/dt = (Rest - V) + gE (ReversalExcitatory - V) + gI (ReversalInhibitory - V)</c>, <c>dgE/dt = -gE/TauExcitatory</c>,
/// <c>dgI/dt = -gI/TauInhibitory</c>, <c>dTheta/dt = -Theta/TauThreshold</c>. Conductances are in units of the leak conductance, and so are weights. The neuron fires when V
/// reaches Threshold + Theta; then V stays at Reset for Refractory, and Theta += Increment. A weight that arrives in a step changes a conductance in that step and V in the next.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>TauMembrane</term><description>membrane time constant at rest, 100 ms</description></item>
/// <item><term>TauExcitatory, TauInhibitory</term><description>time constants of the conductances, 1 ms and 2 ms</description></item>
/// <item><term>Rest, Reset</term><description>-65 mV each</description></item>
/// <item><term>ReversalExcitatory, ReversalInhibitory</term><description>0 mV and -100 mV</description></item>
/// <item><term>Threshold</term><description>where Theta is 0, -72 mV</description></item>
/// <item><term>StartTheta</term><description>distribution of the initial Theta in mV; 20 mV everywhere</description></item>
/// <item><term>Increment</term><description>what a spike adds to Theta, 0.05 mV</description></item>
/// <item><term>TauThreshold</term><description>decay of Theta, 1e7 ms; may be infinite</description></item>
/// <item><term>Homeostatic</term><description>where true, the default, Theta is learned: it outlives a presentation, and is frozen in evaluation</description></item>
/// <item><term>Refractory</term><description>5 ms, rounded to steps</description></item>
/// <item><term>Start</term><description>distribution of the initial V in mV; where not set, Rest</description></item>
/// </list>
/// <para>Integration. Exponential Euler: over a step the conductances are held at their exact mean, and V relaxes exactly towards the potential that they and the leak pull it to. So a spike
/// moves the same charge at any step, and no conductance is too large. The forward Euler of the published program is neither: its V runs away where
/// step (1 + gE + gI) / TauMembrane passes 2, which a few hundred inhibitory spikes of weight 17 in one step do at 0.5 ms. The price is one exponential and one division a neuron and step. Conductances
/// below 1e-20 are set to zero: they cannot be seen in V, and subnormal numbers would slow a silent network down. Theta is kept in two parts, for
/// at 1e7 ms a step takes away less than half of its last place.</para>
/// <para>Source: P. Diehl and M. Cook, "Unsupervised learning of digit recognition using spike-timing-dependent plasticity", Front. Comput. Neurosci. 9:99 (2015); the
/// defaults are its excitatory neurons, with the constants of the authors' program.</para>
/// </remarks>
public sealed record ConductanceLif : NeuronModel
{
    /// <summary>The membrane time constant at rest.</summary>
    public Time TauMembrane { get; init; } = 100.ms;

    /// <summary>The time constant of the excitatory conductance.</summary>
    public Time TauExcitatory { get; init; } = 1.ms;

    /// <summary>The time constant of the inhibitory conductance.</summary>
    public Time TauInhibitory { get; init; } = 2.ms;

    /// <summary>The resting potential.</summary>
    public Voltage Rest { get; init; } = -65.mV;

    /// <summary>The potential after a spike.</summary>
    public Voltage Reset { get; init; } = -65.mV;

    /// <summary>The potential that the excitatory conductance pulls to.</summary>
    public Voltage ReversalExcitatory { get; init; }

    /// <summary>The potential that the inhibitory conductance pulls to.</summary>
    public Voltage ReversalInhibitory { get; init; } = -100.mV;

    /// <summary>The potential at which a neuron fires whose threshold has not risen.</summary>
    public Voltage Threshold { get; init; } = -72.mV;

    /// <summary>What a spike adds to the threshold.</summary>
    public Voltage Increment { get; init; } = 0.05.mV;

    /// <summary>The time constant of the threshold's decay.</summary>
    public Time TauThreshold { get; init; } = 1e7.ms;

    /// <summary>Whether the threshold's rise is learned (kept between presentations, frozen in evaluation) or momentary.</summary>
    public bool Homeostatic { get; init; } = true;

    /// <summary>How long the potential stays at reset after a spike.</summary>
    public Time Refractory { get; init; } = 5.ms;

    /// <summary>The distribution of initial potentials, in mV; <see cref="Rest"/> where null.</summary>
    public Distribution? Start { get; init; }

    /// <summary>The distribution of the initial rise of the threshold, in mV.</summary>
    public Distribution StartTheta { get; init; } = Distribution.Constant(20);

    /// <inheritdoc/>
    public override IReadOnlyList<string> Receptors => ["excitatory", "inhibitory"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> StateVariables => ["V", "Excitatory", "Inhibitory", "Wait", "Theta", "ThetaRest"];

    /// <inheritdoc/>
    public override Voltage Origin => Rest;

    /// <inheritdoc/>
    public override void Validate(string owner)
    {
        Require.Positive($"{owner}: TauMembrane", TauMembrane);
        Require.Positive($"{owner}: TauExcitatory", TauExcitatory);
        Require.Positive($"{owner}: TauInhibitory", TauInhibitory);
        Require.Positive($"{owner}: TauThreshold", TauThreshold, orInfinite: true);
        Require.Finite($"{owner}: Rest in mV", Rest.Millivolts);
        Require.Finite($"{owner}: Reset in mV", Reset.Millivolts);
        Require.Finite($"{owner}: ReversalExcitatory in mV", ReversalExcitatory.Millivolts);
        Require.Finite($"{owner}: ReversalInhibitory in mV", ReversalInhibitory.Millivolts);
        Require.Finite($"{owner}: Threshold in mV", Threshold.Millivolts);
        Require.InRange($"{owner}: Increment in mV", Increment.Millivolts, 0, double.MaxValue);
        Require.NotNegative($"{owner}: Refractory", Refractory);
        double least = Threshold.Millivolts + StartTheta.Base;
        if (!(Reset.Millivolts < least)) throw new InvalidInputException($"{owner}: Reset", Reset, $"below Threshold plus the initial Theta ({new Voltage(least)})");
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Neurons<Kernel<T>, State<T>, DualInput<T>>(new(this, to.Step, to.Learning));

    /// <summary>A neuron.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct State<T>
    {
        /// <summary>The membrane potential above rest, mV.</summary>
        public T V;

        /// <summary>The excitatory conductance, in units of the leak.</summary>
        public T Excitatory;

        /// <summary>The inhibitory conductance, in units of the leak.</summary>
        public T Inhibitory;

        /// <summary>The steps left of the refractory period.</summary>
        public T Wait;

        /// <summary>The rise of the threshold, mV.</summary>
        public T Theta;

        /// <summary>What belongs to Theta but lies below its last place, mV.</summary>
        public T ThetaRest;
    }

    readonly struct Kernel<T>(ConductanceLif model, Time step, bool learning) : INeuronKernel<T, State<T>, DualInput<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T keepExcitatory = (float)step.Decay(model.TauExcitatory), keepInhibitory = (float)step.Decay(model.TauInhibitory);

        // What the mean over a step is to the conductance at its beginning, alone and times the potential that it pulls to.
        readonly T meanExcitatory = (float)Mean(step, model.TauExcitatory), meanInhibitory = (float)Mean(step, model.TauInhibitory);
        readonly T pullExcitatory = (float)(Mean(step, model.TauExcitatory) * (model.ReversalExcitatory.Millivolts - model.Rest.Millivolts));
        readonly T pullInhibitory = (float)(Mean(step, model.TauInhibitory) * (model.ReversalInhibitory.Millivolts - model.Rest.Millivolts));
        readonly T reset = (float)(model.Reset.Millivolts - model.Rest.Millivolts), threshold = (float)(model.Threshold.Millivolts - model.Rest.Millivolts);
        readonly T pace = (float)(-step.Seconds / model.TauMembrane.Seconds);
        readonly T wait = model.Refractory.Steps(step);
        readonly T lossTheta = model.Homeostatic && !learning ? 0f : (float)(step.Decay(model.TauThreshold) - 1);
        readonly T increment = model.Homeostatic && !learning ? 0f : (float)model.Increment.Millivolts;
        readonly T keptAtRest = model.Homeostatic ? 1f : 0f, renewedAtRest = model.Homeostatic ? 0f : (float)model.StartTheta.Base;
        readonly Starting<T> start = new(model.Start ?? Distribution.Constant(model.Rest.Millivolts), model.Rest.Millivolts);
        readonly Starting<T> startTheta = new(model.StartTheta);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public State<T> Initial(T uniform, T normal) => new()
        {
            V = start.Value(uniform, normal),
            Excitatory = 0f,
            Inhibitory = 0f,
            Wait = 0f,
            Theta = startTheta.Value(uniform, normal),
            ThetaRest = 0f,
        };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public State<T> AtRest(in State<T> state) => new()
        {
            V = start.Mean,
            Excitatory = 0f,
            Inhibitory = 0f,
            Wait = 0f,
            Theta = T.FusedMultiplyAdd(state.Theta, keptAtRest, renewedAtRest),
            ThetaRest = state.ThetaRest * keptAtRest,
        };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Step(ref State<T> state, in DualInput<T> input)
        {
            T free = state.Wait <= 0f;
            T conductance = T.FusedMultiplyAdd(state.Excitatory, meanExcitatory, T.FusedMultiplyAdd(state.Inhibitory, meanInhibitory, 1f));
            T pull = T.FusedMultiplyAdd(state.Excitatory, pullExcitatory, state.Inhibitory * pullInhibitory);
            T aim = pull / conductance;
            T v = T.Select(free, T.FusedMultiplyAdd(state.V - aim, T.Exp(conductance * pace), aim), state.V);
            T spike = free & (v >= threshold + state.Theta);
            state.Excitatory = Seen(T.FusedMultiplyAdd(state.Excitatory, keepExcitatory, input.First));
            state.Inhibitory = Seen(T.FusedMultiplyAdd(state.Inhibitory, keepInhibitory, input.Second));
            state.V = T.Select(spike, reset, v);
            state.Wait = T.Select(spike, wait, T.Max(state.Wait - 1f, 0f));
            T change = T.FusedMultiplyAdd(state.Theta, lossTheta, state.ThetaRest) + T.Select(spike, increment, 0f);
            T theta = state.Theta + change;
            state.ThetaRest = change - (theta - state.Theta);
            state.Theta = theta;
            return spike;
        }

        static T Seen(T conductance) => T.Select(T.Abs(conductance) >= 1e-20f, conductance, 0f);

        static double Mean(Time step, Time tau) => tau / step * (1 - step.Decay(tau));
    }
}
