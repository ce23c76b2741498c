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

    // Over many decades, 2 and 5 in between would crowd the powers of ten; over few, powers alone would leave the axis nearly empty; over less, places at equal distances are enough.
    const double ManyDecades = 2, FewDecades = 0.65;

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
        var (low, high) = shown.Length == 0 ? (0, 0) : (Minimum ?? shown.Min(), Maximum ?? shown.Max());
        var decades = IsLogarithmic && low > 0 && double.IsFinite(high) ? Math.Log10(high / low) : 0;
        double? Place(double? value) => IsLogarithmic && value is { } number ? Math.Log10(number) : value;
        return new Axis
        {
            Title = new TextBlock { Text = PlotText.WithUnit(Name, Unit) },
            Type = IsLogarithmic ? "log" : "linear",
            Range = Minimum is null && Maximum is null ? null : [Place(Minimum), Place(Maximum)],
            DTick = decades >= ManyDecades || isWhole ? 1 : null,
            TickFormat = IsShare ? "~%" : null,
            TickVals = Names is not null ? [.. Enumerable.Range(1, Names.Count).Select(place => (double)place)] : decades is >= FewDecades and < ManyDecades ? OneTwoFive(low, high) : null,
            TickText = Names is null ? null : [.. Names.Select(PlotText.Escape)],
            AutoMargin = true,
        };
    }

    static double[] OneTwoFive(double low, double high)
    {
        int first = (int)Math.Floor(Math.Log10(low)) - 1, last = (int)Math.Ceiling(Math.Log10(high));
        return [.. Enumerable.Range(first, last - first + 1).SelectMany(power => new[] { 1, 2, 5 }.Select(digit => double.Parse($"{digit}e{power}", System.Globalization.CultureInfo.InvariantCulture))).Where(place => place >= low * 0.8 && place <= high * 1.25)];
    }
}
