using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Encoders;

/// <summary>The spikes of a leaky integrate-and-fire neuron that is driven by the signal as a constant current.</summary>
/// <remarks>
/// <para><c>v &lt;- a v + (1 - a) Gain x</c> with <c>a = exp(-step / Tau)</c>; where v reaches 1 the channel fires and v becomes 0. The neuron's own latency and rate code: it fires only where
/// Gain x is above 1, and then every <c>ceil(-Tau ln(1 - 1 / (Gain x)) / step)</c> steps, for the first time after as many.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Tau</term><description>the membrane's time constant; 10^-3 to 10^6 steps</description></item>
/// <item><term>Gain</term><description>the potential, in thresholds, that a signal of 1 would reach; above 0, at most 10^6; 2</description></item>
/// </list>
/// <para>Spikes n steps apart mean that x lies between <c>1 / (Gain (1 - a^n))</c> and <c>1 / (Gain (1 - a^(n - 1)))</c>: see <see cref="Decode"/>.</para>
/// <para>Source: C. Pehle and J. Pedersen, "Norse" (2021), <c>constant_current_lif_encode</c>; W. Gerstner et al., "Neuronal Dynamics", section 1.3 (2014).</para>
/// </remarks>
/// <param name="Tau">The membrane's time constant.</param>
public sealed record ConstantCurrent(Time Tau) : Encoder
{
    /// <summary>The potential, in thresholds, that a signal of 1 would reach.</summary>
    public float Gain { get; init; } = 2;

    /// <inheritdoc/>
    public override void Validate(string owner, int count)
    {
        Require.Positive($"{owner}: Tau", Tau);
        Require.InRange($"{owner}: Gain", Gain, 1e-6, 1e6);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidInputException">The time constant is out of its range of steps.</exception>
    public override void Lower<T>(ILowering<T> to)
    {
        Require.InRange($"Tau of a constant-current code in steps of {to.Step}", Tau / to.Step, 1e-3, 1e6);
        double decay = to.Step.Decay(Tau);
        to.Encoder<Kernel<T>, State<T>>(new((float)decay, (float)((1 - decay) * Gain)));
    }

    /// <summary>The signals that give spikes so many steps apart.</summary>
    /// <param name="interval">The steps between two spikes, or the first spike's step plus 1; at least 1.</param>
    /// <param name="step">The length of a step.</param>
    /// <returns>The least such signal and the least that would fire a step earlier (1 where that is above 1).</returns>
    /// <exception cref="InvalidInputException">The interval is below 1.</exception>
    public (double Least, double Below) Decode(long interval, Time step)
    {
        Require.InRange("the interval of a constant-current code", interval, 1, long.MaxValue);
        return (Math.Min(1, Reaching(interval)), Math.Min(1, interval == 1 ? 1 : Reaching(interval - 1)));

        double Reaching(long n) => 1 / (Gain * (1 - new Time(step.Seconds * n).Decay(Tau)));
    }

    /// <summary>A channel.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct State<T>
    {
        /// <summary>The potential, in thresholds.</summary>
        public T Potential;
    }

    readonly struct Kernel<T>(float decay, float drive) : IEncoderKernel<T, State<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T decay = decay, drive = drive;

        public State<T> Initial => new() { Potential = 0f };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Step(ref State<T> state, T signal, T uniform, T step)
        {
            T potential = T.FusedMultiplyAdd(state.Potential, decay, signal * drive);
            T spike = potential >= 1f;
            state.Potential = T.Select(spike, 0f, potential);
            return spike;
        }
    }
}
