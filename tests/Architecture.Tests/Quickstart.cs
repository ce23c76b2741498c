using Lepton.Neuro;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Encoders;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Plasticity;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Architecture.Tests;

/// <summary>The README's first code block, compiled and run. A test holds the two texts together.</summary>
public static class Quickstart
{
    public static void Run(Action<string> print)
    {
        // --- README
        var digit = Glyphs.Generate(seed: 1, trainCount: 1, testCount: 1).Train;
        var net = new Network(seed: 1);
        var retina = net.Add("retina", 784, new PoissonRate(60.Hz));
        var exc = net.Add("exc", 800, new Lif { TauMembrane = 20.ms, TauSynapse = 5.ms });
        var inh = net.Add("inh", 200, new Lif { TauMembrane = 10.ms, TauSynapse = 5.ms });

        net.Connect(retina, exc, Wiring.AllToAll, Weight.Uniform(0, 60), rule: new PairStdp { Maximum = 100 });
        net.Connect(exc, inh, Wiring.Probability(0.1), weight: 100, delay: 1.5.ms);
        net.Connect(inh, exc, Wiring.Probability(0.1), weight: -200, delay: Delay.Uniform(1.ms, 3.ms));

        var compiled = net.Compile(step: 0.5.ms);
        using var run = Tiles.Load(compiled, TileMachine.Load("loihi"));    // or Cpu.Load, Reference.Load: the same spikes, bit for bit
        var spikes = run.Record(exc, new SpikeRecorder());

        run.Present(retina, [.. digit.Pixels(0).ToArray().Select(p => p / 255f)]);
        run.Advance(350.ms);

        var energy = EnergyReport.Of(run.Tiles, inferences: 1);
        print($"{spikes.Rate(exc, 350.ms).Hertz:F1} Hz, {energy.Joules * 1e6:F0} uJ on {run.Mapping.Machine.Name}");
        // --- README
    }
}
