using System.Globalization;
using Lepton.Neuro.Encoders.Data;

namespace Lepton.Neuro.Encoders.Preprocessing;

/// <summary>Finds values that an encoder cannot take, says which they are, and repairs them as a policy says: as a stream, chunks side by side on all cores. What comes out does not depend on the
/// number of threads.</summary>
public sealed class Repair
{
    readonly RepairPolicy policy;

    /// <summary>A repair that has seen nothing yet.</summary>
    /// <param name="policy">What is done.</param>
    /// <exception cref="InvalidInputException">The range is empty, missing values are to be clipped, or a filler is missing or not finite.</exception>
    public Repair(RepairPolicy policy)
    {
        this.policy = policy;
        if (!(policy.Least <= policy.Most)) throw new InvalidInputException("the range of a repair", string.Create(CultureInfo.InvariantCulture, $"{policy.Least} to {policy.Most}"), "the least first");
        if (policy.Missing == RepairAction.Clip || !Enum.IsDefined(policy.Missing)) throw new InvalidInputException("what is done about missing values", policy.Missing, "Refuse, Fill or Drop");
        if (!Enum.IsDefined(policy.OutOfRange)) throw new InvalidInputException("what is done about values out of range", policy.OutOfRange, "Refuse, Fill, Clip or Drop");
        Require.InRange("the fillers of a repair", (long)policy.Fillers.Count, 1, int.MaxValue);
        foreach (float filler in policy.Fillers) Require.Finite("a filler of a repair", filler);
    }

    /// <summary>What was found and done so far.</summary>
    public RepairReport Report { get; private set; } = RepairReport.None;

    /// <summary>Repairs chunks as they come, some at a time side by side; they come out in their order.</summary>
    /// <param name="chunks">The chunks; not changed.</param>
    /// <exception cref="InvalidInputException">While reading: a value is to be refused, or there is not one filler or one a column.</exception>
    public IEnumerable<TableChunk> Apply(IEnumerable<TableChunk> chunks)
    {
        foreach (var batch in chunks.Chunk(Environment.ProcessorCount))
        {
            var repaired = new TableChunk[batch.Length];
            var reports = new RepairReport[batch.Length];
            var refusals = new InvalidInputException?[batch.Length];
            foreach (var chunk in batch) RequireFillers(chunk.Columns);
            Parallel.For(0, batch.Length, i => (repaired[i], reports[i], refusals[i]) = Apply(batch[i]));
            for (int i = 0; i < batch.Length; i++)
            {
                Report = Report.And(reports[i]);
                if (refusals[i] is { } refusal) throw refusal;
                if (repaired[i].Rows > 0) yield return repaired[i];
            }
        }
    }

    /// <summary>Repairs images.</summary>
    /// <param name="images">The images; not changed.</param>
    /// <returns>The images that are left, and their numbers among all.</returns>
    /// <exception cref="InvalidInputException">A value is to be refused, or there is not one filler or one a pixel.</exception>
    public (PixelMatrix Images, int[] Kept) Apply(PixelMatrix images)
    {
        const int Rows = 256;
        var chunks = Enumerable.Range(0, (images.Count + Rows - 1) / Rows).Select(k =>
        {
            int rows = Math.Min(Rows, images.Count - (k * Rows));
            // The labels carry the numbers of the rows, so that they are dropped with them.
            return new TableChunk(k * Rows, images.Size, images.Values.Slice(k * Rows * images.Size, rows * images.Size).ToArray(), [.. Enumerable.Range(k * Rows, rows).Select(i => i.ToString(CultureInfo.InvariantCulture))]);
        });
        var (values, kept) = (new List<float>(), new List<int>());
        foreach (var chunk in Apply(chunks))
        {
            values.AddRange(chunk.Values);
            kept.AddRange(chunk.Labels.Select(l => int.Parse(l, CultureInfo.InvariantCulture)));
        }
        return (PixelMatrix.Create(images.Size, [.. values]), [.. kept]);
    }

    /// <summary>The means of the columns over the values that are there and in range: what to fill with.</summary>
    /// <param name="chunks">The chunks: of training data alone, and a pass of their own.</param>
    /// <param name="policy">The range.</param>
    /// <returns>A mean a column; 0 for a column without a good value.</returns>
    public static float[] Means(IEnumerable<TableChunk> chunks, RepairPolicy policy)
    {
        double[] sums = [];
        long[] counts = [];
        foreach (var batch in chunks.Chunk(Environment.ProcessorCount))
        {
            var partial = new (double[] Sums, long[] Counts)[batch.Length];
            Parallel.For(0, batch.Length, i =>
            {
                var chunk = batch[i];
                var (sum, count) = (new double[chunk.Columns], new long[chunk.Columns]);
                for (int k = 0; k < chunk.Values.Length; k++)
                {
                    float value = chunk.Values[k];
                    if (!(value >= policy.Least && value <= policy.Most)) continue;
                    sum[k % chunk.Columns] += value;
                    count[k % chunk.Columns]++;
                }
                partial[i] = (sum, count);
            });
            // In the order of the chunks, so that the rounding is always the same.
            foreach (var (sum, count) in partial)
            {
                if (sums.Length == 0) (sums, counts) = (new double[sum.Length], new long[sum.Length]);
                for (int c = 0; c < sum.Length; c++) (sums[c], counts[c]) = (sums[c] + sum[c], counts[c] + count[c]);
            }
        }
        return [.. sums.Zip(counts, (sum, count) => count == 0 ? 0 : (float)(sum / count))];
    }

    (TableChunk Chunk, RepairReport Report, InvalidInputException? Refusal) Apply(TableChunk chunk)
    {
        int columns = chunk.Columns;
        var values = (float[])chunk.Values.Clone();
        var kept = new List<int>(chunk.Rows);
        long missing = 0, small = 0, large = 0, filled = 0, clipped = 0;
        int first = -1;
        InvalidInputException? refusal = null;
        for (int row = 0; row < chunk.Rows; row++)
        {
            bool keep = true;
            for (int at = row * columns; at < (row + 1) * columns; at++)
            {
                float value = values[at];
                if (value >= policy.Least && value <= policy.Most) continue;
                if (first < 0) first = at;
                if (float.IsNaN(value)) missing++;
                else if (value < policy.Least) small++;
                else large++;
                switch (float.IsNaN(value) ? policy.Missing : policy.OutOfRange)
                {
                    case RepairAction.Fill:
                        values[at] = policy.Fillers[policy.Fillers.Count == 1 ? 0 : at % columns];
                        filled++;
                        break;
                    case RepairAction.Clip:
                        values[at] = value < policy.Least ? policy.Least : policy.Most;
                        clipped++;
                        break;
                    case RepairAction.Drop:
                        keep = false;
                        break;
                    default:
                        refusal ??= Refusal(chunk.FirstRow + row, at % columns, value);
                        break;
                }
            }
            if (keep) kept.Add(row);
        }
        var report = new RepairReport(
            chunk.Rows, missing, small, large, filled, clipped, chunk.Rows - kept.Count,
            first < 0 ? -1 : chunk.FirstRow + (first / columns), first < 0 ? -1 : first % columns, first < 0 ? 0 : chunk.Values[first]);
        if (kept.Count < chunk.Rows)
        {
            for (int k = 0; k < kept.Count; k++) Array.Copy(values, kept[k] * columns, values, k * columns, columns);
            chunk = chunk with { Labels = [.. kept.Select(r => chunk.Labels[r])] };
        }
        return (chunk with { Values = values[..(kept.Count * columns)] }, report, refusal);
    }

    void RequireFillers(int columns)
    {
        if (policy.Fillers.Count != 1 && policy.Fillers.Count != columns)
            throw new InvalidInputException("the fillers of a repair", policy.Fillers.Count, string.Create(CultureInfo.InvariantCulture, $"1, or {columns}, one a column"));
    }

    InvalidInputException Refusal(long row, int column, float value) => new(
        string.Create(CultureInfo.InvariantCulture, $"the value in row {row}, column {column}, counted from 0,"),
        float.IsNaN(value) ? null : value,
        string.Create(CultureInfo.InvariantCulture, $"{policy.Least} to {policy.Most}, or a policy that repairs it"));
}
