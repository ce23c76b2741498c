namespace Lepton.Neuro.Plasticity.Compression;

/// <summary>What a set of weights takes to store.</summary>
/// <param name="Weights">How many weights there are, zeros included.</param>
/// <param name="Synapses">How many are not zero.</param>
/// <param name="BitsAsMatrix">Every weight stored, without indices.</param>
/// <param name="BitsAsList">Only the synapses stored, each with the index of its target.</param>
public sealed record CompressedSize(long Weights, long Synapses, long BitsAsMatrix, long BitsAsList)
{
    /// <summary>The smaller of the two ways.</summary>
    public long Bits => Math.Min(BitsAsMatrix, BitsAsList);

    /// <summary>The part of the weights that is zero.</summary>
    public double Sparsity => Weights == 0 ? 0 : 1 - (Synapses / (double)Weights);

    /// <summary>The size of the weights between two populations.</summary>
    /// <param name="weights">The weights, <c>[source, target]</c>.</param>
    /// <param name="targets">How many targets a row has, at least 1.</param>
    /// <param name="bits">The bits of a weight, 1 to 32.</param>
    /// <exception cref="InvalidInputException">A size is out of its range, or the weights are not whole rows.</exception>
    public static CompressedSize Of(ReadOnlySpan<float> weights, int targets, int bits)
    {
        Require.InRange("the targets of a row", targets, 1L, int.MaxValue);
        Require.InRange("the bits of a weight", bits, 1L, 32L);
        if (weights.Length % targets != 0) throw new InvalidInputException("the number of weights", weights.Length, $"a multiple of {targets}");
        long synapses = weights.Length - weights.Count(0f);
        int index = Math.Max(1, (int)Math.Ceiling(Math.Log2(targets)));
        return new(weights.Length, synapses, (long)weights.Length * bits, synapses * (bits + index));
    }
}
