namespace Lepton.Neuro.Encoders.Data;

/// <summary>Some rows of a table, one after the other.</summary>
/// <param name="FirstRow">The number of the first of them in the table, from 0, as it was read.</param>
/// <param name="Columns">The columns of numbers; the label's is not among them.</param>
/// <param name="Values">Rows x Columns numbers, row by row; NaN where one is missing.</param>
/// <param name="Labels">A label a row.</param>
public sealed record TableChunk(long FirstRow, int Columns, float[] Values, string[] Labels)
{
    /// <summary>How many rows there are.</summary>
    public int Rows => Labels.Length;
}
