using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Encoders;

/// <summary>A spike where the signal has risen (or fallen) by a threshold since the step before: for signals over time.</summary>
/// <remarks>
/// <para>Fires where <c>x(t) - x(t - 1) >= Threshold</c>; the population of the falling part (<see cref="Negative"/>) where <c>x(t - 1) - x(t) >= Threshold</c>. Before the first step x is 0, unless
/// <see cref="FromFirst"/> says that it is what is shown first.</para>
/// <para>A signal over time is shown step by step: <c>session.Present(population, x); session.Advance(1);</c>. What is shown stays until the next is, so a signal sampled every n steps is
/// advanced by n; changes then fall into the first of them.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Threshold</term><description>the smallest change that fires, above 0, at most 10^6; 0.1</description></item>
/// <item><term>Negative</term><description>whether this population fires when the signal falls; false</description></item>
/// <item><term>FromFirst</term><description>whether the first step can not fire; false</description></item>
/// </list>
/// <para>There is no decoder: slow changes are not seen at all, however far they lead. <see cref="SigmaDelta"/> sees them.</para>
/// <para>Source: J. Eshraghian et al., Proc. IEEE 111, 1016 (2023) (snnTorch's <c>delta</c>; FromFirst is its <c>padding</c>).</para>
/// </remarks>
/// <param name="Threshold">The smallest change that fires.</param>
public sealed record Delta(float Threshold = 0.1f) : Encoder
{
    /// <summary>Whether the population fires when the signal falls.</summary>
    public bool Negative { get; init; }

    /// <summary>Whether the first signal is taken as what was before it, so that the first step never fires.</summary>
    public bool FromFirst { get; init; }

    /// <inheritdoc/>
    public override (float Least, float Most) SignalRange => (-1e6f, 1e6f);

    /// <inheritdoc/>
    public override void Validate(string owner, int count) => Require.InRange($"{owner}: Threshold", Threshold, 1e-30, 1e6);

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Encoder<Kernel<T>, State<T>>(new(Threshold, Negative ? -1 : 1, FromFirst ? 0 : -1));

    /// <summary>A channel.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct State<T>
    {
        /// <summary>The signal of the step before.</summary>
        public T Previous;
    }

    readonly struct Kernel<T>(float threshold, float sign, float silent) : IEncoderKernel<T, State<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T threshold = threshold, sign = sign, silent = silent;

        public State<T> Initial => new() { Previous = 0f };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Step(ref State<T> state, T signal, T uniform, T step)
        {
            T change = (signal - state.Previous) * sign;
            state.Previous = signal;
            return (change >= threshold) & (step > silent);
        }
    }
}
