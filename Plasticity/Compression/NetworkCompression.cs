using System.Numerics;

namespace Lepton.Neuro.Plasticity;

/// <summary>What became of a projection's weights.</summary>
/// <param name="Projection">The projection in the new network.</param>
/// <param name="Weights">Its weights before, in the old wiring's order.</param>
/// <param name="Compressed">Its weights after, in the old wiring's order.</param>
/// <param name="Bits">The bits of a weight.</param>
/// <param name="Step">What one unit of a weight is worth; 0 where weights were not quantized.</param>
/// <param name="IsDense">Whether synapses of weight zero are kept.</param>
public sealed record CompressedProjection(Projection Projection, IReadOnlyList<float> Weights, IReadOnlyList<float> Compressed, int Bits, double Step, bool IsDense)
{
    /// <summary>How many weights are not zero.</summary>
    public int NonZero => Compressed.Count(w => w != 0);

    /// <summary>The part of the weights that is zero.</summary>
    public double Sparsity => 1 - (NonZero / (double)Compressed.Count);

    /// <summary>The bits that the weights take: of all places, or of those that are not zero.</summary>
    public long WeightBits => (long)Bits * (IsDense ? Compressed.Count : NonZero);

    /// <summary>The bits that a list of targets takes: none where every place is kept.</summary>
    public long IndexBits => IsDense ? 0 : (long)NonZero * Math.Max(1, BitOperations.Log2((uint)Math.Max(1, Projection.To.Count - 1)) + 1);

    /// <summary>All bits.</summary>
    public long TotalBits => WeightBits + IndexBits;

    /// <summary>The bits before: 32 a weight.</summary>
    public long BitsBefore => 32L * Weights.Count;
}

/// <summary>A network that was made smaller: an ordinary network again.</summary>
/// <param name="Rewritten">The new network, with what of the old one became what.</param>
/// <param name="Projections">What became of the weights, in the order in which they were given.</param>
public sealed record CompressedNetwork(RewrittenNetwork Rewritten, IReadOnlyList<CompressedProjection> Projections)
{
    /// <summary>The new network.</summary>
    public Network Network => Rewritten.Network;

    /// <summary>The part of the weights that is zero.</summary>
    public double Sparsity => 1 - (Projections.Sum(p => (double)p.NonZero) / Projections.Sum(p => (double)p.Compressed.Count));

    /// <summary>All bits.</summary>
    public long TotalBits => Projections.Sum(p => p.TotalBits);

    /// <summary>The bits before: 32 a weight.</summary>
    public long BitsBefore => Projections.Sum(p => p.BitsBefore);
}

/// <summary>Makes a trained network smaller: prunes, then quantizes, then builds the network anew.</summary>
public sealed record NetworkCompression
{
    /// <summary>Which weights go; none where null.</summary>
    public MagnitudePruning? Pruning { get; init; }

    /// <summary>How weights become integers; they stay what they are where null.</summary>
    public SymmetricQuantization? Quantization { get; init; }

    /// <summary>Whether synapses of weight zero are kept, so that all-to-all wiring stays that. Default: they go.</summary>
    public bool KeepDense { get; init; }

    /// <summary>Compresses the projections of a network.</summary>
    /// <param name="plan">The plan of the network.</param>
    /// <param name="weights">The projections to compress, with their weights as <see cref="Session.Weights"/> gives them.</param>
    /// <param name="populations">The populations to keep; all where null.</param>
    /// <returns>The smaller network.</returns>
    /// <exception cref="InvalidInputException">There is nothing to compress, a projection is left out with its populations, or weights or settings are out of range.</exception>
    public CompressedNetwork Apply(CompiledNetwork plan, IReadOnlyList<(Projection Projection, float[] Weights)> weights, IReadOnlyList<Population>? populations = null)
    {
        if (weights.Count == 0) throw new InvalidInputException("the projections to compress", "none", "at least one");
        var rewriter = new NetworkRewriter(plan);
        if (populations is not null) rewriter.KeepOnly(populations);
        var pruned = Pruning?.Prune([.. weights.Select(w => w.Weights)]) ?? [.. weights.Select(w => w.Weights)];
        var quantized = pruned.Select(w => Quantization?.Quantize(w)).ToArray();
        var compressed = quantized.Select((q, i) => q?.Values ?? pruned[i]).ToArray();
        for (int i = 0; i < weights.Count; i++) rewriter.SetWeights(weights[i].Projection, compressed[i], !KeepDense);
        var rewritten = rewriter.Build();
        var reports = new CompressedProjection[weights.Count];
        for (int i = 0; i < reports.Length; i++)
        {
            if (!rewritten.Projections.TryGetValue(weights[i].Projection, out var projection)) throw new InvalidInputException($"{weights[i].Projection}, which should be compressed", "left out with its populations", "a projection between populations that are kept");
            reports[i] = new(projection, weights[i].Weights, compressed[i], quantized[i]?.Bits ?? 32, quantized[i]?.Step ?? 0, KeepDense);
        }
        return new(rewritten, reports);
    }
}
