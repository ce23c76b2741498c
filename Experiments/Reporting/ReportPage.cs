using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Lepton.Neuro.Experiments.Plots;

namespace Lepton.Neuro.Experiments.Reporting;

/// <summary>A page for a person: what came out in one sentence, the key figures, then section by section pictures with a sentence that says how to
/// read them. One HTML file that needs no network. All texts are plain text and are escaped.</summary>
public sealed partial class ReportPage
{
    readonly List<KeyFigure> keyFigures = [];
    readonly List<Section> sections = [];
    readonly List<Section> appendix = [];

    /// <summary>The title.</summary>
    public string Title { get; set; } = "";

    /// <summary>What was asked, in one sentence. Empty lets the frame write it from the configuration.</summary>
    public string Question { get; set; } = "";

    /// <summary>What came out, in one sentence with figures. Empty lets the frame write it from the results.</summary>
    public string Summary { get; set; } = "";

    /// <summary>Whether the page has a section about energy of its own, so that the frame need not add one.</summary>
    internal bool ShowsEnergy { get; set; }

    /// <summary>A line of small print below the summary: seed, version.</summary>
    public string Byline { get; set; } = "";

    /// <summary>Adds a key figure, shown large near the top.</summary>
    /// <param name="label">What it is.</param>
    /// <param name="value">The figure with its unit.</param>
    /// <param name="note">A few words to compare it with; may be empty.</param>
    /// <returns>The page.</returns>
    public ReportPage AddKeyFigure(string label, string value, string note = "")
    {
        keyFigures.Add(new KeyFigure(label, value, note));
        return this;
    }

    /// <summary>Adds a section.</summary>
    /// <param name="heading">The heading.</param>
    /// <param name="howToRead">A sentence that says how to read the pictures.</param>
    /// <param name="parts">Figures, tables and texts.</param>
    /// <returns>The page.</returns>
    public ReportPage AddSection(string heading, string howToRead, params IReadOnlyList<ReportPart> parts)
    {
        sections.Add(new Section(heading, howToRead, parts, IsCode: false, IsClosed: false));
        return this;
    }

    /// <summary>Adds a section that is closed until it is clicked on, after all others.</summary>
    /// <param name="heading">The heading.</param>
    /// <param name="parts">Figures, tables and texts.</param>
    /// <returns>The page.</returns>
    public ReportPage AddDetails(string heading, params IReadOnlyList<ReportPart> parts)
    {
        appendix.Add(new Section(heading, "", parts, IsCode: false, IsClosed: true));
        return this;
    }

    /// <summary>Adds lines to be copied into a shell, after all other sections.</summary>
    /// <param name="heading">The heading.</param>
    /// <param name="explanation">A sentence about them.</param>
    /// <param name="code">The lines.</param>
    /// <returns>The page.</returns>
    public ReportPage AddCode(string heading, string explanation, string code)
    {
        appendix.Add(new Section(heading, explanation, [new ReportText(code)], IsCode: true, IsClosed: false));
        return this;
    }

    /// <summary>Puts key figures before those that are there.</summary>
    /// <param name="figures">Label, value and note of each.</param>
    internal void InsertKeyFigures(IEnumerable<(string Label, string Value, string Note)> figures) =>
        keyFigures.InsertRange(0, figures.Select(figure => new KeyFigure(figure.Label, figure.Value, figure.Note)));

    /// <summary>Writes the page.</summary>
    /// <param name="stream">Where to; stays open.</param>
    /// <param name="embedsLibrary">False makes the page load plotly.js from its public address, which makes it small.</param>
    public void WriteTo(Stream stream, bool embedsLibrary = true)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        Write(writer, embedsLibrary);
    }

    /// <summary>Writes the page.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="embedsLibrary">False makes the page load plotly.js from its public address, which makes it small.</param>
    public void Write(TextWriter writer, bool embedsLibrary = true)
    {
        var figures = sections.Concat(appendix).SelectMany(section => section.Parts).OfType<Figure>().ToList();
        var library = embedsLibrary ? PlotlyLibrary.Compressed : null;
        var needsNetwork = figures.Count > 0 && library is null;
        writer.Write("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        // The policy forbids what the page promises not to do: it can talk to no one.
        writer.Write($"""
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'; script-src 'unsafe-inline' 'unsafe-eval'{(needsNetwork ? " https://cdn.jsdelivr.net" : "")}">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{Html(Title)}</title>
            <style>
            {ThemeCss()}
            {PageResources.Css}</style>
            </head>
            <body>
            <main>

            """.ReplaceLineEndings("\n"));
        WriteHead(writer);
        var number = 0;
        foreach (var section in sections.Concat(appendix))
            WriteSection(writer, section, Title, ref number);
        writer.Write("</main>\n");
        WriteScripts(writer, figures, library, needsNetwork);
        writer.Write("</body>\n</html>\n");
    }

    void WriteHead(TextWriter writer)
    {
        writer.Write($"<header>\n<h1>{Html(Title)}</h1>\n");
        if (Question.Length > 0)
            writer.Write($"<p class=\"question\"><span>Asked</span> {Html(Question)}</p>\n");
        if (Summary.Length > 0)
            writer.Write($"<p class=\"summary\">{Html(Summary)}</p>\n");
        if (Byline.Length > 0)
            writer.Write($"<p class=\"byline\">{Html(Byline)}</p>\n");
        writer.Write("</header>\n");
        if (keyFigures.Count == 0)
            return;
        writer.Write("<dl class=\"key-figures\">\n");
        foreach (var (label, value, note) in keyFigures)
            writer.Write($"<div><dt>{Html(label)}</dt><dd>{Html(value)}</dd>{(note.Length > 0 ? $"<dd class=\"note\">{Html(note)}</dd>" : "")}</div>\n");
        writer.Write("</dl>\n");
    }

    static void WriteSection(TextWriter writer, Section section, string title, ref int number)
    {
        writer.Write(section.IsClosed
            ? $"<details>\n<summary>{Html(section.Heading)}</summary>\n"
            : $"<section>\n{(section.Heading.Length == 0 ? "" : $"<h2>{Html(section.Heading)}</h2>\n")}");
        if (section.HowToRead.Length > 0)
            writer.Write($"<p class=\"how-to-read\">{Html(section.HowToRead)}</p>\n");
        writer.Write("<div class=\"parts\">\n");
        foreach (var part in section.Parts)
        {
            switch (part)
            {
                case Figure figure:
                    writer.Write(string.Create(CultureInfo.InvariantCulture,
                        $"<figure class=\"{(figure.IsHalfWidth ? "half" : "full")}\"><figcaption>{(figure.Title == title || (figure.Title == section.Heading && section.Parts.Count == 1) ? "&nbsp;" : Html(figure.Title))}</figcaption><div class=\"plot\" id=\"figure-{number}\" role=\"img\" aria-label=\"{Html(figure.Title)}\" style=\"{Size(figure)}\"></div></figure>\n"));
                    number++;
                    break;
                case ReportTable table:
                    WriteTable(writer, table);
                    break;
                case ReportText text when section.IsCode:
                    writer.Write($"<div class=\"code full\"><pre><code>{Html(text.Text)}</code></pre><button type=\"button\" class=\"copy\">Copy</button></div>\n");
                    break;
                case ReportText text:
                    writer.Write($"<p class=\"full\">{Html(text.Text)}</p>\n");
                    break;
                default:
                    throw new InvalidOperationException($"A page cannot show a {part.GetType().Name}.");
            }
        }
        writer.Write("</div>\n");
        writer.Write(section.IsClosed ? "</details>\n" : "</section>\n");
    }

    static void WriteTable(TextWriter writer, ReportTable table)
    {
        var isNumeric = new bool[table.Columns.Count];
        for (var column = 0; column < isNumeric.Length; column++)
            isNumeric[column] = table.Rows.Count > 0 && table.Rows.All(row => column >= row.Count || LooksNumeric(row[column]));
        string Class(int column) => column < isNumeric.Length && isNumeric[column] ? " class=\"number\"" : "";

        writer.Write("<div class=\"table full\"><table>");
        if (table.Title.Length > 0)
            writer.Write($"<caption>{Html(table.Title)}</caption>");
        writer.Write("<thead><tr>");
        for (var column = 0; column < table.Columns.Count; column++)
            writer.Write($"<th scope=\"col\"{Class(column)}>{Html(table.Columns[column])}</th>");
        writer.Write("</tr></thead>\n<tbody>\n");
        foreach (var row in table.Rows)
        {
            writer.Write("<tr>");
            for (var column = 0; column < row.Count; column++)
                writer.Write($"<td{Class(column)}>{Html(row[column])}</td>");
            writer.Write("</tr>\n");
        }
        writer.Write("</tbody></table></div>\n");
    }

    static string Size(Figure figure) => figure.AspectRatio is { } ratio
        ? string.Create(CultureInfo.InvariantCulture, $"aspect-ratio:{ratio:0.####};max-height:{figure.Height}px")
        : string.Create(CultureInfo.InvariantCulture, $"flex:1 0 {figure.Height}px");

    static bool LooksNumeric(string text) => text.Length == 0 || string.Equals(text, Quantity.Missing, StringComparison.Ordinal) || NumberWithUnit().IsMatch(text);

    [GeneratedRegex(@"^[-+−]?\d[\d,]*(\.\d+)?([eE][-+]?\d+)?( ?[^\d\s]\S*)?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NumberWithUnit();

    static void WriteScripts(TextWriter writer, List<Figure> figures, ReadOnlyMemory<byte>? library, bool needsNetwork)
    {
        if (figures.Count > 0)
        {
            writer.Write("<noscript><p class=\"byline\">The figures of this page need JavaScript.</p></noscript>\n");
            for (var i = 0; i < figures.Count; i++)
                writer.Write(string.Create(CultureInfo.InvariantCulture, $"<script type=\"application/json\" id=\"figure-data-{i}\">{figures[i].ToJson()}</script>\n"));
            writer.Write($"<script type=\"application/json\" id=\"themes\">{new JsonObject { ["light"] = Theme.Light.ToJson(), ["dark"] = Theme.Dark.ToJson() }.ToJsonString()}</script>\n");
            if (library is { } bytes)
                writer.Write($"<script type=\"application/gzip\" id=\"plotly\">{Convert.ToBase64String(bytes.Span)}</script>\n");
            else if (needsNetwork)
                writer.Write($"<script src=\"{Html(PlotlyLibrary.PublicAddress)}\" integrity=\"{Html(PlotlyLibrary.Integrity)}\" crossorigin=\"anonymous\"></script>\n");
        }
        writer.Write($"<script>\n{PageResources.Script}</script>\n");
    }

    static string ThemeCss() =>
        $":root{{{Variables(Theme.Light)}}}\n@media (prefers-color-scheme:dark){{:root{{{Variables(Theme.Dark)}}}}}\n@media print{{:root{{{Variables(Theme.Light)}}}}}";

    static string Variables(Theme theme) =>
        $"--page:{theme.Page};--surface:{theme.Surface};--ink:{theme.Ink};--muted:{theme.Muted};--rule:{theme.Rule};--accent:{theme.Accent}";

    static string Html(string text) => WebUtility.HtmlEncode(text);

    sealed record KeyFigure(string Label, string Value, string Note);

    sealed record Section(string Heading, string HowToRead, IReadOnlyList<ReportPart> Parts, bool IsCode, bool IsClosed);
}
