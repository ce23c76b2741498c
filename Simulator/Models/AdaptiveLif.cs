using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro;

/// <summary>Leaky integrate-and-fire neuron with exponential synaptic currents and a threshold that rises with each spike and decays.</summary>
/// <remarks>
/// <para><c>dV/dt = -(V - Rest)/TauMembrane + (I + Bias)/Capacitance</c>, <c>dI/dt = -I/TauSynapse</c>, <c>dTheta/dt = -Theta/TauThreshold</c>; the neuron fires
/// when V reaches Threshold + Theta, then Theta += Increment. Two receptors, "excitatory" (TauSynapse) and "inhibitory" (TauInhibitory), both additive.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>TauMembrane, TauSynapse, TauInhibitory</term><description>20 ms, 5 ms, 5 ms</description></item>
/// <item><term>Capacitance</term><description>20 pF: with TauMembrane 20 ms a weight of 1 pA is a drive of 1 mV</description></item>
/// <item><term>Rest, Reset, Threshold</term><description>-65, -65, -50 mV</description></item>
/// <item><term>Refractory</term><description>2 ms</description></item>
/// <item><term>TauThreshold</term><description>decay of Theta, 100 ms; may be infinite</description></item>
/// <item><term>Increment</term><description>what a spike adds to Theta, 1 mV</description></item>
/// <item><term>Homeostatic</term><description>where true, Theta is learned: it outlives a presentation, and is frozen in evaluation; default false</description></item>
/// <item><term>Floor</term><description>the lowest V, mV; default -1e30 (none)</description></item>
/// </list>
/// <para>Sources: G. Bellec et al., "Long short-term memory and learning-to-learn in networks of spiking neurons", NeurIPS 2018 (adaptive LIF);
/// P. Diehl and M. Cook, Front. Comput. Neurosci. 9:99 (2015) (homeostatic threshold).</para>
/// </remarks>
public sealed record AdaptiveLif : NeuronModel
{
    /// <summary>The membrane time constant.</summary>
    public Time TauMembrane { get; init; } = 20.ms;

    /// <summary>The time constant of the excitatory current.</summary>
    public Time TauSynapse { get; init; } = 5.ms;

    /// <summary>The time constant of the inhibitory current.</summary>
    public Time TauInhibitory { get; init; } = 5.ms;

    /// <summary>The membrane capacitance.</summary>
    public Capacitance Capacitance { get; init; } = 20.pF;

    /// <summary>The resting potential.</summary>
    public Voltage Rest { get; init; } = -65.mV;

    /// <summary>The potential after a spike.</summary>
    public Voltage Reset { get; init; } = -65.mV;

    /// <summary>The potential at which a neuron fires that has not fired lately.</summary>
    public Voltage Threshold { get; init; } = -50.mV;

    /// <summary>How long the potential stays at reset after a spike.</summary>
    public Time Refractory { get; init; } = 2.ms;

    /// <summary>The time constant of the threshold's decay.</summary>
    public Time TauThreshold { get; init; } = 100.ms;

    /// <summary>What a spike adds to the threshold.</summary>
    public Voltage Increment { get; init; } = 1.mV;

    /// <summary>Whether the threshold's rise is learned (kept between presentations, frozen in evaluation) or momentary.</summary>
    public bool Homeostatic { get; init; }

    /// <summary>The lowest potential.</summary>
    public Voltage Floor { get; init; } = new(-1e30);

    /// <summary>A constant current.</summary>
    public Current Bias { get; init; }

    /// <summary>The distribution of initial potentials, in mV; <see cref="Rest"/> where null.</summary>
    public Distribution? Start { get; init; }

    /// <summary>The distribution of the initial rise of the threshold, in mV; 0 where null.</summary>
    public Distribution? StartTheta { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Receptors => ["excitatory", "inhibitory"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> StateVariables => ["V", "Excitatory", "Inhibitory", "Wait", "Theta"];

    /// <inheritdoc/>
    public override Voltage Origin => Rest;

    /// <inheritdoc/>
    public override void Validate(string owner)
    {
        Require.Positive($"{owner}: TauMembrane", TauMembrane);
        Require.Positive($"{owner}: TauSynapse", TauSynapse);
        Require.Positive($"{owner}: TauInhibitory", TauInhibitory);
        Require.Positive($"{owner}: TauThreshold", TauThreshold, orInfinite: true);
        Require.InRange($"{owner}: Capacitance in pF", Capacitance.Picofarads, double.Epsilon, double.MaxValue);
        Require.Finite($"{owner}: Rest in mV", Rest.Millivolts);
        Require.Finite($"{owner}: Reset in mV", Reset.Millivolts);
        Require.Finite($"{owner}: Threshold in mV", Threshold.Millivolts);
        Require.Finite($"{owner}: Bias in pA", Bias.Picoamperes);
        Require.InRange($"{owner}: Increment in mV", Increment.Millivolts, 0, double.MaxValue);
        Require.NotNegative($"{owner}: Refractory", Refractory);
        if (!(Reset.Millivolts < Threshold.Millivolts)) throw new InvalidInputException($"{owner}: Reset", Reset, $"below Threshold ({Threshold})");
        if (!(Floor.Millivolts <= Reset.Millivolts)) throw new InvalidInputException($"{owner}: Floor", Floor, $"at most Reset ({Reset})");
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Neurons<Kernel<T>, State<T>, DualInput<T>>(new(this, to.Step, to.Learning));

    /// <summary>A neuron.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct State<T>
    {
        /// <summary>The membrane potential above rest, mV.</summary>
        public T V;

        /// <summary>The excitatory current, pA.</summary>
        public T Excitatory;

        /// <summary>The inhibitory current, pA.</summary>
        public T Inhibitory;

        /// <summary>The steps left of the refractory period.</summary>
        public T Wait;

        /// <summary>The rise of the threshold, mV.</summary>
        public T Theta;
    }

    readonly struct Kernel<T>(AdaptiveLif model, Time step, bool learning) : INeuronKernel<T, State<T>, DualInput<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T keepV = (float)step.Decay(model.TauMembrane);
        readonly T keepExcitatory = (float)step.Decay(model.TauSynapse);
        readonly T keepInhibitory = (float)step.Decay(model.TauInhibitory);
        readonly T fromExcitatory = (float)Lif.Propagator(step, model.TauMembrane, model.TauSynapse, model.Capacitance);
        readonly T fromInhibitory = (float)Lif.Propagator(step, model.TauMembrane, model.TauInhibitory, model.Capacitance);
        readonly T drift = (float)Lif.Drift(step, model.TauMembrane, model.Capacitance, model.Bias);
        readonly T reset = (float)(model.Reset.Millivolts - model.Rest.Millivolts), threshold = (float)(model.Threshold.Millivolts - model.Rest.Millivolts), floor = (float)(model.Floor.Millivolts - model.Rest.Millivolts);
        readonly T wait = model.Refractory.Steps(step);
        readonly T keepTheta = model.Homeostatic && !learning ? 1f : (float)step.Decay(model.TauThreshold);
        readonly T increment = model.Homeostatic && !learning ? 0f : (float)model.Increment.Millivolts;
        readonly T keptAtRest = model.Homeostatic ? 1f : 0f;
        readonly Starting<T> start = new(model.Start ?? Distribution.Constant(model.Rest.Millivolts), model.Rest.Millivolts);
        readonly Starting<T> startTheta = new(model.StartTheta ?? default);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public State<T> Initial(T uniform, T normal) => new()
        {
            V = start.Value(uniform, normal),
            Excitatory = 0f,
            Inhibitory = 0f,
            Wait = 0f,
            Theta = startTheta.Value(uniform, normal),
        };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public State<T> AtRest(in State<T> state) => new() { V = start.Mean, Excitatory = 0f, Inhibitory = 0f, Wait = 0f, Theta = state.Theta * keptAtRest };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Step(ref State<T> state, in DualInput<T> input)
        {
            T free = state.Wait <= 0f;
            T v = T.FusedMultiplyAdd(state.V, keepV, T.FusedMultiplyAdd(state.Excitatory, fromExcitatory, T.FusedMultiplyAdd(state.Inhibitory, fromInhibitory, drift)));
            v = T.Select(free, T.Max(v, floor), state.V);
            T spike = free & (v >= threshold + state.Theta);
            state.Excitatory = T.FusedMultiplyAdd(state.Excitatory, keepExcitatory, input.First);
            state.Inhibitory = T.FusedMultiplyAdd(state.Inhibitory, keepInhibitory, input.Second);
            state.V = T.Select(spike, reset, v);
            state.Wait = T.Select(spike, wait, T.Max(state.Wait - 1f, 0f));
            state.Theta = T.FusedMultiplyAdd(state.Theta, keepTheta, T.Select(spike, increment, 0f));
            return spike;
        }
    }
}
