using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Encoders;

/// <summary>The signal's binary digits, one a step, over and over: a spike's weight is given by its phase.</summary>
/// <remarks>
/// <para>A spike in step t has the weight <c>2^-(1 + t mod Bits)</c>; the channel fires where that digit of x is 1. The signal is taken at the beginning of each period of Bits steps; what is shown
/// meanwhile is seen in the next period.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Bits</term><description>the steps of a period, 1 to 23</description></item>
/// </list>
/// <para>The weights of a period's spikes sum to <c>floor(x 2^Bits) / 2^Bits</c>, exactly; 1 is coded as 1 - 2^-Bits. So x on the grid is decoded exactly and any x below 1 is off by less than 2^-Bits.</para>
/// <para>Source: J. Kim et al., "Deep neural networks with weighted spikes", Neurocomputing 311, 373 (2018).</para>
/// </remarks>
/// <param name="Bits">The steps of a period.</param>
public sealed record WeightedPhase(int Bits) : Encoder
{
    /// <inheritdoc/>
    public override void Validate(string owner, int count) => Require.InRange($"{owner}: Bits", (long)Bits, 1, 23);

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Encoder<Kernel<T>, State<T>>(new(MathF.ScaleB(1, -Bits)));

    /// <summary>The sum of the weights of a channel's spikes: exact for one period, the mean over several.</summary>
    /// <param name="steps">The steps in which the channel fired, counted from the beginning of the presentation.</param>
    /// <param name="periods">How many whole periods they are from, at least 1.</param>
    /// <exception cref="InvalidInputException">There is no period, or a step lies outside.</exception>
    public double Decode(IEnumerable<long> steps, int periods = 1)
    {
        Require.InRange("the periods to decode", (long)periods, 1, int.MaxValue);
        double sum = 0;
        foreach (long step in steps) sum += Math.ScaleB(1, -1 - (int)(Require.InRange("the step of a spike of a phase code", step, 0, ((long)Bits * periods) - 1) % Bits));
        return sum / periods;
    }

    /// <summary>A channel.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct State<T>
    {
        /// <summary>The part of the signal that this period's spikes have not said yet.</summary>
        public T Remaining;

        /// <summary>The weight of a spike in the next step; below the last digit's where a period begins.</summary>
        public T Weight;
    }

    readonly struct Kernel<T>(float smallest) : IEncoderKernel<T, State<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T smallest = smallest;

        public State<T> Initial => new() { Remaining = 0f, Weight = 0f };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Step(ref State<T> state, T signal, T uniform, T step)
        {
            T begin = state.Weight < smallest;
            T weight = T.Select(begin, 0.5f, state.Weight), remaining = T.Select(begin, signal, state.Remaining);
            // The remainder is below twice the weight (or the signal is 1), so the difference is exact.
            T spike = remaining >= weight;
            state.Remaining = remaining - T.Select(spike, weight, 0f);
            state.Weight = weight * 0.5f;
            return spike;
        }
    }
}
