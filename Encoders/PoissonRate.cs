using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Encoders;

/// <summary>Independent random spikes whose rate follows the signal: a Bernoulli process, the Poisson process of discrete time.</summary>
/// <remarks>
/// <para><c>P(spike in a step) = x * Maximum * step</c>, with x in [0, 1]. The linear convention (snnTorch's <c>rate</c>, Norse's <c>poisson_encode</c>), not
/// <c>1 - exp(-x * Maximum * step)</c> as in <see cref="PoissonSource"/>: the mean count is then exactly linear in the signal, so that decoding is a division. Where Maximum * step is
/// above 1 the process cannot be had, and the network is refused rather than clipped.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Maximum</term><description>the rate at a signal of 1, in Hz; at most one spike a step</description></item>
/// </list>
/// <para>With p the probability of a step: counts have the Fano factor 1 - p, intervals are geometric with the mean 1/p and the coefficient of variation sqrt(1 - p).
/// A random number is a multiple of 2^-24, so the probability that is met lies within 2^-23 of p: below 2^-20 a step it is coarse.
/// The standard deviation of the signal decoded from T steps is <see cref="DecodingError"/>: sqrt(p (1 - p) / T) / (Maximum * step).</para>
/// <para>Source: P. Dayan and L. Abbott, "Theoretical Neuroscience", section 1.4 (2001).</para>
/// </remarks>
/// <param name="Maximum">The rate at a signal of 1.</param>
public sealed record PoissonRate(Frequency Maximum) : Encoder
{
    /// <inheritdoc/>
    public override bool IsRandom => true;

    /// <inheritdoc/>
    public override void Validate(string owner, int count) => Require.InRange($"{owner}: Maximum in Hz", Maximum.Hertz, 0, 1e9);

    /// <inheritdoc/>
    /// <exception cref="InvalidInputException">The maximum is more than one spike a step.</exception>
    public override void Lower<T>(ILowering<T> to) => to.Encoder<Kernel<T>, NoState<T>>(new(Probability(to.Step)));

    /// <summary>The signal that a count of spikes stands for: unbiased.</summary>
    /// <param name="spikes">How often the channel fired.</param>
    /// <param name="steps">In how many steps, at least 1.</param>
    /// <param name="step">The length of a step.</param>
    /// <returns>The signal; it may exceed 1 by chance.</returns>
    /// <exception cref="InvalidInputException">There are no steps, or the maximum is 0 or more than one spike a step.</exception>
    public double Decode(long spikes, long steps, Time step) =>
        Require.InRange("the count of spikes to decode", spikes, 0, steps)
        / (Require.InRange("the steps to decode", steps, 1, long.MaxValue) * Require.InRange("the expected spikes of a step at a signal of 1", Probability(step), double.Epsilon, 1));

    /// <summary>The standard deviation of what <see cref="Decode"/> gives.</summary>
    /// <param name="signal">The true signal, in [0, 1].</param>
    /// <param name="steps">The number of steps, at least 1.</param>
    /// <param name="step">The length of a step.</param>
    /// <exception cref="InvalidInputException">There are no steps, the signal is out of range, or the maximum is 0 or more than one spike a step.</exception>
    public double DecodingError(double signal, long steps, Time step)
    {
        double most = Require.InRange("the expected spikes of a step at a signal of 1", Probability(step), double.Epsilon, 1);
        double p = Require.InRange("the signal", signal, 0, 1) * most;
        return Math.Sqrt(p * (1 - p) / Require.InRange("the steps to decode", steps, 1, long.MaxValue)) / most;
    }

    double Probability(Time step)
    {
        double probability = Maximum * Require.Positive("the step", step);
        // A user who asks for 1000 Hz at 1 ms means every step, whatever the product of the two doubles rounds to.
        return probability is > 1 and < 1 + 1e-9 ? 1 : Require.InRange($"the expected spikes of a step of an encoder of {Maximum} at steps of {step}", probability, 0, 1);
    }

    readonly struct Kernel<T>(double probability) : IEncoderKernel<T, NoState<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T probability = (float)probability;

        public NoState<T> Initial => default;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Step(ref NoState<T> state, T signal, T uniform, T step) => uniform < signal * probability;
    }
}
