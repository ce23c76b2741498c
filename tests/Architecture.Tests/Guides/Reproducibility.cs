using Lepton.Neuro;
using Lepton.Neuro.Backends;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Architecture.Tests.Guides;

/// <summary>The code of docs/guides/reproducibility.md.</summary>
public static class Reproducibility
{
    public static void Run(Action<string> print)
    {
        // --- guide
        static CompiledNetwork Plan(ulong seed)
        {
            var net = new Network(seed);
            var cells = net.Add("cells", 1000, new Lif { TauMembrane = 20.ms, TauSynapse = 5.ms });
            net.Connect(cells, cells, Wiring.Probability(0.05), weight: Weight.Normal(-20, 5, most: 0), delay: Delay.Uniform(1.ms, 5.ms));
            net.Drive(cells, 5000.Hz, weight: 40);
            return net.Compile(step: 0.5.ms);
        }

        static string Spikes(Session session)
        {
            using (session)
            {
                var hash = session.RecordAll(new SpikeHash());
                session.Advance(300.ms);
                return hash.ToString();
            }
        }

        print(Spikes(Cpu.Load(Plan(seed: 1), new() { Threads = 1, VectorBits = 128 })));
        print(Spikes(Cpu.Load(Plan(seed: 1), new() { Threads = 2 })));
        print(Spikes(Reference.Load(Plan(seed: 1))));
        print(Spikes(Cpu.Load(Plan(seed: 2))));
        // ---

        // --- guide
        using (var first = Cpu.Load(Plan(seed: 1), new() { Threads = 1 }))
        {
            first.Advance(100.ms);
            first.Save(At("network.checkpoint"));
        }

        using var second = Cpu.Resume(Plan(seed: 1), At("network.checkpoint"), new() { Threads = 2 });
        using var whole = Cpu.Load(Plan(seed: 1));
        second.Advance(200.ms);
        whole.Advance(300.ms);
        float[] Potentials(Session session) => session.State(session.Network.Source["cells"], "V");
        print($"the same potentials: {Potentials(second).SequenceEqual(Potentials(whole))}");
        // ---
    }

    static string At(string name) => Path.Combine(Path.GetTempPath(), $"lepton-guide-{Environment.ProcessId}-{name}");
}
