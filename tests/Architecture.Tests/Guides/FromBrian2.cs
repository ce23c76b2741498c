using Lepton.Neuro;
using Lepton.Neuro.Backends;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Architecture.Tests.Guides;

/// <summary>The code of docs/guides/from-brian2.md.</summary>
public static class FromBrian2
{
    public static void Run(Action<string> print)
    {
        // --- guide
        var net = new Network(seed: 1);
        var model = new Lif
        {
            TauMembrane = 20.ms,
            Capacitance = 20.pF,    // as many pF as the membrane has ms: weights are in mV
            TauSynapse = 5.ms,
            TauInhibitory = 10.ms,
            Rest = -60.mV,
            Reset = -60.mV,
            Threshold = -50.mV,
            Refractory = 5.ms,
            Start = Distribution.Uniform(-60, -50),
        };
        var exc = net.Add("exc", 800, model);
        var inh = net.Add("inh", 200, model);
        foreach (var target in new[] { exc, inh })
        {
            net.Connect(exc, target, Wiring.Probability(0.1), weight: 0.5, delay: 1.ms, receptor: "excitatory");
            net.Connect(inh, target, Wiring.Probability(0.1), weight: -4, delay: 1.ms, receptor: "inhibitory");
            net.Drive(target, 4000.Hz, weight: 0.7, receptor: "excitatory");
        }

        using var run = Cpu.Load(net.Compile(step: 0.1.ms));
        var spikes = run.Record(exc, new SpikeRecorder());
        var trace = run.Sample(new StateRecorder(exc, "V", [0]));
        run.Advance(500.ms);
        print($"{spikes.Rate(exc, 500.ms).Hertz:F1} Hz, {trace.Samples.Count} samples of V");
        // ---
    }
}
