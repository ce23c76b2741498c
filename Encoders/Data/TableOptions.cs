namespace Lepton.Neuro.Encoders.Data;

/// <summary>How a table of text is read; what is left out is told from the file.</summary>
public sealed record TableOptions
{
    /// <summary>What stands between two fields; null for whichever of comma, semicolon, tab and bar the first line has most of (or a space where it has none of them).</summary>
    public char? Delimiter { get; init; }

    /// <summary>Whether the first line holds the names of columns; null to tell: it does where none of its fields but the label's is a number.</summary>
    public bool? HasHeader { get; init; }

    /// <summary>The column of the label: its name, or its number from 0, or from -1 for the last backwards; null for the last.</summary>
    public string? Label { get; init; }

    /// <summary>Fields that mean that a value is missing, white space around them not counted.</summary>
    public IReadOnlyList<string> Missing { get; init; } = ["", "?", "NA", "N/A", "NaN", "nan", "null"];

    /// <summary>The rows of a chunk, 1 to 2^20.</summary>
    public int ChunkRows { get; init; } = 4096;
}
