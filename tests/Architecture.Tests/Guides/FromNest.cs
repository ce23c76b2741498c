using Lepton.Neuro;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Plasticity;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Architecture.Tests.Guides;

/// <summary>The code of docs/guides/from-nest.md.</summary>
public static class FromNest
{
    public static void Run(Action<string> print)
    {
        // --- guide
        var net = new Network(seed: 1);
        var model = new Lif { TauMembrane = 10.ms, TauSynapse = 0.5.ms, Capacitance = 250.pF, Rest = -65.mV, Reset = -65.mV, Threshold = -50.mV, Refractory = 2.ms };
        var exc = net.Add("exc", 800, model);
        var inh = net.Add("inh", 200, model);
        foreach (var target in new[] { exc, inh })
        {
            net.Connect(exc, target, Wiring.InDegree(80), weight: 87.8, delay: 1.5.ms);
            net.Connect(inh, target, Wiring.InDegree(20), weight: -439, delay: 0.8.ms);
            net.Drive(target, 12_000.Hz, weight: 87.8);
        }

        using var run = Cpu.Load(net.Compile(step: 0.1.ms), new() { Threads = 2 });
        var spikes = run.Record(exc, new SpikeRecorder());
        run.Advance(500.ms);
        print($"{spikes.Rate(exc, 500.ms).Hertz:F1} Hz");
        // ---
    }

    public static void Learn(Action<string> print)
    {
        // --- guide
        var pair = new Network(seed: 1);
        var pre = pair.Add("pre", 100, new PoissonSource(20.Hz));
        var post = pair.Add("post", 1, new Lif { TauMembrane = 20.ms, TauSynapse = 2.ms });
        var plastic = pair.Connect(pre, post, Wiring.AllToAll, weight: 150, delay: 1.ms, rule: new PairStdp { Potentiation = 0.01f, Depression = 0.0105f, TauPre = 20.ms, TauPost = 20.ms, Maximum = 300 });

        using var learning = Cpu.Load(pair.Compile(step: 0.1.ms));
        learning.Advance(2000.ms);
        print($"mean weight {learning.Weights(plastic).Average():F1} pA");
        // ---
    }
}
