using System.CommandLine;
using System.Globalization;
using System.Runtime.Intrinsics;
using Lepton.Neuro.Backends.Kernels;
using Lepton.Neuro.Experiments.Models;
using Lepton.Neuro.Experiments.Reporting;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Verbs;

/// <summary><c>lepton backends</c>: what networks can run on, and what is missing for the rest.</summary>
internal sealed class BackendsVerb : IVerb
{
    const double BytesPerSecond = 4e12;

    readonly Option<string?> backend = Text("--backend", "cpu|tiles|ilgpu", "Show this one only, and fail where it cannot be used");
    readonly Option<string?> traffic = Text("--traffic", "SCALE", "Run the microcircuit at this scale, 0.01 to 1, on the device that checks and counts, and predict its speed on a GPU");
    readonly Option<string?> steps = Text("--steps", "N", "How many steps --traffic counts, after as many that it does not [default: 1000]");

    public IReadOnlyList<string> Examples => ["lepton backends", "lepton backends --backend ilgpu", "lepton backends --traffic 0.05 --steps 500"];

    public Command Build(Host host)
    {
        var command = new Command("backends", "Show what networks can run on, and what is missing for the rest") { backend, traffic, steps };
        backend.CompletionSources.Add("cpu", "tiles", "ilgpu");
        command.SetAction(parsed => Run(parsed, host));
        return command;
    }

    int Run(ParseResult parsed, Host host)
    {
        if (parsed.GetValue(traffic) is { } scale)
        {
            Count(scale, parsed.GetValue(steps), host);
            return ExitCodes.Success;
        }
        if (parsed.GetValue(steps) is { } given) throw new InvalidInputException("--steps", given, "only together with --traffic SCALE");
        string? only = parsed.GetValue(backend);
        if (only is not (null or "cpu" or "tiles" or "ilgpu")) throw new InvalidInputException("--backend", only, "cpu, tiles, ilgpu");
        if (only is null or "cpu") host.Output.WriteLine($"cpu    {Environment.ProcessorCount} processors, vectors of {(Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128)} bits");
        if (only is null or "tiles") host.Output.WriteLine($"tiles  the neuromorphic tile machine; presets: {string.Join(", ", Lepton.Neuro.Backends.TileMachine.Presets)}");
        if (only is "ilgpu") GpuBackend.Check();
        if (only is null or "ilgpu")
        {
            foreach (string line in GpuBackend.Devices()) host.Output.WriteLine($"ilgpu  {line}");
        }
        return ExitCodes.Success;
    }

    static void Count(string scaleText, string? stepsText, Host host)
    {
        if (!double.TryParse(scaleText, NumberStyles.Float, CultureInfo.InvariantCulture, out double scale) || !(scale >= 0.01 && scale <= 1))
            throw new InvalidInputException("--traffic", scaleText, "a scale from 0.01 to 1");
        int count = RunConfiguration.ParseCount("--steps", stepsText ?? "1000", 1_000_000);
        var found = DeviceTraffic.Of(Microcircuit.Build(scale, 42).Compile(Microcircuit.Step), count, count);
        // Each neuron's in-degree grows with the scale as the number of neurons does; rates stay.
        var whole = found.Scaled(1 / scale, 1 / (scale * scale));
        var line = CultureInfo.InvariantCulture;
        foreach (var (name, traffic) in new[] { (string.Create(line, $"scale {scale}"), found), ("scale 1, by formula", whole) })
        {
            host.Output.WriteLine(string.Create(line, $"{name}, a step: {traffic.Launches:F2} launches, {Quantity.WithPrefix(traffic.NeuronBytes, "B")} for neurons, {Quantity.WithPrefix(traffic.SynapseBytes, "B")} for synapses, {traffic.Additions:F0} additions of {DeviceTraffic.BytesPerAddition} B; {Quantity.WithPrefix(traffic.Bytes, "B")} in all"));
        }
        foreach (double seconds in (double[])[0, 1e-6, 2e-6])
            host.Output.WriteLine(string.Create(line, $"real-time factor at 4 TB/s where a launch costs {seconds * 1e6:F0} us: {whole.RealTimeFactor(BytesPerSecond, seconds, Microcircuit.Step):F4}"));
    }

    static Option<string?> Text(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description, Arity = ArgumentArity.ExactlyOne };
}
