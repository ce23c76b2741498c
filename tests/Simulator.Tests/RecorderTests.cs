using System.Globalization;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Simulator.Tests;

public sealed class RecorderTests
{
    static Network Network()
    {
        var network = new Network(3);
        network.Add("input", 20, new PoissonSource(300.Hz));
        network.Add("neurons", 8, new Lif { Bias = 500.pA, Start = Distribution.Uniform(-65, -50) });
        network.Connect(network["input"], network["neurons"], Wiring.AllToAll, Weight.Uniform(10, 90));
        return network;
    }

    [Fact]
    public void A_bounded_recorder_writes_what_an_unbounded_one_keeps()
    {
        using var folder = new Folder();
        var network = Network();
        using var session = Reference.Load(network.Compile(0.1.ms));
        var all = session.Record(network["input"], new SpikeRecorder());
        string path = folder.File("spikes.csv");
        using (var bounded = session.Record(network["input"], new SpikeRecorder(path, capacity: 10)))
        {
            for (int i = 0; i < 20; i++)
            {
                session.Advance(50L);
                Assert.True(bounded.Spikes.Count <= 10);
            }
            Assert.Equal(all.Count, bounded.Count);
            Assert.True(all.Count > 100);
            Assert.Equal(all.Count, all.Spikes.Count);
            Assert.Equal(all.Spikes.TakeLast(bounded.Spikes.Count), bounded.Spikes);
        }
        string[] lines = File.ReadAllLines(path);
        Assert.Equal("step,population,neuron", lines[0]);
        Assert.Equal(all.Spikes.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Step},input,{s.Neuron}")), lines[1..]);
        Assert.DoesNotContain('\r', File.ReadAllText(path));
        Assert.Equal(all.Count / (20 * 0.1), all.Rate(network["input"], 100.ms).Hertz, 1e-9);
    }

    [Fact]
    public void A_state_recorder_samples_at_its_interval_what_the_state_is_after_the_step()
    {
        using var folder = new Folder();
        var network = Network();
        var neurons = network["neurons"];
        var plan = network.Compile(0.1.ms);
        using var slow = Reference.Load(plan);
        using var fast = Reference.Load(plan);
        string path = folder.File("v.csv");
        using (var recorder = fast.Sample(new StateRecorder(neurons, "V", [5, 2], interval: 7, path, capacity: 4)))
        {
            var every = slow.Sample(new StateRecorder(neurons, "V"));
            slow.Advance(100L);
            fast.Advance(30L);
            fast.Advance(70L);
            Assert.Equal(Enumerable.Range(0, 100).Select(s => (long)s), every.Steps);
            Assert.True(recorder.Samples.Count is > 0 and <= 4);
            Assert.Equal(recorder.Samples.Count, recorder.Steps.Count);
            string[] lines = [.. File.ReadAllLines(CopyOf(recorder, path))];
            Assert.Equal("step,V5,V2", lines[0]);
            Assert.Equal(Enumerable.Range(1, 14).Select(k => (7 * k) - 1).Select(step =>
                string.Create(CultureInfo.InvariantCulture, $"{step},{every.Samples[step][5]:R},{every.Samples[step][2]:R}")), lines[1..]);
            Assert.Equal([97L], recorder.Steps.TakeLast(1));
            Assert.Equal([every.Samples[97][5], every.Samples[97][2]], recorder.Samples[^1]);
        }

        static string CopyOf(StateRecorder recorder, string path)
        {
            recorder.Dispose();
            return path;
        }
    }

    [Fact]
    public void A_weight_recorder_keeps_the_weights_in_the_wirings_order()
    {
        using var folder = new Folder();
        var network = Network();
        using var session = Reference.Load(network.Compile(0.1.ms));
        string path = folder.File("w.csv");
        using (var recorder = session.Sample(new WeightRecorder(network.Projections[0], 5, path, capacity: 3)))
        {
            session.Advance(24L);
            Assert.Equal([19L], recorder.Steps);
            Assert.Equal(session.Weights(network.Projections[0]), recorder.Samples[0]);
        }
        string[] lines = File.ReadAllLines(path);
        Assert.Equal(["4", "9", "14", "19"], lines.Select(l => l.Split(',')[0]));
        Assert.Equal(session.Weights(network.Projections[0]), lines[3].Split(',').Skip(1).Select(w => float.Parse(w, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Recorders_are_called_in_the_order_of_steps_and_populations_with_ascending_neurons()
    {
        var network = Network();
        using var session = Reference.Load(network.Compile(0.1.ms));
        var log = new Log();
        session.Record(network["neurons"], log);
        session.Record(network["input"], log);
        session.Advance(300L);
        Assert.True(log.Calls.Count > 10);
        Assert.Equal(log.Calls.OrderBy(c => c.Step).ThenBy(c => c.Population), log.Calls);
        Assert.Equal(log.Calls.Count, log.Calls.Distinct().Count());
        Assert.All(log.Neurons, neurons => Assert.True(neurons.Length > 0 && neurons.SequenceEqual(neurons.Distinct().Order())));
        int calls = log.Calls.Count;
        session.StopRecording(log);
        session.Advance(300L);
        Assert.Equal(calls, log.Calls.Count);
    }

    sealed class Log : IRecorder
    {
        public List<(long Step, int Population)> Calls { get; } = [];

        public List<int[]> Neurons { get; } = [];

        public void Record(long step, Population population, ReadOnlySpan<int> spiked)
        {
            Calls.Add((step, population.Index));
            Neurons.Add(spiked.ToArray());
        }
    }

    [Fact]
    public void A_hash_tells_runs_apart_that_differ_in_anything()
    {
        var network = new Network(1);
        var populations = Enumerable.Range(0, 6).Select(i => network.Add($"p{i}", 100, new Lif())).ToArray();
        ulong[] hashes =
        [
            Hash((1, 0, [2, 5])), Hash((2, 0, [2, 5])), Hash((1, 1, [2, 5])), Hash((1, 0, [2])), Hash((1, 0, [2, 6])), Hash((1, 0, [2]), (1, 0, [5])), Hash(),
            Hash((1, 0, [2]), (3, 4, [5])), Hash((3, 4, [5]), (1, 0, [2])), Hash((1, 0, [2, 3, 4, 5])), Hash((0, 0, [0])), Hash((0, 0, [0, 1])),
        ];
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
        Assert.Equal(hashes[0], Hash((1, 0, [2, 5])));

        ulong Hash(params (long Step, int Population, int[] Neurons)[] calls)
        {
            var hash = new SpikeHash();
            foreach (var (step, population, neurons) in calls) hash.Record(step, populations[population], neurons);
            Assert.Equal(hash.Value.ToString("x16", CultureInfo.InvariantCulture), hash.ToString());
            return hash.Value;
        }
    }

    sealed class Folder : IDisposable
    {
        readonly string path = Directory.CreateTempSubdirectory("lepton").FullName;

        public string File(string name) => Path.Combine(path, name);

        public void Dispose() => Directory.Delete(path, true);
    }
}
