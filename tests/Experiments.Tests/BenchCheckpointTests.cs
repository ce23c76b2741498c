using System.Diagnostics;
using System.Text.Json;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Experiments.Models;

namespace Lepton.Neuro.Experiments.Tests;

public class BenchCheckpointTests
{
    [Theory]
    [InlineData("bench cuba --every 1", "--every is 1; allowed: only together with --checkpoint FILE")]
    [InlineData("bench cuba --checkpoint c --every 0", "--every is 0; allowed: a number from 0.001")]
    [InlineData("bench cuba --checkpoint missing/c", "allowed: a file in a folder that exists")]
    [InlineData("bench delivery --checkpoint c", "allowed: nothing: delivery has no state to go on from")]
    public void Bad_input_is_one_line_and_code_2(string arguments, string message)
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.BadInput, bench.Run(arguments.Split(' ')));
        Assert.Contains(message, bench.Error, StringComparison.Ordinal);
        Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
        Assert.Empty(bench.Entries());
    }

    [Theory]
    [InlineData("cuba", "0.03", "0.05", "0.02")]
    [InlineData("diehl-cook --neurons 100", "0.7", "1.4", "0.7")]
    public void A_run_in_two_parts_comes_to_the_same_as_one(string model, string half, string whole, string rest)
    {
        using var bench = new Bench();
        JsonElement Run(string more)
        {
            int code = bench.Run(["bench", .. model.Split(' '), "--warmup", "0", "--json", "--quiet", .. more.Split(' ')]);
            Assert.True(code == ExitCodes.Success, bench.Error);
            return JsonDocument.Parse(bench.Output).RootElement;
        }
        string expected = Run($"--seconds {whole} --threads 1").GetProperty("spikeHash").GetString()!;
        Run($"--seconds {half} --threads 2 --vector-bits 256 --checkpoint c --every 0.01");
        Assert.Equal(["c"], bench.Entries());
        var second = Run($"--seconds {whole} --threads 3 --vector-bits 128 --checkpoint c");
        Assert.Equal(expected, second.GetProperty("spikeHash").GetString());
        Assert.Equal(double.Parse(rest, System.Globalization.CultureInfo.InvariantCulture), second.GetProperty("biologicalSeconds").GetDouble(), 1e-9);

        // At its end there is nothing left to run.
        Assert.Equal(ExitCodes.BadInput, bench.Run(["bench", .. model.Split(' '), "--warmup", "0", "--seconds", whole, "--checkpoint", "c"]));
        Assert.Contains("allowed: one before the end of the run", bench.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_of_another_seed_or_a_damaged_one_is_refused_in_one_line()
    {
        using var bench = new Bench();
        string[] run = ["bench", "cuba", "--warmup", "0", "--seconds", "0.02", "--checkpoint", "c"];
        Assert.Equal(ExitCodes.Success, bench.Run(run));
        Assert.Equal(ExitCodes.BadInput, bench.Run([.. run, "--seed", "7"]));
        Assert.Contains("is of another network", bench.Error, StringComparison.Ordinal);
        Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
        File.AppendAllText(bench.At("c"), "x");
        Assert.Equal(ExitCodes.BadInput, bench.Run(run));
        Assert.Contains("is damaged or cut off", bench.Error, StringComparison.Ordinal);
        Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void Killed_again_and_again_while_saving_it_always_leaves_a_good_checkpoint()
    {
        using var bench = new Bench();
        string path = bench.At("c"), program = Path.Combine(AppContext.BaseDirectory, "lepton.dll");
        var plan = Cuba.Build(42).Compile(Cuba.Step);
        var random = new System.Random(1);
        long before = 0;
        for (int round = 0; round < 12; round++)
        {
            using var process = Process.Start(new ProcessStartInfo("dotnet")
            {
                // It saves after every part: most of its time goes into saving.
                ArgumentList = { program, "bench", "cuba", "--warmup", "0", "--seconds", "100000", "--threads", "1", "--checkpoint", path, "--every", "0.01", "--quiet" },
                UseShellExecute = false,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            })!;
            try
            {
                // At least one more checkpoint than before, then some milliseconds: the kill falls anywhere in a save.
                var written = File.Exists(path) ? File.GetLastWriteTimeUtc(path) : DateTime.MinValue;
                var patience = Stopwatch.StartNew();
                while (!File.Exists(path) || File.GetLastWriteTimeUtc(path) == written)
                {
                    Assert.False(process.HasExited, process.HasExited ? process.StandardError.ReadToEnd() : "");
                    Assert.True(patience.Elapsed < TimeSpan.FromMinutes(1), "no checkpoint for a minute");
                    Thread.Sleep(1);
                }
                Thread.Sleep(random.Next(30));
            }
            finally
            {
                process.Kill();
                process.WaitForExit();
            }
            using var session = Cpu.Resume(plan, path, new() { Threads = 1 });
            Assert.True(session.Step > before && session.Step % 100 == 0, $"step {session.Step} after {before}");
            before = session.Step;
        }
        // What it was killed out of is what would have been without.
        using var uninterrupted = Cpu.Load(plan, new() { Threads = 1 });
        uninterrupted.Advance(before);
        using var resumed = Cpu.Resume(plan, path, new() { Threads = 1 });
        Assert.Equal(Benchmarks.BenchmarkRun.Digest(uninterrupted), Benchmarks.BenchmarkRun.Digest(resumed));
    }
}
