namespace Lepton.Neuro.Experiments.Plotting;

/// <summary>The subcommands of <c>lepton plot</c>.</summary>
public static class PlotList
{
    /// <summary>All of them, in the order in which help lists them. They hold the parsed options, so each use builds its own.</summary>
    public static IReadOnlyList<IPlot> All =>
    [
        new RasterPlot(),
        new EncoderPlot(),
        new EncodersPlot(),
        new WindowPlot(),
        new FrequencyPlot(),
        new WeightsPlot(),
        new TilesPlot(),
    ];
}
