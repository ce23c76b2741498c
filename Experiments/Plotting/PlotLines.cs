using Lepton.Neuro.Experiments.Plots;

namespace Lepton.Neuro.Experiments.Plotting;

/// <summary>Thin lines through a figure at a value, such as zero.</summary>
internal static class PlotLines
{
    /// <summary>A line from left to right.</summary>
    /// <param name="at">Its value on the vertical axis.</param>
    /// <returns>The line.</returns>
    public static Shape Across(double at) => new() { XRef = "paper", X0 = 0, X1 = 1, Y0 = at, Y1 = at, Line = new LineStyle { Color = Colour.Muted, Width = 1 } };

    /// <summary>A line from bottom to top.</summary>
    /// <param name="at">Its value on the horizontal axis.</param>
    /// <returns>The line.</returns>
    public static Shape Upright(double at) => new() { YRef = "paper", X0 = at, X1 = at, Y0 = 0, Y1 = 1, Line = new LineStyle { Color = Colour.Muted, Width = 1 } };
}
