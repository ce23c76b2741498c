using Lepton.Neuro.Lanes;
using Lepton.Neuro.Random;

namespace Lepton.Neuro.Backends;

/// <summary>The spread of a cell's conductance after programming, as a part of the greatest conductance: <c>constant + linear g + quadratic g^2</c> for a target g in [0, 1].</summary>
/// <param name="Constant">At zero conductance.</param>
/// <param name="Linear">Times the target.</param>
/// <param name="Quadratic">Times the target's square.</param>
public sealed record ProgrammingNoise(double Constant, double Linear, double Quadratic)
{
    /// <summary>The standard deviation for a target conductance; never below 0.</summary>
    /// <param name="target">The conductance wanted, 0 to 1.</param>
    public double Deviation(double target) => Math.Max(0, Constant + (Linear * target) + (Quadratic * target * target));
}

/// <summary>Analog arrays that hold weights as pairs of conductances and multiply by adding currents. Conductances are parts of the greatest one.</summary>
/// <remarks>
/// <para>A weight w, at most W in magnitude, is a pair: the cell of its sign is programmed to <c>g = low + (1 - low) |w| / W</c>, the other one to <c>low = 1 / OnOffRatio</c>.
/// Read back, the weight is the pair's difference times <c>W / (1 - low)</c>.</para>
/// <list type="bullet">
/// <item><description>Programming: <c>g_p = g + s(g) N(0, 1)</c>, s from <see cref="ProgrammingNoise"/>; never below 0.</description></item>
/// <item><description>Drift: <c>g_p (t / t_c)^-v</c> for t at and after t_c = 20 s, with an exponent v of its own for each cell, normal with mean <c>DriftExponent</c> and deviation
/// <c>DriftSpread</c>, never below 0.</description></item>
/// <item><description>Reading at t: <c>g_d + g_d Q sqrt(ln((t + t_r) / (2 t_r))) N(0, 1)</c>, the 1/f noise since programming over the time of a read t_r = 250 ns,
/// with <c>Q = min(ReadNoise / g^0.65, 0.2)</c>.</description></item>
/// </list>
/// <para>Sources: V. Joshi et al., Nature Communications 11, 2473 (2020); S. R. Nandakumar et al., ICECS 2020, for the polynomial and the read noise.</para>
/// </remarks>
/// <param name="InputBits">Bits of an input's converter; a spike needs 1.</param>
/// <param name="OutputBits">Bits of an output's converter, sign included.</param>
/// <param name="OnOffRatio">The greatest over the least conductance, at least 1; infinite conductance ratios are written as a great number.</param>
/// <param name="Programming">The spread after programming.</param>
/// <param name="ReadNoise">The 1/f noise of a cell of conductance 1, 0 for none.</param>
/// <param name="DriftExponent">The mean exponent of drift, 0 for none.</param>
/// <param name="DriftSpread">The deviation of that exponent from cell to cell.</param>
/// <param name="Source">Where the figures come from.</param>
public sealed record AnalogArray(
    int InputBits, int OutputBits, double OnOffRatio, ProgrammingNoise Programming, double ReadNoise, double DriftExponent, double DriftSpread, string Source)
{
    /// <summary>Seconds after programming from which drift is counted.</summary>
    public const double DriftStart = 20;

    /// <summary>Seconds that a read takes.</summary>
    public const double ReadTime = 250e-9;

    const double ReadExponent = 0.65;
    const double MostRead = 0.2;

    /// <summary>The least conductance.</summary>
    public double Low => OnOffRatio <= 1 ? throw new InvalidInputException("the on/off ratio of an analog array", OnOffRatio, "above 1") : 1 / OnOffRatio;

    /// <summary>The deviation of a read at a time, as a part of the conductance read.</summary>
    /// <param name="target">The conductance that was wanted, 0 to 1.</param>
    /// <param name="seconds">Seconds since programming.</param>
    public double ReadDeviation(double target, double seconds) => ReadNoise == 0
        ? 0
        : Math.Min(ReadNoise / Math.Pow(Math.Max(target, 1e-12), ReadExponent), MostRead) * Math.Sqrt(Math.Max(0, Math.Log((seconds + ReadTime) / (2 * ReadTime))));

    /// <summary>What an array makes of weights some time after they were programmed: what one read of each cell gives.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="seconds">Seconds since programming, 0 or more.</param>
    /// <param name="seed">The array: it decides all of its random numbers.</param>
    /// <param name="read">The number of the read: it decides the noise of reading.</param>
    /// <returns>The weights as read, in the unit of those given.</returns>
    /// <exception cref="InvalidInputException">The time is negative or not finite.</exception>
    public float[] Read(ReadOnlySpan<float> weights, double seconds, ulong seed, uint read = 0)
    {
        RequireTime(seconds);
        double most = Most(weights);
        var seen = new float[weights.Length];
        if (most == 0) return seen;
        var stream = new RandomStream(seed, RandomPurpose.Hardware, 0);
        double low = Low;
        for (int i = 0; i < weights.Length; i++)
        {
            double high = Target(weights[i], most), of = Cell(stream, i, 0, high, seconds, read), against = Cell(stream, i, 1, low, seconds, read);
            seen[i] = (float)((of - against) * Sign(weights[i]) * most / (1 - low));
        }
        return seen;
    }

    internal static void RequireTime(double seconds)
    {
        if (!(seconds >= 0 && double.IsFinite(seconds))) throw new InvalidInputException("the time since programming", seconds, "a finite time of 0 s or more");
    }

    /// <summary>The greatest magnitude of weights.</summary>
    internal static double Most(ReadOnlySpan<float> weights)
    {
        float most = 0;
        foreach (float weight in weights) most = Math.Max(most, Math.Abs(weight));
        return most;
    }

    /// <summary>What reads of an array some time after it was programmed are spread around, and by how much.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="seconds">Seconds since programming.</param>
    /// <param name="seed">The array, as for <see cref="Read"/>.</param>
    /// <param name="means">For each weight the mean of its reads.</param>
    /// <param name="variances">For each weight the variance of its reads.</param>
    internal void Program(ReadOnlySpan<float> weights, double seconds, ulong seed, Span<double> means, Span<double> variances)
    {
        double most = Most(weights);
        if (most == 0) return;
        var stream = new RandomStream(seed, RandomPurpose.Hardware, 0);
        double low = Low, unit = most / (1 - low), noiseAgainst = ReadDeviation(low, seconds);
        for (int i = 0; i < weights.Length; i++)
        {
            double high = Target(weights[i], most), of = Held(stream, i, 0, high, seconds), against = Held(stream, i, 1, low, seconds);
            double spreadOf = of * ReadDeviation(high, seconds), spreadAgainst = against * noiseAgainst;
            means[i] = (of - against) * Sign(weights[i]) * unit;
            variances[i] = ((spreadOf * spreadOf) + (spreadAgainst * spreadAgainst)) * unit * unit;
        }
    }

    // A weight of zero is a pair of cells too.
    static int Sign(float weight) => weight < 0 ? -1 : 1;

    double Target(float weight, double most) => Low + ((1 - Low) * (Math.Abs(weight) / most));

    /// <summary>One read of one cell.</summary>
    /// <param name="stream">The array's random numbers.</param>
    /// <param name="weight">The weight that the cell belongs to.</param>
    /// <param name="side">0 for the cell of its sign, 1 for the other.</param>
    /// <param name="target">The conductance wanted.</param>
    /// <param name="seconds">Seconds since programming.</param>
    /// <param name="read">The number of the read.</param>
    internal double Cell(RandomStream stream, int weight, uint side, double target, double seconds, uint read)
    {
        double held = Held(stream, weight, side, target, seconds), noise = ReadDeviation(target, seconds);
        return noise == 0 ? held : held * (1 + (noise * Normal(stream, weight, side, 2, read)));
    }

    // The conductance of a cell as programmed and drifted.
    double Held(RandomStream stream, int weight, uint side, double target, double seconds)
    {
        double spread = Programming.Deviation(target);
        double conductance = spread == 0 ? target : Math.Max(0, target + (spread * Normal(stream, weight, side, 0, 0)));
        if (seconds > DriftStart && (DriftExponent > 0 || DriftSpread > 0))
        {
            double exponent = DriftSpread == 0 ? DriftExponent : Math.Max(0, DriftExponent + (DriftSpread * Normal(stream, weight, side, 1, 0)));
            conductance *= Math.Pow(seconds / DriftStart, -exponent);
        }
        return conductance;
    }

    static double Normal(RandomStream stream, int weight, uint side, uint purpose, uint number)
    {
        uint word = Philox.Word(stream, (uint)weight, side, purpose, number);
        return LaneMath.NormalQuantile(Scalar.Uniform(in word)).Value;
    }

    /// <summary>A sum after the output's converter.</summary>
    /// <param name="sum">The sum.</param>
    /// <param name="range">The greatest sum: greater ones are cut off.</param>
    internal double Convert(double sum, double range)
    {
        double steps = Math.Max(1, (1L << (OutputBits - 1)) - 1);
        return Math.Round(Math.Clamp(sum / range, -1, 1) * steps) / steps * range;
    }

    /// <summary>Sums that an array gives for inputs: each input through its converter, the sum through the output's.</summary>
    /// <param name="weights">The weights as they are in the array, <c>[input, output]</c>.</param>
    /// <param name="inputs">The inputs, 0 to 1 each; a spike is 1.</param>
    /// <param name="range">The greatest sum of the output's converter: greater ones are cut off.</param>
    /// <param name="outputs">The sums.</param>
    /// <exception cref="InvalidInputException">The lengths do not fit.</exception>
    public void Multiply(ReadOnlySpan<float> weights, ReadOnlySpan<float> inputs, double range, Span<double> outputs)
    {
        if (weights.Length != inputs.Length * outputs.Length) throw new InvalidInputException("the weights of an array", weights.Length, $"{inputs.Length} x {outputs.Length}");
        double inputSteps = (1L << InputBits) - 1;
        outputs.Clear();
        for (int i = 0; i < inputs.Length; i++)
        {
            double input = Math.Round(Math.Clamp(inputs[i], 0, 1) * inputSteps) / inputSteps;
            if (input == 0) continue;
            var row = weights.Slice(i * outputs.Length, outputs.Length);
            for (int j = 0; j < row.Length; j++) outputs[j] += input * row[j];
        }
        for (int j = 0; j < outputs.Length; j++) outputs[j] = Convert(outputs[j], range);
    }
}
