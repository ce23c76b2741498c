namespace Lepton.Neuro.Plasticity.Compression;

/// <summary>Weights that share a few values.</summary>
/// <param name="Values">The weights.</param>
/// <param name="Codebook">The values, ascending.</param>
/// <param name="Codes">For each weight the index of its value.</param>
public sealed record SharedWeights(float[] Values, float[] Codebook, int[] Codes);

/// <summary>Weight sharing: a weight becomes the nearest of a few values, found by k-means, and is stored as the value's index.</summary>
/// <remarks>
/// <para>Lloyd's iterations from values that are spread evenly over the range, until no weight changes its cluster. Zero, where it occurs, is a value of its own, so that pruned weights stay pruned.
/// A value that no weight is nearest to is left out.</para>
/// <para>Source: S. Han, H. Mao and W. Dally, "Deep compression: compressing deep neural networks with pruning, trained quantization and Huffman coding", ICLR 2016.</para>
/// </remarks>
public static class WeightSharing
{
    const int MostIterations = 300;

    /// <summary>Shares weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="values">How many values there may be, zero included: 1 to 65,536, and at least 2 where there are zeros and others.</param>
    /// <returns>The weights with the values that they share.</returns>
    /// <exception cref="InvalidInputException">The number of values is out of its range, or a weight is not finite.</exception>
    public static SharedWeights Apply(ReadOnlySpan<float> weights, int values)
    {
        Require.InRange("the number of shared values", values, 1L, 65536L);
        foreach (float weight in weights) Require.Finite("a weight that is shared", weight);
        float[] sorted = [.. weights.ToArray().Where(w => w != 0).Order()];
        bool zero = sorted.Length < weights.Length;
        if (zero && sorted.Length > 0 && values < 2) throw new InvalidInputException("the number of shared values", values, "at least 2, for zero is one of them");
        var book = sorted.Length == 0 ? [] : Means(sorted, values - (zero ? 1 : 0));
        float[] codebook = [.. (zero ? book.Append(0f) : book).Distinct().Order()];
        var codes = new int[weights.Length];
        var shared = new float[weights.Length];
        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] = weights[i] == 0 ? Array.BinarySearch(codebook, 0f) : Nearest(codebook, weights[i]);
            shared[i] = codebook[codes[i]];
        }
        return new(shared, codebook, codes);
    }

    static float[] Means(float[] sorted, int clusters)
    {
        float[] distinct = [.. sorted.Distinct()];
        if (distinct.Length <= clusters) return distinct;
        var sums = new double[sorted.Length + 1];
        for (int i = 0; i < sorted.Length; i++) sums[i + 1] = sums[i] + sorted[i];
        double low = sorted[0], width = sorted[^1] - low;
        var centres = new double[clusters];
        for (int k = 0; k < clusters; k++) centres[k] = low + (width * (k + 0.5) / clusters);
        int[] ends = [];
        for (int iteration = 0; iteration < MostIterations; iteration++)
        {
            // Clusters of sorted numbers are intervals, and a mean is a difference of two sums.
            var next = new int[clusters];
            for (int k = 0; k + 1 < clusters; k++) next[k] = FirstAbove(sorted, (centres[k] + centres[k + 1]) / 2);
            next[^1] = sorted.Length;
            if (next.AsSpan().SequenceEqual(ends)) break;
            ends = next;
            for (int k = 0; k < clusters; k++)
            {
                int from = k == 0 ? 0 : ends[k - 1];
                if (ends[k] > from) centres[k] = (sums[ends[k]] - sums[from]) / (ends[k] - from);
            }
        }
        return [.. Enumerable.Range(0, clusters).Where(k => ends[k] > (k == 0 ? 0 : ends[k - 1])).Select(k => (float)centres[k])];
    }

    static int FirstAbove(float[] sorted, double value)
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (sorted[middle] > value) high = middle;
            else low = middle + 1;
        }
        return low;
    }

    static int Nearest(float[] codebook, float weight)
    {
        int at = Array.BinarySearch(codebook, weight);
        if (at >= 0) return at;
        at = ~at;
        if (at == 0) return 0;
        if (at == codebook.Length) return at - 1;
        return weight - (double)codebook[at - 1] <= codebook[at] - (double)weight ? at - 1 : at;
    }
}
