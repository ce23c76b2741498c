using System.Globalization;
using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Reporting;

namespace Lepton.Neuro.Experiments.Compressing;

/// <summary>A sweep of compressions as a table and a picture.</summary>
internal static class CompressionReport
{
    /// <summary>The headings of <see cref="Rows"/>.</summary>
    public static IReadOnlyList<string> Header { get; } =
        ["bits", "sparsity", "accuracy", "fileBytes", "weightBytes", "idealBytes", "synapses", "synapticOperations", "energyJoules", "pareto"];

    /// <summary>The points as lines of a table for programs.</summary>
    /// <param name="points">The points.</param>
    public static IEnumerable<IReadOnlyList<string>> Rows(IReadOnlyList<CompressionPoint> points) => points.Select(p => (IReadOnlyList<string>)
    [
        Text(p.Bits), Text(p.Sparsity), Text(p.Accuracy), Text(p.FileBytes), Text(p.WeightBytes), Text(Math.Ceiling(p.IdealBytes)), Text(p.Synapses),
        Text(p.SynapticOperations), Text(p.Joules), p.IsOnFront(points) ? "1" : "0",
    ]);

    /// <summary>The table for people: a line a point, those on the Pareto front marked.</summary>
    /// <param name="points">The points.</param>
    public static string Table(IReadOnlyList<CompressionPoint> points)
    {
        var text = new System.Text.StringBuilder("bits  pruned  accuracy    file bytes  weight bytes  at entropy  synapses  operations/image  energy/image\n");
        foreach (var p in points)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"{p.Bits,4}  {p.Sparsity * 100,4:0.#} %  {p.Accuracy * 100,6:0.00} %  {p.FileBytes,12:N0}  {p.WeightBytes,12:N0}  {p.IdealBytes,10:N0}  {p.Synapses,8:N0}  {(double.IsNaN(p.SynapticOperations) ? Quantity.Missing : p.SynapticOperations.ToString("N0", CultureInfo.InvariantCulture)),16}  {Quantity.WithPrefix(p.Joules, "J"),12}{(p.IsOnFront(points) ? "  *" : "")}\n");
        }
        return text.Append("* on the Pareto front of accuracy and file size\n").ToString();
    }

    /// <summary>Accuracy against the size of the file, a line a sparsity, the Pareto front, and the level of weights as learned.</summary>
    /// <param name="points">The points.</param>
    public static Figure Picture(IReadOnlyList<CompressionPoint> points)
    {
        var tried = points.Where(p => p.Bits != CompressionSweep.AsLearned).ToArray();
        var lines = tried.GroupBy(p => p.Sparsity).Select(group =>
        {
            var ordered = group.OrderBy(p => p.FileBytes).ToArray();
            return new LineSeries(string.Create(CultureInfo.InvariantCulture, $"{group.Key * 100:0.#} % pruned"), [.. ordered.Select(Kilobytes)], [.. ordered.Select(p => p.Accuracy)]);
        });
        var front = points.Where(p => p.IsOnFront(points) && p.Bits != CompressionSweep.AsLearned).OrderBy(p => p.FileBytes).ToArray();
        // A file many times as large would press all others together: weights as learned are a level.
        var learned = points.First(p => p.Bits == CompressionSweep.AsLearned);
        double[] ends = [Kilobytes(tried.MinBy(p => p.FileBytes)!), Kilobytes(tried.MaxBy(p => p.FileBytes)!)];
        var level = new LineSeries(string.Create(CultureInfo.InvariantCulture, $"As learned ({Kilobytes(learned):0} kB)"), ends, [learned.Accuracy, learned.Accuracy], IsDashed: true);
        // Points at chance would press all others together.
        double best = points.Max(p => p.Accuracy), worst = Math.Max(points.Min(p => p.Accuracy), best - 0.2);
        double step = best - worst > 0.1 ? 0.05 : best - worst > 0.02 ? 0.01 : 0.002, least = Math.Floor(worst / step) * step;
        return LineChart.Of(
            "Accuracy and size of the model file",
            new("Model file", "kB", IsLogarithmic: true),
            new("Accuracy on test images", IsShare: true, Minimum: least, Maximum: Math.Min(1, (Math.Floor((best / step) + 1e-6) + 1) * step)),
            [.. lines, new LineSeries("Pareto front", [.. front.Select(Kilobytes)], [.. front.Select(p => p.Accuracy)], IsDashed: true), level]);
    }

    static double Kilobytes(CompressionPoint point) => point.FileBytes / 1000.0;

    static string Text(double value) => double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);
}
