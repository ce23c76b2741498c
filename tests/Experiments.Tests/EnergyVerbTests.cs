using System.Globalization;
using System.Text.Json;
using Lepton.Neuro.Experiments.Digits;
using Lepton.Neuro.Experiments.Energy;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Tests;

public class EnergyVerbTests
{
    const string Architecture = """
        architecture:
          name: one
          attributes: {topology: mesh, width: 1, height: 1, link_buffer_size: 4, latency_sync: 1e-6}
          tile:
            name: t
            attributes: {energy_north_hop: 0, latency_north_hop: 0, energy_east_hop: 0, latency_east_hop: 0, energy_south_hop: 0, latency_south_hop: 0, energy_west_hop: 0, latency_west_hop: 0}
            core:
              name: c
              attributes: {buffer_position: soma, max_neurons_supported: 4}
              axon_in: {name: i, attributes: {energy_message_in: 1e-12, latency_message_in: 1e-9}}
              synapse: {name: s, attributes: {model: current_based, energy_process_spike: 2e-12, latency_process_spike: 1e-9}}
              dendrite: {name: d, attributes: {model: accumulator, energy_update: 0, latency_update: 0}}
              soma: {name: n, attributes: {model: leaky_integrate_fire, energy_access_neuron: 1e-12, latency_access_neuron: 1e-9, energy_update_neuron: 0, latency_update_neuron: 0, energy_spike_out: 0, latency_spike_out: 0}}
              axon_out: {name: o, attributes: {energy_message_out: 1e-12, latency_message_out: 1e-9}}
        """;

    const string Net = """
        network:
          name: two
          groups: [{name: a, neurons: [0: {bias: 1, threshold: 1.5}, 1: {threshold: 10}]}]
          edges: [a.0 -> a.1: {weight: 2}]
        mappings: [a: {core: 0.0}]
        """;

    static readonly string[] Small = ["--seed", "3", "--epochs", "1", "--set", "train-images=300", "--set", "test-images=40", "--set", "hidden=16", "--quiet"];

    [Fact]
    public void Tiles_run_writes_its_three_files()
    {
        using var bench = new Bench();
        File.WriteAllText(bench.At("arch.yaml"), Architecture);
        File.WriteAllText(bench.At("net.yaml"), Net);
        Assert.Equal(ExitCodes.Success, bench.Run("tiles", "run", "--machine", "arch.yaml", "--network", "net.yaml", "--steps", "6", "--timing", "simple", "--out", "o"));
        Assert.Equal(["o/mapping.yaml", "o/perf.csv", "o/spikes.csv", "o/summary.json"], bench.Entries().Where(e => e.StartsWith("o/", StringComparison.Ordinal)));
        Assert.Equal("neuron,timestep\na.0,2\na.0,4\na.0,6\n", bench.Read("o/spikes.csv"));
        Assert.Equal(7, bench.Read("o/perf.csv").TrimEnd().Split('\n').Length);
        Assert.Equal(3, JsonDocument.Parse(bench.Read("o/summary.json")).RootElement.GetProperty("packets").GetInt32());
        Assert.Contains("3 spikes", bench.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Tiles_run_takes_a_mapping_and_refuses_that_of_another_machine_or_network()
    {
        using var bench = new Bench();
        File.WriteAllText(bench.At("arch.yaml"), Architecture);
        File.WriteAllText(bench.At("net.yaml"), Net);
        File.WriteAllText(bench.At("bare.yaml"), Net[..Net.IndexOf("mappings", StringComparison.Ordinal)]);
        string[] run = ["tiles", "run", "--machine", "arch.yaml", "--steps", "6"];
        Assert.Equal(ExitCodes.Success, bench.Run([.. run, "--network", "net.yaml", "--out", "a"]));
        Assert.Equal(ExitCodes.Success, bench.Run([.. run, "--network", "bare.yaml", "--mapping", "a", "--out", "b"]));
        Assert.Equal(bench.Read("a/perf.csv"), bench.Read("b/perf.csv"));
        Assert.Equal(bench.Read("a/mapping.yaml"), bench.Read("b/mapping.yaml"));
        string saved = bench.Read("a/mapping.yaml");
        foreach (var (arch, net, map, message) in new[]
        {
            (Architecture.Replace("max_neurons_supported: 4", "max_neurons_supported: 5", StringComparison.Ordinal), Net, saved, "key 'machine.sha256': made for another machine: 'one' with 1 cores"),
            (Architecture, Net.Replace("a.0 -> a.1", "a.1 -> a.0", StringComparison.Ordinal), saved, "key 'network.sha256': made for another network: 'two' with 2 neurons and 1 synapses, now 'two' with 2 and 1"),
            (Architecture, Net, saved.Replace("mapping: 1", "mapping: 2", StringComparison.Ordinal), "key 'mapping': '2'; allowed: a whole number, 1 to 1"),
            (Architecture, Net, saved.Replace("core: 0.0", "core: 9.0", StringComparison.Ordinal), "core': '9.0'; allowed: tile.core"),
            (Architecture, Net, saved + "colour: red\n", "key 'colour': unknown"),
        })
        {
            File.WriteAllText(bench.At("arch.yaml"), arch);
            File.WriteAllText(bench.At("net.yaml"), net);
            File.WriteAllText(bench.At("map.yaml"), map);
            Assert.Equal(ExitCodes.BadInput, bench.Run([.. run, "--network", "net.yaml", "--mapping", "map.yaml", "--out", "c"]));
            Assert.Contains("map.yaml, line ", bench.Error, StringComparison.Ordinal);
            Assert.Contains(message, bench.Error, StringComparison.Ordinal);
            Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
        }
        Assert.DoesNotContain("c", bench.Entries());
    }

    [Theory]
    [InlineData("the action of tiles is walk", "walk")]
    [InlineData("--machine is missing", "run", "--network", "net.yaml")]
    [InlineData("--steps is 0", "run", "--machine", "arch.yaml", "--network", "net.yaml", "--steps", "0")]
    [InlineData("--timing is slow; allowed: simple, detailed", "run", "--machine", "arch.yaml", "--network", "net.yaml", "--timing", "slow")]
    [InlineData("net.yaml", "run", "--machine", "loihi", "--network", "nowhere/net.yaml")]
    public void Tiles_run_refuses_what_is_wrong(string message, params string[] arguments)
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.BadInput, bench.Run(["tiles", .. arguments]));
        Assert.Contains(message, bench.Error, StringComparison.Ordinal);
        Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
        Assert.Empty(bench.Entries());
    }

    [Fact]
    public void Energy_gives_a_row_a_machine_beside_the_published_ones()
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run(new DigitsExperiment(), ["energy", "digits", "--machine", "loihi,truenorth,systolic", "--out", "o", .. Small]));
        string[] lines = bench.Read("o/energy.csv").TrimEnd('\n').Split('\n');
        Assert.StartsWith("\"loihi\",modelled here,inference,784-16-10,", lines[1], StringComparison.Ordinal);
        Assert.Single(lines, line => line.StartsWith("Loihi,Renner 2024,inference,\"400-400-10\",0.963,as published,", StringComparison.Ordinal));
        var rows = JsonDocument.Parse(bench.Read("o/energy.json")).RootElement.GetProperty("machines").EnumerateArray().ToArray();
        Assert.Equal(["loihi", "truenorth", "systolic"], rows.Take(3).Select(r => r.GetProperty("machine").GetString()));
        // The rate network is trained: far from guessing one of ten, and where a smaller one is listed, it is as accurate as the spiking network, and cheaper.
        Assert.InRange(rows[2].GetProperty("accuracy").GetDouble(), 0.3, 1);
        foreach (var smaller in rows.Skip(3))
        {
            Assert.Equal("systolic, as accurate", smaller.GetProperty("machine").GetString());
            Assert.True(smaller.GetProperty("accuracy").GetDouble() >= rows[0].GetProperty("accuracy").GetDouble());
            Assert.True(smaller.GetProperty("energyJoules").GetDouble() < rows[2].GetProperty("energyJoules").GetDouble());
        }
        var loihi = rows[0];
        double mean = loihi.GetProperty("energyJoules").GetDouble();
        double[] interval = [.. loihi.GetProperty("interval95").EnumerateArray().Select(v => v.GetDouble())], band = [.. loihi.GetProperty("band").EnumerateArray().Select(v => v.GetDouble())];
        Assert.True(interval[0] < mean && mean < interval[1]);
        Assert.True(band[0] <= mean && mean < band[1]);
        Assert.Equal(mean, loihi.GetProperty("parts").EnumerateObject().Sum(p => p.Value.GetDouble()), 1e-9 * mean);
        Assert.Contains("does not fit", rows[1].GetProperty("remarks").ToString(), StringComparison.Ordinal);
        Assert.Contains("truenorth: does not fit", bench.Output, StringComparison.Ordinal);
        Assert.Contains("only 40 images", bench.Output, StringComparison.Ordinal);
        // A learned sample takes more than an inference, by its updates and its second phase; and each row says what it is not comparable with.
        var root = JsonDocument.Parse(bench.Read("o/energy.json")).RootElement;
        var learned = root.GetProperty("learning").EnumerateArray().ToArray();
        Assert.Equal(["loihi"], learned.Select(r => r.GetProperty("machine").GetString()));
        Assert.Equal("learning", learned[0].GetProperty("mode").GetString());
        Assert.True(learned[0].GetProperty("energyJoules").GetDouble() > mean);
        Assert.True(learned[0].GetProperty("parts").GetProperty("Learning").GetDouble() > 0);
        Assert.Contains("loihi, learning: ", bench.Output, StringComparison.Ordinal);
        Assert.All([.. rows, .. learned], r => Assert.Contains("compar", r.GetProperty("comparison").GetString(), StringComparison.Ordinal));
        Assert.InRange(root.GetProperty("neuroBench").GetProperty("connectionSparsity").GetDouble(), 0.49, 0.55);
        Assert.Contains("effective ACs", bench.Output, StringComparison.Ordinal);
        Assert.Contains("<svg", bench.Read("o/energy.svg"), StringComparison.Ordinal);
        Assert.Contains("Renner 2024", bench.Read("o/energy.html"), StringComparison.Ordinal);
        Assert.All(lines.Skip(1), line => Assert.Equal(lines[0].Split(',').Length, Fields(line)));

        static int Fields(string line) => 1 + line.Where((c, at) => c == ',' && line[..at].Count(d => d == '"') % 2 == 0).Count();
    }

    [Fact]
    public void An_inference_takes_the_same_energy_and_time_in_every_verb_that_tells_them()
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run(new DigitsExperiment(), ["run", "digits", "--out", "r", .. Small]));
        Assert.Equal(ExitCodes.Success, bench.Run(new DigitsExperiment(), ["energy", "digits", "--machine", "loihi", "--out", "e", .. Small]));
        Assert.Equal(ExitCodes.Success, bench.Run(new DigitsExperiment(), ["faults", "digits", "--machine", "loihi", "--rates", "0", "--out", "f", .. Small]));
        var run = ResultFiles.FromJson(bench.Read("r/results.json")).PerInference;
        var priced = JsonDocument.Parse(bench.Read("e/energy.json")).RootElement.GetProperty("machines")[0];
        double joules = priced.GetProperty("energyJoules").GetDouble();
        // One is the mean of all images at once, the other that of each by itself: they differ by the rounding of sums alone.
        Assert.Equal(joules, run.EnergyJoules!.Value, 1e-12 * joules);
        Assert.Equal(priced.GetProperty("latencySeconds").GetDouble(), run.LatencySeconds);
        Assert.Equal(priced.GetProperty("dynamicJoules").GetDouble(), run.EnergyJoules.Value - run.EnergyBreakdown.Static!.Value, 1e-12 * joules);
        string faultless = bench.Read("f/faults.csv").Split('\n').Single(l => l.StartsWith("\"dead cores, mapped anew\",0,", StringComparison.Ordinal));
        Assert.Equal(run.EnergyJoules, double.Parse(faultless.Split(',')[7], CultureInfo.InvariantCulture));
        // All images enter by one link, and wait there: without that a step would end earlier.
        string page = bench.Read("r/report.html");
        Assert.Contains("with the waiting of packets on links", page, StringComparison.Ordinal);
        Assert.DoesNotContain("congestion on links", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_give_the_accuracy_at_each_rate()
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run(new DigitsExperiment(), ["faults", "digits", "--machine", "crossbar", "--rates", "0,50%", "--draws", "2", "--out", "o", .. Small]));
        var rows = bench.Read("o/faults.csv").TrimEnd('\n').Split('\n').Skip(1).Select(l => l.Split('"')).Select(l => (Fault: l[1], Values: l[2].Split(','))).ToArray();
        Assert.Equal(
            ["dead cores, mapped anew", "dead links, mapped anew", "dead cores, mapping kept", "dead links, mapping kept", "stuck bits", "flipped bits", "both"], rows.Take(14).Select(r => r.Fault).Distinct());
        double[] At(string fault, string rate) => [.. rows.Single(r => r.Fault == fault && r.Values[1] == rate).Values[2..6].Select(t => double.Parse(t, CultureInfo.InvariantCulture))];
        double whole = At("flipped bits", "0")[1];
        Assert.All(rows.Where(r => r.Values[1] == "0"), r => Assert.Equal(whole, At(r.Fault, "0")[1]));
        // A dead core costs nothing where the mapper goes around it; what it held is lost where nobody does. Half of all bits flipped leaves nothing of what was learned.
        Assert.Equal(whole, At("dead cores, mapped anew", "0.5")[1]);
        Assert.True(At("dead cores, mapping kept", "0.5")[1] < whole);
        Assert.True(At("flipped bits", "0.5")[1] < whole);
        Assert.Equal([2, 1], new[] { "flipped bits", "dead cores, mapped anew" }.Select(f => At(f, "0.5")[0]));
        // So many dead links cut the machine in parts: some networks then fit no more.
        Assert.All(rows.Where(r => r.Values[1] == "0.5" && r.Values[3].Length > 0), r => Assert.InRange(At(r.Fault, "0.5")[1], At(r.Fault, "0.5")[2], At(r.Fault, "0.5")[3]));
        Assert.Contains(rows, r => r.Fault == FaultStudy.DriftReadAnew);
        // What is the same at all rates is said once, below the table.
        Assert.Single(bench.Output.Split('\n'), line => line.Contains("synapses are lost that began or ended on them", StringComparison.Ordinal));
        Assert.Matches(@"50 % │.*\d % of the weights", bench.Output);
        Assert.Equal(8, rows.Count(r => r.Fault == FaultStudy.DriftOneRead));
        Assert.Contains("dead links, mapping kept", bench.Read("o/faults.svg"), StringComparison.Ordinal);
        Assert.Contains("each step read anew", bench.Read("o/drift.svg"), StringComparison.Ordinal);
        Assert.Contains("Accuracy against the age of analog cells", bench.Read("o/faults.html"), StringComparison.Ordinal);
    }

    [Fact]
    public void Map_says_what_was_reached_and_what_is_proven()
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run(new DigitsExperiment(), ["map", "digits", "--partition", "multilevel", "--placement", "annealing", "--dead-cores", "10%", "--out", "o", .. Small]));
        string[] rows = bench.Read("o/mapping.csv").TrimEnd('\n').Split('\n');
        Assert.Equal("core,tile,neurons,synapses,synapse_bits,axons_in,axons_out,fill", rows[0]);
        Assert.Equal(26, rows.Skip(1).Sum(r => int.Parse(r.Split(',')[2], CultureInfo.InvariantCulture)));
        Assert.Contains("proven lower bound", bench.Output, StringComparison.Ordinal);
        Assert.Contains("26 neurons", bench.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mapping_that_was_written_is_used_again_and_refused_for_another_network()
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run(new DigitsExperiment(), ["map", "digits", "--out", "m", .. Small]));
        Assert.Equal(ExitCodes.Success, bench.Run(new DigitsExperiment(), ["energy", "digits", "--machine", "loihi", "--mapping", "m", "--threads", "3", "--out", "a", .. Small]));
        Assert.Equal(ExitCodes.Success, bench.Run(new DigitsExperiment(), ["energy", "digits", "--machine", "loihi", "--threads", "1", "--out", "b", .. Small]));
        Assert.Equal(bench.Read("b/energy.csv"), bench.Read("a/energy.csv"));
        Assert.Equal(ExitCodes.BadInput, bench.Run(new DigitsExperiment(), ["energy", "digits", "--machine", "loihi", "--mapping", "m/mapping.yaml", "--out", "c", .. Bench.With(Small, "--set", "hidden=17")]));
        Assert.Contains("mapping.yaml, line ", bench.Error, StringComparison.Ordinal);
        Assert.Contains("made for another network: 16 of 'hidden', now 17", bench.Error, StringComparison.Ordinal);
        Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain("c", bench.Entries());
        // A run of the whole experiment takes it too, and one for another machine is refused before anything is learned.
        Assert.Equal(ExitCodes.Success, bench.Run(new DigitsExperiment(), ["run", "digits", "--mapping", "m", "--out", "d", .. Small]));
        Assert.Equal(ExitCodes.Success, bench.Run(new DigitsExperiment(), ["run", "digits", "--out", "e", .. Small]));
        Assert.Equal(JsonDocument.Parse(bench.Read("e/results.json")).RootElement.GetProperty("spikeHash").GetString(), JsonDocument.Parse(bench.Read("d/results.json")).RootElement.GetProperty("spikeHash").GetString());
        foreach (string[] other in new string[][] { ["run", "digits", "--mapping", "m", "--set", "machine=crossbar"], ["energy", "digits", "--mapping", "m", "--machine", "crossbar"], ["plot", "tiles", "digits", "--mapping", "m", "--machine", "crossbar", "--out", "x.svg"] })
        {
            Assert.Equal(ExitCodes.BadInput, bench.Run(new DigitsExperiment(), [.. other, .. Small.Where(a => a != "--quiet")]));
            Assert.Contains("made for another machine: 'loihi'", bench.Error, StringComparison.Ordinal);
            Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
            Assert.DoesNotContain("Learning", bench.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_sweep_over_bits_steps_and_machines_goes_on_where_it_stopped()
    {
        using var bench = new Bench();
        string[] sweep = ["sweep", "energy", "digits", "--bits", "2,8", "--machine", "loihi,crossbar", "--out", "o", .. Small];
        Assert.Equal(ExitCodes.Success, bench.Run(new DigitsExperiment(), [.. sweep, "--steps", "4"]));
        var before = Rows();
        Assert.Equal(4, before.Length);
        Assert.All(before.GroupBy(r => r[2]), machine => Assert.Contains(machine, r => r[^1] == "1"));
        // A place that was kept is not computed again: what is written there comes back.
        string kept = bench.Entries().First(e => e.StartsWith("o/steps-4/bits-2-", StringComparison.Ordinal));
        File.WriteAllText(bench.At(kept), bench.Read(kept).Replace("784-16-10", "784-99-10", StringComparison.Ordinal));
        Assert.Equal(ExitCodes.Success, bench.Run(new DigitsExperiment(), [.. sweep, "--steps", "4,8"]));
        var after = Rows();
        Assert.Equal(8, after.Length);
        Assert.Single(after, r => r[3] == "784-99-10");
        Assert.Equal(before.Select(r => r[5]), after.Where(r => r[0] == "4").Select(r => r[5]));
        Assert.Contains("<svg", bench.Read("o/pareto.svg"), StringComparison.Ordinal);

        string[][] Rows() => [.. bench.Read("o/table.csv").TrimEnd('\n').Split('\n').Skip(1).Select(l => l.Split(','))];
    }

    [Fact]
    public void No_place_of_a_front_is_beaten_and_every_other_one_is()
    {
        var random = new System.Random(5);
        EnergyPoint[] points = [.. Enumerable.Range(0, 60).Select(i => new EnergyPoint(
            i, 8, i % 2 == 0 ? "a" : "b", "n", random.Next(5), random.Next(5), 0, 0, random.Next(5), "s", true))];
        var front = EnergyPoint.Front(points);
        bool Beats(EnergyPoint one, EnergyPoint other) => one.Machine == other.Machine && one.Joules <= other.Joules && one.LatencySeconds <= other.LatencySeconds && one.Accuracy >= other.Accuracy
            && (one.Joules, one.LatencySeconds, one.Accuracy) != (other.Joules, other.LatencySeconds, other.Accuracy);
        Assert.InRange(front.Count, 2, 59);
        Assert.All(points, p => Assert.Equal(!points.Any(other => Beats(other, p)), front.Contains(p)));
    }

    [Fact]
    public void Tiles_are_drawn_by_load_and_by_traffic()
    {
        using var bench = new Bench();
        string[] small = [.. Small.Where(a => a != "--quiet")];
        Assert.Equal(ExitCodes.Success, bench.Run(new DigitsExperiment(), ["plot", "tiles", "digits", "--images", "5", "--out", "load.svg", .. small]));
        Assert.Equal(ExitCodes.Success, bench.Run(new DigitsExperiment(), ["plot", "tiles", "digits", "--images", "5", "--show", "traffic", "--out", "traffic.html", .. small]));
        Assert.Equal(["load.svg", "traffic.html"], bench.Entries());
        Assert.Contains("How full the tiles of loihi are", bench.Read("load.svg"), StringComparison.Ordinal);
        Assert.Contains("Packets that pass the tiles of loihi", bench.Read("traffic.html"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--machine is loihu; allowed: crossbar, loihi, odin, spinnaker2, truenorth, or the path of a YAML file: did you mean loihi?", "map", "digits", "--machine", "loihu")]
    [InlineData("Setting machine is loihu; allowed: crossbar, loihi, odin, spinnaker2, truenorth, or the path of a YAML file: did you mean loihi?", "run", "digits", "--set", "machine=loihu")]
    [InlineData("--partition is finest; allowed: sequential, greedy, multilevel", "map", "digits", "--partition", "finest")]
    [InlineData("the run or model is missing", "energy")]
    [InlineData("the run or model is nothing", "energy", "nothing")]
    [InlineData("--machine is atari; allowed: crossbar", "energy", "digits", "--machine", "atari")]
    [InlineData("--mapping is nowhere.yaml; allowed: a file that lepton map wrote", "energy", "digits", "--machine", "loihi", "--mapping", "nowhere.yaml")]
    [InlineData("--bits is 99; allowed: whole numbers from 2 to 16", "sweep", "energy", "digits", "--bits", "2,99")]
    [InlineData("--set steps is given beside what the study varies", "sweep", "energy", "digits", "--set", "steps=9")]
    [InlineData("--show is heat; allowed: load, traffic", "plot", "tiles", "digits", "--show", "heat")]
    [InlineData("--draws is 0; allowed:", "faults", "digits", "--draws", "0")]
    [InlineData("--mapping is nowhere; allowed: a file that lepton map wrote", "run", "digits", "--mapping", "nowhere")]
    [InlineData("--rates is 2; allowed: a number from 0 to 1", "faults", "digits", "--rates", "2")]
    public void Studies_refuse_what_is_wrong_before_they_learn(string message, params string[] arguments)
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.BadInput, bench.Run(new DigitsExperiment(), arguments));
        Assert.Contains(message, bench.Error, StringComparison.Ordinal);
        Assert.Empty(bench.Entries());
    }
}
