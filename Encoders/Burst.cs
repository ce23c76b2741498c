using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Encoders;

/// <summary>A burst at the beginning of a presentation: the stronger the signal, the more spikes and the closer together.</summary>
/// <remarks>
/// <para><c>ceil(Most x)</c> spikes, the first in step 0, the others <c>ceil(Longest - (Longest - Shortest) x)</c> steps apart. A signal of 0 gives none. The signal is taken in step 0.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Most</term><description>spikes at a signal of 1, 1 to 2^16; 5</description></item>
/// <item><term>Longest</term><description>steps between two spikes of the weakest signal, Shortest to 2^16</description></item>
/// <item><term>Shortest</term><description>steps between two spikes at a signal of 1, 1 or more; 2</description></item>
/// </list>
/// <para>The signal decoded from the count is off by at most 1 / (2 Most), and 2^-23 for the rounding of the product.</para>
/// <para>Source: W. Guo et al., "Neural coding in spiking neural networks: a comparative study", Front. Neurosci. 15:638474 (2021).</para>
/// </remarks>
/// <param name="Longest">Steps between two spikes of the weakest signal.</param>
public sealed record Burst(int Longest) : Encoder
{
    /// <summary>Spikes at a signal of 1.</summary>
    public int Most { get; init; } = 5;

    /// <summary>Steps between two spikes at a signal of 1.</summary>
    public int Shortest { get; init; } = 2;

    /// <inheritdoc/>
    public override void Validate(string owner, int count)
    {
        Require.InRange($"{owner}: Most", (long)Most, 1, 1 << 16);
        Require.InRange($"{owner}: Shortest", (long)Shortest, 1, 1 << 16);
        Require.InRange($"{owner}: Longest", (long)Longest, Shortest, 1 << 16);
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Encoder<Kernel<T>, State<T>>(new(Most, Longest, Shortest));

    /// <summary>The signal in the middle of those that give this count.</summary>
    /// <param name="spikes">How often the channel fired.</param>
    /// <exception cref="InvalidInputException">There are more spikes than a burst has.</exception>
    public double Decode(long spikes) => Require.InRange("the count of spikes of a burst", spikes, 0, Most) == 0 ? 0 : (spikes - 0.5) / Most;

    /// <summary>A channel.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct State<T>
    {
        /// <summary>How many spikes are still to come.</summary>
        public T Left;

        /// <summary>Steps between two of them.</summary>
        public T Interval;

        /// <summary>The step of the next.</summary>
        public T Next;
    }

    readonly struct Kernel<T>(float most, float longest, float shortest) : IEncoderKernel<T, State<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T most = most, longest = longest, less = shortest - longest;

        public State<T> Initial => new() { Left = 0f, Interval = 1f, Next = 0f };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Step(ref State<T> state, T signal, T uniform, T step)
        {
            T first = step <= 0f;
            state.Left = T.Select(first, Ceiling(signal * most), state.Left);
            state.Interval = T.Select(first, Ceiling(T.FusedMultiplyAdd(signal, less, longest)), state.Interval);
            T spike = (step == state.Next) & (state.Left > 0f);
            state.Left -= T.Select(spike, 1f, 0f);
            state.Next += T.Select(spike, state.Interval, 0f);
            return spike;
        }

        static T Ceiling(T x)
        {
            T nearest = T.Round(x);
            return nearest + T.Select(nearest < x, 1f, 0f);
        }
    }
}
