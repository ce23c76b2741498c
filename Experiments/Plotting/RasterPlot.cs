using System.CommandLine;
using System.Globalization;
using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Plotting;

/// <summary><c>lepton plot raster</c>: the spikes of a table, a row a neuron.</summary>
internal sealed class RasterPlot : IPlot
{
    readonly Argument<string> source = new("spikes") { Description = "A table of spikes (.csv), or a folder with a spikes.csv" };
    readonly Option<string?> step = new("--step") { HelpName = "MS", Description = "The length of a step in ms, for a table that counts steps" };
    readonly Option<string?> until = new("--until") { HelpName = "MS", Description = "Where the time axis ends, in ms [default: at the last spike]" };

    public IReadOnlyList<string> Examples => ["lepton plot raster spikes.csv --out raster.svg"];

    public Command Build() => new("raster", "Spikes over time, a row a neuron; densities above 100,000 spikes") { source, step, until };

    public Figure Draw(ParseResult parsed, Host host)
    {
        var path = RunConfiguration.ResolvePath(host, "spikes", parsed.GetValue(source)!);
        if (Directory.Exists(path))
            path = Path.Combine(path, "spikes.csv");
        double? Milliseconds(Option<string?> option) => parsed.GetValue(option) is not { } text ? null
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value > 0 && double.IsFinite(value) ? value
            : throw new InvalidInputException(option.Name, text, "a number of ms above 0");
        var end = Milliseconds(until);
        var populations = SpikeTable.Read(path, Milliseconds(step));
        var spikes = populations.Sum(population => (long)population.Times.Length);
        var title = string.Create(CultureInfo.InvariantCulture, $"Spikes of {Path.GetFileName(path)}: {spikes:N0} of {populations.Sum(population => (long)population.Size):N0} neurons");
        return SpikeRaster.Of(title, populations, end);
    }
}
