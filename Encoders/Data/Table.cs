using System.Globalization;
using Lepton.Neuro.Encoders.Preprocessing;

namespace Lepton.Neuro.Encoders.Data;

/// <summary>A table of numbers with a label a row.</summary>
public sealed class Table
{
    readonly float[] values;
    readonly int[] labels;

    Table(IReadOnlyList<string> columns, float[] values, int[] labels, IReadOnlyList<string> classes) => (Columns, this.values, this.labels, ClassNames) = (columns, values, labels, classes);

    /// <summary>The names of the columns of numbers; <c>0</c>, <c>1</c>, ... where the file gives none.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Rows x Columns numbers, row by row; NaN where one is missing.</summary>
    public ReadOnlySpan<float> Values => values;

    /// <summary>The class of each row: an index of <see cref="ClassNames"/>.</summary>
    public ReadOnlySpan<int> Labels => labels;

    /// <summary>The classes: in the order of their numbers where all are whole numbers, else in that of their letters, byte by byte.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>How many rows there are.</summary>
    public int Rows => labels.Length;

    /// <summary>Puts chunks together.</summary>
    /// <param name="columns">The names of the columns.</param>
    /// <param name="chunks">The chunks, in order: those of <see cref="TableFile.Chunks"/>, or what <see cref="Repair"/> made of them.</param>
    /// <exception cref="InvalidInputException">There are more numbers than an array holds, or a chunk has another number of columns.</exception>
    public static Table Of(IReadOnlyList<string> columns, IEnumerable<TableChunk> chunks)
    {
        var numbers = new List<float>();
        var names = new List<string>();
        foreach (var chunk in chunks)
        {
            Require.InRange("the columns of a chunk of a table", (long)chunk.Columns, columns.Count, columns.Count);
            Require.InRange("the numbers of a table", numbers.Count + (long)chunk.Values.Length, 0, Array.MaxLength);
            numbers.AddRange(chunk.Values);
            names.AddRange(chunk.Labels);
        }
        string[] distinct = [.. names.Distinct(StringComparer.Ordinal)];
        bool whole = distinct.All(n => long.TryParse(n, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _));
        string[] classes = whole ? [.. distinct.OrderBy(n => long.Parse(n, CultureInfo.InvariantCulture)).ThenBy(n => n, StringComparer.Ordinal)] : [.. distinct.Order(StringComparer.Ordinal)];
        var index = classes.Index().ToDictionary(c => c.Item, c => c.Index, StringComparer.Ordinal);
        return new(columns, [.. numbers], [.. names.Select(n => index[n])], classes);
    }

    /// <summary>The numbers as rows that preprocessors take.</summary>
    /// <exception cref="InvalidInputException">The table has no column of numbers.</exception>
    public PixelMatrix ToMatrix() => PixelMatrix.Create(Columns.Count, values);
}
