using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Encoders;

/// <summary>One spike a presentation, the earlier the stronger the signal: time falls linearly with it.</summary>
/// <remarks>
/// <para><c>t = round((Steps - 1)(1 - x))</c>, halves to the even step; a signal below Threshold gives no spike. A channel fires at most once a presentation, even if
/// another signal is shown meanwhile.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Steps</term><description>how many steps the code takes: the strongest signal fires in step 0, the weakest in Steps - 1; 2 to 2^20</description></item>
/// <item><term>Threshold</term><description>the weakest signal that fires, in (0, 1]; 0.01</description></item>
/// </list>
/// <para>The signal decoded is off by at most 1 / (2 (Steps - 1)), and 2^-24 for the rounding of the time. For the logarithmic code see <see cref="LogarithmicLatency"/>.</para>
/// <para>Source: S. Thorpe and J. Gautrais, "Rank order coding", Computational Neuroscience (1998); linear form as in J. Eshraghian et al., Proc. IEEE 111, 1016 (2023) (snnTorch's <c>latency</c>
/// with <c>linear</c> and <c>normalize</c>).</para>
/// </remarks>
/// <param name="Steps">How many steps the code takes.</param>
public sealed record Latency(int Steps) : Encoder
{
    /// <summary>The weakest signal that fires.</summary>
    public float Threshold { get; init; } = 0.01f;

    /// <inheritdoc/>
    public override void Validate(string owner, int count)
    {
        Require.InRange($"{owner}: Steps", (long)Steps, 2, 1 << 20);
        Require.InRange($"{owner}: Threshold", Threshold, float.Epsilon, 1);
    }

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Encoder<Kernel<T>, State<T>>(new(Steps - 1, Threshold));

    /// <summary>The signal that a spike's step stands for.</summary>
    /// <param name="step">The step of the channel's spike, counted from the beginning of the presentation; null for none.</param>
    /// <returns>The signal; 0 where there was no spike.</returns>
    /// <exception cref="InvalidInputException">The step is not of the code.</exception>
    public double Decode(long? step) =>
        step is { } at ? 1 - (Require.InRange("the step of a latency code", at, 0, Steps - 1) / (Steps - 1.0)) : 0;

    /// <summary>A channel.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct State<T>
    {
        /// <summary>1 once the channel has fired.</summary>
        public T Fired;
    }

    readonly struct Kernel<T>(float last, float threshold) : IEncoderKernel<T, State<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T last = last, threshold = threshold;

        public State<T> Initial => new() { Fired = 0f };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Step(ref State<T> state, T signal, T uniform, T step)
        {
            T time = T.Round(T.FusedMultiplyAdd(-signal, last, last));
            T spike = (step == time) & (signal >= threshold) & (state.Fired <= 0f);
            state.Fired = T.Select(spike, 1f, state.Fired);
            return spike;
        }
    }
}
