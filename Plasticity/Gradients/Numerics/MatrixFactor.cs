namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>The right factor of a matrix product, laid out as its innermost loop reads it: panels as wide as two vectors, the rows of a panel one after the other. Made once, it can be
/// multiplied by any number of left factors, on any number of threads at a time.</summary>
/// <param name="vectorBits">The width of vectors it is laid out for: 32, 128, 256 or 512, or 0 for the best.</param>
public sealed unsafe class MatrixFactor(int vectorBits = 0)
{
    Numbers? store;

    /// <summary>The width of vectors it is laid out for.</summary>
    public int VectorBits { get; } = VectorWidth.Resolve(vectorBits);

    /// <summary>Rows: the depth of the product.</summary>
    public int Rows { get; private set; }

    /// <summary>Columns: those of the product.</summary>
    public int Columns { get; private set; }

    /// <summary>Columns of a panel.</summary>
    internal int PanelWidth => VectorBits / 16;

    /// <summary>Takes a matrix that lies row by row.</summary>
    /// <param name="values">Its numbers.</param>
    /// <param name="rows">Rows, at least 1.</param>
    /// <param name="columns">Columns, at least 1.</param>
    /// <exception cref="InvalidInputException">The size is below 1, or there are not as many numbers.</exception>
    public void Set(ReadOnlySpan<float> values, int rows, int columns)
    {
        CheckSize(values, rows, columns);
        fixed (float* from = values) Set(from, rows, columns);
    }

    /// <summary>Takes the transpose of a matrix that lies row by row.</summary>
    /// <param name="values">The numbers of the matrix that is transposed.</param>
    /// <param name="rows">Rows of the transpose, at least 1.</param>
    /// <param name="columns">Columns of the transpose, at least 1.</param>
    /// <exception cref="InvalidInputException">The size is below 1, or there are not as many numbers.</exception>
    public void SetTransposed(ReadOnlySpan<float> values, int rows, int columns)
    {
        CheckSize(values, rows, columns);
        fixed (float* from = values) SetTransposed(from, rows, columns);
    }

    /// <summary>The numbers of a panel from a row on.</summary>
    internal float* Panel(int panel, int row) => store!.Pointer + ((((nint)panel * Rows) + row) * PanelWidth);

    internal void Set(float* values, int rows, int columns)
    {
        Resize(rows, columns);
        int width = PanelWidth;
        for (int panel = 0, first = 0; first < columns; panel++, first += width)
        {
            int count = Math.Min(width, columns - first);
            float* to = Panel(panel, 0), from = values + first;
            for (int row = 0; row < rows; row++, to += width, from += columns)
            {
                new ReadOnlySpan<float>(from, count).CopyTo(new(to, count));
                new Span<float>(to + count, width - count).Clear();
            }
        }
    }

    internal void SetTransposed(float* values, int rows, int columns)
    {
        Resize(rows, columns);
        int width = PanelWidth;
        for (int panel = 0, first = 0; first < columns; panel++, first += width)
        {
            int count = Math.Min(width, columns - first);
            float* to = Panel(panel, 0);
            if (count < width) new Span<float>(to, rows * width).Clear();
            for (int column = 0; column < count; column++)
            {
                float* from = values + ((nint)(first + column) * rows);
                for (int row = 0; row < rows; row++) to[(row * width) + column] = from[row];
            }
        }
    }

    void Resize(int rows, int columns)
    {
        (Rows, Columns) = (rows, columns);
        long needed = (long)rows * ((columns + PanelWidth - 1) / PanelWidth) * PanelWidth;
        if (store is null || store.Count < needed) store = new(needed);
    }

    static void CheckSize(ReadOnlySpan<float> values, int rows, int columns)
    {
        Require.InRange("the rows of a matrix", (long)rows, 1, int.MaxValue);
        Require.InRange("the columns of a matrix", (long)columns, 1, int.MaxValue);
        if (values.Length != (long)rows * columns) throw new InvalidInputException($"the numbers of a matrix of {rows} x {columns}", values.Length, $"{(long)rows * columns}");
    }
}
