using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>The ones of a matrix of zeros and ones, row by row: for each row the columns where they are, ascending; and, where it is asked for, for each column the rows.</summary>
sealed unsafe class SpikeEvents
{
    int[] starts = [0], columns = [];
    int[] columnStarts = [], rowsByColumn = [];
    bool transposed;

    /// <summary>Rows of the matrix.</summary>
    public int Rows { get; private set; }

    /// <summary>How many ones there are.</summary>
    public int Count { get; private set; }

    /// <summary>Where the events of a row begin; one more than there are rows.</summary>
    public int[] Starts => starts;

    /// <summary>The column of each event.</summary>
    public int[] Columns => columns;

    /// <summary>Where the events of a column begin, after <see cref="Transpose"/>.</summary>
    public int[] ColumnStarts => columnStarts;

    /// <summary>The row of each event, column by column, after <see cref="Transpose"/>.</summary>
    public int[] RowsByColumn => rowsByColumn;

    /// <summary>Begins a matrix without rows.</summary>
    /// <param name="rows">How many will come.</param>
    public void Clear(int rows)
    {
        if (starts.Length < rows + 1) starts = new int[rows + 1];
        (Rows, Count, transposed) = (0, 0, false);
        starts[0] = 0;
    }

    /// <summary>Makes room for the events of a row.</summary>
    /// <returns>The columns' array: write from <see cref="Count"/> on.</returns>
    public int[] Room(int most)
    {
        if (columns.Length < Count + most) Array.Resize(ref columns, Math.Max(Count + most, columns.Length * 2));
        return columns;
    }

    /// <summary>Ends a row.</summary>
    /// <param name="count">The events in all, those of this row included.</param>
    public void EndRow(int count)
    {
        Count = count;
        starts[++Rows] = count;
    }

    /// <summary>Reads the events off a matrix of zeros and ones, as long as there are not more of them than is worth it.</summary>
    /// <returns>False where there are too many; then there are no events.</returns>
    public bool TryRead(int vectorBits, float* values, int rows, int width, int most)
    {
        Clear(rows);
        var reader = new Reader { Events = this, Values = values, Rows = rows, Columns = width, Most = most };
        VectorWidth.Run(vectorBits, reader);
        return Rows == rows;
    }

    /// <summary>Sorts the events by column.</summary>
    public void Transpose(int width)
    {
        if (transposed) return;
        transposed = true;
        if (columnStarts.Length < width + 1) columnStarts = new int[width + 1];
        if (rowsByColumn.Length < Count) rowsByColumn = new int[Math.Max(Count, rowsByColumn.Length * 2)];
        Array.Clear(columnStarts, 0, width + 1);
        fixed (int* begin = columnStarts, row = starts, column = columns, to = rowsByColumn)
        {
            for (int e = 0; e < Count; e++) begin[column[e] + 1]++;
            for (int c = 0; c < width; c++) begin[c + 1] += begin[c];
            for (int r = 0; r < Rows; r++)
            {
                for (int e = row[r]; e < row[r + 1]; e++) to[begin[column[e]]++] = r;
            }
            // Each start has moved to the next one's place.
            for (int c = width; c > 0; c--) begin[c] = begin[c - 1];
            begin[0] = 0;
        }
    }

    struct Reader : ILaneWork
    {
        public SpikeEvents Events;
        public float* Values;
        public int Rows, Columns, Most;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<T>()
            where T : unmanaged, ILane<T>
        {
            for (int row = 0; row < Rows; row++)
            {
                int count = Events.Count;
                if (count > Most) return;
                int[] to = Events.Room(Columns);
                float* from = Values + ((nint)row * Columns);
                int column = 0;
                for (; column + T.Width <= Columns; column += T.Width)
                {
                    for (uint bits = T.MaskBits(T.Load(in from[column]) != 0f); bits != 0; bits &= bits - 1)
                        to[count++] = column + System.Numerics.BitOperations.TrailingZeroCount(bits);
                }
                for (; column < Columns; column++)
                {
                    if (from[column] != 0) to[count++] = column;
                }
                Events.EndRow(count);
            }
        }
    }
}
