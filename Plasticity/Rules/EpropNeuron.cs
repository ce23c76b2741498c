using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity;

/// <summary>The neuron that <see cref="Eprop"/> is derived for: leaky integrate-and-fire with input in jumps, reset by subtraction, and where wanted a threshold that adapts.</summary>
/// <remarks>
/// <para><c>v(t) = alpha v(t-1) + input(t) - Threshold z(t-1)</c>; <c>z(t) = 1</c> where <c>v(t) &gt;= Threshold + Adaptation a(t)</c> and no spike was less than Refractory ago;
/// <c>a(t+1) = rho a(t) + z(t)</c>, with <c>alpha = exp(-dt / TauMembrane)</c> and <c>rho = exp(-dt / TauAdaptation)</c>. The state variable V is v(t) as it was compared with the threshold, before the reset.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>TauMembrane</term><description>membrane time constant; 20 ms</description></item>
/// <item><term>Threshold</term><description>above 0, in units of the weights; 1</description></item>
/// <item><term>Adaptation</term><description>what a spike adds to the threshold at most, 0 or more; 0: plain leaky integrate-and-fire</description></item>
/// <item><term>TauAdaptation</term><description>the time constant of the adaptation; 200 ms</description></item>
/// <item><term>Refractory</term><description>how long it does not fire after a spike, rounded to steps; 0 ms</description></item>
/// </list>
/// <para>Source: G. Bellec, F. Scherr, A. Subramoney, E. Hajek, D. Salaj, R. Legenstein and W. Maass, "A solution to the learning dilemma for recurrent networks of spiking neurons", Nat. Commun. 11:3625
/// (2020), equations 6 to 9.</para>
/// </remarks>
public sealed record EpropNeuron : NeuronModel
{
    /// <summary>The membrane time constant.</summary>
    public Time TauMembrane { get; init; } = 20.ms;

    /// <summary>The threshold of a neuron that has not fired.</summary>
    public float Threshold { get; init; } = 1;

    /// <summary>What a spike adds to the threshold.</summary>
    public float Adaptation { get; init; }

    /// <summary>The time constant of the adaptation.</summary>
    public Time TauAdaptation { get; init; } = 200.ms;

    /// <summary>How long it does not fire after a spike.</summary>
    public Time Refractory { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Receptors => ["input"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> StateVariables => ["V", "Spiked", "A", "Wait"];

    /// <inheritdoc/>
    public override void Validate(string owner)
    {
        Require.Positive($"{owner}: TauMembrane", TauMembrane);
        Require.InRange($"{owner}: Threshold", Threshold, 1e-30, float.MaxValue);
        Require.InRange($"{owner}: Adaptation", Adaptation, 0, float.MaxValue);
        Require.Positive($"{owner}: TauAdaptation", TauAdaptation);
        Require.NotNegative($"{owner}: Refractory", Refractory);
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Neurons<Kernel<T>, State<T>, SingleInput<T>>(new(this, to.Step));

    /// <summary>A neuron.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct State<T>
    {
        /// <summary>The potential before the reset.</summary>
        public T V;

        /// <summary>1 where the last step fired, 0 elsewhere.</summary>
        public T Spiked;

        /// <summary>The adaptation: a sum over spikes.</summary>
        public T A;

        /// <summary>The steps left of the refractory period.</summary>
        public T Wait;
    }

    readonly struct Kernel<T>(EpropNeuron model, Time step) : INeuronKernel<T, State<T>, SingleInput<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T keep = T.FromDouble(step.Decay(model.TauMembrane)), keepAdaptation = T.FromDouble(step.Decay(model.TauAdaptation));
        readonly T threshold = Written.Lane<T>(model.Threshold), adaptation = Written.Lane<T>(model.Adaptation), wait = model.Refractory.Steps(step);

        public State<T> Initial(T uniform, T normal) => new() { V = 0f, Spiked = 0f, A = 0f, Wait = 0f };

        public State<T> AtRest(in State<T> state) => new() { V = 0f, Spiked = 0f, A = 0f, Wait = 0f };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Step(ref State<T> state, in SingleInput<T> input)
        {
            T v = T.FusedMultiplyAdd(state.V, keep, T.FusedMultiplyAdd(-threshold, state.Spiked, input.Value));
            T a = Trace<T>.Cut(T.FusedMultiplyAdd(state.A, keepAdaptation, state.Spiked));
            T spike = (v >= T.FusedMultiplyAdd(adaptation, a, threshold)) & (state.Wait <= 0f);
            state.V = T.Select(T.Abs(v) >= 1e-20f, v, 0f);
            state.A = a;
            state.Spiked = T.Select(spike, 1f, 0f);
            state.Wait = T.Select(spike, wait, T.Max(state.Wait - 1f, 0f));
            return spike;
        }
    }
}
