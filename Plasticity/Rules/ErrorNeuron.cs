using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity;

/// <summary>One half of a signed error neuron: it integrates error while it is enabled, and fires where enough of one sign has come together.</summary>
/// <remarks>
/// <para><c>V &lt;- V + error</c> while enabled, 0 otherwise; it fires when V reaches Threshold, which is then subtracted. Two populations whose errors have opposite signs, and of
/// which each sends the other its Threshold back when it fires, together are signed error neurons: their potentials stay opposite.</para>
/// <para>Receptors: "error"; "activity", where the forward neuron's spikes arrive: those that come while it is not enabled (phase 1) open the gate; "enable", where
/// a spike in each step of phase 2 arrives.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Threshold</term><description>above 0; 1</description></item>
/// <item><term>Gated</term><description>whether error is integrated only where the forward neuron fired in phase 1: the derivative of its rectified rate; true</description></item>
/// </list>
/// <para>Source: A. Shrestha et al., arXiv:2105.03649 (2021), in its two-channel form for neurons that cannot send a sign.</para>
/// </remarks>
public sealed record ErrorNeuron : NeuronModel
{
    /// <summary>The error at which it fires.</summary>
    public float Threshold { get; init; } = 1;

    /// <summary>Whether only neurons that fired in phase 1 have an error.</summary>
    public bool Gated { get; init; } = true;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Receptors => ["error", "activity", "enable"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> StateVariables => ["V", "Active"];

    /// <inheritdoc/>
    public override void Validate(string owner) => Require.InRange($"{owner}: Threshold", Threshold, float.Epsilon, float.MaxValue);

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Neurons<Kernel<T>, State<T>, Input<T>>(new(this));

    /// <summary>A neuron.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct State<T>
    {
        /// <summary>The error integrated so far.</summary>
        public T V;

        /// <summary>1 where the forward neuron fired in phase 1, 0 elsewhere.</summary>
        public T Active;
    }

    /// <summary>The input of a step.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct Input<T>
    {
        /// <summary>The error that arrived.</summary>
        public T Error;

        /// <summary>Above 0 where the forward neuron fired.</summary>
        public T Activity;

        /// <summary>Above 0 in phase 2.</summary>
        public T Enable;
    }

    readonly struct Kernel<T>(ErrorNeuron model) : INeuronKernel<T, State<T>, Input<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T threshold = model.Threshold, atFirst = model.Gated ? 0f : 1f;

        public State<T> Initial(T uniform, T normal) => new() { V = 0f, Active = atFirst };

        public State<T> AtRest(in State<T> state) => new() { V = 0f, Active = atFirst };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Step(ref State<T> state, in Input<T> input)
        {
            T enabled = input.Enable > 0f;
            T v = T.Select(enabled & (state.Active > 0f), state.V + input.Error, 0f);
            state.Active = T.Select((input.Activity > 0f) & (input.Enable <= 0f), 1f, state.Active);
            T spike = v >= threshold;
            state.V = v - T.Select(spike, threshold, 0f);
            return spike;
        }
    }
}
