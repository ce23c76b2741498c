namespace Lepton.Neuro.Experiments.Plots;

/// <summary>An axis of a chart.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Unit">Its unit, or nothing.</param>
/// <param name="IsLogarithmic">Whether it is logarithmic.</param>
/// <param name="Minimum">Where it starts, or null for where the data do.</param>
/// <param name="Maximum">Where it ends, or null for where the data do.</param>
/// <param name="IsShare">Whether values are shares, 0 to 1, shown as percentages.</param>
public sealed record ChartAxis(string Name, string Unit = "", bool IsLogarithmic = false, double? Minimum = null, double? Maximum = null, bool IsShare = false)
{
    /// <summary>The axis as plotly.js reads it.</summary>
    /// <param name="values">What is drawn along it, in the unit of the axis.</param>
    /// <returns>The axis.</returns>
    internal Axis ToAxis(IEnumerable<double> values)
    {
        var shown = values.Where(value => value > 0 && double.IsFinite(value)).ToArray();
        // Over more than a decade, names of 2 and 5 in between would crowd the powers of ten.
        var isWide = IsLogarithmic && shown.Length > 0 && (Maximum ?? shown.Max()) > 10 * (Minimum ?? shown.Min());
        double? Place(double? value) => IsLogarithmic && value is { } number ? Math.Log10(number) : value;
        return new Axis
        {
            Title = new TextBlock { Text = PlotText.WithUnit(Name, Unit) },
            Type = IsLogarithmic ? "log" : "linear",
            Range = Minimum is null && Maximum is null ? null : [Place(Minimum), Place(Maximum)],
            DTick = isWide ? 1 : null,
            TickFormat = IsShare ? ".0~%" : null,
            AutoMargin = true,
        };
    }
}
