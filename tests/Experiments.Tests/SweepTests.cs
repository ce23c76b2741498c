using System.Globalization;
using System.Text.Json;
using Lepton.Neuro.Experiments.Reporting;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Experiments.Shapes;
using Lepton.Neuro.Experiments.Sweeps;

namespace Lepton.Neuro.Experiments.Tests;

public class SweepTests
{
    static string[] Values(string grid) => [.. GridAxis.Parse(grid, new TinyExperiment(), isDrawn: false).Values];

    [Theory]
    [InlineData("hidden-neurons=100,400", "100,400")]
    [InlineData("hidden-neurons=1..64x2", "1,2,4,8,16,32,64")]
    [InlineData("hidden-neurons=1..100x3", "1,3,9,27,81")]
    [InlineData("hidden-neurons=3..5", "3,4,5")]
    [InlineData("hidden-neurons=5,1..3,2", "5,1,2,3")]
    [InlineData("learning-rate=0..0.3+0.1", "0,0.1,0.2,0.3")]
    [InlineData("learning-rate=0.001..0.1x10", "0.001,0.01,0.1")]
    [InlineData("encoding=latency,poisson", "latency,poisson")]
    [InlineData("prune=true,false", "true,false")]
    [InlineData("epochs=1..9x3", "1,3,9")]
    [InlineData("learning-rate=1e-3,5e-1", "1e-3,5e-1")]
    public void A_grid_is_read(string grid, string values) => Assert.Equal(values.Split(','), Values(grid));

    [Theory]
    [InlineData("--grid hiden-neurons=1,2", "has no setting hiden-neurons to vary: did you mean hidden-neurons?")]
    [InlineData("--grid hidden-neurons", "--grid is hidden-neurons; allowed: key=a,b,c")]
    [InlineData("--grid hidden-neurons=0,2", "Setting hidden-neurons is 0")]
    [InlineData("--grid hidden-neurons=1,x", "Setting hidden-neurons is x")]
    [InlineData("--grid learning-rate=0..1", "leaves open which values")]
    [InlineData("--grid learning-rate=0..1x2", "never ends")]
    [InlineData("--grid learning-rate=0..1+0", "never ends")]
    [InlineData("--grid hidden-neurons=9..1", "the range ends before it begins")]
    [InlineData("--grid learning-rate=0..1+0.00001", "more than 10000 values")]
    [InlineData("--grid epochs=0", "--epochs is 0")]
    [InlineData("--grid epochs=1 --grid epochs=2", "--grid is given twice for epochs")]
    [InlineData("--grid epochs=1,2 --epochs 3", "epochs is both set and varied")]
    [InlineData("--grid prune=true --set prune=false", "prune is both set and varied")]
    [InlineData("--seeds 0", "--seeds is 0")]
    [InlineData("--jobs 0", "--jobs is 0")]
    [InlineData("--random 3", "--random is 3; allowed: only together with --grid")]
    [InlineData("--halving epochs=3", "at least two budgets above 0, ascending")]
    [InlineData("--halving encoding=latency,poisson", "at least two budgets above 0, ascending")]
    [InlineData("--grid epochs=1,2 --halving epochs=1,2", "a key that --grid does not vary")]
    [InlineData("--seed 18446744073709551615 --seeds 2", "--seed is 18446744073709551615; allowed: one that 2 seeds can begin with")]
    public void Bad_input_is_one_line_and_nothing_is_written(string options, string message)
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.BadInput, bench.Run(["sweep", "tiny", .. options.Split(' ')]));
        Assert.Contains(message, bench.Error, StringComparison.Ordinal);
        Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
        Assert.Empty(bench.Entries());
    }

    [Fact]
    public void A_sweep_runs_every_place_with_every_seed_and_says_the_best()
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run("sweep", "tiny", "--grid", "learning-rate=0.1,0.5", "--grid", "encoding=latency,poisson", "--seeds", "3", "--jobs", "2", "--json"));
        Assert.Equal(12, bench.Entries().Count(e => e.EndsWith("/results.json", StringComparison.Ordinal)));
        Assert.Contains("out/sweep-tiny/learning-rate=0.5,encoding=poisson/seed-44/config.yaml", bench.Entries());
        var json = JsonDocument.Parse(bench.Output.TrimEnd('\n').Split('\n')[^1]).RootElement;
        Assert.Equal(12, json.GetProperty("runs").GetInt32());
        Assert.Equal("0.5", json.GetProperty("best").GetProperty("learning-rate").GetString());
        Assert.Equal(4, json.GetProperty("points").GetArrayLength());
        Assert.Equal(0.1, json.GetProperty("points")[0].GetProperty("metrics").GetProperty("accuracy.full").GetProperty("mean").GetDouble());
        string[] table = bench.Read("out/sweep-tiny/table.csv").TrimEnd('\n').Split('\n');
        Assert.Equal("learning-rate,encoding,seeds,accuracy.full.mean,accuracy.full.low95,accuracy.full.high95,perInference.energyJoules.mean,perInference.energyJoules.low95,perInference.energyJoules.high95,failure", table[0]);
        Assert.Equal("0.5,poisson,3,0.5,0.5,0.5,1E-09,1E-09,1E-09,", table[^1]);
        Assert.StartsWith("learning-rate,encoding,experiment,seed,", bench.Read("out/sweep-tiny/runs.csv"), StringComparison.Ordinal);
        Assert.Contains("the largest accuracy at full precision is that of learning-rate=0.5", bench.Read("out/sweep-tiny/report.html"), StringComparison.Ordinal);
        Assert.Contains("<span>Asked</span>", bench.Read("out/sweep-tiny/report.html"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_sweep_that_is_asked_for_more_runs_only_what_is_missing()
    {
        using var bench = new Bench();
        var run = new List<string>();
        var experiment = new TinyExperiment { Meanwhile = context => { lock (run) run.Add($"{context.Get(TinyExperiment.Hidden)}-{context.Seed}"); } };
        Assert.Equal(ExitCodes.Success, bench.Run(experiment, "sweep", "tiny", "--grid", "hidden-neurons=1,2", "--seeds", "2"));
        Assert.Equal(["1-42", "1-43", "2-42", "2-43"], run.Order());
        run.Clear();
        Assert.Equal(ExitCodes.Success, bench.Run(experiment, "sweep", "tiny", "--grid", "hidden-neurons=2,3", "--seeds", "3"));
        Assert.Equal(["2-44", "3-42", "3-43", "3-44"], run.Order());
        Assert.Contains("2 of 6 were done before", bench.Output, StringComparison.Ordinal);

        // A folder of other runs is neither used nor changed.
        Assert.Equal(ExitCodes.BadInput, bench.Run(experiment, "sweep", "tiny", "--grid", "hidden-neurons=2,3", "--set", "learning-rate=0.5"));
        Assert.Contains("is of a sweep with learning-rate=0.01; allowed: a folder of this sweep or a new one", bench.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_fails_leaves_the_others_and_is_tried_again()
    {
        using var bench = new Bench();
        bool broken = true;
        var experiment = new TinyExperiment
        {
            Meanwhile = context =>
            {
                if (broken && context.Get(TinyExperiment.Hidden) == 2 && context.Seed == 43) throw new InvalidInputException("the weather", "bad", "better");
            },
        };
        string[] sweep = ["sweep", "tiny", "--grid", "hidden-neurons=1,2", "--seeds", "2"];
        Assert.Equal(ExitCodes.BadInput, bench.Run(experiment, sweep));
        Assert.Equal("lepton: 1 of 2 configurations failed, the first with hidden-neurons=2: the weather is bad; allowed: better\n", bench.Error);
        Assert.Equal(3, bench.Entries().Count(e => e.EndsWith("/results.json", StringComparison.Ordinal)));
        broken = false;
        Assert.Equal(ExitCodes.Success, bench.Run(experiment, sweep));
        Assert.Equal(4, bench.Entries().Count(e => e.EndsWith("/results.json", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_figure_that_is_not_measured_is_told_after_the_first_run_which_is_kept()
    {
        using var bench = new Bench();
        string[] sweep = ["sweep", "tiny", "--grid", "hidden-neurons=1,2,3", "--jobs", "1"];
        Assert.Equal(ExitCodes.BadInput, bench.Run([.. sweep, "--metric", "accuracy.ful"]));
        Assert.Equal("lepton: --metric is accuracy.ful, which tiny does not measure: did you mean accuracy.full?\n", bench.Error);
        Assert.Equal(1, bench.Entries().Count(e => e.EndsWith("/results.json", StringComparison.Ordinal)));
        Assert.Equal(ExitCodes.Success, bench.Run([.. sweep, "--metric", "accuracy.full"]));
        Assert.Contains("1 of 3 were done before", bench.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_of_a_report_have_intervals_where_there_are_seeds()
    {
        using var bench = new Bench();
        string Report(string seeds, string folder)
        {
            Assert.True(bench.Run("sweep", "tiny", "--grid", "learning-rate=0.1,0.2", "--grid", "hidden-neurons=1,2", "--seeds", seeds, "--out", folder, "--quiet") == ExitCodes.Success, bench.Error);
            return bench.Read($"{folder}/report.html");
        }
        string several = Report("2", "a"), one = Report("1", "b");
        Assert.Contains("A point is the mean over the seeds, with its 95 % interval.", several, StringComparison.Ordinal);
        // One bar of two places a line: each place twice, and a gap.
        Assert.Contains("\"hoverinfo\":\"skip\"", several, StringComparison.Ordinal);
        Assert.Contains("A point is a run.", one, StringComparison.Ordinal);
        Assert.DoesNotContain("\"hoverinfo\":\"skip\"", one, StringComparison.Ordinal);
    }

    [Fact]
    public void A_random_search_draws_the_same_places_from_the_same_seed()
    {
        using var bench = new Bench();
        string Draw(string folder, string seed)
        {
            Assert.True(bench.Run("sweep", "tiny", "--grid", "learning-rate=0.001..0.1log", "--grid", "hidden-neurons=1..1000", "--grid", "encoding=latency,poisson", "--random", "40", "--seed", seed, "--out", folder, "--quiet") == ExitCodes.Success, bench.Error);
            return bench.Read($"{folder}/table.csv");
        }
        string first = Draw("a", "1");
        Assert.Equal(first, Draw("b", "1"));
        Assert.NotEqual(first, Draw("c", "2"));
        string[][] rows = [.. first.TrimEnd('\n').Split('\n').Skip(1).Select(line => line.Split(','))];
        Assert.Equal(40, rows.Length);
        double[] rates = [.. rows.Select(row => double.Parse(row[0], CultureInfo.InvariantCulture))];
        Assert.All(rates, rate => Assert.InRange(rate, 0.001, 0.1));
        // Four digits, as a person would type them.
        Assert.All(rates, rate => Assert.Equal(double.Parse(rate.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), rate));
        // Uniform in the logarithm: half of them below the geometric mean, but for chance.
        Assert.InRange(rates.Count(rate => rate < 0.01), 10, 30);
        Assert.All(rows, row => Assert.InRange(int.Parse(row[1], CultureInfo.InvariantCulture), 1, 1000));
        Assert.Equal(2, rows.Select(row => row[2]).Distinct().Count());
    }

    [Fact]
    public void Halving_gives_the_best_a_larger_budget()
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run("sweep", "tiny", "--grid", "learning-rate=0.1..0.9+0.1", "--halving", "epochs=1..9x3", "--json", "--quiet"));
        var json = JsonDocument.Parse(bench.Output).RootElement;
        string[] places = [.. json.GetProperty("points").EnumerateArray().Select(p => $"{p.GetProperty("settings").GetProperty("learning-rate").GetString()} {p.GetProperty("settings").GetProperty("epochs").GetString()}")];
        Assert.Equal([.. Enumerable.Range(1, 9).Select(i => $"0.{i} 1"), "0.9 3", "0.8 3", "0.7 3", "0.9 9"], places);
        Assert.Equal("0.9", json.GetProperty("best").GetProperty("learning-rate").GetString());
    }

    [Fact]
    public void Killed_twice_it_finishes_with_every_result_and_repeats_none()
    {
        using var bench = new Bench();
        string[] sweep = ["sweep", "shapes", "--grid", "hidden=4,8", "--grid", "learning-rate=0.001..0.004x2", "--seeds", "3", "--jobs", "2", "--epochs", "1", "--set", "train-images=600", "--set", "test-images=20", "--set", "size=16"];
        string[] Done() => [.. bench.Entries().Where(e => e.StartsWith("parts/", StringComparison.Ordinal) && e.EndsWith("/results.json", StringComparison.Ordinal) && !e.Contains("/.", StringComparison.Ordinal))];
        var seen = new Dictionary<string, (DateTime Written, string Text)>(StringComparer.Ordinal);
        int kills = 0;
        foreach (int enough in (ReadOnlySpan<int>)[2, 7])
        {
            using var process = Lepton.Start(bench.Folder, [.. sweep, "--out", "parts", "--quiet"]);
            if (Lepton.KillWhen(process, () => Done().Length >= enough, 20)) kills++;
            else Assert.Fail(process.StandardError.ReadToEnd());
            foreach (string file in Done())
            {
                var now = (File.GetLastWriteTimeUtc(bench.At(file)), bench.Read(file));
                if (!seen.TryAdd(file, now)) Assert.Equal(seen[file], now);
            }
        }
        Assert.True(kills == 2 && seen.Count is >= 7 and < 18, $"{kills} kills, {seen.Count} results");
        Assert.True(bench.Run(new ShapesExperiment(), [.. sweep, "--out", "parts"]) == ExitCodes.Success, bench.Error);
        Assert.Contains($"{seen.Count} of 18 were done before", bench.Output, StringComparison.Ordinal);
        Assert.Equal(18, Done().Length);
        foreach (var (file, then) in seen) Assert.Equal(then, (File.GetLastWriteTimeUtc(bench.At(file)), bench.Read(file)));

        Assert.True(bench.Run(new ShapesExperiment(), [.. sweep, "--out", "whole", "--quiet"]) == ExitCodes.Success, bench.Error);
        Assert.Equal(bench.Read("whole/table.csv"), bench.Read("parts/table.csv"));
        foreach (string file in Done())
            Assert.Equal(ResultFiles.FromJson(bench.Read(file.Replace("parts/", "whole/", StringComparison.Ordinal))).SpikeHash, ResultFiles.FromJson(bench.Read(file)).SpikeHash);
    }

    [Fact]
    public void A_folder_that_another_sweep_is_writing_to_is_refused()
    {
        using var bench = new Bench();
        using var other = new Bench(bench.Folder);
        int refused = 0;
        var experiment = new TinyExperiment
        {
            Meanwhile = _ =>
            {
                if (other.Run("sweep", "tiny") == ExitCodes.BadInput && other.Error.Contains("which another run is writing to", StringComparison.Ordinal)) refused++;
            },
        };
        Assert.Equal(ExitCodes.Success, bench.Run(experiment, "sweep", "tiny", "--jobs", "1"));
        Assert.Equal(1, refused);
    }

    [Fact]
    public void Intervals_are_those_of_the_tables_of_t()
    {
        // Student's t at 97.5 %: 12.706 for one degree of freedom, 4.303 for two, 2.776 for four.
        Assert.Equal(12.706, Sample.Of([0, 2]).HalfWidth, 0.001);
        Assert.Equal(4.303 / Math.Sqrt(3), Sample.Of([-1, 0, 1]).HalfWidth, 0.001);
        Assert.Equal(2.776 * Math.Sqrt(2.5 / 5), Sample.Of([1, 2, 3, 4, 5, double.NaN]).HalfWidth, 0.001);
        Assert.True(double.IsNaN(Sample.Of([1]).HalfWidth) && double.IsNaN(Sample.Of([]).Mean));
    }

    [Fact]
    public void Differences_are_judged_as_textbooks_do()
    {
        // Gosset's own sleep data (1908): paired t = 4.0621, p = 0.002833; Welch t = 1.8608, p = 0.07939, 95 % interval -0.2055 to 3.3655.
        double[] first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0], second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        var paired = SampleDifference.Paired(first, second);
        Assert.Equal(1.58, paired.Difference, 1e-9);
        Assert.Equal(0.002833, paired.Chance, 1e-6);
        var welch = SampleDifference.Welch(first, second);
        Assert.Equal(0.07939, welch.Chance, 1e-5);
        Assert.Equal(3.3655, welch.Difference + welch.HalfWidth, 1e-4);
        Assert.Equal((0, 1), (SampleDifference.Paired([1, 2], [1, 2]).Difference, SampleDifference.Paired([1, 2], [1, 2]).Chance));
        Assert.Equal(0, SampleDifference.Welch([1, 1], [2, 2]).Chance);
        Assert.True(double.IsNaN(SampleDifference.Welch([1], [2]).Chance));
    }
}
