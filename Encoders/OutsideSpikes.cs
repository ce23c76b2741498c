using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Encoders;

/// <summary>Spikes that are decided outside the network: a channel fires in every step in which its signal is not 0.</summary>
/// <remarks>
/// <para>The signal must be shown anew for each step whose spikes differ: <c>session.Present(population, spikes); session.Advance(1);</c>. <see cref="Events.EventSpikes.Play"/> does that for
/// recordings of event cameras. Spikes that are known beforehand are given to a <see cref="SpikeSource"/> instead.</para>
/// </remarks>
public sealed record OutsideSpikes : Encoder
{
    /// <inheritdoc/>
    public override void Validate(string owner, int count)
    {
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Encoder<Kernel<T>, NoState<T>>(default);

    readonly struct Kernel<T> : IEncoderKernel<T, NoState<T>>
        where T : unmanaged, ILane<T>
    {
        public NoState<T> Initial => default;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Step(ref NoState<T> state, T signal, T uniform, T step) => signal > 0f;
    }
}
