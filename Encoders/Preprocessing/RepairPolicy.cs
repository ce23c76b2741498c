namespace Lepton.Neuro.Encoders.Preprocessing;

/// <summary>What is done about a value that an encoder cannot take.</summary>
public enum RepairAction
{
    /// <summary>It is an error.</summary>
    Refuse,

    /// <summary>Another value takes its place: <see cref="RepairPolicy.Fillers"/>.</summary>
    Fill,

    /// <summary>It becomes the nearer end of the range; not for missing values.</summary>
    Clip,

    /// <summary>Its row is left out.</summary>
    Drop,
}

/// <summary>What is done about missing values (NaN) and values out of range, infinities among them.</summary>
public sealed record RepairPolicy
{
    /// <summary>What is done about missing values: <see cref="RepairAction.Refuse"/> by default; never <see cref="RepairAction.Clip"/>.</summary>
    public RepairAction Missing { get; init; }

    /// <summary>What is done about values out of range.</summary>
    public RepairAction OutOfRange { get; init; }

    /// <summary>The least value in range; the least finite number by default.</summary>
    public float Least { get; init; } = float.MinValue;

    /// <summary>The greatest value in range; the greatest finite number by default.</summary>
    public float Most { get; init; } = float.MaxValue;

    /// <summary>What values are filled with: one number for all columns, or one a column (their means, say: <see cref="Repair.Means(IEnumerable{Data.TableChunk}, RepairPolicy)"/>). 0 by default.</summary>
    public IReadOnlyList<float> Fillers { get; init; } = [0];
}

/// <summary>What <see cref="Repair"/> found and did.</summary>
/// <param name="Rows">Rows looked at.</param>
/// <param name="Missing">Values that were missing.</param>
/// <param name="TooSmall">Values below the range.</param>
/// <param name="TooLarge">Values above the range.</param>
/// <param name="Filled">Values that were filled.</param>
/// <param name="Clipped">Values that were clipped.</param>
/// <param name="Dropped">Rows that were left out.</param>
/// <param name="FirstRow">The row of the first bad value; -1 for none.</param>
/// <param name="FirstColumn">Its column; -1 for none.</param>
/// <param name="FirstValue">The value itself; 0 for none.</param>
public sealed record RepairReport(
    long Rows, long Missing, long TooSmall, long TooLarge, long Filled, long Clipped, long Dropped, long FirstRow, int FirstColumn, float FirstValue)
{
    /// <summary>Nothing looked at yet.</summary>
    public static RepairReport None { get; } = new(0, 0, 0, 0, 0, 0, 0, -1, -1, 0);

    /// <summary>This, and what was found in the rows behind.</summary>
    /// <param name="next">The report of the rows behind.</param>
    public RepairReport And(RepairReport next) =>
        new(
            Rows + next.Rows, Missing + next.Missing, TooSmall + next.TooSmall, TooLarge + next.TooLarge, Filled + next.Filled, Clipped + next.Clipped, Dropped + next.Dropped,
            FirstRow < 0 ? next.FirstRow : FirstRow, FirstRow < 0 ? next.FirstColumn : FirstColumn, FirstRow < 0 ? next.FirstValue : FirstValue);

    /// <summary>One line.</summary>
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{Rows} rows: {Missing} values missing, {TooSmall} too small, {TooLarge} too large; {Filled} filled, {Clipped} clipped, {Dropped} rows dropped");
}
