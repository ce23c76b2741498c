using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro;

/// <summary>Neurons that fire as independent Poisson processes of one rate: in each step with probability <c>1 - exp(-rate * step)</c>.</summary>
/// <remarks>It takes no signal. For input that can arrive more than once a step, use a drive: <see cref="Network.Drive"/>.</remarks>
/// <param name="Rate">The rate of each neuron; default 10 Hz.</param>
public sealed record PoissonSource(Frequency Rate) : Encoder
{
    /// <inheritdoc/>
    public override bool IsRandom => true;

    /// <inheritdoc/>
    public override void Validate(string owner, int count) => Require.InRange($"{owner}: Rate in Hz", Rate.Hertz, 0, 1e6);

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Encoder<Kernel<T>, NoState<T>>(new(1 - ExactMath.Exp(-(Rate * to.Step))));

    readonly struct Kernel<T>(double probability) : IEncoderKernel<T, NoState<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T probability = (float)probability;

        public NoState<T> Initial => default;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Step(ref NoState<T> state, T signal, T uniform, T step) => uniform < probability;
    }
}
