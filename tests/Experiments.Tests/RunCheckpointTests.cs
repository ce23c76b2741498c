using System.Globalization;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Experiments.Digits;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Experiments.Shapes;

namespace Lepton.Neuro.Experiments.Tests;

public class RunCheckpointTests
{
    const string Digits = "run digits --quiet --epochs 2 --set train-images=300 --set test-images=40 --set hidden=24";

    const string Stdp = $"{Digits} --set rule=stdp --set image-time=50";

    const string Shapes = "run shapes --quiet --epochs 2 --set train-images=300 --set test-images=40 --set hidden=24";

    static IExperiment Experiment(string command) => command.StartsWith("run shapes", StringComparison.Ordinal) ? new ShapesExperiment() : new DigitsExperiment();

    static RunResult Result(Bench bench, string folder) => ResultFiles.FromJson(bench.Read($"{folder}/results.json"));

    // All that a run found, without what its clock said; the report's figures hold every weight.
    static string Found(Bench bench, string folder)
    {
        var result = Result(bench, folder);
        string page = bench.Read($"{folder}/report.html");
        int from = page.IndexOf("<script type=\"application/json\"", StringComparison.Ordinal), to = page.IndexOf("id=\"themes\"", StringComparison.Ordinal);
        Assert.True(to > from && from > 0);
        return ResultFiles.ToJsonLine(result with { WallSeconds = 0, Threads = 0, Train = result.Train with { ImagesPerSecond = 0 } }) + page[from..to];
    }

    [Theory]
    [InlineData(Digits)]
    [InlineData(Stdp)]
    [InlineData(Shapes)]
    public void Killed_at_any_time_and_resumed_it_comes_to_the_same(string command)
    {
        using var bench = new Bench();
        Assert.True(bench.Run(Experiment(command), [.. command.Split(' '), "--out", "whole"]) == ExitCodes.Success, bench.Error);
        string file = bench.At("c");
        var random = new System.Random(command.Length);
        var written = DateTime.MinValue;
        int kills = 0;
        for (int round = 0; round < 2; round++)
        {
            // Every image is saved, so that the kill falls into learning, mostly while a checkpoint is written.
            using var process = Lepton.Start(bench.Folder, [.. command.Split(' '), "--threads", "1", "--vector-bits", round == 0 ? "128" : "256", "--out", "parts", "--checkpoint", "c", "--every", "0"]);
            if (Lepton.KillWhen(process, () => File.Exists(file) && File.GetLastWriteTimeUtc(file) > written, random.Next(200))) kills++;
            Assert.True(File.Exists(file), process.StandardError.ReadToEnd());
            written = File.GetLastWriteTimeUtc(file);
        }
        Assert.True(kills > 0);
        Assert.True(bench.Run(Experiment(command), [.. command.Split(' '), "--out", "parts", "--checkpoint", "c"]) == ExitCodes.Success, bench.Error);
        Assert.Equal(Found(bench, "whole"), Found(bench, "parts"));

        // At its end it judges again what it has learned, and comes to the same.
        Assert.True(bench.Run(Experiment(command), [.. command.Split(' '), "--out", "again", "--checkpoint", "c"]) == ExitCodes.Success, bench.Error);
        Assert.Equal(Found(bench, "whole"), Found(bench, "again"));
        Assert.DoesNotContain(bench.Entries(), e => Path.GetFileName(e).StartsWith('.') || e.EndsWith(".partial", StringComparison.Ordinal));
    }

    [Fact]
    public void Interrupted_it_saves_and_says_how_to_go_on()
    {
        if (!OperatingSystem.IsLinux()) return;
        using var bench = new Bench();
        // Long enough not to be over before the signal comes.
        const string Long = "run digits --epochs 16 --set train-images=300 --set test-images=40 --set hidden=24";
        string file = bench.At("out/digits-42/unfinished.checkpoint"), error;
        using (var process = Lepton.Start(bench.Folder, [.. Long.Split(' '), "--live"]))
        {
            string line;
            do line = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException(process.StandardError.ReadToEnd());
            while (!line.StartsWith("Epoch 1:", StringComparison.Ordinal));
            Lepton.Interrupt(process);
            error = process.StandardError.ReadToEnd();
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(ExitCodes.Cancelled, process.ExitCode);
        }
        Assert.True(File.Exists(file), error);
        Assert.Equal(["out", "out/digits-42", "out/digits-42/unfinished.checkpoint"], bench.Entries());
        Assert.Matches($"^lepton: cancelled after [0-9,]+ of 4,800 images, which are saved. To go on: lepton run digits .*--checkpoint {file} --out .*\n$", error);

        // The command it names works, and the file has served its time.
        string[] command = error[(error.IndexOf("lepton run", StringComparison.Ordinal) + "lepton ".Length)..].TrimEnd().Split(' ');
        Assert.True(bench.Run(new DigitsExperiment(), [.. command]) == ExitCodes.Success, bench.Error);
        Assert.Contains("Going on after", bench.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
        Assert.True(bench.Run(new DigitsExperiment(), [.. Long.Split(' '), "--quiet", "--out", "whole"]) == ExitCodes.Success, bench.Error);
        Assert.Equal(Found(bench, "whole"), Found(bench, "out/digits-42"));
    }

    [Theory]
    [InlineData("--every 1", "--every is 1; allowed: only together with --checkpoint FILE")]
    [InlineData("--checkpoint c --every -1", "--every is -1; allowed: a number of seconds from 0 to 1000000")]
    [InlineData("--checkpoint c --every NaN", "--every is NaN; allowed: a number of seconds")]
    [InlineData("--checkpoint missing/c", "allowed: a file in a folder that exists")]
    [InlineData("--live --quiet", "--live is given together with --quiet; allowed: one of the two")]
    public void Bad_options_are_one_line_and_code_2(string options, string message)
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.BadInput, bench.Run(new DigitsExperiment(), ["run", "digits", .. options.Split(' ')]));
        Assert.Contains(message, bench.Error, StringComparison.Ordinal);
        Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
        Assert.Empty(bench.Entries());
    }

    [Fact]
    public void An_experiment_that_cannot_go_on_takes_no_checkpoint()
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.BadInput, bench.Run("run", "tiny", "--checkpoint", "c"));
        Assert.Contains("tiny is over too soon to go on from anywhere", bench.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_of_another_run_is_refused_with_what_differs()
    {
        using var bench = new Bench();
        string[] run = [.. Digits.Split(' '), "--out", "o", "--checkpoint", "c"];
        Assert.Equal(ExitCodes.Success, bench.Run(new DigitsExperiment(), run));
        string[] Changed(string from, string to) => [.. run.Select(word => word == from ? to : word)];
        void Refused(string message, params string[] arguments)
        {
            Assert.Equal(ExitCodes.BadInput, bench.Run(new DigitsExperiment(), arguments));
            Assert.Contains(message, bench.Error, StringComparison.Ordinal);
            Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
        }
        Refused("is of another run, with epochs=2; allowed: the same configuration; this run has epochs=3", Changed("2", "3"));
        Refused("is of another network", Changed("hidden=24", "hidden=25"));
        Refused("is of another run, with train-images=300", Changed("train-images=300", "train-images=200"));
        var data = Glyphs.Generate(5, 300, 40);
        IdxFolder.Save(bench.At("data"), data);
        Refused("is of a run on other data", [.. run, "--data", "data"]);
        var bytes = File.ReadAllBytes(bench.At("c"));
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(bench.At("c"), bytes);
        Refused("is damaged or cut off", run);
    }

    [Fact]
    public void A_live_raster_draws_spikes_where_they_are()
    {
        var network = new Network(1);
        var cells = network.Add("cells", 8, new SpikeSource([.. Enumerable.Range(0, 8).Select(i => (new Time(i * 0.001), i))]));
        using var session = Reference.Load(network.Compile(new Time(0.001)));
        var raster = new LiveRaster();
        raster.Watch(session, cells);
        raster.Begin(0);
        session.Advance(8);
        // A spike a step and a neuron: a diagonal.
        Assert.Equal("cells │⠑⢄⠀⠀│\n      │⠀⠀⠑⢄│\n       8 spikes in 8 steps", raster.Draw(columns: 4));
        raster.Begin(session.Step);
        Assert.EndsWith("0 spikes in 1 steps", raster.Draw(columns: 4), StringComparison.Ordinal);
    }
}
