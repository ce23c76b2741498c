using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Agreement.Tests;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Plasticity.Compression;
using Lepton.Neuro.Plasticity.ModelFiles;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity.Tests;

public sealed class ModelFileTests
{
    static readonly ModelParts Parts = ModelParts.Standard.With<EverythingRule>("test.everything").With<UpdateRule>("test.update");

    static readonly SynapseRule?[] Rules = [null, new EverythingRule(), new UpdateRule(), new PairStdp { Pairing = SpikePairing.Nearest }, new ShortTerm(new PairStdp(), new TsodyksMarkram())];

    [Fact]
    public void A_saved_network_compiles_to_the_same_plan_and_gives_the_same_spikes() => Properties.Holds(
        from network in NetworkCase.Any
        from rule in Gen.Elements(Rules)
        select (network, rule), one =>
        {
            var network = one.network.Build(_ => one.rule);
            var plan = network.Compile(1.ms);
            using var learning = Cpu.Load(plan);
            learning.Advance(20);
            var model = new Model(network, 1.ms) { Learned = learning.Learned };
            var bytes = model.ToBytes(Parts);
            var loaded = Model.FromBytes(bytes, Parts);
            Assert.Equal(bytes, loaded.ToBytes(Parts));
            var again = loaded.Compile();
            Assert.Equal(Spikes(plan, model.Learned), Spikes(again, loaded.Learned));
            SamePlan(plan, again);
        }, 25);

    [Fact]
    public void Everything_of_a_model_comes_back()
    {
        var network = new Network(ulong.MaxValue);
        var source = network.Add("source", 25, new SpikeSource([(1.ms, 3), (4.ms, 24)]));
        var picture = network.Add("picture", 2 * 9, new Lif { TauInhibitory = 7.ms, Start = Distribution.Uniform(-60, -55), Bias = 3.pA });
        var output = network.Add("output", 4, new AdaptiveLif { Homeostatic = true });
        network.Connect(source, picture, Wiring.Convolution(5, 5, 1, 2, 3), Weight.Uniform(100, 200), Delay.Uniform(1.ms, 3.ms), "inhibitory");
        var weights = Enumerable.Range(0, 18 * 4).Select(i => (i % 7) - 3f).ToArray();
        var quantized = new UniformQuantization(4).PerChannel(weights, 4, PruningGroup.Column);
        var forward = network.Connect(picture, output, Wiring.AllToAll, Weight.Explicit(quantized.Values), Delay.Explicit([.. Enumerable.Range(0, 72).Select(i => (1 + (i % 5)).ms)]));
        network.Connect(output, output, Wiring.Edges([(3, 0), (1, 2), (1, 2)]), Weight.Explicit([1, 2, 3]));
        network.Connect(picture, output, Wiring.InDegree(3), Weight.Uniform(0, 0.5), rule: new RewardStdp(), modulator: Modulator.PerTarget([1, 2, 3, 4]));
        network.Drive(output, 50.Hz, 4);
        var model = new Model(network, 0.5.ms)
        {
            Quantization = new Dictionary<int, QuantizedTensor> { [forward.Index] = quantized },
            Preprocessing = [new("normalize", new Dictionary<string, double[]> { ["scale"] = [1, 2], ["empty"] = [] })],
            Readout = new("rates", new Dictionary<string, double[]> { ["steps"] = [32] }),
            Provenance = new() { Program = "tests", Experiment = "none", Seed = 7, Configuration = "a: 1\n", DataDigests = new Dictionary<string, string> { ["train"] = "00ff" } },
        };
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.lepton");
        try
        {
            model.Save(path);
            var loaded = Model.Load(path);
            Assert.Equal(model.Provenance with { DataDigests = loaded.Provenance.DataDigests }, loaded.Provenance);
            Assert.Equal(model.Provenance.DataDigests, loaded.Provenance.DataDigests);
            Assert.Equal(32, loaded.Readout!.Number("steps", 1, 100));
            Assert.Equal([1, 2], loaded.Preprocessing[0].List("scale"));
            Assert.Equal(network.Populations.Select(p => (p.Name, p.Count, p.Model)), loaded.Network.Populations.Select(p => (p.Name, p.Count, p.Model)));
            Assert.Equal(quantized.Values, loaded.Quantization[forward.Index].Values);
            Assert.Equal(model.ToBytes(), loaded.ToBytes());
            SamePlan(model.Compile(), loaded.Compile());
            Assert.Equal(Spikes(model.Compile(), null), Spikes(loaded.Compile(), null));
            Assert.False(File.Exists(path + ".partial"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Every_standard_part_with_its_defaults_comes_back()
    {
        var network = new Network(1);
        NeuronModel[] models = [new Lif(), new AdaptiveLif(), new ConductanceLif(), new IntegrateAndFire(), new ErrorNeuron(), new EpropNeuron()];
        for (int i = 0; i < models.Length; i++) network.Add($"neurons {i}", 3, models[i]);
        Encoder[] sources = [new PoissonSource(5.Hz), new SpikeSource([]), new PhaseSource(1, 5)];
        for (int i = 0; i < sources.Length; i++) network.Add($"source {i}", 3, sources[i]);
        SynapseRule[] rules =
        [
            new StaticWeight(), new PairStdp(), new TripletStdp(), new PowerLawStdp(), new StochasticStdp(), new DiehlCookStdp(), new VogelsStdp(), new RewardStdp(), new ClopathStdp(),
            new ClopathVoltage(), new TsodyksMarkram(), new Hebb(), new Oja(), new Bcm(), new DeltaRule(), new Eprop(), new ErrorModulated(),
            new ThreeFactor(new PairStdp()), new SynapticScaling(new PairStdp()), new ShortTerm(new PairStdp(), new TsodyksMarkram()),
        ];
        foreach (var rule in rules)
            network.Connect(network["source 0"], network["neurons 0"], Wiring.AllToAll, (rule.WeightRange.Least + rule.WeightRange.Most) / 2, rule: rule, modulator: rule.NeedsModulator ? Modulator.Global(1) : null);
        var loaded = Model.FromBytes(new Model(network, 1.ms).ToBytes());
        Assert.Equal(models, loaded.Network.Populations.Take(models.Length).Select(p => p.Model));
        Assert.Equal(rules, loaded.Network.Projections.Select(p => p.Rule));
    }

    [Fact]
    public void Damage_is_one_clear_error() => Properties.Holds(
        from at in Gen.Choose(0, int.MaxValue)
        from value in Gen.Choose(1, 255)
        from kind in Gen.Choose(0, 1)
        select (at, value, kind), one =>
        {
            var bytes = (byte[])Small.Clone();
            if (one.kind == 0) bytes = bytes[..(one.at % bytes.Length)];
            else bytes[one.at % bytes.Length] ^= (byte)one.value;
            var error = Assert.Throws<InvalidInputException>(() => Model.FromBytes(bytes));
            Assert.Matches("^the model file: the (end|mark|version|checksum) at byte [0-9]+ is .*; allowed: ", error.Message);
        }, 200);

    [Fact]
    public void Files_that_mean_harm_are_refused_or_met_and_never_take_much_memory() => Properties.Holds(
        from edits in Gen.Choose(0, int.MaxValue).Two().NonEmptyListOf()
        select edits, edits =>
        {
            // The checksum is made right again: whoever means harm can do that too.
            var body = Small[..^32];
            foreach (var (at, value) in edits.Take(4)) body[12 + (at % (body.Length - 12))] = (byte)(value % 4 == 0 ? 255 : value);
            byte[] bytes = [.. body, .. SHA256.HashData(body)];
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Model.FromBytes(bytes, limits: new() { Weights = 100_000 });
            }
            catch (InvalidInputException error)
            {
                Assert.Contains(" at byte ", error.Message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', error.Message);
            }
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 25);
        }, 400);

    [Fact]
    public void A_newer_version_is_named()
    {
        var body = Small[..^32];
        body[8] = 2;
        var error = Assert.Throws<InvalidInputException>(() => Model.FromBytes((byte[])[.. body, .. SHA256.HashData(body)]));
        Assert.Contains("the version at byte 8 is 2; allowed: 1 to 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_without_an_id_is_refused_both_ways()
    {
        var network = new Network(1);
        var source = network.Add("source", 1, new PoissonSource(1.Hz));
        network.Connect(source, network.Add("cells", 1, new IntegrateAndFire()), Wiring.AllToAll, 1, rule: new EverythingRule());
        Assert.Contains("EverythingRule", Assert.Throws<InvalidInputException>(() => new Model(network, 1.ms).ToBytes()).Message, StringComparison.Ordinal);
        var bytes = new Model(network, 1.ms).ToBytes(Parts);
        Assert.Contains("'test.everything'", Assert.Throws<InvalidInputException>(() => Model.FromBytes(bytes)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidInputException>(() => ModelParts.Standard.With<EverythingRule>("lif"));
        Assert.Throws<InvalidInputException>(() => ModelParts.Standard.With<EverythingRule>("A rule"));
    }

    [Fact]
    public void What_could_not_be_read_back_is_not_written()
    {
        var network = new Network(1);
        network.Add(new string('n', 300), 1, new Lif());
        Assert.Contains("at most 256", Assert.Throws<InvalidInputException>(() => new Model(network, 1.ms).ToBytes()).Message, StringComparison.Ordinal);
        var notes = Enumerable.Range(0, 65).Select(_ => new ModelNote("n", new Dictionary<string, double[]>())).ToArray();
        Assert.Contains("preprocessing", Assert.Throws<InvalidInputException>(() => new Model(new Network(1), 1.ms) { Preprocessing = notes }.ToBytes()).Message, StringComparison.Ordinal);
    }

    static byte[] Small { get; } = SmallModel();

    static byte[] SmallModel()
    {
        var network = new Network(3);
        var source = network.Add("source", 12, new PoissonSource(100.Hz));
        var cells = network.Add("cells", 8, new Lif { Start = Distribution.Normal(-60, 2) });
        var weights = MagnitudePruning.Apply([.. Enumerable.Range(0, 96).Select(i => ((i * 37) % 41) - 20f)], 0.7);
        var kept = CompressedProjection.AllToAll(new UniformQuantization(4).PerTensor(weights).Values, 8);
        network.Connect(source, cells, kept.Wiring, kept.Weight, Delay.Normal(3.ms, 0.5.ms));
        network.Connect(cells, cells, Wiring.Probability(0.5), Weight.Uniform(0, 1), rule: new ShortTerm(new PairStdp(), new TsodyksMarkram()));
        network.Drive(cells, 10.Hz, 5);
        var learned = new Learned([null, Enumerable.Range(0, 30).Select(i => i / 32f).ToArray()], [null, [.. new Lif().StateVariables.Select(_ => new float[8])]]);
        return new Model(network, 1.ms) { Learned = learned, Readout = new("r", new Dictionary<string, double[]> { ["x"] = [1] }) }.ToBytes();
    }

    static string Spikes(CompiledNetwork plan, Learned? learned)
    {
        using var session = Cpu.Evaluate(plan, learned: learned);
        var hash = session.RecordAll(new SpikeHash());
        session.Advance(40);
        return hash.ToString();
    }

    // A checkpoint can be opened only with the plan that it was made with: constants of kernels, synapses, delays and scales.
    static void SamePlan(CompiledNetwork one, CompiledNetwork other)
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.checkpoint");
        try
        {
            using (var session = Cpu.Load(one)) session.Save(path);
            using var reader = new CheckpointReader(path, other);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
