using System.Globalization;
using System.Text.RegularExpressions;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Random;

namespace Lepton.Neuro.Experiments.Sweeps;

/// <summary>Something that a sweep varies: a setting, or the epochs, with its values or the range that they are drawn from.</summary>
internal sealed partial record GridAxis
{
    /// <summary>The key of the number of epochs.</summary>
    public const string Epochs = "epochs";

    const int MostValues = 10_000;

    GridAxis(string key, bool isNumeric, bool isWhole)
    {
        Key = key;
        IsNumeric = isNumeric;
        IsWhole = isWhole;
    }

    /// <summary>What is varied.</summary>
    public string Key { get; }

    /// <summary>Whether values are numbers.</summary>
    public bool IsNumeric { get; }

    /// <summary>What was typed: <c>key=values</c>.</summary>
    public string Text { get; private init; } = "";

    /// <summary>The unit of the values, or nothing.</summary>
    public string Unit { get; private init; } = "";

    /// <summary>The values as they are typed; empty where they are drawn from <see cref="Range"/>.</summary>
    public IReadOnlyList<string> Values { get; private init; } = [];

    /// <summary>The range that values are drawn from; null where there is a list.</summary>
    public (double Low, double High, bool IsLogarithmic)? Range { get; private init; }

    bool IsWhole { get; }

    /// <summary>Reads what follows a <c>--grid</c>: <c>key=a,b,c</c>; <c>key=1..64x2</c> (1, 2, 4, …, 64), <c>key=0..1+0.25</c> (0, 0.25, …, 1), <c>key=1..5</c> (whole numbers); and for drawing at
    /// random <c>key=0..1</c> (uniform) and <c>key=0.001..0.1log</c> (uniform in the logarithm).</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="experiment">Whose settings are varied.</param>
    /// <param name="isDrawn">Whether values are drawn at random.</param>
    /// <returns>The axis, with at least one value or a range.</returns>
    /// <exception cref="InvalidInputException">There is no such setting, or the values can't be read or are too many.</exception>
    public static GridAxis Parse(string text, IExperiment experiment, bool isDrawn)
    {
        int at = text.IndexOf('=', StringComparison.Ordinal);
        if (at < 1 || at == text.Length - 1) throw new InvalidInputException("--grid", text.ReplaceLineEndings(" "), "key=a,b,c or key=low..highxfactor or key=low..high+step");
        string key = text[..at].Trim();
        var setting = experiment.Settings.FirstOrDefault(s => s.Key == key);
        if (setting is null && key != Epochs)
            throw new InvalidInputException($"Experiment {experiment.Name} has no setting {key} to vary: {Nearest.Hint(key, [.. experiment.Settings.Select(s => s.Key), Epochs])}");
        bool isWhole = setting is null or WholeNumberSetting, isNumeric = isWhole || setting is NumberSetting;
        var axis = new GridAxis(key, isNumeric, isWhole) { Unit = setting?.Unit ?? "epochs", Text = text };
        string values = text[(at + 1)..];
        if (isNumeric && isDrawn && RangePattern().Match(values) is { Success: true } range && range.Groups["by"].Value is "" or "log")
            return axis with { Range = CheckRange(text, range) };
        string[] all = [.. values.Split(',').SelectMany(item => axis.Expand(text, item.Trim())).Distinct(StringComparer.Ordinal)];
        // Every value is checked now, not when its turn comes.
        foreach (string value in all)
        {
            if (setting is not null) setting.ParseValue(value);
            else RunConfiguration.ParseCount("--epochs", value, RunConfiguration.MaximumEpochs);
        }
        return axis with { Values = all };
    }

    /// <summary>A value of a random search, of four significant digits.</summary>
    /// <param name="word">A random word.</param>
    /// <returns>The value as it is typed.</returns>
    public string Draw(uint word)
    {
        if (Range is not { } range) return Values[RandomStream.Below(word, Values.Count)];
        double share = word / (double)uint.MaxValue;
        double value = range.IsLogarithmic ? range.Low * Math.Pow(range.High / range.Low, share) : range.Low + ((range.High - range.Low) * share);
        // Four digits say all that such a search can tell, and people read and type them; the ends of the range are kept.
        return Format(IsWhole ? value : Math.Clamp(double.Parse(value.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), range.Low, range.High));
    }

    List<string> Expand(string text, string item)
    {
        if (!IsNumeric || RangePattern().Match(item) is not { Success: true } range) return [item];
        var (low, high, _) = CheckRange(text, range);
        double by = range.Groups["number"].Success ? Number(range.Groups["number"].Value) : 1;
        string kind = range.Groups["by"].Value;
        bool isFactor = kind.StartsWith('x');
        if (kind == "log" || (kind.Length == 0 && !IsWhole)) throw Refused(text, $"{item} leaves open which values; allowed: {range.Groups["low"].Value}..{range.Groups["high"].Value}xfactor or +step, or --random N");
        if (!(isFactor ? by > 1 && low > 0 : by > 0)) throw Refused(text, $"{item} never ends; allowed: a factor above 1 from a number above 0, or a step above 0");
        var values = new List<string>();
        for (int i = 0; i < MostValues; i++)
        {
            double value = isFactor ? low * Math.Pow(by, i) : low + (i * by);
            // The last value may miss the end by its rounding.
            if (value > high + (Math.Abs(high) * 1e-9)) return values;
            values.Add(Format(value));
        }
        throw Refused(text, $"{item} are more than {MostValues} values");
    }

    static (double Low, double High, bool IsLogarithmic) CheckRange(string text, Match range)
    {
        double low = Number(range.Groups["low"].Value), high = Number(range.Groups["high"].Value);
        bool isLogarithmic = range.Groups["by"].Value == "log";
        if (!(low <= high) || !double.IsFinite(high - low)) throw Refused(text, "the range ends before it begins");
        if (isLogarithmic && low <= 0) throw Refused(text, "a logarithmic range begins above 0");
        return (low, high, isLogarithmic);
    }

    string Format(double value) => IsWhole ? Math.Round(value).ToString("F0", CultureInfo.InvariantCulture) : double.Parse(value.ToString("G12", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture);

    static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    static InvalidInputException Refused(string text, string why) => new($"--grid is {text.ReplaceLineEndings(" ")}: {why}");

    [GeneratedRegex(@"^(?<low>-?\d+(\.\d+)?([eE]-?\d+)?)\.\.(?<high>-?\d+(\.\d+)?([eE]-?\d+)?)(?<by>|log|[x+](?<number>\d+(\.\d+)?([eE]-?\d+)?))$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RangePattern();
}
