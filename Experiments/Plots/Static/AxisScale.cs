using System.Globalization;
using System.Text;

namespace Lepton.Neuro.Experiments.Plots.Static;

/// <summary>A named place on an axis.</summary>
internal readonly record struct Tick(double At, string[] Lines);

/// <summary>An axis as it is drawn: what it spans, where a value lies, and what its ticks say. Coordinates are values, powers of ten on a logarithmic
/// axis, or numbers of categories.</summary>
internal sealed class AxisScale
{
    readonly Axis axis;
    readonly Dictionary<string, int> categories = new(StringComparer.Ordinal);

    /// <summary>An axis that spans nothing yet.</summary>
    /// <param name="axis">What the figure says of it.</param>
    /// <param name="data">What lies along it; names become categories.</param>
    public AxisScale(Axis? axis, IEnumerable<PlotData?> data)
    {
        this.axis = axis ?? new Axis();
        foreach (var name in data.SelectMany(part => part?.Names ?? []))
            categories.TryAdd(name, categories.Count);
        IsCategory = categories.Count > 0 || this.axis.Type == "category";
        IsLogarithmic = !IsCategory && this.axis.Type == "log";
    }

    /// <summary>Whether it has categories.</summary>
    public bool IsCategory { get; }

    /// <summary>Whether it is logarithmic.</summary>
    public bool IsLogarithmic { get; }

    /// <summary>The coordinate where it starts.</summary>
    public double Low { get; private set; }

    /// <summary>The coordinate where it ends; below <see cref="Low"/> when it runs backwards.</summary>
    public double High { get; private set; } = 1;

    /// <summary>The pixel of <see cref="Low"/>.</summary>
    public double Start { get; private set; }

    /// <summary>The pixel of <see cref="High"/>.</summary>
    public double End { get; private set; }

    /// <summary>Pixels to a unit.</summary>
    public double Density => Math.Abs((End - Start) / (High - Low));

    /// <summary>The coordinate of a value.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The coordinate; NaN where there is none.</returns>
    public double Coordinate(double value) => !IsLogarithmic ? value : value > 0 ? Math.Log10(value) : double.NaN;

    /// <summary>The coordinates of data.</summary>
    /// <param name="data">Numbers or names; null counts from 0.</param>
    /// <param name="count">How many to count where data is null.</param>
    /// <returns>The coordinates.</returns>
    public double[] Coordinates(PlotData? data, int count) =>
        data is null ? [.. Enumerable.Range(0, count).Select(i => Coordinate(i))]
        : data.Names is { } names ? [.. names.Select(name => (double)categories[name])]
        : [.. data.ToNumbers().Select(Coordinate)];

    /// <summary>The coordinate of a note's place, which is one already, or a category.</summary>
    /// <param name="place">A number or a name.</param>
    /// <returns>The coordinate; NaN where there is none.</returns>
    public double CoordinateOf(object place) => place switch
    {
        string name => categories.TryGetValue(name, out var index) ? index : double.NaN,
        IConvertible number => number.ToDouble(CultureInfo.InvariantCulture),
        _ => double.NaN,
    };

    /// <summary>Sets what it spans.</summary>
    /// <param name="low">The lowest coordinate of the data.</param>
    /// <param name="high">The highest.</param>
    /// <param name="padding">Free room at each end that is open, as a share.</param>
    public void Span(double low, double high, double padding)
    {
        if (IsCategory)
            (low, high, padding) = (-0.5, Math.Max(categories.Count, 1) - 0.5, 0);
        if (!double.IsFinite(low) || !double.IsFinite(high))
            (low, high) = (0, 1);
        if (axis.RangeMode == "tozero")
            (low, high) = (Math.Min(low, 0), Math.Max(high, 0));
        var room = high > low ? (high - low) * padding : Math.Max(Math.Abs(high), 1) * 0.5;
        var (from, to) = (axis.RangeMode == "tozero" && low >= 0 ? low : low - room, axis.RangeMode == "tozero" && high <= 0 ? high : high + room);
        if (axis.AutoRange == "reversed")
            (from, to) = (to, from);
        Low = Given(0) ?? from;
        High = Given(1) ?? to;
        if (Low == High)
            High = Low + 1;

        double? Given(int end) => axis.Range is { } range && range.Count > end && range[end] is { } value && double.IsFinite(value) ? value : null;
    }

    /// <summary>Sets the pixels between which it lies.</summary>
    /// <param name="start">The pixel of its start.</param>
    /// <param name="end">The pixel of its end.</param>
    public void Place(double start, double end) => (Start, End) = (start, end);

    /// <summary>The pixel of a coordinate.</summary>
    /// <param name="coordinate">The coordinate.</param>
    /// <returns>The pixel.</returns>
    public double Pixel(double coordinate) => Start + (coordinate - Low) / (High - Low) * (End - Start);

    /// <summary>The places to name.</summary>
    /// <param name="most">About how many there is room for.</param>
    /// <returns>The ticks, none outside of the axis.</returns>
    public IReadOnlyList<Tick> Ticks(int most)
    {
        var (low, high) = (Math.Min(Low, High), Math.Max(Low, High));
        if (axis.ShowTickLabels == false)
            return [];
        if (axis.TickVals is { } places)
            return [.. places.Select((place, i) => new Tick(Coordinate(place), axis.TickText is { } texts && i < texts.Count ? PlotText.Lines(texts[i]) : [Label(place, place)]))
                .Where(tick => tick.At >= low && tick.At <= high)];
        if (IsCategory)
            return [.. categories.Select(category => new Tick(category.Value, PlotText.Lines(category.Key)))];
        return IsLogarithmic ? Logarithmic(low, high, most) : Linear(low, high, most, value => value, axis.DTick);
    }

    List<Tick> Linear(double low, double high, int most, Func<double, double> place, double? wanted)
    {
        var step = NiceStep((high - low) / Math.Max(1, most));
        if (wanted is { } asked && asked > 0 && (high - low) / asked <= 2.5 * most)
            step = asked;
        var ticks = new List<Tick>();
        for (var i = Math.Ceiling(low / step - 1e-9); i <= high / step + 1e-9 && ticks.Count < 100; i++)
            ticks.Add(new(place(i * step), [Label(i * step, step)]));
        return ticks;
    }

    List<Tick> Logarithmic(double low, double high, int most)
    {
        var step = Math.Max(1, (int)Math.Ceiling((high - low) / Math.Max(1, most)));
        var ticks = new List<Tick>();
        for (var power = (int)Math.Ceiling(low - 1e-9); power <= high + 1e-9; power++)
        {
            if (power % step == 0)
                ticks.Add(new(power, [Label(Math.Pow(10, power), Math.Pow(10, power))]));
        }
        // Few powers of ten alone would leave the axis nearly empty.
        if (ticks.Count < 3)
        {
            foreach (var (power, digit) in Enumerable.Range((int)Math.Floor(low), 4).SelectMany(power => new[] { (power, 2), (power, 5) }))
            {
                var value = digit * Math.Pow(10, power);
                if (Math.Log10(value) >= low && Math.Log10(value) <= high)
                    ticks.Add(new(Math.Log10(value), [Label(value, Math.Pow(10, power))]));
            }
        }
        return ticks.Count >= 2 ? ticks : Linear(Math.Pow(10, low), Math.Pow(10, high), most, Math.Log10, null);
    }

    static double NiceStep(double rough)
    {
        if (!(rough > 0) || !double.IsFinite(rough))
            return 1;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var digit = rough / power;
        return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
    }

    string Label(double value, double step)
    {
        var isShare = axis.TickFormat?.EndsWith('%') == true;
        return (isShare ? Number(value * 100, step * 100) + " %" : Number(value, step)) + axis.TickSuffix;
    }

    /// <summary>A number as precise as the distance of ticks asks for.</summary>
    /// <param name="value">The number.</param>
    /// <param name="step">The distance of ticks.</param>
    /// <returns>The text.</returns>
    public static string Number(double value, double step)
    {
        if (Math.Abs(value) < Math.Abs(step) * 1e-9 || value == 0)
            return "0";
        var decimals = (int)Math.Clamp(-Math.Floor(Math.Log10(Math.Abs(step)) + 1e-9), 0, 300);
        // Such steps as 2.5 need one more.
        if (decimals < 5 && Math.Abs(step * Math.Pow(10, decimals) - Math.Round(step * Math.Pow(10, decimals))) > 1e-6)
            decimals++;
        if (decimals <= 4 && Math.Abs(value) < 1e6)
            return value.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture).Replace('-', '\u2212');
        var power = (int)Math.Floor(Math.Log10(Math.Abs(value)) + 1e-12);
        var mantissa = value / Math.Pow(10, power);
        var text = new StringBuilder(Math.Abs(mantissa - 1) < 1e-9 ? "" : mantissa.ToString("0.##", CultureInfo.InvariantCulture).Replace('-', '\u2212') + "\u00d7");
        return text.Append("10").Append(string.Concat(power.ToString(CultureInfo.InvariantCulture).Select(digit => digit == '-' ? '\u207b' : "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"[digit - '0']))).ToString();
    }
}
