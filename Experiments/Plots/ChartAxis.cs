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
    /// <summary>What the places 1, 2, 3 and so on are called, such as populations; null where they are numbers.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>The axis as plotly.js reads it.</summary>
    /// <param name="values">What is drawn along it, in the unit of the axis.</param>
    /// <returns>The axis.</returns>
    internal Axis ToAxis(IEnumerable<double> values)
    {
        const double MostSingleSteps = 8;
        var all = values.Where(double.IsFinite).ToArray();
        var shown = all.Where(value => value > 0).ToArray();
        // Between two bits or two epochs there is nothing.
        var isWhole = !IsLogarithmic && !IsShare && Names is null && all.Length > 0 && all.All(value => value == Math.Floor(value)) && all.Max() > all.Min() && all.Max() - all.Min() <= MostSingleSteps;
        // Over more than a decade, names of 2 and 5 in between would crowd the powers of ten.
        var isWide = IsLogarithmic && shown.Length > 0 && (Maximum ?? shown.Max()) > 10 * (Minimum ?? shown.Min());
        double? Place(double? value) => IsLogarithmic && value is { } number ? Math.Log10(number) : value;
        return new Axis
        {
            Title = new TextBlock { Text = PlotText.WithUnit(Name, Unit) },
            Type = IsLogarithmic ? "log" : "linear",
            Range = Minimum is null && Maximum is null ? null : [Place(Minimum), Place(Maximum)],
            DTick = isWide || isWhole ? 1 : null,
            TickFormat = IsShare ? ".0~%" : null,
            TickVals = Names is null ? null : [.. Enumerable.Range(1, Names.Count).Select(place => (double)place)],
            TickText = Names is null ? null : [.. Names.Select(PlotText.Escape)],
            AutoMargin = true,
        };
    }
}
