using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Encoders;

/// <summary>One spike a presentation, at the time at which a leaky integrator driven by the signal reaches its threshold.</summary>
/// <remarks>
/// <para><c>t = Tau ln(x / (x - Threshold))</c>, rounded to the nearest step; no spike where x is not above Threshold or t lies beyond step Steps - 1. A channel fires at most once
/// a presentation, even if another signal is shown meanwhile.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Steps</term><description>how many steps the code takes, 1 to 2^20</description></item>
/// <item><term>Tau</term><description>the integrator's time constant, at most 10^6 steps</description></item>
/// <item><term>Threshold</term><description>the integrator's threshold, in (0, 1); 0.01</description></item>
/// </list>
/// <para>A spike in step t means that the signal lies between Decode(t + 1/2) and Decode(t - 1/2), within the rounding of single precision (a relative 10^-6 of t).</para>
/// <para>Source: J. Eshraghian et al., Proc. IEEE 111, 1016 (2023) (snnTorch's <c>latency</c>): the first spike of a leaky integrator under a constant current.</para>
/// </remarks>
/// <param name="Steps">How many steps the code takes.</param>
/// <param name="Tau">The integrator's time constant.</param>
public sealed record LogarithmicLatency(int Steps, Time Tau) : Encoder
{
    /// <summary>The integrator's threshold.</summary>
    public float Threshold { get; init; } = 0.01f;

    /// <inheritdoc/>
    public override void Validate(string owner, int count)
    {
        Require.InRange($"{owner}: Steps", (long)Steps, 1, 1 << 20);
        Require.Positive($"{owner}: Tau", Tau);
        Require.InRange($"{owner}: Threshold", Threshold, 1e-6, MathF.BitDecrement(1));
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidInputException">The time constant is more than 10^6 steps.</exception>
    public override void Lower<T>(ILowering<T> to)
    {
        double tau = Require.InRange($"Tau of a logarithmic latency code in steps of {to.Step}", Tau / to.Step, double.Epsilon, 1e6);
        to.Encoder<Kernel<T>, State<T>>(new((float)tau, Steps - 1, Threshold));
    }

    /// <summary>The time of a signal's spike before it is rounded to steps; infinite where there is none.</summary>
    /// <param name="signal">The signal.</param>
    public Time TimeOf(double signal) => signal > Threshold ? new(Tau.Seconds * ExactMath.Log(signal / (signal - Threshold))) : new(double.PositiveInfinity);

    /// <summary>The signal that a spike's time stands for: <c>Threshold / (1 - exp(-t / Tau))</c>.</summary>
    /// <param name="time">The time of the spike since the beginning of the presentation; null for none.</param>
    /// <returns>The signal, clipped to [0, 1]; 0 where there was no spike.</returns>
    public double Decode(Time? time) =>
        time is not { } at ? 0 : at.Seconds <= 0 ? 1 : Math.Clamp(Threshold / (1 - at.Decay(Tau)), 0, 1);

    /// <summary>A channel.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct State<T>
    {
        /// <summary>1 once the channel has fired.</summary>
        public T Fired;
    }

    readonly struct Kernel<T>(float tau, float last, float threshold) : IEncoderKernel<T, State<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T tau = tau, last = last, threshold = threshold;

        public State<T> Initial => new() { Fired = 0f };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Step(ref State<T> state, T signal, T uniform, T step)
        {
            T above = signal > threshold;
            // Where there is no spike the quotient is put to 1: the logarithm is not defined for what it would be.
            T quotient = T.Select(above, signal / T.Select(above, signal - threshold, 1f), 1f);
            T time = T.Round(tau * T.Log(quotient));
            T spike = above & (step == time) & (time <= last) & (state.Fired <= 0f);
            state.Fired = T.Select(spike, 1f, state.Fired);
            return spike;
        }
    }
}
