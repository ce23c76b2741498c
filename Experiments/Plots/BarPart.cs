namespace Lepton.Neuro.Experiments.Plots;

/// <summary>A part of stacked bars: one value for each bar.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Values">A value a bar, in the plain unit; NaN where a bar has no such part.</param>
public sealed record BarPart(string Name, IReadOnlyList<double> Values);
