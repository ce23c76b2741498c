using System.Text.Json;
using Lepton.Neuro.Experiments.Benchmarks;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Tests;

public class BenchVerbTests
{
    static readonly string[] Fields =
    [
        "model", "neurons", "synapses", "plasticSynapses", "threads", "buildSeconds", "biologicalSeconds", "runSeconds", "realTimeFactor", "spikes", "ratesHz", "synapticEvents",
        "synapticEventsPerSecond", "peakMegabytes", "spikeHash",
    ];

    [Theory]
    [InlineData("bench", "Name the model to run: cuba, balanced-stdp, microcircuit, diehl-cook, delivery, encode")]
    [InlineData("bench cubba", "There is no model cubba: did you mean cuba?")]
    [InlineData("bench cuba --backend gpu", "--backend is gpu; allowed: cpu, ilgpu")]
    [InlineData("bench cuba --device cuda:0", "--device is cuda:0; allowed: only together with --backend ilgpu")]
    [InlineData("bench cuba --backend cpu --device cpu", "--device is cpu; allowed: only together with --backend ilgpu")]
    [InlineData("bench matmul --backend ilgpu", "--backend is ilgpu; allowed: cpu: matmul runs no network")]
    [InlineData("bench delivery --backend ilgpu", "--backend is ilgpu; allowed: cpu: delivery runs no network")]
    [InlineData("bench cuba more", "one word too many")]
    [InlineData("bench cuba --second 3", "did you mean --seconds?")]
    [InlineData("bench cuba --scale 0.5", "--scale is 0.5; allowed: nothing: cuba has one size")]
    [InlineData("bench microcircuit --scale 0.009", "--scale is 0.009; allowed: a number from 0.01 to 1")]
    [InlineData("bench microcircuit --scale 1.01", "--scale is 1.01; allowed: a number from 0.01 to 1")]
    [InlineData("bench microcircuit --scale NaN", "--scale is NaN; allowed: a number from 0.01 to 1")]
    [InlineData("bench delivery --scale 0", "--scale is 0; allowed: a number from 0.01 to 1")]
    [InlineData("bench mapping --scale 0.0009", "--scale is 0.0009; allowed: a number from 0.001 to 1")]
    [InlineData("bench diehl-cook --neurons 401", "--neurons is 401; allowed: 100, 400, 1600, 6400")]
    [InlineData("bench cuba --neurons 400", "--neurons is 400; allowed: nothing: cuba has no such choice")]
    [InlineData("bench cuba --threads 0", "--threads is 0; allowed: a whole number from 1")]
    [InlineData("bench cuba --threads two", "--threads is two; allowed: a whole number from 1")]
    [InlineData("bench cuba --seconds 0", "--seconds is 0; allowed: a number from 0.001")]
    [InlineData("bench cuba --seconds -1", "--seconds is -1; allowed: a number from 0.001")]
    [InlineData("bench cuba --warmup -1", "--warmup is -1; allowed: a number from 0")]
    [InlineData("bench cuba --seed x", "--seed is x; allowed: a whole number")]
    [InlineData("bench cuba --vector-bits 64", "--vector-bits is 64; allowed: auto, 128, 256 or 512")]
    [InlineData("bench cuba --no-drive", "--no-drive is given; allowed: only for a model with external input of its own, not for cuba")]
    public void Bad_input_is_one_line_and_code_2(string arguments, string message)
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.BadInput, bench.Run(arguments.Split(' ')));
        Assert.Contains(message, bench.Error, StringComparison.Ordinal);
        Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
        Assert.Equal("", bench.Output);
    }

    [Theory]
    [InlineData("cuba")]
    [InlineData("balanced-stdp")]
    [InlineData("microcircuit --scale 0.01 --device cpu")]
    [InlineData("diehl-cook --neurons 100 --device opencl:0")]
    [InlineData("rules")]
    [InlineData("encode")]
    public void The_backend_that_is_not_in_the_build_is_one_line_that_says_what_to_do(string arguments)
    {
        // Where it is, the tests of its own project run.
        if (GpuBackend.IsBuilt) return;
        using var bench = new Bench();
        Assert.Equal(ExitCodes.BadInput, bench.Run(["bench", .. arguments.Split(' '), "--backend", "ilgpu"]));
        Assert.Contains("ilgpu only in a build with -p:Ilgpu=true", bench.Error, StringComparison.Ordinal);
        Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
        Assert.Equal("", bench.Output);
    }

    [Theory]
    [InlineData("cuba --seconds 0.05 --warmup 0")]
    [InlineData("microcircuit --scale 0.01 --seconds 0.05 --warmup 0.02")]
    [InlineData("diehl-cook --neurons 100 --seconds 0.7 --warmup 0.35")]
    [InlineData("delivery --scale 0.01 --seconds 0.05 --warmup 0")]
    public void The_last_line_is_one_object_with_every_field(string arguments)
    {
        var json = Run(arguments).RootElement;
        Assert.Equal(arguments.Split(' ')[0], json.GetProperty("model").GetString());
        foreach (string field in Fields) Assert.True(json.TryGetProperty(field, out _), field);
        double biological = json.GetProperty("biologicalSeconds").GetDouble(), run = json.GetProperty("runSeconds").GetDouble();
        Assert.True(biological > 0 && run > 0);
        Assert.Equal(run / biological, json.GetProperty("realTimeFactor").GetDouble(), 1e-9);
        Assert.Equal(json.GetProperty("synapticEvents").GetInt64() / run, json.GetProperty("synapticEventsPerSecond").GetDouble(), 1e-3);
        Assert.True(json.GetProperty("synapticEvents").GetInt64() > 0);
        Assert.True(json.GetProperty("peakMegabytes").GetDouble() > 10);
        Assert.Matches("^[0-9a-f]{16}$", json.GetProperty("spikeHash").GetString());
        bool images = json.TryGetProperty("imagesPerSecond", out var perSecond);
        Assert.Equal(arguments.StartsWith("diehl-cook", StringComparison.Ordinal), images);
        if (images) Assert.Equal(biological / 0.35 / run, perSecond.GetDouble(), 1e-6);
    }

    [Fact]
    public void Mapping_is_measured_part_by_part_and_its_counts_are_those_of_the_seed()
    {
        var (first, second) = (Run("mapping --scale 0.001 --seconds 0.01 --warmup 0").RootElement, Run("mapping --scale 0.001 --seconds 0.01 --warmup 0").RootElement);
        Assert.Equal(1024, first.GetProperty("neurons").GetInt64());
        Assert.Equal(102400, first.GetProperty("synapses").GetInt64());
        foreach (string field in (string[])["cores", "packets", "hops", "tableEntries", "compressedEntries"])
        {
            Assert.True(first.GetProperty(field).GetInt64() > 0, field);
            Assert.Equal(first.GetProperty(field).GetInt64(), second.GetProperty(field).GetInt64());
        }
        Assert.InRange(first.GetProperty("leastPackets").GetInt64(), 1, first.GetProperty("packets").GetInt64());
        Assert.InRange(first.GetProperty("compressedEntries").GetInt64(), 1, first.GetProperty("tableEntries").GetInt64());
        Assert.True(first.GetProperty("operationsPerSecond").GetDouble() > 0 && first.GetProperty("placementSeconds").GetDouble() > 0);
        string[] parts = [.. first.GetProperty("stages").EnumerateArray().Select(s => s.GetProperty("name").GetString()!)];
        foreach (string part in (string[])["network compiled", "mapping: partition", "mapping: placement", "mapping: filling", "ways of all packets, bounds", "tables of all routers", "tables compressed"])
            Assert.Contains(part, parts);
    }

    [Fact]
    public void Spikes_and_rates_are_those_of_the_measured_part()
    {
        const string Model = "microcircuit --scale 0.01 --seed 5";
        var whole = Run($"{Model} --seconds 0.1 --warmup 0").RootElement;
        var late = Run($"{Model} --seconds 0.06 --warmup 0.04").RootElement;
        var early = Run($"{Model} --seconds 0.04 --warmup 0").RootElement;
        foreach (string field in (string[])["spikes", "synapticEvents"])
            Assert.Equal(whole.GetProperty(field).GetInt64(), late.GetProperty(field).GetInt64() + early.GetProperty(field).GetInt64());
        // The digest is of all that happened since the beginning.
        Assert.Equal(whole.GetProperty("spikeHash").GetString(), late.GetProperty("spikeHash").GetString());
        double sum = late.GetProperty("ratesHz").EnumerateObject()
            .Sum(p => p.Value.GetDouble() * 0.06 * Math.Round(Models.Microcircuit.Sizes[Models.Microcircuit.Names.ToList().IndexOf(p.Name)] * 0.01));
        Assert.Equal(late.GetProperty("spikes").GetInt64(), sum, 1e-6);
    }

    [Theory]
    [InlineData("cuba --seconds 0.05 --warmup 0.01")]
    [InlineData("microcircuit --scale 0.03 --seconds 0.03 --warmup 0.01")]
    [InlineData("diehl-cook --neurons 100 --seconds 0.7 --warmup 0")]
    public void Threads_and_width_change_no_spike_and_the_seed_does(string arguments)
    {
        string Hash(string more) => Run($"{arguments} {more}").RootElement.GetProperty("spikeHash").GetString()!;
        string expected = Hash("--threads 1 --vector-bits 512 --seed 7");
        Assert.Equal(expected, Hash("--threads 3 --vector-bits 256 --seed 7"));
        Assert.Equal(expected, Hash("--threads 2 --vector-bits 128 --seed 7"));
        Assert.NotEqual(expected, Hash("--threads 1 --vector-bits 512 --seed 8"));
    }

    [Fact]
    public void Without_drive_the_microcircuit_falls_silent()
    {
        var json = Run("microcircuit --scale 0.01 --no-drive --seconds 0.05 --warmup 0.2").RootElement;
        Assert.Equal(0, json.GetProperty("spikes").GetInt64());
        Assert.Equal(0, json.GetProperty("synapticEvents").GetInt64());
    }

    [Fact]
    public void A_person_sees_progress_and_a_table()
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run("bench", "cuba", "--seconds", "0.05", "--warmup", "0.01"));
        foreach (string text in (string[])["Warming up", "Measuring", "Real-time factor", "Rate of excitatory", "Spike hash"]) Assert.Contains(text, bench.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("{", bench.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cuba")]
    [InlineData("delivery --scale 0.01")]
    public void Cancelled_it_says_so_and_prints_no_result(string arguments)
    {
        using var bench = new Bench();
        bench.Cancel();
        Assert.Equal(ExitCodes.Cancelled, bench.Run(["bench", .. arguments.Split(' '), "--json"]));
        Assert.Equal("lepton: cancelled.\n", bench.Error);
        Assert.DoesNotContain("{", bench.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void More_memory_than_there_is_is_refused_with_both_figures()
    {
        var error = Assert.Throws<InvalidInputException>(() => MemoryNeed.Check("microcircuit", 1_500_000_001, 900_000_000));
        Assert.Equal("microcircuit needs about 1501 MB of memory; available: 900 MB", error.Message);
        MemoryNeed.Check("microcircuit", 1_000, 1_000);
        Assert.True(MemoryNeed.Available() > 100_000_000);
    }

    [Fact]
    public void The_estimate_grows_with_the_synapses()
    {
        long Need(double scale) => MemoryNeed.Of(Models.Microcircuit.Build(scale, 1).Compile(Models.Microcircuit.Step), 2);
        long small = Need(0.05), large = Need(0.2);
        // 0.2² - 0.05² of 299 million synapses, four bytes each at least, and not more than twice that.
        Assert.InRange(large - small, 4 * 11_200_000, 8 * 11_200_000);
    }

    static JsonDocument Run(string arguments)
    {
        using var bench = new Bench();
        int code = bench.Run(["bench", .. arguments.Split(' '), "--json", "--quiet"]);
        Assert.True(code == ExitCodes.Success, bench.Error);
        Assert.Single(bench.Output.TrimEnd('\n').Split('\n'));
        return JsonDocument.Parse(bench.Output);
    }
}
