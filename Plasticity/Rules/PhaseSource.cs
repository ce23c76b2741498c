using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity;

/// <summary>A source that marks phases: all its channels fire at the same given steps of each presentation, or those of them that are shown a signal.</summary>
/// <remarks>
/// <para>It fires in steps From, From + Every, … below Until, counted from the beginning of a presentation.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>From, Until</term><description>the first step, and the first step of no more spikes; 0 to 2^24</description></item>
/// <item><term>Every</term><description>the distance of two spikes in steps, at least 1; 1</description></item>
/// <item><term>WhereShown</term><description>whether only channels fire whose signal is above 0.5 (a teacher that says which one is meant); false</description></item>
/// </list>
/// </remarks>
/// <param name="From">The first step.</param>
/// <param name="Until">The first step in which it no longer fires.</param>
public sealed record PhaseSource(int From, int Until) : Encoder
{
    // Above this, single precision does not count steps one by one.
    const int MostSteps = 1 << 24;

    /// <summary>The distance of two spikes.</summary>
    public int Every { get; init; } = 1;

    /// <summary>Whether a channel needs a signal above 0.5.</summary>
    public bool WhereShown { get; init; }

    /// <inheritdoc/>
    public override void Validate(string owner, int count)
    {
        Require.InRange($"{owner}: From", From, 0L, MostSteps);
        Require.InRange($"{owner}: Until", Until, From, MostSteps);
        Require.InRange($"{owner}: Every", Every, 1L, MostSteps);
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Encoder<Kernel<T>, NoState<T>>(new(this));

    readonly struct Kernel<T>(PhaseSource source) : IEncoderKernel<T, NoState<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T from = source.From, until = source.Until, every = source.Every, least = source.WhereShown ? 0.5f : -1f;

        public NoState<T> Initial => default;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Step(ref NoState<T> state, T signal, T uniform, T step)
        {
            T since = step - from;
            T left = T.FusedMultiplyAdd(-T.Round(since / every), every, since);
            return (signal > least) & (since >= 0f) & (step < until) & (left == 0f);
        }
    }
}
