namespace Lepton.Neuro.Experiments.Plots;

/// <summary>A line of a chart.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="X">Places along the x axis.</param>
/// <param name="Y">Values, as many; NaN is a gap.</param>
/// <param name="IsDashed">Whether it is dashed, as for a reference.</param>
public sealed record LineSeries(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y, bool IsDashed = false)
{
    /// <summary>Whether it is points with no line through them: for places with nothing in between, such as populations.</summary>
    public bool IsPoints { get; init; }
}
