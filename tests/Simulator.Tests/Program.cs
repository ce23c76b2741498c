using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Lepton.Neuro.Lanes;
using Lepton.Neuro.Random;

namespace Lepton.Neuro.Simulator.Tests;

/// <summary>Prints a digest of all arithmetic over fixed inputs, a line each: run in processes with different instruction sets, the lines must agree.</summary>
static class Program
{
    const int Rounds = 200;

    static int Main()
    {
        foreach (string line in Digest()) Console.WriteLine(line);
        return 0;
    }

    public static IEnumerable<string> Digest()
    {
        yield return $"# {(Avx512F.IsSupported ? "avx512" : "")} {(Avx2.IsSupported ? "avx2" : "")} {(Fma.IsSupported ? "fma" : "")} {(Vector128.IsHardwareAccelerated ? "vectors" : "")}";
        foreach (var (operation, domain) in LaneOperations.All)
        {
            yield return $"{operation} {Of<Scalar>(operation, domain)} {Of<Wide128>(operation, domain)} {Of<Wide256>(operation, domain)} {Of<Wide512>(operation, domain)}";
        }
        var stream = new RandomStream(12345, RandomPurpose.Wiring, 3);
        var words = new uint[1000];
        Philox.Fill(stream, 128, 5, 6, 7, words);
        yield return $"philox {Hash(words)}";
        yield return $"normals {Normal()}";
        yield return $"exact {Hash(Enumerable.Range(1, 2000).SelectMany(i => Bits(ExactMath.Exp((i - 1000) / 37.0)).Concat(Bits(ExactMath.Log(i / 7.0)))))}";
        yield return $"network {Running()}";
    }

    static IEnumerable<uint> Bits(double value)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        return [(uint)bits, (uint)(bits >> 32)];
    }

    static string Of<T>(string operation, Domain domain)
        where T : unmanaged, ILane<T>
    {
        var all = new List<uint>();
        var words = new uint[2 * LaneOperations.Count];
        for (uint round = 0; round < Rounds; round++)
        {
            var operands = new float[3][];
            for (uint k = 0; k < 3; k++)
            {
                for (uint i = 0; i < words.Length; i++) words[i] = Philox.Block((1, 2), (i, round, k, 0)).A;
                operands[k] = LaneOperations.Operands(domain, words);
            }
            all.AddRange(LaneOperations.Run<T>(operation, operands[0], operands[1], operands[2]));
        }
        return Hash(all);
    }

    static string Normal()
    {
        var network = new Network(4);
        var sources = network.Add("sources", 1003, new PoissonSource(new(1)));
        var neurons = network.Add("neurons", 3, new Lif());
        network.Connect(sources, neurons, Wiring.AllToAll, Weight.Normal(1.5, 0.3));
        var row = new SynapseRow();
        network.Compile(new(1e-3)).Projections[0].Read(2, row, SynapseParts.Weights);
        return Hash(row.Weights.ToArray().Select(BitConverter.SingleToUInt32Bits));
    }

    static string Running()
    {
        var network = new Network(99);
        var input = network.Add("input", 20, new PoissonSource(new(200)));
        var neurons = network.Add("neurons", 50, new Lif { Start = Distribution.Normal(-60, 5) });
        network.Connect(input, neurons, Wiring.Probability(0.3), Weight.Normal(200, 40), Delay.Normal(new(1.5e-3), new(0.7e-3)));
        network.Connect(neurons, neurons, Wiring.InDegree(5), Weight.Lognormal(3, 0.5, -1), Delay.Uniform(new(1e-3), new(2e-3)));
        network.Drive(neurons, new(8000), 60);
        using var session = Reference.Load(network.Compile(new(1e-4)));
        var hash = session.RecordAll(new SpikeHash());
        session.Advance(1000L);
        foreach (float v in session.State(neurons, "V")) hash.Add(BitConverter.SingleToUInt32Bits(v));
        return $"{hash} {session.Activity.TotalSpikes}";
    }

    static string Hash(IEnumerable<uint> words)
    {
        var hash = new SpikeHash();
        foreach (uint word in words) hash.Add(word);
        return hash.ToString();
    }
}
