namespace Lepton.Neuro.Backends;

/// <summary>Assigns each row to a column at least cost where a column takes as many rows as its capacity: successive shortest paths with potentials, after the Hungarian method
/// (H. Kuhn, Naval Research Logistics 2, 83 (1955)).</summary>
sealed class CapacitatedAssignment
{
    const long Far = long.MaxValue / 4;

    readonly int columns;
    readonly long[] scratch;
    readonly long[] rowPotential;
    readonly long[] columnPotential;
    readonly long[] distance;
    readonly int[] columnOf;
    readonly int[] load;
    readonly int[] reachedBy;
    readonly bool[] settled;
    readonly int[] order;

    public CapacitatedAssignment(int mostRows, int columns)
    {
        this.columns = columns;
        scratch = new long[(long)mostRows * columns];
        rowPotential = new long[mostRows];
        columnOf = new int[mostRows];
        columnPotential = new long[columns];
        distance = new long[columns];
        load = new int[columns];
        reachedBy = new int[columns];
        settled = new bool[columns];
        order = new int[columns];
    }

    /// <summary>Room for the costs of some rows.</summary>
    public Span<long> Rows(int rows) => scratch.AsSpan(0, rows * columns);

    /// <summary>The least cost. The costs become reduced costs: not negative, and smaller by what every assignment must pay.</summary>
    /// <param name="costs">Not negative, by row and column.</param>
    /// <param name="rows">How many rows; no more than all capacities.</param>
    /// <param name="capacity">How many rows a column takes.</param>
    public long Solve(Span<long> costs, int rows, ReadOnlySpan<int> capacity)
    {
        Array.Clear(columnPotential);
        Array.Clear(load);
        for (int row = 0; row < rows; row++) columnOf[row] = -1;
        for (int row = 0; row < rows; row++) Insert(costs, row, capacity);
        long least = 0;
        for (int row = 0; row < rows; row++) least += rowPotential[row];
        for (int column = 0; column < columns; column++) least += columnPotential[column] * capacity[column];
        for (int row = 0; row < rows; row++)
        {
            var line = costs.Slice(row * columns, columns);
            long potential = rowPotential[row];
            for (int column = 0; column < line.Length; column++)
            {
                if (capacity[column] > 0) line[column] -= potential + columnPotential[column];
                else line[column] = 0;
            }
        }
        return least;
    }

    void Insert(ReadOnlySpan<long> costs, int row, ReadOnlySpan<int> capacity)
    {
        rowPotential[row] = 0;
        Array.Fill(distance, Far);
        Array.Clear(settled);
        int count = 0, end;
        Relax(costs, row, 0, capacity);
        while (true)
        {
            int nearest = -1;
            for (int column = 0; column < columns; column++)
            {
                if (!settled[column] && distance[column] < Far && (nearest < 0 || distance[column] < distance[nearest])) nearest = column;
            }
            settled[nearest] = true;
            order[count++] = nearest;
            if (load[nearest] < capacity[nearest])
            {
                end = nearest;
                break;
            }
            for (int other = 0; other < row; other++)
            {
                if (columnOf[other] == nearest) Relax(costs, other, distance[nearest], capacity);
            }
        }
        long far = distance[end];
        for (int other = 0; other < row; other++)
        {
            if (settled[columnOf[other]]) rowPotential[other] += far - distance[columnOf[other]];
        }
        rowPotential[row] += far;
        for (int i = 0; i < count; i++) columnPotential[order[i]] += distance[order[i]] - far;
        load[end]++;
        while (true)
        {
            int by = reachedBy[end], next = columnOf[by];
            columnOf[by] = end;
            if (by == row) break;
            end = next;
        }
    }

    void Relax(ReadOnlySpan<long> costs, int row, long so, ReadOnlySpan<int> capacity)
    {
        var line = costs.Slice(row * columns, columns);
        long potential = so - rowPotential[row];
        for (int column = 0; column < columns; column++)
        {
            if (settled[column] || capacity[column] == 0) continue;
            long reached = potential + line[column] - columnPotential[column];
            if (reached < distance[column]) (distance[column], reachedBy[column]) = (reached, row);
        }
    }
}
