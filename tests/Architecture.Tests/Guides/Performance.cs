using System.Diagnostics;
using Lepton.Neuro;
using Lepton.Neuro.Backends;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Architecture.Tests.Guides;

/// <summary>The code of docs/guides/performance.md.</summary>
public static class Performance
{
    public static void Run(Action<string> print)
    {
        // --- guide
        var net = new Network(seed: 1);
        var exc = net.Add("exc", 3200, new Lif { TauMembrane = 20.ms, TauSynapse = 5.ms });
        var inh = net.Add("inh", 800, new Lif { TauMembrane = 20.ms, TauSynapse = 5.ms });
        foreach (var target in new[] { exc, inh })
        {
            net.Connect(exc, target, Wiring.InDegree(80), weight: 30, delay: 1.5.ms);
            net.Connect(inh, target, Wiring.InDegree(20), weight: -150, delay: 1.5.ms);
            net.Drive(target, 1500.Hz, weight: 30);
        }

        var clock = Stopwatch.StartNew();
        using var run = Cpu.Load(net.Compile(step: 0.5.ms), new() { Threads = 2 });
        double built = clock.Elapsed.TotalSeconds;
        run.Advance(200.ms);    // the first steps are compiled while they run, and the network settles

        clock.Restart();
        run.Advance(1.s);
        double factor = clock.Elapsed.TotalSeconds / 1.0;
        print($"built in {built:F2} s; real-time factor {factor:F3}");
        print($"{run.Activity.TotalSynapticEvents / run.Activity.Steps:N0} synaptic events a step");
        // ---
    }
}
