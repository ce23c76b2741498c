using Lepton.Neuro;
using Lepton.Neuro.Backends;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Architecture.Tests.Guides;

/// <summary>The code of docs/guides/write-a-machine.md.</summary>
public static class WriteAMachine
{
    public static void Run(Action<string> print)
    {
        // --- guide
        var net = new Network(seed: 1);
        var input = net.Add("input", 100, new PoissonSource(20.Hz));
        var cells = net.Add("cells", 200, new Lif { TauMembrane = 20.ms, TauSynapse = 5.ms });
        net.Connect(input, cells, Wiring.Probability(0.2), weight: 150);

        using var run = Tiles.Load(net.Compile(step: 1.ms), TileMachine.Load(At("small.yaml")));
        run.Advance(1.s);
        var energy = EnergyReport.Of(run.Tiles, inferences: 1);
        print($"{run.Mapping.CoresUsed} cores, {energy.Joules * 1e6:F2} uJ, of which {energy.Synapses * 1e6:F2} uJ for synapses");
        foreach (var term in energy.Unpriced) print($"not priced: {term.Term}, {term.Reason}");
        // ---
    }

    /// <summary>Where the guide's machine lies while its code runs.</summary>
    public static string At(string name) => Path.Combine(Path.GetTempPath(), $"lepton-guide-{Environment.ProcessId}-{name}");
}
