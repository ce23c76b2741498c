using System.CommandLine;
using System.Globalization;
using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Plotting;

/// <summary><c>lepton plot weights</c>: how the weights of a projection are distributed as time goes on.</summary>
internal sealed class WeightsPlot : IPlot
{
    const int Bins = 60, MostColumns = 600;

    readonly Argument<string> source = new("weights") { Description = "A table that a WeightRecorder wrote (.csv), or a folder with a weights.csv" };
    readonly Option<string?> step = new("--step") { HelpName = "MS", Description = "The length of a step in ms; the time axis counts steps without it" };

    public IReadOnlyList<string> Examples => ["lepton plot weights weights.csv --step 0.1 --out weights.svg"];

    public Command Build() => new("weights", "The distribution of a projection's weights over time") { source, step };

    public Figure Draw(ParseResult parsed, Host host)
    {
        var path = RunConfiguration.ResolvePath(host, "weights", parsed.GetValue(source)!);
        if (Directory.Exists(path))
            path = Path.Combine(path, "weights.csv");
        double? length = parsed.GetValue(step) is not { } text ? null
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value > 0 && double.IsFinite(value) ? value
            : throw new InvalidInputException("--step", text, "a number of ms above 0");
        var samples = Read(path);
        float low = samples.Min(sample => sample.Weights.Min()), high = samples.Max(sample => sample.Weights.Max());
        if (!(high > low))
            (low, high) = (low - 0.5f, high + 0.5f);
        // A picture has no room for more columns than this: samples in between are passed over.
        var every = (samples.Count + MostColumns - 1) / MostColumns;
        (long Step, float[] Weights)[] shown = [.. samples.Where((_, i) => i % every == 0)];
        var shares = new float[Bins * shown.Length];
        for (var column = 0; column < shown.Length; column++)
        {
            foreach (var weight in shown[column].Weights)
                shares[Math.Min(Bins - 1, (int)((weight - low) / (high - low) * Bins)) * shown.Length + column] += 1f / shown[column].Weights.Length;
        }
        for (var i = 0; i < shares.Length; i++)
            shares[i] = shares[i] > 0 ? shares[i] : float.NaN;
        var factor = length ?? 1;
        double width = (high - (double)low) / Bins;
        return new Figure
        {
            Title = string.Create(CultureInfo.InvariantCulture, $"Weights over time: {shown[0].Weights.Length:N0} synapses, {samples.Count:N0} samples"),
            Data =
            [
                new Trace
                {
                    Type = "heatmap",
                    X = PlotData.Of([.. shown.Select(sample => sample.Step * factor)]),
                    Z = PlotData.Matrix(shares, Bins, shown.Length),
                    Y0 = low + width / 2,
                    Dy = width,
                    ZMin = 0,
                    ZMax = Math.Max(1e-9, shares.Where(float.IsFinite).Order().ElementAt((int)(shares.Count(float.IsFinite) * 0.98))),
                    ColorScale = Colour.Sequential,
                    ColorBar = new ColorBar { Title = new TextBlock { Text = "Share of synapses", Side = "right" }, TickFormat = ".0~%" },
                    HoverOnGaps = false,
                    HoverTemplate = "%{x}: weight %{y:.3~g}, %{z:.1%}<extra></extra>",
                },
            ],
            Layout = new Layout
            {
                XAxis = new Axis { Title = new TextBlock { Text = length is null ? "Time (steps)" : "Time (ms)" }, ShowGrid = false, ShowLine = true, Ticks = "outside" },
                YAxis = new Axis { Title = new TextBlock { Text = "Weight" }, ShowGrid = false },
                HoverMode = "closest",
            },
            Height = 420,
        };
    }

    static List<(long Step, float[] Weights)> Read(string path)
    {
        var samples = new List<(long, float[])>();
        var name = Path.GetFileName(path);
        try
        {
            foreach (var line in File.ReadLines(path))
            {
                var fields = line.Split(',');
                var weights = new float[fields.Length - 1];
                var isSound = long.TryParse(fields[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var at) && weights.Length > 0 && (samples.Count == 0 || samples[0].Item2.Length == weights.Length);
                for (var i = 0; i < weights.Length && isSound; i++)
                    isSound = float.TryParse(fields[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out weights[i]) && float.IsFinite(weights[i]);
                if (!isSound)
                    throw new InvalidInputException(string.Create(CultureInfo.InvariantCulture, $"{name}, line {samples.Count + 1}"), $"'{(line.Length > 60 ? line[..60] + "..." : line)}'", "a step and as many finite weights as in the first line, divided by commas");
                samples.Add((at, weights));
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException($"{path} cannot be read ({failure.Message.ReplaceLineEndings(" ")}); allowed: a table that a WeightRecorder wrote, or a folder with a weights.csv", failure);
        }
        return samples.Count > 0 ? samples : throw new InvalidInputException(name, "a table without a sample", "at least one");
    }
}
