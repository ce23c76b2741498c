namespace Lepton.Neuro.Experiments.Plots;

/// <summary>An image among several.</summary>
/// <param name="Label">What stands below it; may be empty.</param>
/// <param name="Pixels">Row after row from the top; NaN is a gap.</param>
public sealed record SmallImage(string Label, ReadOnlyMemory<float> Pixels);
