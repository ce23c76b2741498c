using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro;

/// <summary>What happens to the potential when a neuron fires.</summary>
public enum ResetMode
{
    /// <summary>It becomes zero.</summary>
    ToZero,

    /// <summary>The threshold is subtracted: nothing of the input is lost, and the count of spikes is the floor of the input over the threshold.</summary>
    Subtract,
}

/// <summary>Integrate-and-fire neuron without dimensions: the neuron of digital neuromorphic hardware and of networks converted from rate networks.</summary>
/// <remarks>
/// <para><c>V &lt;- max(Leak * V + input + Bias, Floor)</c>; it fires when V reaches Threshold. Weights are in units of V.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Threshold</term><description>above 0; 1</description></item>
/// <item><term>Leak</term><description>the part of V that is left after a step, in [0, 1]; 1</description></item>
/// <item><term>Bias</term><description>what each step adds, 0</description></item>
/// <item><term>Reset</term><description>to zero, or by subtraction; by subtraction</description></item>
/// <item><term>Floor</term><description>the lowest V, at most 0; -1e30 (none)</description></item>
/// </list>
/// <para>Source: the discrete-time integrate-and-fire neuron as in B. Rueckauer et al., Front. Neurosci. 11:682 (2017).</para>
/// </remarks>
public sealed record IntegrateAndFire : NeuronModel
{
    /// <summary>The potential at which the neuron fires.</summary>
    public float Threshold { get; init; } = 1;

    /// <summary>The part of the potential that is left after a step.</summary>
    public float Leak { get; init; } = 1;

    /// <summary>What each step adds.</summary>
    public float Bias { get; init; }

    /// <summary>What a spike does to the potential.</summary>
    public ResetMode Reset { get; init; } = ResetMode.Subtract;

    /// <summary>The lowest potential.</summary>
    public float Floor { get; init; } = -1e30f;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Receptors => ["input"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> StateVariables => ["V"];

    /// <inheritdoc/>
    public override void Validate(string owner)
    {
        Require.InRange($"{owner}: Threshold", Threshold, float.Epsilon, float.MaxValue);
        Require.InRange($"{owner}: Leak", Leak, 0, 1);
        Require.Finite($"{owner}: Bias", Bias);
        Require.InRange($"{owner}: Floor", Floor, float.MinValue, 0);
        if (!Enum.IsDefined(Reset)) throw new InvalidInputException($"{owner}: Reset", Reset, "ToZero or Subtract");
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Neurons<Kernel<T>, State<T>, SingleInput<T>>(new(this));

    /// <summary>A neuron.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct State<T>
    {
        /// <summary>The membrane potential.</summary>
        public T V;
    }

    readonly struct Kernel<T>(IntegrateAndFire model) : INeuronKernel<T, State<T>, SingleInput<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T threshold = model.Threshold, leak = model.Leak, bias = model.Bias, floor = model.Floor;
        readonly T kept = model.Reset == ResetMode.Subtract ? 1f : 0f;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public State<T> Initial(T uniform, T normal) => new() { V = 0f };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public State<T> AtRest(in State<T> state) => new() { V = 0f };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Step(ref State<T> state, in SingleInput<T> input)
        {
            T v = T.Max(T.FusedMultiplyAdd(state.V, leak, input.Value + bias), floor);
            T spike = v >= threshold;
            state.V = T.Select(spike, (v - threshold) * kept, v);
            return spike;
        }
    }
}
