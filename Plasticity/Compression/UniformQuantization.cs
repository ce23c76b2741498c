namespace Lepton.Neuro.Plasticity.Compression;

/// <summary>Weights on one grid, or on one a channel.</summary>
/// <param name="Values">The weights as they compute: values of their grids.</param>
/// <param name="Integers">The weights as they are stored.</param>
/// <param name="Grids">One grid, or one for each channel.</param>
/// <param name="Columns">The channel of a weight is its index modulo this; 0 where it is the index over the weights a channel.</param>
public sealed record QuantizedTensor(float[] Values, int[] Integers, QuantizationGrid[] Grids, int Columns)
{
    /// <summary>The grid of a weight.</summary>
    /// <param name="place">The weight's index.</param>
    public QuantizationGrid GridAt(int place) => Grids[Columns > 0 ? place % Columns : place / Math.Max(1, Values.Length / Grids.Length)];

    /// <summary>The mean of the squares of what the weights lost.</summary>
    /// <param name="weights">The weights before quantization.</param>
    /// <exception cref="InvalidInputException">There are not as many.</exception>
    public double MeanSquaredError(ReadOnlySpan<float> weights)
    {
        if (weights.Length != Values.Length) throw new InvalidInputException("the number of weights", weights.Length, $"{Values.Length}, as were quantized");
        double sum = 0;
        for (int i = 0; i < weights.Length; i++) sum += (Values[i] - (double)weights[i]) * (Values[i] - (double)weights[i]);
        return weights.IsEmpty ? 0 : sum / weights.Length;
    }
}

/// <summary>Uniform quantization after training: a weight becomes the nearest value of a grid. Symmetric or asymmetric, with one grid for all weights or one a channel.</summary>
/// <remarks>
/// <para><c>q = clamp(round(w / Step) + Zero, Least, Most)</c>, <c>w' = (q - Zero) Step</c>. Inside the grid's range the error is at most half a step for symmetric grids; asymmetric ones round their
/// ends too, so that zero is exact, and there it is at most a step. Rounding is to even. Where each channel has a grid, channels with small weights lose less; calibrated by
/// the mean squared error, channels never lose more than with one grid for all, which is among those that are tried.</para>
/// <para>Sources: B. Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only inference", CVPR 2018; R. Krishnamoorthi, "Quantizing deep convolutional
/// networks for efficient inference", arXiv:1806.08342 (2018), for grids a channel. For steps that are powers of two, see <see cref="SymmetricQuantization"/>.</para>
/// </remarks>
/// <param name="Bits">The bits of a weight, 1 to 16.</param>
public sealed record UniformQuantization(int Bits)
{
    const int Tries = 100;

    /// <summary>Whether both signs have the same range. Default true.</summary>
    public bool IsSymmetric { get; init; } = true;

    /// <summary>How the range is found. Default <see cref="Calibration.MinMax"/>.</summary>
    public Calibration Calibration { get; init; }

    /// <summary>With <see cref="Calibration.Percentile"/>: the percentage of the weights that is not clipped, in (0, 100]. Default 99.9.</summary>
    public double Percentile { get; init; } = 99.9;

    /// <summary>Quantizes with one grid.</summary>
    /// <param name="weights">The weights.</param>
    /// <returns>The weights on the grid.</returns>
    /// <exception cref="InvalidInputException">A parameter is out of its range, or a weight is not finite.</exception>
    public QuantizedTensor PerTensor(ReadOnlySpan<float> weights)
    {
        var grid = GridFor(weights);
        var integers = new int[weights.Length];
        for (int i = 0; i < integers.Length; i++) integers[i] = grid.Quantize(weights[i]);
        return new(Array.ConvertAll(integers, grid.Value), integers, [grid], 0);
    }

    /// <summary>Quantizes with a grid a channel.</summary>
    /// <param name="weights">The weights, <c>[row, column]</c>.</param>
    /// <param name="columns">How many columns there are, at least 1.</param>
    /// <param name="channel">Whether a row is a channel (a filter of a convolution, <c>[filter, channel, row, column]</c>) or a column (a target of a projection).</param>
    /// <returns>The weights on their grids.</returns>
    /// <exception cref="InvalidInputException">A parameter is out of its range, a weight is not finite, or the weights are not whole rows.</exception>
    public QuantizedTensor PerChannel(ReadOnlySpan<float> weights, int columns, PruningGroup channel)
    {
        Require.InRange("the columns of the weights", columns, 1L, int.MaxValue);
        if (weights.Length % columns != 0) throw new InvalidInputException("the number of weights", weights.Length, $"a multiple of {columns}");
        bool byRow = channel == PruningGroup.Row;
        int rows = weights.Length / columns, channels = byRow ? rows : columns, each = byRow ? columns : rows;
        var one = GridFor(weights);
        var grids = new QuantizationGrid[channels];
        var own = new float[each];
        var integers = new int[weights.Length];
        var values = new float[weights.Length];
        for (int c = 0; c < channels; c++)
        {
            for (int i = 0; i < each; i++) own[i] = weights[Place(i, c)];
            grids[c] = GridFor(own);
            if (Calibration == Calibration.MeanSquaredError && one.SquaredError(own) < grids[c].SquaredError(own)) grids[c] = one;
            for (int i = 0; i < each; i++)
            {
                int q = grids[c].Quantize(own[i]);
                (integers[Place(i, c)], values[Place(i, c)]) = (q, grids[c].Value(q));
            }
        }
        return new(values, integers, grids, byRow ? 0 : columns);

        int Place(int i, int c) => byRow ? (c * columns) + i : (i * columns) + c;
    }

    /// <summary>The grid for weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <exception cref="InvalidInputException">A parameter is out of its range, or a weight is not finite.</exception>
    public QuantizationGrid GridFor(ReadOnlySpan<float> weights)
    {
        Require.InRange("the bits of a weight", Bits, 1L, 16L);
        if (!(Percentile > 0 && Percentile <= 100)) throw new InvalidInputException("Percentile", Percentile, "above 0, at most 100");
        if (!Enum.IsDefined(Calibration)) throw new InvalidInputException("Calibration", Calibration, "MinMax, Percentile or MeanSquaredError");
        float low = 0, high = 0;
        foreach (float weight in weights)
        {
            Require.Finite("a weight that is quantized", weight);
            (low, high) = (MathF.Min(low, weight), MathF.Max(high, weight));
        }
        return Calibration switch
        {
            Calibration.Percentile => Clipped(weights),
            Calibration.MeanSquaredError => BestOf(weights, low, high),
            _ => Grid(low, high),
        };
    }

    QuantizationGrid Grid(float low, float high) => IsSymmetric ? QuantizationGrid.Symmetric(Bits, MathF.Max(-low, high)) : QuantizationGrid.Asymmetric(Bits, low, high);

    QuantizationGrid Clipped(ReadOnlySpan<float> weights)
    {
        if (weights.IsEmpty) return Grid(0, 0);
        float[] sorted = IsSymmetric ? Array.ConvertAll(weights.ToArray(), MathF.Abs) : weights.ToArray();
        Array.Sort(sorted);
        // Symmetric, all that is clipped lies at the upper end of the magnitudes; otherwise half of it at either end.
        double outside = (1 - (Percentile / 100)) * sorted.Length / (IsSymmetric ? 1 : 2);
        int clipped = Math.Clamp((int)Math.Floor(outside), 0, (sorted.Length - 1) / (IsSymmetric ? 1 : 2));
        float high = sorted[^(1 + clipped)];
        return IsSymmetric ? Grid(0, high) : Grid(MathF.Min(sorted[clipped], 0), MathF.Max(high, 0));
    }

    QuantizationGrid BestOf(ReadOnlySpan<float> weights, float low, float high)
    {
        var best = Grid(low, high);
        double least = best.SquaredError(weights);
        for (int i = 1; i < Tries && least > 0; i++)
        {
            float part = i / (float)Tries;
            var grid = Grid(low * part, high * part);
            double error = grid.SquaredError(weights);
            if (error < least) (best, least) = (grid, error);
        }
        return best;
    }
}
