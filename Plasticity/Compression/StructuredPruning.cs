namespace Lepton.Neuro.Plasticity.Compression;

/// <summary>What goes as a whole.</summary>
public enum PruningGroup
{
    /// <summary>All weights of a source: a row. Of a convolution's kernel, <c>[filter, channel, row, column]</c>, a row is a filter.</summary>
    Row,

    /// <summary>All weights of a target: a column.</summary>
    Column,
}

/// <summary>What is left after whole rows or columns went.</summary>
/// <param name="Weights">The weights in their places; zero where they went.</param>
/// <param name="Kept">The rows or columns that stay, ascending.</param>
public sealed record StructuredWeights(float[] Weights, int[] Kept);

/// <summary>Structured pruning: whole rows or columns of a matrix of weights go, and with them neurons or channels. What is left is a smaller dense matrix, that needs no indices.</summary>
/// <remarks>The importance of a group is the sum of its magnitudes, or the root of the sum of their squares. Source: H. Li, A. Kadav, I. Durdanovic, H. Samet and H. Graf, "Pruning filters
/// for efficient ConvNets", ICLR 2017. Among equals the later group goes first.</remarks>
public static class StructuredPruning
{
    /// <summary>Prunes.</summary>
    /// <param name="weights">The weights, <c>[row, column]</c>.</param>
    /// <param name="columns">How many columns there are, at least 1.</param>
    /// <param name="group">What goes as a whole.</param>
    /// <param name="sparsity">The part of the groups that goes, in [0, 1], rounded to whole groups.</param>
    /// <param name="squares">Whether squares are summed instead of magnitudes.</param>
    /// <returns>What is left.</returns>
    /// <exception cref="InvalidInputException">The sparsity or a size is out of its range, or a weight is not finite.</exception>
    public static StructuredWeights Apply(ReadOnlySpan<float> weights, int columns, PruningGroup group, double sparsity, bool squares = false)
    {
        int rows = Rows(weights, columns);
        Require.InRange("the sparsity", sparsity, 0, 1);
        bool byRow = group == PruningGroup.Row;
        var groups = new (double Norm, int Place)[byRow ? rows : columns];
        for (int i = 0; i < groups.Length; i++) groups[i].Place = -i;
        for (int i = 0; i < weights.Length; i++)
        {
            double weight = Require.Finite("a weight that is pruned", weights[i]);
            groups[byRow ? i / columns : i % columns].Norm += squares ? weight * weight : Math.Abs(weight);
        }
        Array.Sort(groups);
        int gone = (int)Math.Round(sparsity * groups.Length, MidpointRounding.AwayFromZero);
        var left = weights.ToArray();
        for (int k = 0; k < gone; k++)
        {
            int place = -groups[k].Place;
            if (byRow) left.AsSpan(place * columns, columns).Clear();
            else for (int row = 0; row < rows; row++) left[(row * columns) + place] = 0;
        }
        return new(left, [.. groups.Skip(gone).Select(g => -g.Place).Order()]);
    }

    /// <summary>The matrix without the rows or columns that went.</summary>
    /// <param name="weights">The weights, <c>[row, column]</c>.</param>
    /// <param name="columns">How many columns there are, at least 1.</param>
    /// <param name="group">Whether rows or columns are taken.</param>
    /// <param name="kept">Those that stay. For the neurons of a layer between two others: the columns of the weights before it, and the rows of those behind it.</param>
    /// <returns>The smaller matrix, in the order of <paramref name="kept"/>.</returns>
    /// <exception cref="InvalidInputException">A size or an index is out of its range.</exception>
    public static float[] Compact(ReadOnlySpan<float> weights, int columns, PruningGroup group, ReadOnlySpan<int> kept)
    {
        int rows = Rows(weights, columns);
        bool byRow = group == PruningGroup.Row;
        foreach (int index in kept) Require.InRange(byRow ? "a row that is kept" : "a column that is kept", index, 0L, (byRow ? rows : columns) - 1L);
        var small = new float[kept.Length * (byRow ? columns : rows)];
        if (byRow)
        {
            for (int k = 0; k < kept.Length; k++) weights.Slice(kept[k] * columns, columns).CopyTo(small.AsSpan(k * columns));
            return small;
        }
        for (int row = 0; row < rows; row++)
        {
            for (int k = 0; k < kept.Length; k++) small[(row * kept.Length) + k] = weights[(row * columns) + kept[k]];
        }
        return small;
    }

    static int Rows(ReadOnlySpan<float> weights, int columns)
    {
        Require.InRange("the columns of the weights", columns, 1L, int.MaxValue);
        if (weights.Length % columns != 0) throw new InvalidInputException("the number of weights", weights.Length, $"a multiple of {columns}");
        return weights.Length / columns;
    }
}
