using Lepton.Neuro.Lanes;
using Lepton.Neuro.Random;

namespace Lepton.Neuro;

/// <summary>The delays of a projection. A delay is rounded to steps and is at least one step.</summary>
public abstract record Delay
{
    /// <summary>One step, however long that is.</summary>
    public static Delay OneStep { get; } = new ConstantDelay(new(1e-12));

    /// <summary>The same delay everywhere.</summary>
    public static implicit operator Delay(Time value) => new ConstantDelay(value);

    /// <summary>The same delay everywhere.</summary>
    /// <param name="value">The delay; it must be above zero.</param>
    public static Delay Constant(Time value) => new ConstantDelay(value);

    /// <summary>Uniform in [low, high).</summary>
    /// <param name="low">The lower end, 0 or more (a delay below one step becomes one step).</param>
    /// <param name="high">The upper end.</param>
    public static Delay Uniform(Time low, Time high) => new UniformDelay(low, high);

    /// <summary>Normal, clipped to at least one step and at most 5.3 standard deviations above the mean.</summary>
    /// <param name="mean">The mean.</param>
    /// <param name="deviation">The standard deviation.</param>
    public static Delay Normal(Time mean, Time deviation) => new NormalDelay(mean, deviation);

    /// <summary>Given one by one, in the wiring's order (see <see cref="Weight.Explicit"/>).</summary>
    /// <param name="values">The delays.</param>
    public static Delay Explicit(ReadOnlySpan<Time> values) => new ExplicitDelay(values.ToArray());

    /// <summary>The delays that <see cref="Kind"/> and <see cref="Parameters"/> tell of: for files that hold descriptions.</summary>
    /// <param name="kind">constant, uniform, normal or explicit.</param>
    /// <param name="parameters">As in <see cref="Parameters"/>.</param>
    /// <exception cref="InvalidInputException">There is no such kind, or it has another number of parameters.</exception>
    public static Delay Of(string kind, ReadOnlySpan<Time> parameters) => (kind, parameters.Length) switch
    {
        ("constant", 1) => new ConstantDelay(parameters[0]),
        ("uniform", 2) => new UniformDelay(parameters[0], parameters[1]),
        ("normal", 2) => new NormalDelay(parameters[0], parameters[1]),
        ("explicit", _) => new ExplicitDelay(parameters.ToArray()),
        _ => throw new InvalidInputException("the kind of a delay", $"'{kind}' with {parameters.Length} parameters", "constant with 1, uniform with 2, normal with 2, or explicit"),
    };

    /// <summary>constant, uniform, normal or explicit.</summary>
    public abstract string Kind { get; }

    /// <summary>The times that it was made of, in the order of the factory's parameters; of explicit ones, the delays.</summary>
    public abstract ReadOnlySpan<Time> Parameters { get; }

    /// <summary>The least and greatest number of steps that can occur.</summary>
    internal abstract (int Least, int Most) Steps(Time step);

    internal abstract void Validate(string owner, Time step, long slots);

    internal abstract void Fill(Time step, ReadOnlySpan<uint> words, ReadOnlySpan<long> slots, Span<int> delays);

    internal virtual bool IsRandom => true;

    internal virtual bool NeedsSlots => false;

    static int Rounded(double steps) => (int)Math.Max(1, Math.Round(steps, MidpointRounding.AwayFromZero));

    // The bounds are rounded in double precision: what is drawn in single precision may not leave them, for backends size their rings by them.
    static int Within((int Least, int Most) bounds, float steps) => Math.Clamp((int)MathF.Round(steps), bounds.Least, bounds.Most);

    static void Positive(string owner, string what, Time value, Time step)
    {
        Require.Positive($"{owner}: {what}", value);
        Require.InRange($"{owner}: {what} in steps of {step}", value / step, 0, 60000);
    }

    sealed record ConstantDelay(Time Value) : Delay
    {
        public override string Kind => "constant";

        public override ReadOnlySpan<Time> Parameters => new[] { Value };

        internal override bool IsRandom => false;

        internal override (int Least, int Most) Steps(Time step) => (Rounded(Value / step), Rounded(Value / step));

        internal override void Validate(string owner, Time step, long slots) => Positive(owner, "the delay", Value, step);

        internal override void Fill(Time step, ReadOnlySpan<uint> words, ReadOnlySpan<long> slots, Span<int> delays) => delays.Fill(Rounded(Value / step));
    }

    sealed record UniformDelay(Time Low, Time High) : Delay
    {
        public override string Kind => "uniform";

        public override ReadOnlySpan<Time> Parameters => new[] { Low, High };

        internal override (int Least, int Most) Steps(Time step) => (Rounded(Low / step), Rounded(High / step));

        internal override void Validate(string owner, Time step, long slots)
        {
            Require.NotNegative($"{owner}: the shortest delay", Low);
            Positive(owner, "the longest delay", High, step);
            if (High < Low) throw new InvalidInputException($"{owner}: the longest delay", High, $"at least the shortest ({Low})");
        }

        internal override void Fill(Time step, ReadOnlySpan<uint> words, ReadOnlySpan<long> slots, Span<int> delays)
        {
            float low = (float)(Low / step), range = (float)((High / step) - (Low / step));
            var bounds = Steps(step);
            for (int i = 0; i < delays.Length; i++)
                delays[i] = Within(bounds, MathF.FusedMultiplyAdd(Scalar.Uniform(in words[i]).Value, range, low));
        }
    }

    sealed record NormalDelay(Time Mean, Time Deviation) : Delay
    {
        public override string Kind => "normal";

        public override ReadOnlySpan<Time> Parameters => new[] { Mean, Deviation };

        internal override (int Least, int Most) Steps(Time step) =>
            (Rounded((Mean.Seconds - (5.5 * Deviation.Seconds)) / step.Seconds), Rounded((Mean.Seconds + (5.5 * Deviation.Seconds)) / step.Seconds));

        internal override void Validate(string owner, Time step, long slots)
        {
            Positive(owner, "the mean delay", Mean, step);
            Require.NotNegative($"{owner}: the standard deviation of the delay", Deviation);
            Require.InRange($"{owner}: the longest delay in steps of {step}", Steps(step).Most, 1L, 60000L);
        }

        internal override void Fill(Time step, ReadOnlySpan<uint> words, ReadOnlySpan<long> slots, Span<int> delays)
        {
            var bounds = Steps(step);
            Span<float> steps = stackalloc float[256];
            while (!delays.IsEmpty)
            {
                var part = steps[..Math.Min(steps.Length, delays.Length)];
                Normals.Fill(words[..part.Length], (float)(Mean / step), (float)(Deviation / step), part);
                for (int i = 0; i < part.Length; i++) delays[i] = Within(bounds, part[i]);
                delays = delays[part.Length..];
                words = words[part.Length..];
            }
        }
    }

    sealed record ExplicitDelay(Time[] Values) : Delay
    {
        public override string Kind => "explicit";

        public override ReadOnlySpan<Time> Parameters => Values;

        internal override bool IsRandom => false;

        internal override bool NeedsSlots => true;

        internal override (int Least, int Most) Steps(Time step) =>
            Values.Length == 0 ? (1, 1) : (Values.Min(v => Rounded(v / step)), Values.Max(v => Rounded(v / step)));

        internal override void Validate(string owner, Time step, long slots)
        {
            if (Values.Length != slots) throw new InvalidInputException($"{owner}: the number of explicit delays", Values.Length, $"{slots}, one for each of the wiring's places");
            for (int i = 0; i < Values.Length; i++) Positive(owner, $"delay {i}", Values[i], step);
        }

        internal override void Fill(Time step, ReadOnlySpan<uint> words, ReadOnlySpan<long> slots, Span<int> delays)
        {
            for (int i = 0; i < delays.Length; i++) delays[i] = Rounded(Values[slots[i]] / step);
        }
    }
}
