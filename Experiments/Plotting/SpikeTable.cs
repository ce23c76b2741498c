using System.Globalization;
using Lepton.Neuro.Experiments.Plots;

namespace Lepton.Neuro.Experiments.Plotting;

/// <summary>Reads a table of spikes: CSV with a header, a spike a line. Columns: a time (<c>time_ms</c>, <c>time</c> or <c>t</c> in ms, or <c>step</c> as
/// <see cref="SpikeRecorder"/> writes it), a <c>neuron</c> (or <c>index</c>, <c>id</c>, <c>channel</c>), and perhaps a <c>population</c>; others are passed over.</summary>
internal static class SpikeTable
{
    static readonly string[] Times = ["time_ms", "time", "t", "times", "t_ms"];
    static readonly string[] Steps = ["step", "timestep"];
    static readonly string[] Neurons = ["neuron", "index", "id", "channel", "neuron_id"];
    static readonly string[] Groups = ["population", "group", "layer"];

    /// <summary>Reads a table.</summary>
    /// <param name="path">The file.</param>
    /// <param name="step">The length of a step in ms, for a table that counts steps.</param>
    /// <returns>The populations in the order in which they first spike; each is as large as its last neuron that spiked.</returns>
    /// <exception cref="InvalidInputException">The file cannot be read or is no such table; the message names the line.</exception>
    public static IReadOnlyList<RasterPopulation> Read(string path, double? step)
    {
        try
        {
            using var reader = new StreamReader(path);
            return Read(reader, Path.GetFileName(path), step);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException($"{path} cannot be read ({failure.Message.ReplaceLineEndings(" ")}); allowed: a table of spikes (.csv), or a folder with a spikes.csv", failure);
        }
    }

    static List<RasterPopulation> Read(StreamReader reader, string name, double? step)
    {
        string[] header = [.. (reader.ReadLine() ?? "").Split(',').Select(column => column.Trim().Trim('"').ToUpperInvariant())];
        int Find(string[] names) => Array.FindIndex(header, column => names.Contains(column, StringComparer.OrdinalIgnoreCase));
        var (timeColumn, neuronColumn, groupColumn) = (Find(Times), Find(Neurons), Find(Groups));
        var countsSteps = timeColumn < 0;
        if (countsSteps)
            timeColumn = Find(Steps);
        if (timeColumn < 0 || neuronColumn < 0)
            throw new InvalidInputException($"{name}, line 1: the header", string.Join(',', header.Take(8)), $"names of columns, among them one of {string.Join(", ", Times.Concat(Steps))} and one of {string.Join(", ", Neurons)}");
        if (countsSteps && step is null)
            throw new InvalidInputException("--step", null, $"the length of a step in ms, as {name} counts steps");
        var factor = countsSteps ? step!.Value : 1;
        var groups = new List<(string Name, List<float> Times, List<int> Neurons)>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        var number = 1;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (line.Length == 0)
                continue;
            var fields = line.Split(',');
            if (fields.Length != header.Length
                || !double.TryParse(fields[timeColumn], NumberStyles.Float, CultureInfo.InvariantCulture, out var time) || !double.IsFinite(time)
                || !int.TryParse(fields[neuronColumn], NumberStyles.None, CultureInfo.InvariantCulture, out var neuron) || neuron == int.MaxValue)
                throw new InvalidInputException(string.Create(CultureInfo.InvariantCulture, $"{name}, line {number}"), $"'{(line.Length > 60 ? line[..60] + "..." : line)}'", $"{header.Length} values: a finite time and a whole number of a neuron from 0");
            var group = groupColumn < 0 ? "Neurons" : fields[groupColumn].Trim().Trim('"');
            if (!places.TryGetValue(group, out var place))
            {
                places[group] = place = groups.Count;
                groups.Add((group, [], []));
            }
            groups[place].Times.Add((float)(time * factor));
            groups[place].Neurons.Add(neuron);
        }
        return groups.Count == 0
            ? throw new InvalidInputException(name, "a table without a spike", "at least one")
            : [.. groups.Select(group => new RasterPopulation(group.Name, group.Neurons.Max() + 1, group.Times.ToArray(), group.Neurons.ToArray()))];
    }
}
