using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Encoders;

/// <summary>Follows a signal over time by steps of one threshold: each spike says "one threshold up" (or down), so that their running sum is the signal.</summary>
/// <remarks>
/// <para>With n the sum so far and e = x - n Threshold: where <c>e >= Threshold</c> the rising population fires and n grows by 1; where <c>e &lt;= -Threshold</c> the falling one
/// (<see cref="Negative"/>) fires and n falls by 1. A signal has one population of each; both are shown the same and keep the same n.</para>
/// <para>A signal over time is shown step by step: <c>session.Present(population, x); session.Advance(1);</c>. At most one spike a step: where the signal moves by at most Threshold a step, from 0
/// on, the sum is off by less than Threshold after every step (and a rounding of single precision). Where it moves faster, or a picture is shown at once, the sum catches up by one Threshold a step and
/// the bound holds from then on.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Threshold</term><description>what a spike is worth, 10^-3 to 10^6; 0.1</description></item>
/// <item><term>Negative</term><description>whether this population fires downwards; false</description></item>
/// </list>
/// <para>Source: Y. Yoon, "LIF and simplified SRM neurons encode signals into spikes via a form of asynchronous pulse sigma-delta modulation", IEEE TNNLS 28, 1192 (2017).</para>
/// </remarks>
/// <param name="Threshold">What a spike is worth.</param>
public sealed record SigmaDelta(float Threshold = 0.1f) : Encoder
{
    /// <summary>Whether the population fires downwards.</summary>
    public bool Negative { get; init; }

    /// <inheritdoc/>
    // The sum counts thresholds, and single precision counts to 2^24.
    public override (float Least, float Most) SignalRange => (-Threshold * 1e6f, Threshold * 1e6f);

    /// <inheritdoc/>
    public override void Validate(string owner, int count) => Require.InRange($"{owner}: Threshold", Threshold, 1e-3f, 1e6);

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Encoder<Kernel<T>, State<T>>(new(Threshold, Negative ? -1 : 1));

    /// <summary>The signal that the spikes so far stand for.</summary>
    /// <param name="up">How often the rising population's channel fired.</param>
    /// <param name="down">How often the falling population's channel fired.</param>
    /// <exception cref="InvalidInputException">A count is negative.</exception>
    public double Decode(long up, long down) =>
        (double)Threshold * (Require.InRange("the count of rising spikes", up, 0, long.MaxValue) - Require.InRange("the count of falling spikes", down, 0, long.MaxValue));

    /// <summary>A channel.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct State<T>
    {
        /// <summary>Thresholds up less thresholds down.</summary>
        public T Sum;
    }

    readonly struct Kernel<T>(float threshold, float sign) : IEncoderKernel<T, State<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T threshold = threshold, sign = sign;

        public State<T> Initial => new() { Sum = 0f };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Step(ref State<T> state, T signal, T uniform, T step)
        {
            T error = T.FusedMultiplyAdd(-state.Sum, threshold, signal);
            T up = error >= threshold, down = -error >= threshold;
            state.Sum += T.Select(up, 1f, T.Select(down, -1f, 0f));
            return error * sign >= threshold;
        }
    }
}
