using Lepton.Neuro.Experiments.Plots;

namespace Lepton.Neuro.Experiments.Energy;

/// <summary>The pictures of a study of faults.</summary>
internal static class FaultFigures
{
    /// <summary>Accuracy against the share that is faulty, a line a kind of fault.</summary>
    /// <param name="points">All points.</param>
    public static Figure Shares(IReadOnlyList<FaultPoint> points) => Draw("Accuracy against the share that is faulty", new("Faulty share", IsLogarithmic: true, IsShare: true), points, [.. points.Where(p => !IsDrift(p))]);

    /// <summary>Accuracy against the time since cells were programmed; null where nothing drifts.</summary>
    /// <param name="points">All points.</param>
    public static Figure? Drift(IReadOnlyList<FaultPoint> points) =>
        points.Any(IsDrift) ? Draw("Accuracy against the age of analog cells", new("Time since programming", "s", IsLogarithmic: true), points, [.. points.Where(IsDrift).Select(p => p with { Fault = p.Fault.Replace("drift, in seconds, ", "", StringComparison.Ordinal) })]) : null;

    static bool IsDrift(FaultPoint point) => point.Fault is FaultStudy.DriftReadAnew or FaultStudy.DriftOneRead;

    static Figure Draw(string title, ChartAxis x, IReadOnlyList<FaultPoint> all, FaultPoint[] points)
    {
        // A logarithm has no place for no faults at all: they are the dashed line.
        var drawn = points.Where(p => p is { Rate: > 0, Accuracy: not null }).ToArray();
        var lines = drawn.GroupBy(p => p.Fault).Select(g => new LineSeries(g.Key, [.. g.Select(p => p.Rate)], [.. g.Select(p => p.Accuracy!.Value)])).ToList();
        if (drawn.Length > 0 && all.FirstOrDefault(p => p is { Rate: 0, Accuracy: not null }) is { } whole)
            lines.Add(new("no faults", [drawn.Min(p => p.Rate), drawn.Max(p => p.Rate)], [whole.Accuracy!.Value, whole.Accuracy.Value], IsDashed: true));
        return LineChart.Of(title, x, new("Accuracy", Minimum: 0, Maximum: 1, IsShare: true), lines) with { Height = 420 };
    }
}
