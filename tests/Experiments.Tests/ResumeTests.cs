using Lepton.Neuro.Backends;
using Lepton.Neuro.Experiments.Cortex;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Experiments.Scripting;
using Lepton.Neuro.Experiments.Training;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Experiments.Tests;

/// <summary>Whatever runs long can be interrupted without having been prepared for it: it says how to go on, and comes to the same.</summary>
public sealed class ResumeTests
{
    // What was found, without what the clock said and what threads take.
    static string Found(Bench bench, string folder)
    {
        var result = ResultFiles.FromJson(bench.Read($"{folder}/results.json"));
        var extra = result.Extra.Where(pair => !pair.Key.EndsWith("Seconds", StringComparison.Ordinal) && pair.Key != "trainWorkingBytes").OrderBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        return ResultFiles.ToJsonLine(result with { WallSeconds = 0, Threads = 0, Train = result.Train with { ImagesPerSecond = 0 }, Extra = extra });
    }

    [Theory]
    [InlineData("run microcircuit --set scale=0.02 --set time=20 --set warm-up=0.1", "Settling")]
    [InlineData("run tabular --set rows=20000 --epochs 30", "Training")]
    [InlineData("run lnn --set train-images=600 --set validation-images=100 --set test-images=50 --epochs 400", "Epoch 2:")]
    public void Interrupted_it_saves_says_how_to_go_on_and_comes_to_the_same(string command, string line)
    {
        if (!OperatingSystem.IsLinux()) return;
        IExperiment experiment = command.Split(' ')[1] switch
        {
            "microcircuit" => new MicrocircuitExperiment(),
            "tabular" => new TabularExperiment(),
            _ => new LnnExperiment(),
        };
        using var bench = new Bench();
        string error;
        using (var process = Lepton.Start(bench.Folder, [.. command.Split(' '), "--out", "parts", "--threads", "1"]))
        {
            string read;
            do read = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException(process.StandardError.ReadToEnd());
            while (!read.StartsWith(line, StringComparison.Ordinal));
            Lepton.Interrupt(process);
            error = process.StandardError.ReadToEnd();
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == ExitCodes.Cancelled, error);
        }
        Assert.Equal(["parts", "parts/unfinished.checkpoint"], bench.Entries());
        Assert.Matches("^lepton: cancelled after .*, which are saved. To go on: lepton run .* --checkpoint .* --out .*\n$", error);
        string[] again = error[(error.IndexOf("lepton run", StringComparison.Ordinal) + "lepton ".Length)..].TrimEnd().Split(' ');
        Assert.True(bench.Run(experiment, [.. again, "--quiet"]) == ExitCodes.Success, bench.Error);
        Assert.False(File.Exists(bench.At("parts/unfinished.checkpoint")));
        Assert.True(bench.Run(experiment, [.. command.Split(' '), "--quiet", "--out", "whole"]) == ExitCodes.Success, bench.Error);
        Assert.Equal(Found(bench, "whole"), Found(bench, "parts"));
    }

    // A script with a session, numbers of its own and spikes.
    static int Fires(Bench bench, StringWriter error, int stopAt, params string[] args)
    {
        using var cancellation = new CancellationTokenSource();
        return Script.Run("fires", "How often does it fire?", args, [], run =>
        {
            var net = new Network(run.Seed);
            var cells = net.Add("cells", 20, new Lif());
            net.Drive(cells, 20_000.Hz, 90);
            using var session = run.Load(net.Compile(1.ms));
            run.Advance(50.ms);
            var spikes = run.Log();
            List<double> counts = [];
            foreach (int part in run.Each([.. Enumerable.Range(1, 10)], "parts", counts))
            {
                session.Advance(20);
                counts.Add(spikes.Count(cells));
                if (part == stopAt) cancellation.Cancel();
            }
            run.Found(spikes.Hash);
            run.Found("sum", counts.Sum());
            run.Found("parts", counts.Count);
            return "It fires.";
        }, new Host { Output = TextWriter.Null, Error = error, Experiments = [], CurrentDirectory = bench.Folder, Cancellation = cancellation.Token });
    }

    [Fact]
    public void A_script_with_a_session_goes_on_where_it_was_stopped()
    {
        using var bench = new Bench();
        using var error = new StringWriter { NewLine = "\n" };
        Assert.Equal(ExitCodes.Cancelled, Fires(bench, error, 4, "--out", "parts"));
        Assert.Contains("cancelled after 4 parts, which are saved. To go on: dotnet run ", error.ToString(), StringComparison.Ordinal);
        Assert.Contains($" -- --seed 42 --threads {Environment.ProcessorCount} --checkpoint {bench.At("parts/unfinished.checkpoint")} --out {bench.At("parts")}\n", error.ToString(), StringComparison.Ordinal);
        // Stopped a second time, from where it went on.
        Assert.Equal(ExitCodes.Cancelled, Fires(bench, error, 7, "--out", "parts", "--checkpoint", "parts/unfinished.checkpoint"));
        Assert.Equal(ExitCodes.Success, Fires(bench, error, 0, "--out", "parts", "--checkpoint", "parts/unfinished.checkpoint"));
        Assert.Equal(ExitCodes.Success, Fires(bench, error, 0, "--out", "whole"));
        Assert.Equal(Found(bench, "whole"), Found(bench, "parts"));
        Assert.NotEmpty(ResultFiles.FromJson(bench.Read("parts/results.json")).SpikeHash!);
        // The page says how to run a script, which lepton does not know.
        Assert.Contains("dotnet run ", bench.Read("whole/report.html"), StringComparison.Ordinal);
        Assert.DoesNotContain("lepton run fires", bench.Read("whole/report.html"), StringComparison.Ordinal);
        Assert.StartsWith("# Run it again: dotnet run ", bench.Read("whole/config.yaml"), StringComparison.Ordinal);
    }

    // A script that runs networks inside.
    static int Networks(Bench bench, StringWriter error, List<int> ran, int stopAt, params string[] args)
    {
        using var cancellation = new CancellationTokenSource();
        return Script.Run("networks", "Which is best?", args, [], run =>
        {
            double sum = 0;
            foreach (int hidden in run.Each([4, 5, 6], "networks"))
            {
                if (hidden == stopAt) cancellation.Cancel();
                sum += run.Run("digits", run.Seed, 1, ("hidden", hidden), ("train-images", 60), ("test-images", 20)).Accuracy.Full ?? 0;
                ran.Add(hidden);
            }
            run.Found("sum", sum);
            return "All are good.";
        }, new Host { Output = TextWriter.Null, Error = error, Experiments = [], CurrentDirectory = bench.Folder, Cancellation = cancellation.Token });
    }

    [Fact]
    public void A_script_that_runs_networks_does_not_repeat_those_that_are_done()
    {
        using var bench = new Bench();
        using var error = new StringWriter { NewLine = "\n" };
        Assert.Equal(ExitCodes.Cancelled, Networks(bench, error, [], 6, "--out", "parts"));
        Assert.Contains("cancelled after 2 networks, which are saved", error.ToString(), StringComparison.Ordinal);
        string[] goOn = ["--out", "parts", "--checkpoint", "parts/unfinished.checkpoint"];
        // Those that are done are so even where nothing can be run.
        var ran = new List<int>();
        Assert.Equal(ExitCodes.Cancelled, Networks(bench, error, ran, 6, goOn));
        Assert.Equal([4, 5], ran);
        Assert.Equal(ExitCodes.Success, Networks(bench, error, [], 0, goOn));
        Assert.Equal(ExitCodes.Success, Networks(bench, error, [], 0, "--out", "whole"));
        Assert.Equal(Found(bench, "whole"), Found(bench, "parts"));
        // A checkpoint of other settings is refused with what differs.
        Assert.Equal(ExitCodes.Cancelled, Networks(bench, error, [], 6, "--out", "other"));
        Assert.Equal(ExitCodes.BadInput, Networks(bench, error, [], 0, "--out", "more", "--seed", "7", "--checkpoint", "other/unfinished.checkpoint"));
        Assert.Contains("is of another run, with seed=42; allowed: the same configuration; this run has seed=7", error.ToString(), StringComparison.Ordinal);
    }
}
