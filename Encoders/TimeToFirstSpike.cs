using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Encoders;

/// <summary>At most one spike a presentation, at a time that falls with the grey value: the input code of S4NN, in integers.</summary>
/// <remarks>
/// <para><c>t = floor((255 - g) Steps / 255)</c> with the grey value <c>g = round(255 x)</c>; black (g = 0) would fire in step Steps, after the end, and does not. A channel fires at most once
/// a presentation, even if another signal is shown meanwhile.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Steps</term><description>how many steps the code takes, 1 to 2^15; 256</description></item>
/// </list>
/// <para>The signal decoded from the step is off by at most 1 / (2 Steps) for the floor and 1 / 510 for the rounding to grey values; where Steps is 256 or more, the grey value is round(255 x) of what is decoded.</para>
/// <para>Source: S. R. Kheradpisheh and T. Masquelier, "Temporal backpropagation for spiking neural networks with one spike per neuron", Int. J. Neural Syst. 30, 2050027 (2020).</para>
/// </remarks>
/// <param name="Steps">How many steps the code takes.</param>
public sealed record TimeToFirstSpike(int Steps = 256) : Encoder
{
    /// <inheritdoc/>
    public override void Validate(string owner, int count) => Require.InRange($"{owner}: Steps", (long)Steps, 1, 1 << 15);

    /// <inheritdoc/>
    public override void Lower<T>(ILowering<T> to) => to.Encoder<Kernel<T>, State<T>>(new(Steps));

    /// <summary>The signal that a spike's step stands for.</summary>
    /// <param name="step">The step of the channel's spike; null for none.</param>
    /// <returns>The middle of the grey values (not rounded to one) that fire in that step, as a part of 255; 0 where there was no spike.</returns>
    /// <exception cref="InvalidInputException">The step is not of the code.</exception>
    public double Decode(long? step) => step is { } at ? Math.Max(0, 1 - ((Require.InRange("the step of a time-to-first-spike code", at, 0, Steps - 1) + 0.5) / Steps)) : 0;

    /// <summary>A channel.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    public struct State<T>
    {
        /// <summary>1 once the channel has fired.</summary>
        public T Fired;
    }

    readonly struct Kernel<T>(float steps) : IEncoderKernel<T, State<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T steps = steps;

        public State<T> Initial => new() { Fired = 0f };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Step(ref State<T> state, T signal, T uniform, T step)
        {
            // The product is below 2^23 and so exact; the quotient's distance from an integer, at least 1/255, is more than its rounding.
            T grey = T.Round(signal * 255f), time = (255f - grey) * steps / 255f, nearest = T.Round(time);
            T floor = nearest - T.Select(nearest > time, 1f, 0f);
            T spike = (step == floor) & (grey > 0f) & (state.Fired <= 0f);
            state.Fired = T.Select(spike, 1f, state.Fired);
            return spike;
        }
    }
}
