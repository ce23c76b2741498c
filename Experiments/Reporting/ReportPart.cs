namespace Lepton.Neuro.Experiments.Reporting;

/// <summary>Something that stands in a section of a page: a <see cref="Plots.Figure"/>, a <see cref="ReportTable"/> or a <see cref="ReportText"/>.</summary>
public abstract record ReportPart;

/// <summary>A paragraph.</summary>
/// <param name="Text">Plain text.</param>
public sealed record ReportText(string Text) : ReportPart;

/// <summary>A table.</summary>
/// <param name="Title">The title, shown above; may be empty.</param>
/// <param name="Columns">The headings, with units.</param>
/// <param name="Rows">A text a column. Columns whose texts all look like numbers are set flush right.</param>
public sealed record ReportTable(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows) : ReportPart;
