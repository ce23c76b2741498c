using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro;

/// <summary>Leaky integrate-and-fire neuron with exponential synaptic currents, integrated exactly, with an absolute refractory period.</summary>
/// <remarks>
/// <para><c>dV/dt = -(V - Rest)/TauMembrane + (I + Bias)/Capacitance</c>, <c>dI/dt = -I/TauSynapse</c>; a spike of weight w (pA) adds w to I. The neuron fires when
/// V reaches Threshold, then V stays at Reset for Refractory. A weight that arrives in a step changes I in that step and V in the next.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>TauMembrane</term><description>membrane time constant, 10 ms</description></item>
/// <item><term>TauSynapse</term><description>time constant of the synaptic current, 0.5 ms</description></item>
/// <item><term>TauInhibitory</term><description>where set, the model has two receptors, "excitatory" (TauSynapse) and "inhibitory" (this); else one, "current"</description></item>
/// <item><term>Capacitance</term><description>membrane capacitance, 250 pF; for weights in mV (g-type models: <c>tau dV/dt = g - V</c>) set it to TauMembrane in ms</description></item>
/// <item><term>Rest, Reset, Threshold</term><description>-65, -65, -50 mV</description></item>
/// <item><term>Refractory</term><description>2 ms, rounded to steps</description></item>
/// <item><term>Bias</term><description>constant current, 0 pA</description></item>
/// <item><term>Start</term><description>distribution of the initial V in mV; where not set, Rest</description></item>
/// </list>
/// <para>Source: S. Rotter and M. Diesmann, "Exact digital simulation of time-invariant linear systems with applications to neuronal modeling",
/// Biol. Cybern. 81, 381 (1999). The defaults are those of T. Potjans and M. Diesmann, Cereb. Cortex 24, 785 (2014).</para>
/// </remarks>
public sealed record Lif : NeuronModel
{
    /// <summary>The membrane time constant.</summary>
    public Time TauMembrane { get; init; } = 10.ms;

    /// <summary>The time constant of the synaptic current.</summary>
    public Time TauSynapse { get; init; } = 0.5.ms;

    /// <summary>The time constant of a second, inhibitory current; none where null.</summary>
    public Time? TauInhibitory { get; init; }

    /// <summary>The membrane capacitance.</summary>
    public Capacitance Capacitance { get; init; } = 250.pF;

    /// <summary>The resting potential.</summary>
    public Voltage Rest { get; init; } = -65.mV;

    /// <summary>The potential after a spike.</summary>
    public Voltage Reset { get; init; } = -65.mV;

    /// <summary>The potential at which the neuron fires.</summary>
    public Voltage Threshold { get; init; } = -50.mV;

    /// <summary>How long the potential stays at reset after a spike.</summary>
    public Time Refractory { get; init; } = 2.ms;

    /// <summary>A constant current.</summary>
    public Current Bias { get; init; }

    /// <summary>The distribution of initial potentials, in mV; <see cref="Rest"/> where null.</summary>
    public Distribution? Start { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Receptors => TauInhibitory is null ? ["current"] : ["excitatory", "inhibitory"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> StateVariables => TauInhibitory is null ? ["V", "I", "Wait"] : ["V", "Excitatory", "Inhibitory", "Wait"];

    /// <inheritdoc/>
    public override Voltage Origin => Rest;

    /// <inheritdoc/>
    public override void Validate(string owner)
    {
        Require.Positive($"{owner}: TauMembrane", TauMembrane);
        Require.Positive($"{owner}: TauSynapse", TauSynapse);
        if (TauInhibitory is { } tau) Require.Positive($"{owner}: TauInhibitory", tau);
        Require.InRange($"{owner}: Capacitance in pF", Capacitance.Picofarads, double.Epsilon, double.MaxValue);
        Require.Finite($"{owner}: Rest in mV", Rest.Millivolts);
        Require.Finite($"{owner}: Reset in mV", Reset.Millivolts);
        Require.Finite($"{owner}: Threshold in mV", Threshold.Millivolts);
        Require.Finite($"{owner}: Bias in pA", Bias.Picoamperes);
        Require.NotNegative($"{owner}: Refractory", Refractory);
        if (!(Reset.Millivolts < Threshold.Millivolts)) throw new InvalidInputException($"{owner}: Reset", Reset, $"below Threshold ({Threshold})");
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to)
    {
        if (TauInhibitory is { } inhibitory) to.Neurons<DualKernel<T>, DualState<T>, DualInput<T>>(new(this, inhibitory, to.Step));
        else to.Neurons<Kernel<T>, State<T>, SingleInput<T>>(new(this, to.Step));
    }

    /// <summary>The change of V in mV over a step that 1 pA at its beginning causes.</summary>
    /// <param name="step">The length of a step.</param>
    /// <param name="membrane">The membrane time constant.</param>
    /// <param name="synapse">The time constant of the current.</param>
    /// <param name="capacitance">The membrane capacitance.</param>
    public static double Propagator(Time step, Time membrane, Time synapse, Capacitance capacitance)
    {
        double m = membrane.Milliseconds, s = synapse.Milliseconds;
        // The two time constants' difference in the denominator is a removable singularity.
        if (Math.Abs(m - s) < 1e-6 * m) return step.Milliseconds / capacitance.Picofarads * step.Decay(membrane);
        return m * s / (m - s) / capacitance.Picofarads * (step.Decay(membrane) - step.Decay(synapse));
    }

    /// <summary>What a step adds to V, which is counted from rest, for the constant current. It is made for the decay factor as it is rounded, so that V does not creep away from where it should rest.</summary>
    internal static double Drift(Time step, Time membrane, Capacitance capacitance, Current bias) =>
        (1 - (float)step.Decay(membrane)) * bias.Picoamperes * membrane.Milliseconds / capacitance.Picofarads;

    /// <summary>A neuron with one synaptic current.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct State<T>
    {
        /// <summary>The membrane potential above rest, mV.</summary>
        public T V;

        /// <summary>The synaptic current, pA.</summary>
        public T I;

        /// <summary>The steps left of the refractory period.</summary>
        public T Wait;
    }

    /// <summary>A neuron with two synaptic currents.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct DualState<T>
    {
        /// <summary>The membrane potential above rest, mV.</summary>
        public T V;

        /// <summary>The excitatory current, pA.</summary>
        public T Excitatory;

        /// <summary>The inhibitory current, pA.</summary>
        public T Inhibitory;

        /// <summary>The steps left of the refractory period.</summary>
        public T Wait;
    }

    readonly struct Kernel<T>(Lif model, Time step) : INeuronKernel<T, State<T>, SingleInput<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T keepV = (float)step.Decay(model.TauMembrane);
        readonly T keepI = (float)step.Decay(model.TauSynapse);
        readonly T fromI = (float)Propagator(step, model.TauMembrane, model.TauSynapse, model.Capacitance);
        readonly T drift = (float)Drift(step, model.TauMembrane, model.Capacitance, model.Bias);
        readonly T reset = (float)(model.Reset.Millivolts - model.Rest.Millivolts), threshold = (float)(model.Threshold.Millivolts - model.Rest.Millivolts), wait = model.Refractory.Steps(step);
        readonly Starting<T> start = new(model.Start ?? Distribution.Constant(model.Rest.Millivolts), model.Rest.Millivolts);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public State<T> Initial(T uniform, T normal) => new() { V = start.Value(uniform, normal), I = 0f, Wait = 0f };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public State<T> AtRest(in State<T> state) => new() { V = start.Mean, I = 0f, Wait = 0f };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Step(ref State<T> state, in SingleInput<T> input)
        {
            T free = state.Wait <= 0f;
            T v = T.FusedMultiplyAdd(state.V, keepV, T.FusedMultiplyAdd(state.I, fromI, drift));
            v = T.Select(free, v, state.V);
            T spike = free & (v >= threshold);
            state.I = T.FusedMultiplyAdd(state.I, keepI, input.Value);
            state.V = T.Select(spike, reset, v);
            state.Wait = T.Select(spike, wait, T.Max(state.Wait - 1f, 0f));
            return spike;
        }
    }

    readonly struct DualKernel<T>(Lif model, Time inhibitory, Time step) : INeuronKernel<T, DualState<T>, DualInput<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T keepV = (float)step.Decay(model.TauMembrane);
        readonly T keepExcitatory = (float)step.Decay(model.TauSynapse);
        readonly T keepInhibitory = (float)step.Decay(inhibitory);
        readonly T fromExcitatory = (float)Propagator(step, model.TauMembrane, model.TauSynapse, model.Capacitance);
        readonly T fromInhibitory = (float)Propagator(step, model.TauMembrane, inhibitory, model.Capacitance);
        readonly T drift = (float)Drift(step, model.TauMembrane, model.Capacitance, model.Bias);
        readonly T reset = (float)(model.Reset.Millivolts - model.Rest.Millivolts), threshold = (float)(model.Threshold.Millivolts - model.Rest.Millivolts), wait = model.Refractory.Steps(step);
        readonly Starting<T> start = new(model.Start ?? Distribution.Constant(model.Rest.Millivolts), model.Rest.Millivolts);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public DualState<T> Initial(T uniform, T normal) => new() { V = start.Value(uniform, normal), Excitatory = 0f, Inhibitory = 0f, Wait = 0f };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public DualState<T> AtRest(in DualState<T> state) => new() { V = start.Mean, Excitatory = 0f, Inhibitory = 0f, Wait = 0f };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Step(ref DualState<T> state, in DualInput<T> input)
        {
            T free = state.Wait <= 0f;
            T v = T.FusedMultiplyAdd(state.V, keepV, T.FusedMultiplyAdd(state.Excitatory, fromExcitatory, T.FusedMultiplyAdd(state.Inhibitory, fromInhibitory, drift)));
            v = T.Select(free, v, state.V);
            T spike = free & (v >= threshold);
            state.Excitatory = T.FusedMultiplyAdd(state.Excitatory, keepExcitatory, input.First);
            state.Inhibitory = T.FusedMultiplyAdd(state.Inhibitory, keepInhibitory, input.Second);
            state.V = T.Select(spike, reset, v);
            state.Wait = T.Select(spike, wait, T.Max(state.Wait - 1f, 0f));
            return spike;
        }
    }
}
