using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lepton.Neuro.Lanes;
using Lepton.Neuro.Random;

namespace Lepton.Neuro;

/// <summary>The weights of a projection, in the unit of the receptor that receives them (pA for <see cref="Lif"/>).</summary>
public abstract record Weight
{
    /// <summary>The same weight everywhere.</summary>
    public static implicit operator Weight(double value) => new ConstantWeight((float)value);

    /// <summary>The same weight everywhere.</summary>
    /// <param name="value">The weight.</param>
    public static Weight Constant(double value) => new ConstantWeight((float)value);

    /// <summary>Uniform in [low, high).</summary>
    /// <param name="low">The lower end.</param>
    /// <param name="high">The upper end.</param>
    public static Weight Uniform(double low, double high) => new UniformWeight((float)low, (float)high);

    /// <summary>Normal, cut at 5.3 standard deviations and clipped to a range.</summary>
    /// <param name="mean">The mean.</param>
    /// <param name="deviation">The standard deviation.</param>
    /// <param name="least">What lies below is set to this.</param>
    /// <param name="most">What lies above is set to this.</param>
    public static Weight Normal(double mean, double deviation, double least = double.NegativeInfinity, double most = double.PositiveInfinity) =>
        new NormalWeight((float)mean, (float)deviation, (float)least, (float)most);

    /// <summary>Lognormal: <c>exp(mu + sigma z)</c> times a sign.</summary>
    /// <param name="mu">The mean of the logarithm.</param>
    /// <param name="sigma">The standard deviation of the logarithm.</param>
    /// <param name="sign">1 or -1.</param>
    public static Weight Lognormal(double mu, double sigma, int sign = 1) => new LognormalWeight((float)mu, (float)sigma, sign);

    /// <summary>Given one by one, in the wiring's order: <c>[source, target]</c> for all-to-all, the index for one-to-one, the edges' order for
    /// explicit edges, <c>[filter, channel, row, column]</c> for a convolution's shared kernel, by target and then as drawn for random wirings.</summary>
    /// <param name="values">The weights.</param>
    public static Weight Explicit(ReadOnlySpan<float> values) => new ExplicitWeight(values.ToArray());

    /// <summary>The weights that <see cref="Kind"/> and <see cref="Parameters"/> tell of: for files that hold descriptions.</summary>
    /// <param name="kind">constant, uniform, normal, lognormal or explicit.</param>
    /// <param name="parameters">As in <see cref="Parameters"/>.</param>
    /// <exception cref="InvalidInputException">There is no such kind, or it has another number of parameters.</exception>
    public static Weight Of(string kind, ReadOnlySpan<float> parameters) => (kind, parameters.Length) switch
    {
        ("constant", 1) => new ConstantWeight(parameters[0]),
        ("uniform", 2) => new UniformWeight(parameters[0], parameters[1]),
        ("normal", 4) => new NormalWeight(parameters[0], parameters[1], parameters[2], parameters[3]),
        ("lognormal", 3) => new LognormalWeight(parameters[0], parameters[1], parameters[2] > 0 ? 1 : -1),
        ("explicit", _) => new ExplicitWeight(parameters.ToArray()),
        _ => throw new InvalidInputException("the kind of a weight", $"'{kind}' with {parameters.Length} parameters", "constant with 1, uniform with 2, normal with 4, lognormal with 3, or explicit"),
    };

    /// <summary>constant, uniform, normal, lognormal or explicit.</summary>
    public abstract string Kind { get; }

    /// <summary>The numbers that it was made of, in the order of the factory's parameters; of explicit ones, the weights.</summary>
    public abstract ReadOnlySpan<float> Parameters { get; }

    /// <summary>The range that no weight leaves.</summary>
    public abstract (float Least, float Most) Bounds { get; }

    /// <summary>Checks the parameters.</summary>
    /// <param name="owner">How the projection is called in an error's message.</param>
    /// <param name="slots">How many weights the wiring has.</param>
    /// <exception cref="InvalidInputException">A parameter is out of its range, a weight is not finite, or there are too many or too few.</exception>
    public abstract void Validate(string owner, long slots);

    /// <summary>The weights of consecutive synapses of one target.</summary>
    /// <param name="words">A random word for each.</param>
    /// <param name="slots">The place of each in the wiring's order.</param>
    /// <param name="weights">Where to.</param>
    internal abstract void Fill(ReadOnlySpan<uint> words, ReadOnlySpan<long> slots, Span<float> weights);

    /// <summary>Whether <see cref="Fill"/> reads the random words.</summary>
    internal virtual bool IsRandom => true;

    /// <summary>Whether <see cref="Fill"/> reads the slots.</summary>
    internal virtual bool NeedsSlots => false;

    sealed record ConstantWeight(float Value) : Weight
    {
        public override string Kind => "constant";

        public override ReadOnlySpan<float> Parameters => new[] { Value };

        public override (float Least, float Most) Bounds => (Value, Value);

        internal override bool IsRandom => false;

        public override void Validate(string owner, long slots) => Require.Finite($"{owner}: the weight", Value);

        internal override void Fill(ReadOnlySpan<uint> words, ReadOnlySpan<long> slots, Span<float> weights) => weights.Fill(Value);
    }

    sealed record UniformWeight(float Low, float High) : Weight
    {
        public override string Kind => "uniform";

        public override ReadOnlySpan<float> Parameters => new[] { Low, High };

        public override (float Least, float Most) Bounds => (Low, High);

        public override void Validate(string owner, long slots)
        {
            Require.Finite($"{owner}: the lower end of the weight", Low);
            Require.InRange($"{owner}: the upper end of the weight", High, Low, float.MaxValue);
        }

        internal override void Fill(ReadOnlySpan<uint> words, ReadOnlySpan<long> slots, Span<float> weights)
        {
            for (int i = 0; i < weights.Length; i++) weights[i] = MathF.FusedMultiplyAdd(Scalar.Uniform(in words[i]).Value, High - Low, Low);
        }
    }

    sealed record NormalWeight(float Mean, float Deviation, float Least, float Most) : Weight
    {
        public override string Kind => "normal";

        public override ReadOnlySpan<float> Parameters => new[] { Mean, Deviation, Least, Most };

        public override (float Least, float Most) Bounds =>
            (MathF.Max(Least, Mean - (5.5f * Deviation)), MathF.Min(Most, Mean + (5.5f * Deviation)));

        public override void Validate(string owner, long slots)
        {
            Require.Finite($"{owner}: the mean of the weight", Mean);
            Require.InRange($"{owner}: the standard deviation of the weight", Deviation, 0, float.MaxValue);
            if (!(Least <= Most)) throw new InvalidInputException($"{owner}: the least weight", Least, $"at most the greatest ({Most})");
        }

        internal override void Fill(ReadOnlySpan<uint> words, ReadOnlySpan<long> slots, Span<float> weights)
        {
            Normals.Fill(words, Mean, Deviation, weights);
            foreach (ref float weight in weights) weight = MathF.Min(MathF.Max(weight, Least), Most);
        }
    }

    sealed record LognormalWeight(float Mu, float Sigma, int Sign) : Weight
    {
        public override string Kind => "lognormal";

        public override ReadOnlySpan<float> Parameters => new[] { Mu, Sigma, Sign };

        public override (float Least, float Most) Bounds
        {
            get
            {
                float most = (float)(1.0001 * ExactMath.Exp(Mu + (5.5 * Sigma)));
                return Sign > 0 ? (0, most) : (-most, 0);
            }
        }

        public override void Validate(string owner, long slots)
        {
            Require.Finite($"{owner}: mu of the weight", Mu);
            Require.InRange($"{owner}: sigma of the weight", Sigma, 0, 10);
            if (Sign is not (1 or -1)) throw new InvalidInputException($"{owner}: the sign of the weight", Sign, "1 or -1");
            Require.Finite($"{owner}: the largest lognormal weight", Bounds.Most - Bounds.Least);
        }

        internal override void Fill(ReadOnlySpan<uint> words, ReadOnlySpan<long> slots, Span<float> weights)
        {
            Normals.Fill(words, Mu, Sigma, weights);
            foreach (ref float weight in weights) weight = Sign * Scalar.Exp(weight).Value;
        }
    }

    sealed record ExplicitWeight(float[] Values) : Weight
    {
        public override string Kind => "explicit";

        public override ReadOnlySpan<float> Parameters => Values;

        public override (float Least, float Most) Bounds
        {
            get
            {
                float least = 0, most = 0;
                foreach (float value in Values)
                {
                    least = MathF.Min(least, value);
                    most = MathF.Max(most, value);
                }
                return (least, most);
            }
        }

        internal override bool IsRandom => false;

        internal override bool NeedsSlots => true;

        public override void Validate(string owner, long slots)
        {
            if (Values.Length != slots) throw new InvalidInputException($"{owner}: the number of explicit weights", Values.Length, $"{slots}, one for each of the wiring's places");
            for (int i = 0; i < Values.Length; i++) Require.Finite($"{owner}: weight {i}", Values[i]);
        }

        internal override void Fill(ReadOnlySpan<uint> words, ReadOnlySpan<long> slots, Span<float> weights)
        {
            for (int i = 0; i < weights.Length; i++) weights[i] = Values[slots[i]];
        }
    }
}

/// <summary>Normal numbers from random words.</summary>
static class Normals
{
    public static void Fill(ReadOnlySpan<uint> words, float mean, float deviation, Span<float> values)
    {
        int i = 0;
        ref uint word = ref MemoryMarshal.GetReference(words);
        ref float value = ref MemoryMarshal.GetReference(values);
        for (; i + Wide256.Width <= values.Length; i += Wide256.Width)
            Wide256.Store(Value<Wide256>(in Unsafe.Add(ref word, i), mean, deviation), ref Unsafe.Add(ref value, i));
        for (; i < values.Length; i++)
            Scalar.Store(Value<Scalar>(in Unsafe.Add(ref word, i), mean, deviation), ref Unsafe.Add(ref value, i));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T Value<T>(ref readonly uint word, float mean, float deviation)
        where T : unmanaged, ILane<T> =>
        T.FusedMultiplyAdd(LaneMath.NormalQuantile(T.Uniform(in word)), deviation, mean);
}
