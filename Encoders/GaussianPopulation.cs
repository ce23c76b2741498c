namespace Lepton.Neuro.Encoders;

/// <summary>Each number becomes a population: overlapping Gaussian receptive fields side by side, whose responses are then shown to any encoder (a rate or a latency, say).</summary>
/// <remarks>
/// <para>Field k responds to x with <c>exp(-(x - c_k)^2 / (2 Sigma^2))</c>, in (0, 1]: <c>session.Present(population, fields.Respond(x))</c> with a population of Count channels for each number.</para>
/// <para>The number decoded from exact responses (<see cref="Decode"/>) is x within the rounding of single precision, as long as two fields respond. Where the logarithm of the quotient of two
/// neighbours' responses is off by e, the number is off by <c>e Sigma^2</c> over the distance of their centres.</para>
/// <para>Sources: S. Bohte, J. Kok and H. La Poutré, "Error-backpropagation in temporally encoded networks of spiking neurons", Neurocomputing 48, 17 (2002) for <see cref="Between"/>;
/// C. Pehle and J. Pedersen, "Norse" (2021), <c>population_encode</c>, for <see cref="Evenly"/>.</para>
/// </remarks>
public sealed class GaussianPopulation
{
    readonly double[] centres;

    GaussianPopulation(double[] centres, double sigma) => (this.centres, Sigma) = (centres, sigma);

    /// <summary>The fields of a number.</summary>
    public int Count => centres.Length;

    /// <summary>The width of a field: its standard deviation.</summary>
    public double Sigma { get; }

    /// <summary>The centres, ascending.</summary>
    public IReadOnlyList<double> Centres => centres;

    /// <summary>Fields over a range, by Bohte: centre k of 1 to n at <c>least + (2 k - 3) / 2 * (most - least) / (n - 2)</c>, width <c>(most - least) / (beta (n - 2))</c>; the outermost centres lie outside.</summary>
    /// <param name="count">The number of fields n, 3 to 65536.</param>
    /// <param name="least">The least number expected.</param>
    /// <param name="most">The greatest, above it.</param>
    /// <param name="beta">How narrow the fields are, above 0; 1.5 by default, 1 to 2 are usual.</param>
    /// <exception cref="InvalidInputException">A parameter is out of its range.</exception>
    public static GaussianPopulation Between(int count, double least, double most, double beta = 1.5)
    {
        Require.InRange("the fields of a population", (long)count, 3, 65536);
        double spacing = Range(least, most) / (count - 2);
        return new([.. Enumerable.Range(1, count).Select(k => least + ((k - 1.5) * spacing))], spacing / Require.InRange("beta of a population", beta, 1e-6, 1e6));
    }

    /// <summary>Fields whose centres lie evenly from the least to the greatest number.</summary>
    /// <param name="count">The number of fields, 2 to 65536.</param>
    /// <param name="least">The first centre.</param>
    /// <param name="most">The last centre, above it.</param>
    /// <param name="sigma">The width of a field, above 0.</param>
    /// <exception cref="InvalidInputException">A parameter is out of its range.</exception>
    public static GaussianPopulation Evenly(int count, double least, double most, double sigma)
    {
        Require.InRange("the fields of a population", (long)count, 2, 65536);
        double spacing = Range(least, most) / (count - 1);
        return new([.. Enumerable.Range(0, count).Select(k => least + (k * spacing))], Require.InRange("sigma of a population", sigma, 1e-30, 1e30));
    }

    /// <summary>The responses: Count numbers for each value, one value after the other.</summary>
    /// <param name="values">The values; finite.</param>
    /// <exception cref="InvalidInputException">A value is not finite.</exception>
    public float[] Respond(ReadOnlySpan<float> values)
    {
        var responses = new float[checked(values.Length * Count)];
        for (int i = 0; i < values.Length; i++)
        {
            double x = Require.Finite($"value {i} of a population", values[i]);
            for (int k = 0; k < Count; k++)
            {
                double distance = (x - centres[k]) / Sigma;
                responses[(i * Count) + k] = (float)Lepton.Neuro.Lanes.ExactMath.Exp(-0.5 * distance * distance);
            }
        }
        return responses;
    }

    /// <summary>The value that responses stand for, from the strongest field and the stronger of its neighbours: the logarithm of their quotient is linear in the value.</summary>
    /// <param name="responses">Count responses, 0 or more (a decoded rate, say).</param>
    /// <returns>The value; NaN where no field responded.</returns>
    /// <exception cref="InvalidInputException">There are not Count responses, or one is negative or not finite.</exception>
    public double Decode(ReadOnlySpan<float> responses)
    {
        Require.InRange("the responses of a value", (long)responses.Length, Count, Count);
        int best = 0;
        for (int k = 0; k < Count; k++)
        {
            Require.InRange($"response {k} of a population", responses[k], 0, float.MaxValue);
            if (responses[k] > responses[best]) best = k;
        }
        if (responses[best] == 0) return double.NaN;
        int second = best == 0 ? 1 : best == Count - 1 || responses[best - 1] >= responses[best + 1] ? best - 1 : best + 1;
        double middle = (centres[best] + centres[second]) / 2;
        return responses[second] == 0
            ? centres[best]
            : middle + (Sigma * Sigma * Lepton.Neuro.Lanes.ExactMath.Log((double)responses[best] / responses[second]) / (centres[best] - centres[second]));
    }

    static double Range(double least, double most) =>
        Require.Finite("the least number of a population", least) < Require.Finite("the greatest number of a population", most)
            ? most - least
            : throw new InvalidInputException("the greatest number of a population", most, $"more than the least, {least}");
}
