using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity.Tests;

public class CompressionTests
{
    static readonly Gen<float[]> Weights =
        from scale in Gen.Elements(1e-3f, 1f, 300f)
        from values in Gen.Choose(-50, 50).NonEmptyListOf()
        from fine in Gen.Choose(0, 1000)
        select values.Select((v, i) => v == 0 ? 0 : (v + (fine * i % 997 / 1000f)) * scale).ToArray();

    static readonly Gen<(float[] Weights, int Bits, bool PowerOfTwo)> Quantizations =
        from weights in Weights
        from bits in Gen.Choose(1, 16)
        from power in Gen.Elements(false, true)
        select (weights, bits, power);

    [Fact]
    public void Quantization_moves_a_weight_by_at_most_half_a_step_and_codes_fit_their_bits() =>
        Properties.Holds(
            Quantizations,
            c =>
            {
                var quantized = new SymmetricQuantization(c.Bits, c.PowerOfTwo).Quantize(c.Weights);
                float[] values = quantized.Values;
                int most = Math.Max(1, (1 << (c.Bits - 1)) - 1);
                float largest = c.Weights.Max(MathF.Abs);
                Assert.All(quantized.Codes, code => Assert.InRange(code, -most, most));
                if (c.Bits > 1) Assert.All(values.Zip(c.Weights), w => Assert.True(Math.Abs((double)w.First - w.Second) <= (0.5 * quantized.Step) + (1e-7 * largest)));
                if (c.Bits > 1 && largest > 0) Assert.InRange(quantized.Step * most, largest * 0.999999, largest * (c.PowerOfTwo ? 2 : 1.000001));
                if (c.PowerOfTwo) Assert.Equal(quantized.Step, Math.ScaleB(1, Math.ILogB(quantized.Step)));
                Assert.All(values.Zip(quantized.Codes), v => Assert.Equal((float)(v.Second * quantized.Step), v.First));
            },
            300);

    [Fact]
    public void Quantizing_again_changes_nothing() =>
        Properties.Holds(
            Quantizations,
            c =>
            {
                var quantization = new SymmetricQuantization(c.Bits, c.PowerOfTwo);
                float[] once = quantization.Quantize(c.Weights).Values;
                Assert.Equal(once, quantization.Quantize(once).Values);
            },
            300);

    [Fact]
    public void Quantization_is_odd_monotone_and_leaves_zeros() =>
        Properties.Holds(
            Quantizations,
            c =>
            {
                var quantization = new SymmetricQuantization(c.Bits, c.PowerOfTwo);
                float[] values = quantization.Quantize(c.Weights).Values;
                Assert.Equal(Array.ConvertAll(values, v => 0 - v), quantization.Quantize(Array.ConvertAll(c.Weights, w => -w)).Values.Select(v => v + 0f));
                for (int i = 0; i < values.Length; i++)
                {
                    if (c.Weights[i] == 0) Assert.Equal(0, values[i]);
                    for (int j = 0; j < values.Length; j++) Assert.False(c.Weights[i] < c.Weights[j] && values[i] > values[j]);
                }
            },
            200);

    [Fact]
    public void Eight_bits_of_known_weights_are_known()
    {
        var quantized = new SymmetricQuantization(8).Quantize([1.27f, -0.64f, 0.004f, 0.006f, 0]);
        Assert.Equal([127, -64, 0, 1, 0], quantized.Codes);
        Assert.Equal([64, -32, 0, 0, 0], new SymmetricQuantization(8, true).Quantize([1f, -0.5f, 0.001f, 0.0078f, 0]).Codes);
        Assert.Equal(1 / 64.0, new SymmetricQuantization(8, true).Quantize([1.01f]).Step);
        Assert.Equal([0.5f, -0.5f, 0, 0.5f], new SymmetricQuantization(1).Quantize([0.25f, -1f, 0, 0.25f]).Values);
    }

    [Fact]
    public void Pruning_takes_exactly_the_smallest() =>
        Properties.Holds(
            from first in Weights
            from second in Weights
            from sparsity in Gen.Choose(0, 20)
            from scope in Gen.Elements(PruningScope.Global, PruningScope.EachProjection)
            select (Weights: (float[][])[first, second], Sparsity: sparsity / 20.0, Scope: scope),
            c =>
            {
                var pruned = new MagnitudePruning(c.Sparsity, c.Scope).Prune(c.Weights);
                float[][] before = c.Scope == PruningScope.Global ? [[.. c.Weights[0], .. c.Weights[1]]] : c.Weights;
                float[][] after = c.Scope == PruningScope.Global ? [[.. pruned[0], .. pruned[1]]] : pruned;
                for (int p = 0; p < before.Length; p++)
                {
                    int zeros = Math.Max((int)Math.Floor((c.Sparsity * before[p].Length) + 0.5), before[p].Count(w => w == 0));
                    Assert.Equal(zeros, after[p].Count(w => w == 0));
                    Assert.All(before[p].Zip(after[p]), w => Assert.True(w.Second == 0 || w.First == w.Second));
                    float largestGone = before[p].Where((_, i) => after[p][i] == 0).Select(MathF.Abs).DefaultIfEmpty(0).Max();
                    Assert.All(after[p].Where(w => w != 0), w => Assert.True(MathF.Abs(w) >= largestGone));
                }
                Assert.Equal(pruned, new MagnitudePruning(c.Sparsity, c.Scope).Prune(pruned));
            },
            200);

    [Fact]
    public void A_network_built_anew_fires_the_same_spikes()
    {
        var (plan, plastic) = Mixed();
        using var session = Cpu.Load(plan, new() { Threads = 1 });
        session.Advance(200);
        // The largest weights decide how finely inputs are summed, and they need not be the same: weights on a grid have no part in that.
        session.SetWeights(plastic, Grid(session.Weights(plastic)));
        float[] learned = session.Weights(plastic);
        foreach (bool drop in (bool[])[false, true])
        {
            var rewritten = new NetworkRewriter(plan).SetWeights(plastic, learned, drop).Build();
            using var old = Cpu.Evaluate(plan, new() { Threads = 1 }, session.Learned);
            using var anew = Cpu.Evaluate(rewritten.Network.Compile(1.ms), new() { Threads = 1 }, rewritten.Translate(session.Learned));
            Assert.Equal(Spikes(old), Spikes(anew));
            Assert.All(rewritten.Network.Projections, p => Assert.Null(p.Rule));
        }

        static (long, string) Spikes(Session session)
        {
            var hash = session.RecordAll(new SpikeHash());
            session.Begin(7);
            session.Advance(300);
            return (session.Activity.TotalSpikes, hash.ToString());
        }
    }

    [Fact]
    public void Synapses_of_weight_zero_go_and_spikes_stay()
    {
        var network = new Network(3);
        var source = network.Add("source", 20, new PoissonSource(200.Hz));
        var target = network.Add("target", 10, new IntegrateAndFire());
        var unused = network.Add("unused", 5, new IntegrateAndFire());
        var synapses = network.Connect(source, target, Wiring.AllToAll, Weight.Uniform(-0.2, 0.5), rule: new PairStdp { Minimum = -1 });
        network.Connect(target, unused, Wiring.AllToAll, 1);
        var plan = network.Compile(1.ms);
        float[] weights;
        using (var session = Cpu.Load(plan, new() { Threads = 1 })) weights = session.Weights(synapses);
        var compression = new NetworkCompression { Pruning = new(0.75), Quantization = new(8, true) };
        var sparse = compression.Apply(plan, [(synapses, weights)], [source, target]);
        var dense = (compression with { KeepDense = true }).Apply(plan, [(synapses, weights)], [source, target]);

        Assert.Equal(2, sparse.Network.Populations.Count);
        Assert.Equal(50, sparse.Network.Compile(1.ms).SynapseCount);
        Assert.Equal(200, dense.Network.Compile(1.ms).SynapseCount);
        Assert.Equal(0.75, sparse.Sparsity);
        Assert.Equal((50 * 8, 50 * 4, 200 * 32), (sparse.Projections[0].WeightBits, sparse.Projections[0].IndexBits, sparse.BitsBefore));
        Assert.Equal((200 * 8, 0), (dense.Projections[0].WeightBits, dense.Projections[0].IndexBits));
        Assert.Equal(Run(dense.Network), Run(sparse.Network));

        static (long, string) Run(Network network)
        {
            using var session = Cpu.Evaluate(network.Compile(1.ms), new() { Threads = 1 });
            var hash = session.RecordAll(new SpikeHash());
            session.Advance(300);
            return (session.Activity.TotalSpikes, hash.ToString());
        }
    }

    [Fact]
    public void What_cannot_be_done_is_refused_by_name()
    {
        var (plan, plastic) = Mixed();
        Refused("sparsity", () => new MagnitudePruning(1.5).Prune([1f]));
        Refused("bits", () => new SymmetricQuantization(17).Quantize([1f]));
        Refused("bits", () => new SymmetricQuantization(0).Quantize([1f]));
        Refused("weight 1", () => new SymmetricQuantization(8).Quantize([1f, float.NaN]));
        Refused("weights for", () => new NetworkRewriter(plan).SetWeights(plastic, [1f]));
        Refused("at least one", () => new NetworkCompression().Apply(plan, []));
        Refused("left out", () => new NetworkCompression().Apply(plan, [(plastic, new float[plan.Projections[plastic.Index].Connectivity.Slots])], [plan.Source["kernel"]]));

        static void Refused(string name, Action action) => Assert.Contains(name, Assert.Throws<InvalidInputException>(action).Message, StringComparison.Ordinal);
    }

    static float[] Grid(float[] weights) => Array.ConvertAll(weights, w => MathF.Round(w * 64) / 64);

    /// <summary>A network with every kind of wiring and delay.</summary>
    static (CompiledNetwork Plan, Projection Plastic) Mixed()
    {
        var network = new Network(5);
        var source = network.Add("source", 36, new PoissonSource(100.Hz));
        var neurons = network.Add("neurons", 30, new AdaptiveLif { Homeostatic = true, TauThreshold = 5000.ms, Increment = 0.3.mV });
        var kernel = network.Add("kernel", 32, new IntegrateAndFire { Threshold = 2, Leak = 0.9f });
        var plastic = network.Connect(source, neurons, Wiring.AllToAll, Weight.Uniform(0, 20), rule: new PairStdp { Maximum = 25, Potentiation = 0.05f, Depression = 0.06f });
        network.Connect(neurons, neurons, Wiring.Probability(0.2), -3, Delay.Uniform(1.ms, 6.ms), "inhibitory");
        network.Connect(source, neurons, Wiring.InDegree(4), 2, Delay.Normal(3.ms, 1.ms));
        network.Connect(source, kernel, Wiring.Convolution(6, 6, 1, 2, 3), Weight.Explicit(Grid([.. Enumerable.Range(0, 18).Select(k => k * 7 % 18 / 12f)])), 2.ms);
        network.Connect(kernel, neurons, Wiring.Total(100), 4);
        var back = network.Add("back", 36, new IntegrateAndFire { Threshold = 30 });
        var forth = network.Connect(back, neurons, Wiring.AllToAll, Weight.Explicit(Grid([.. Enumerable.Range(0, 36 * 30).Select(k => (k * 31 % 101 / 50f) - 1)])));
        network.Connect(neurons, back, Wiring.TransposeOf(forth, 8), 0);
        network.Drive(neurons, 500.Hz, 8);
        return (network.Compile(1.ms), plastic);
    }
}
