using Lepton.Neuro.Plasticity.Gradients;

namespace Lepton.Neuro.Plasticity.ModelFiles;

/// <summary>How an exported network is shown samples and asked, as a note of a model file.</summary>
public static class ExportedModel
{
    /// <summary>The id of the note.</summary>
    public const string Id = "classify.exported";

    /// <summary>What a file says of an exported network.</summary>
    /// <param name="exported">The network.</param>
    public static ModelNote Note(ExportedNetwork exported)
    {
        var numbers = new Dictionary<string, double[]>(StringComparer.Ordinal)
        {
            ["input"] = [exported.Input.Index],
            ["output"] = [exported.Output.Index],
            ["sample"] = [exported.Sample.Height, exported.Sample.Width, exported.Sample.Channels],
            ["latency"] = [exported.Latency],
            ["steps"] = [exported.OutputSteps],
            ["what"] = [(int)exported.Readout],
            ["gain"] = [exported.Gain],
        };
        if (exported.RowThreshold is { } threshold) numbers["row-threshold"] = [threshold];
        return new(Id, numbers);
    }

    /// <summary>The exported network of a model.</summary>
    /// <param name="model">The model.</param>
    /// <returns>The network, and how it is asked.</returns>
    /// <exception cref="InvalidInputException">The model says nothing of the kind, or what does not fit.</exception>
    public static ExportedNetwork Read(Model model)
    {
        if (model.Readout is not { Id: Id } note) throw new InvalidInputException("the readout of the model", model.Readout?.Id ?? "missing", Id);
        var populations = model.Network.Populations;
        if (populations.Count == 0) throw new InvalidInputException("the populations of the model", 0, "at least 2");
        var (input, output) = (populations[Whole("input", 0, populations.Count - 1)], populations[Whole("output", 0, populations.Count - 1)]);
        if (input.Source is null || output.Model is null) throw new InvalidInputException("the input and the output of the model's readout", $"{input.Name}, {output.Name}", "a source and neurons");
        double[] sizes = note.List("sample", 3);
        foreach (double size in sizes) Require.InRange("a size of the model's samples", size, 1, 1 << 16);
        if (sizes.Any(s => s != Math.Floor(s)) || sizes[0] * sizes[1] * sizes[2] > 1 << 28) throw new InvalidInputException("the sizes of the model's samples", string.Join(" x ", sizes), "whole numbers, of at most 2^28 numbers");
        var sample = new SignalShape(1, (int)sizes[0], (int)sizes[1], (int)sizes[2]);
        float? threshold = note.Numbers.ContainsKey("row-threshold") ? (float)note.Number("row-threshold", -1e9, 1e9) : null;
        int steps = Whole("steps", 1, 1 << 20), shown = threshold is null ? sample.Features : sample.Width * sample.Channels;
        if (input.Count != shown || (threshold is not null && steps > sample.Height)) throw new InvalidInputException("the samples of the model", sample, $"as many numbers as the input has channels: {input.Count}");
        var what = (Readout)Whole("what", 0, (int)Readout.FirstSpike);
        if (what is Readout.Last or Readout.MaxMembrane && !output.Model.StateVariables.Contains("V")) throw new InvalidInputException("the output of the model", output.Name, "neurons with a potential V");
        return new(model.Network, input, output, Whole("latency", 0, 1 << 20), [])
        {
            Sample = sample,
            OutputSteps = steps,
            RowThreshold = threshold,
            Readout = what,
            Gain = (float)note.Number("gain", 1e-6, 1e6),
        };

        int Whole(string name, int least, int most)
        {
            double value = note.Number(name, least, most);
            return value == Math.Floor(value) ? (int)value : throw new InvalidInputException($"'{name}' of the model's readout", value, "a whole number");
        }
    }
}
