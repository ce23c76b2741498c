using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Encoders;

/// <summary>Independent random spikes for signals with a sign: one population fires for one sign, so that a signed signal has two populations of this encoder.</summary>
/// <remarks>
/// <para><c>P(spike in a step) = max(0, s x) Maximum step</c>, with x in [-1, 1] and s = -1 for the population of the negative part (<see cref="Negative"/>), else 1. Both are shown the same signal.
/// Their random numbers are their own, but at most one of the two ever fires for a channel. Rate, Fano factor and intervals are those of <see cref="PoissonRate"/> at |x|.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Maximum</term><description>the rate at a signal of 1 or -1, in Hz; at most one spike a step</description></item>
/// <item><term>Negative</term><description>whether this population fires for the negative part; false</description></item>
/// </list>
/// <para>Source: C. Pehle and J. Pedersen, "Norse" (2021), <c>signed_poisson_encode</c>, whose signed spikes are here two channels.</para>
/// </remarks>
/// <param name="Maximum">The rate at a signal of 1 or -1.</param>
public sealed record SignedPoissonRate(Frequency Maximum) : Encoder
{
    /// <summary>Whether the population fires for the negative part of the signal.</summary>
    public bool Negative { get; init; }

    /// <inheritdoc/>
    public override (float Least, float Most) SignalRange => (-1, 1);

    /// <inheritdoc/>
    public override bool IsRandom => true;

    /// <inheritdoc/>
    public override void Validate(string owner, int count) => Require.InRange($"{owner}: Maximum in Hz", Maximum.Hertz, 0, 1e9);

    /// <inheritdoc/>
    /// <exception cref="InvalidInputException">The maximum is more than one spike a step.</exception>
    public override void Lower<T>(ILowering<T> to) => to.Encoder<Kernel<T>, NoState<T>>(new((Negative ? -1 : 1) * Probability(to.Step)));

    /// <summary>The signal that the counts of the two populations stand for: unbiased, with the standard deviation of <see cref="PoissonRate.DecodingError"/> at |x|.</summary>
    /// <param name="positive">How often the channel of the positive population fired.</param>
    /// <param name="negative">How often that of the negative population fired.</param>
    /// <param name="steps">In how many steps, at least 1.</param>
    /// <param name="step">The length of a step.</param>
    /// <exception cref="InvalidInputException">There are no steps, more spikes than steps, or the maximum is 0 or more than one spike a step.</exception>
    public double Decode(long positive, long negative, long steps, Time step) =>
        (Require.InRange("the count of positive spikes to decode", positive, 0, steps) - Require.InRange("the count of negative spikes to decode", negative, 0, steps))
        / (Require.InRange("the steps to decode", steps, 1, long.MaxValue) * Require.InRange("the expected spikes of a step at a signal of 1", Probability(step), double.Epsilon, 1));

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
