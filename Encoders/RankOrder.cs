using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Encoders;

/// <summary>One spike a presentation, in the order of the signals: only who is stronger than whom is coded, not by how much.</summary>
/// <remarks>
/// <para>A rank needs all channels at once, so it is found before the signal is shown: <c>session.Present(population, code.Times(x))</c>. The strongest of n channels has the rank 0; rank r fires in
/// step <c>floor(r Steps / n)</c>. Equal signals rank by their channel, the lower first; signals of 0 stand behind all others and do not fire. Where Steps is n or more no two channels fire together.
/// Any strictly monotone change of the signals that leaves 0 at 0 leaves the spikes as they are.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Steps</term><description>how many steps the code takes, 1 to 2^20</description></item>
/// </list>
/// <para>What can be decoded is the order: a channel's rank is off by less than n / Steps, so it is exact where Steps is n or more.</para>
/// <para>Source: S. Thorpe and J. Gautrais, "Rank order coding", Computational Neuroscience: Trends in Research (1998).</para>
/// </remarks>
/// <param name="Steps">How many steps the code takes.</param>
public sealed record RankOrder(int Steps) : Encoder
{
    /// <summary>What is shown is the step of each channel's spike plus 1, or 0 for none.</summary>
    public override (float Least, float Most) SignalRange => (0, Steps);

    /// <summary>What is to be shown for a signal: the step of each channel's spike plus 1, or 0 for none.</summary>
    /// <param name="signal">The signal, each 0 or more and finite; at least one channel.</param>
    /// <returns>One whole number a channel, 0 to Steps.</returns>
    /// <exception cref="InvalidInputException">A signal is negative or not finite, or there is none.</exception>
    public float[] Times(ReadOnlySpan<float> signal)
    {
        Require.InRange("the channels to rank", (long)signal.Length, 1, int.MaxValue);
        var order = new int[signal.Length];
        for (int i = 0; i < order.Length; i++)
        {
            if (!(signal[i] >= 0 && float.IsFinite(signal[i]))) throw new InvalidInputException($"channel {i} of the signal to rank", signal[i], "0 or more, finite");
            order[i] = i;
        }
        var values = signal.ToArray();
        // Sorting by the channel too makes the order the only one there is.
        Array.Sort(order, (a, b) => values[a] > values[b] ? -1 : values[a] < values[b] ? 1 : a.CompareTo(b));
        var times = new float[order.Length];
        for (int rank = 0; rank < order.Length; rank++)
            times[order[rank]] = values[order[rank]] > 0 ? 1 + ((long)rank * Steps / order.Length) : 0;
        return times;
    }

    /// <inheritdoc/>
    public override void Validate(string owner, int count) => Require.InRange($"{owner}: Steps", (long)Steps, 1, 1 << 20);

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Encoder<Kernel<T>, State<T>>(default);

    /// <summary>A channel's rank.</summary>
    /// <param name="step">The step of its spike; null for none.</param>
    /// <param name="channels">The number of channels.</param>
    /// <returns>The lowest rank that fires in that step, 0 for the strongest; the number of channels where there was no spike.</returns>
    /// <exception cref="InvalidInputException">The step is not of the code.</exception>
    public long Decode(long? step, int channels) =>
        step is { } at ? ((Require.InRange("the step of a rank order code", at, 0, Steps - 1) * channels) + Steps - 1) / Steps : channels;

    /// <summary>A channel.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct State<T>
    {
        /// <summary>1 once the channel has fired.</summary>
        public T Fired;
    }

    readonly struct Kernel<T> : IEncoderKernel<T, State<T>>
        where T : unmanaged, ILane<T>
    {
        public State<T> Initial => new() { Fired = 0f };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Step(ref State<T> state, T signal, T uniform, T step)
        {
            T spike = (step == signal - 1f) & (signal > 0f) & (state.Fired <= 0f);
            state.Fired = T.Select(spike, 1f, state.Fired);
            return spike;
        }
    }
}
