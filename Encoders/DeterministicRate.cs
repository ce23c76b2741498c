using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Encoders;

/// <summary>Evenly spaced spikes whose rate follows the signal: an accumulator that loses nothing.</summary>
/// <remarks>
/// <para><c>s &lt;- s + q</c>; where s reaches 1 the channel fires and <c>s &lt;- s - 1</c>. s is <see cref="Phase"/> at first and q is <c>x * Scale</c>, rounded to the nearest multiple of 2^-23
/// (halves to the even one). The phase lies on the same grid, so on floating-point lanes no sum is ever rounded: after T steps of a signal the channel has fired exactly
/// <c>floor(T q + Phase)</c> times, for every signal and any T. Where x * Scale is on the grid (all multiples of 1/256, say) that is floor(T x Scale + Phase); elsewhere it differs from it by at most
/// one spike in 2^24 steps. On a <see cref="Fixed{TFormat}"/> lane the same holds with the format's resolution as the grid.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Scale</term><description>spikes a step at a signal of 1, in (0, 1]; 1</description></item>
/// <item><term>Phase</term><description>what the accumulator begins with, in [0, 1); 0. At 0.5 the count is the rounded rather than the truncated one</description></item>
/// </list>
/// <para>The signal decoded from T steps is off by at most 1 / (2 T Scale), and 2^-24 / Scale for the grid.</para>
/// <para>Source: the rate code of B. Rueckauer et al., Front. Neurosci. 11:682 (2017), as a first-order sigma-delta modulator.</para>
/// </remarks>
/// <param name="Scale">Spikes a step at a signal of 1.</param>
public sealed record DeterministicRate(float Scale = 1) : Encoder
{
    const float Grid = 1f / (1 << 23);

    /// <summary>What the accumulator begins with, in [0, 1): rounded down to a multiple of 2^-23.</summary>
    public float Phase { get; init; }

    /// <inheritdoc/>
    public override void Validate(string owner, int count)
    {
        Require.InRange($"{owner}: Scale", Scale, float.Epsilon, 1);
        Require.InRange($"{owner}: Phase", Phase, 0, MathF.BitDecrement(1));
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Encoder<Kernel<T>, State<T>>(new(Scale, PhaseOnGrid));

    /// <summary>The signal in the middle of those that give this count; off by at most 1 / (2 steps Scale) + 2^-24 / Scale.</summary>
    /// <param name="spikes">How often the channel fired.</param>
    /// <param name="steps">In how many steps, at least 1.</param>
    /// <returns>The signal, in [0, 1].</returns>
    /// <exception cref="InvalidInputException">There are no steps, or more spikes than steps.</exception>
    public double Decode(long spikes, long steps)
    {
        Require.InRange("the steps to decode", steps, 1, long.MaxValue);
        return Math.Clamp((Require.InRange("the count of spikes to decode", spikes, 0, steps) + 0.5 - PhaseOnGrid) / (steps * (double)Scale), 0, 1);
    }

    float PhaseOnGrid => MathF.Floor(Phase / Grid) * Grid;

    /// <summary>A channel.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct State<T>
    {
        /// <summary>What has been accumulated towards the next spike, in [0, 1).</summary>
        public T Sum;
    }

    readonly struct Kernel<T>(float scale, float phase) : IEncoderKernel<T, State<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T scale = scale, phase = phase;

        public State<T> Initial => new() { Sum = phase };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Step(ref State<T> state, T signal, T uniform, T step)
        {
            // Between 1 and 2 the numbers of single precision are the multiples of 2^-23: adding 1 is what rounds to the grid.
            T increment = T.FusedMultiplyAdd(signal, scale, 1f) - 1f;
            T sum = state.Sum + increment;
            T spike = sum >= 1f;
            state.Sum = sum - T.Select(spike, 1f, 0f);
            return spike;
        }
    }
}
