using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Experiments.Scripting;

namespace Lepton.Neuro.Experiments.Tests;

public class ScriptTests
{
    // The example in the documentation of Script, but for where it prints.
    static int Die(Bench bench, StringWriter output, StringWriter error, params string[] args)
    {
        var sides = new WholeNumberSetting("sides", "Sides of the die", 6, 2, 100);
        return Script.Run("die", "How high does a die fall?", args, [sides], run =>
        {
            var random = new System.Random((int)run.Seed);
            double[] falls = [.. Enumerable.Range(0, 100).Select(_ => 1.0 + random.Next(run.Get(sides)))];
            run.Show("The line is one throw after the other.", LineChart.Of("Throws", new("Throw"), new("Eyes"), new LineSeries("die", [.. falls.Select((_, i) => i + 1.0)], falls)));
            run.Found("meanEyes", falls.Average());
            return $"A die of {run.Get(sides)} sides falls {falls.Average():F2} on average.";
        }, new Host { Output = output, Error = error, Experiments = [], CurrentDirectory = bench.Folder });
    }

    [Fact]
    public void A_script_is_an_experiment_with_options_of_its_own()
    {
        using var bench = new Bench();
        using StringWriter output = new(), error = new();
        Assert.Equal(ExitCodes.Success, Die(bench, output, error, "--sides", "2", "--seed=7"));
        Assert.EndsWith($"Picture: {bench.At("out/die-7/picture-1.png")}{Environment.NewLine}", output.ToString(), StringComparison.Ordinal);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(bench.At("out/die-7/picture-1.png"))[..4]);
        string page = bench.Read("out/die-7/report.html");
        Assert.Contains("<span>Asked</span> How high does a die fall?", page, StringComparison.Ordinal);
        Assert.Contains("A die of 2 sides falls 1.", page, StringComparison.Ordinal);
        Assert.Matches(@"from the folder that it was run from\ndotnet run \S+ -- --config out/die-7/config.yaml --out again", page);

        // What came out is said where it was asked, and the results say how to ask again.
        Assert.Contains("\nA die of 2 sides falls 1.", output.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Success, bench.Run("runs", "show", "out/die-7"));
        Assert.Matches(@"Run it again: dotnet run \S+ -- --config out/die-7/config.yaml --out again\n$", bench.Output);

        // An option, a setting and a file are the same thing.
        Assert.Equal(ExitCodes.Success, Die(bench, output, error, "--config", "out/die-7/config.yaml", "--out", "b", "--quiet"));
        Assert.Equal(ExitCodes.Success, Die(bench, output, error, "--set", "sides=2", "--seed", "7", "--out", "c", "--quiet"));
        foreach (string other in (ReadOnlySpan<string>)["b", "c"])
        {
            Assert.Equal(bench.Read("out/die-7/config.yaml"), bench.Read($"{other}/config.yaml"));
            Assert.Equal(ResultFiles.FromJson(bench.Read("out/die-7/results.json")).Extra["meanEyes"], ResultFiles.FromJson(bench.Read($"{other}/results.json")).Extra["meanEyes"]);
        }
    }

    [Theory]
    [InlineData("--side 3", "There is no option --side here: did you mean --sides?")]
    [InlineData("--sides", "--sides is given without a value; allowed: --sides followed by one")]
    [InlineData("--sides 1", "Setting sides is 1; allowed: a whole number from 2 to 100")]
    [InlineData("more", "There is no option more here")]
    [InlineData("--seed x", "--seed is x")]
    public void Bad_input_is_one_line_and_code_2(string arguments, string message)
    {
        using var bench = new Bench();
        using StringWriter output = new(), error = new();
        Assert.Equal(ExitCodes.BadInput, Die(bench, output, error, arguments.Split(' ')));
        Assert.Contains(message, error.ToString(), StringComparison.Ordinal);
        Assert.Single(error.ToString().TrimEnd().Split('\n'));
        Assert.Empty(bench.Entries());
    }

    [Fact]
    public void Help_shows_the_settings()
    {
        using var bench = new Bench();
        using StringWriter output = new(), error = new();
        Assert.Equal(ExitCodes.Success, Die(bench, output, error, "--help"));
        Assert.Contains("How high does a die fall?", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("sides=6", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_gallery_holds_ten_scripts_of_forty_lines_at_most_and_each_runs_in_continuous_integration()
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Lepton.Neuro.sln"))) root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("the repository is not above the tests");
        string[] scripts = Directory.GetFiles(Path.Combine(root, "Experiments", "Scripts"), "*.cs");
        Assert.True(scripts.Length >= 10);
        string ci = File.ReadAllText(Path.Combine(root, ".ci", "run"));
        foreach (string script in scripts)
        {
            string[] lines = File.ReadAllLines(script);
            Assert.True(lines.Length <= 40, $"{script} has {lines.Length} lines");
            Assert.StartsWith("#:project ", lines[0], StringComparison.Ordinal);
            Assert.Contains($"\nscript {Path.GetFileNameWithoutExtension(script)}", ci, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_log_of_spikes_knows_rates_times_and_irregularity()
    {
        var net = new Network(1);
        // A clock of 100 Hz, and a neuron that skips every third tick.
        var clock = net.Add("clock", 2, new SpikeSource([.. Enumerable.Range(0, 100).Select(i => (new Time(i * 0.01), 0)), .. Enumerable.Range(0, 100).Where(i => i % 3 != 2).Select(i => (new Time(i * 0.01), 1))]));
        using var session = Reference.Load(net.Compile(new Time(0.001)));
        var log = SpikeLog.Of(session, clock);
        session.Advance(1000);
        Assert.Equal([100, 67], log.Counts(clock));
        Assert.Equal(83.5, log.Rate(clock).Hertz, 1e-9);
        Assert.Equal([0, 0.01, 0.03], log.Times(clock, 1).Take(3).Select(t => Math.Round(t.Seconds, 9)));
        // Intervals of 10 and 20 ms in turn: a third of the mean; the clock's are all the same.
        Assert.Equal(1.0 / 6, log.Irregularity(clock), 0.005);
        log.Clear();
        Assert.Equal(0, log.Count(clock));
    }
}
