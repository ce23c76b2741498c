using System.Globalization;
using System.Text.Json;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Tests;

public class RunTests
{
    static readonly string[] Written = ["config.yaml", "network.txt", "report.html", "results.csv", "results.json"];

    [Fact]
    public void A_run_writes_its_files_and_nothing_else()
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run("run", "tiny", "--seed", "7"));
        Assert.Equal(["out", "out/tiny-7", .. Written.Select(name => $"out/tiny-7/{name}")], bench.Entries());
        Assert.Equal("weights", bench.Read("out/tiny-7/network.txt"));
    }

    [Fact]
    public void The_table_comes_last_and_quiet_prints_only_it()
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run("run", "tiny"));
        Assert.Contains("Learning [1]: 10 of 10 images", bench.Output, StringComparison.Ordinal);
        Assert.Contains("half way [50%]", bench.Output, StringComparison.Ordinal);
        // The sentence of the page, and then where it is.
        Assert.Contains("\n\nAn inference takes 1.00 nJ, 30.0 times less than a conventional network", bench.Output, StringComparison.Ordinal);
        Assert.Contains($".\nResults and report.html are in {bench.At("out/tiny-42")}\n", bench.Output, StringComparison.Ordinal);
        Assert.Matches("Rate +│ +4.50 Hz", bench.Output);
        Assert.EndsWith("╯", bench.Output.TrimEnd(), StringComparison.Ordinal);

        Assert.Equal(ExitCodes.Success, bench.Run("run", "tiny", "--quiet"));
        Assert.StartsWith("tiny", bench.Output.TrimStart(), StringComparison.Ordinal);
        Assert.DoesNotContain("Learning", bench.Output, StringComparison.Ordinal);
        Assert.EndsWith("╯", bench.Output.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal("", bench.Error);
    }

    [Fact]
    public void Json_is_the_last_line_and_agrees_with_the_file()
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run("run", "tiny", "--json"));
        var line = bench.Output.TrimEnd('\n').Split('\n')[^1];
        var printed = ResultFiles.FromJson(line);
        Assert.Equal(ResultFiles.ToJson(printed), bench.Read("out/tiny-42/results.json"));
        Assert.Equal(("tiny", 42UL, BuildInformation.Commit), (printed.Experiment, printed.Seed, printed.Commit));
        Assert.Null(printed.Accuracy.Compressed);
        Assert.Null(printed.Accuracy.Mapped);

        Assert.Equal(ExitCodes.Success, bench.Run("run", "tiny", "--json", "--quiet"));
        Assert.Single(bench.Output.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void Csv_is_a_header_and_a_row_of_the_same_length()
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run("run", "tiny", "--set", "note=a,b"));
        var records = ParseCsv(bench.Read("out/tiny-42/results.csv"));
        Assert.Equal(2, records.Count);
        Assert.Equal(records[0].Count, records[1].Count);
        var row = records[0].Zip(records[1]).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
        Assert.Equal("42", row["seed"]);
        Assert.Equal("", row["accuracy.compressed"]);
        Assert.Equal("a,\"b\"\nc", row["extra.remark"]);
        Assert.Equal(1e-9, double.Parse(row["perInference.energyJoules"], CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Results_have_the_same_columns_whatever_was_measured()
    {
        var nothing = ParseCsv(ResultFiles.ToCsv(new RunResult()))[0];
        var something = ParseCsv(ResultFiles.ToCsv(new RunResult { Train = new TrainResult { Images = 1 }, SpikeHash = "x" }))[0];
        Assert.Equal(nothing, something);
        Assert.Contains("perInference.energyBreakdown.static", nothing, StringComparer.Ordinal);
    }

    [Fact]
    public void A_configuration_read_back_gives_the_same_configuration_and_results()
    {
        using var bench = new Bench();
        Directory.CreateDirectory(bench.At("my data"));
        Assert.Equal(ExitCodes.Success, bench.Run("run", "tiny", "--seed", "18446744073709551615", "--threads", "3", "--vector-bits", "256", "--epochs", "4",
            "--data", "my data", "--out", "first", "--set", "learning-rate=0.1", "--set", "membrane-time=1e2", "--set", "encoding=poisson", "--set", "prune=false",
            "--set", "hidden-neurons=7", "--set", "note=no: # 'x' \"y\" ~ {a} – µ", "--quiet"));
        Assert.Equal(ExitCodes.Success, bench.Run("run", "--config", "first/config.yaml", "--out", "second", "--quiet"));
        Assert.Equal(bench.Read("first/config.yaml"), bench.Read("second/config.yaml"));
        Assert.Equal(ResultFiles.FromJson(bench.Read("first/results.json")).SpikeHash, ResultFiles.FromJson(bench.Read("second/results.json")).SpikeHash);
        Assert.Contains("note: \"no: # 'x' \\\"y\\\" ~ {a} – µ\"", bench.Read("first/config.yaml"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_line_wins_over_the_configuration()
    {
        using var bench = new Bench();
        File.WriteAllText(bench.At("c.yaml"), "experiment: tiny\nseed: 5\nepochs: 3\nsettings:\n  hidden-neurons: 9\n  encoding: poisson\n");
        Assert.Equal(ExitCodes.Success, bench.Run("run", "tiny", "--config", "c.yaml", "--seed", "6", "--set", "hidden-neurons=10", "--quiet"));
        Assert.Equal("6-3-10-poisson-True-", ResultFiles.FromJson(bench.Read("out/tiny-6/results.json")).SpikeHash);
    }

    [Theory]
    [InlineData("", "one YAML mapping")]
    [InlineData("- a\n- b\n", "one YAML mapping")]
    [InlineData("seed: [1\n", "is not YAML at line")]
    [InlineData("seed: 1\nseed: 2\n", "is not YAML at line")]
    [InlineData("sead: 1\n", "unknown key sead: did you mean seed?")]
    [InlineData("seed: [1, 2]\n", "seed in")]
    [InlineData("seed: x\n", "--seed is x")]
    [InlineData("experiment: other\n", "for experiment other")]
    [InlineData("settings: 3\n", "settings in")]
    [InlineData("settings:\n  learning-rat: 0\n", "did you mean learning-rate?")]
    [InlineData("settings:\n  learning-rate: 2\n", "Setting learning-rate is 2")]
    [InlineData("a: &a [*a]\n", "unknown key a")]
    [InlineData("version: 99.0.0\n", "99.0.0, newer than this program; allowed: versions up to")]
    [InlineData("version: new\n", "allowed: a version such as")]
    public void A_configuration_that_is_wrong_is_bad_input(string yaml, string message)
    {
        using var bench = new Bench();
        File.WriteAllText(bench.At("c.yaml"), yaml);
        Assert.Equal(ExitCodes.BadInput, bench.Run("run", "tiny", "--config", "c.yaml"));
        Assert.Contains(message, bench.Error, StringComparison.Ordinal);
        Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
        Assert.Equal(["c.yaml"], bench.Entries());
    }

    [Fact]
    public void A_folder_that_a_run_is_writing_to_is_refused_and_left_alone()
    {
        using var bench = new Bench();
        using var other = new Bench(bench.Folder);
        var experiment = new TinyExperiment
        {
            Meanwhile = _ =>
            {
                Assert.Equal(ExitCodes.BadInput, other.Run("run", "tiny"));
                Assert.Contains("tiny-42, which another run is writing to; allowed: another folder", other.Error, StringComparison.Ordinal);
                Assert.Single(other.Error.TrimEnd('\n').Split('\n'));
            },
        };
        Assert.Equal(ExitCodes.Success, bench.Run(experiment, "run", "tiny", "--quiet"));
        Assert.Equal(["out", "out/tiny-42", .. Written.Select(name => $"out/tiny-42/{name}")], bench.Entries());
        Assert.Equal(ExitCodes.Success, bench.Run("run", "tiny", "--quiet"));
    }

    [Fact]
    public void What_a_killed_run_left_behind_goes_with_the_next_one()
    {
        using var bench = new Bench();
        Directory.CreateDirectory(bench.At("out/tiny-42/.unfinished-0123"));
        File.WriteAllText(bench.At("out/tiny-42/.unfinished-0123/results.json"), "half");
        File.WriteAllText(bench.At("out/tiny-42/.lock"), "");
        Assert.Equal(ExitCodes.Success, bench.Run("run", "tiny", "--quiet"));
        Assert.Equal(["out", "out/tiny-42", .. Written.Select(name => $"out/tiny-42/{name}")], bench.Entries());
    }

    [Fact]
    public void A_full_disk_is_one_line_and_leaves_earlier_results()
    {
        if (!OperatingSystem.IsLinux()) return;
        using var bench = new Bench();
        string[] small = ["run", "digits", "--quiet", "--epochs", "1", "--set", "train-images=50", "--set", "test-images=20", "--set", "hidden=8", "--out", "o"];
        Assert.Equal(ExitCodes.Success, bench.Run(new Digits.DigitsExperiment(), small));
        var before = bench.Entries().Where(e => File.Exists(bench.At(e))).ToDictionary(e => e, bench.Read, StringComparer.Ordinal);
        // No file may grow beyond 32 KiB: the report can't be written, as on a full disk. Without W^X, for its mappings are files too.
        var how = new System.Diagnostics.ProcessStartInfo("bash")
        {
            ArgumentList = { "-c", "trap '' XFSZ; ulimit -f 32; exec dotnet \"$@\"", "bash", Path.Combine(AppContext.BaseDirectory, "lepton.dll") },
            WorkingDirectory = bench.Folder,
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_EnableWriteXorExecute"] = "0" },
        };
        foreach (string word in small) how.ArgumentList.Add(word);
        using var process = System.Diagnostics.Process.Start(how)!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Matches("^lepton: --out is [^\n]*, where report.html cannot be written: [^\n]*; earlier results there are untouched\n$", error);
        Assert.Equal(ExitCodes.BadInput, process.ExitCode);
        Assert.Equal(before, bench.Entries().Where(e => File.Exists(bench.At(e))).ToDictionary(e => e, bench.Read, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("../escape")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("results.json")]
    public void A_file_of_an_experiment_stays_in_its_folder(string name)
    {
        using var bench = new Bench();
        var experiment = new TinyExperiment { Meanwhile = context => Assert.Throws<ArgumentException>(() => context.AddFile(name, _ => { })) };
        Assert.Equal(ExitCodes.Success, bench.Run(experiment, "run", "tiny", "--quiet"));
        Assert.DoesNotContain(bench.Entries(), entry => entry.EndsWith("escape", StringComparison.Ordinal));
    }

    [Fact]
    public void A_setting_that_is_not_listed_cannot_be_asked_for()
    {
        using var bench = new Bench();
        var stranger = new FlagSetting("stranger", "Not listed", false);
        var experiment = new TinyExperiment { Meanwhile = context => Assert.Throws<ArgumentException>(() => context.Get(stranger)) };
        Assert.Equal(ExitCodes.Success, bench.Run(experiment, "run", "tiny", "--quiet"));
    }

    [Fact]
    public void Hostile_texts_and_numbers_keep_results_well_formed()
    {
        var hostile = "\"\\\0\u0001\n\r\t</script>\u2028\ud800 =1+1,;é漢😀";
        var result = new RunResult
        {
            SpikeHash = hostile,
            Train = new TrainResult { ImagesPerSecond = double.NegativeInfinity },
            WallSeconds = double.NaN,
            Extra = new Dictionary<string, ExtraValue>(StringComparer.Ordinal) { [hostile] = hostile, ["nan"] = double.NaN },
        };
        Assert.DoesNotContain('\n', ResultFiles.ToJsonLine(result));
        using var document = JsonDocument.Parse(ResultFiles.ToJson(result));
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("wallSeconds").ValueKind);
        Assert.Equal(hostile.Replace('\ud800', '\ufffd'), document.RootElement.GetProperty("spikeHash").GetString());
        var records = ParseCsv(ResultFiles.ToCsv(result));
        Assert.Equal(2, records.Count);
        Assert.Equal(records[0].Count, records[1].Count);
    }

    [Fact]
    public void The_example_in_the_documentation_runs()
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run(new CoinExperiment(), "run", "coin", "--set", "bias=1", "--quiet"));
        Assert.Equal(1, ResultFiles.FromJson(bench.Read("out/coin-42/results.json")).Accuracy.Full);
    }

    [Fact]
    public void The_example_in_the_documentation_is_the_one_that_runs()
    {
        var source = File.ReadAllText(Path.Combine(SourceFolder(), "CoinExperiment.cs"));
        var documentation = File.ReadAllText(Path.Combine(SourceFolder(), "../../Experiments/Running/IExperiment.cs"));
        var shown = documentation.Split("<code>\n")[1].Split("\n/// </code>")[0].Split('\n').Select(line => line.Length > 4 ? line[4..] : "");
        Assert.Equal(source[source.IndexOf("sealed class", StringComparison.Ordinal)..].TrimEnd(), System.Net.WebUtility.HtmlDecode(string.Join('\n', shown)));
    }

    static string SourceFolder()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "CoinExperiment.cs")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("CoinExperiment.cs is not above the test's folder.");
        return folder;
    }

    /// <summary>A reader of RFC 4180, written to be obvious.</summary>
    static List<List<string>> ParseCsv(string text)
    {
        var records = new List<List<string>>();
        var record = new List<string>();
        var field = new System.Text.StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (isQuoted)
            {
                if (text[i] != '"')
                    field.Append(text[i]);
                else if (i + 1 < text.Length && text[i + 1] == '"')
                    field.Append(text[i++]);
                else
                    isQuoted = false;
            }
            else if (text[i] == '"')
            {
                isQuoted = true;
            }
            else if (text[i] is ',' or '\n')
            {
                record.Add(field.ToString());
                field.Clear();
                if (text[i] == '\n')
                {
                    records.Add(record);
                    record = [];
                }
            }
            else
            {
                field.Append(text[i]);
            }
        }
        return records;
    }

    [Fact]
    public void Without_a_folder_a_run_of_other_settings_is_kept()
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run("run", "tiny", "--quiet"));
        string before = bench.Read("out/tiny-42/results.json");
        Assert.Equal(ExitCodes.Success, bench.Run("run", "tiny", "--set", "hidden-neurons=7"));
        Assert.Contains("out/tiny-42 holds a run with other settings, which is kept", bench.Output, StringComparison.Ordinal);
        Assert.Equal(before, bench.Read("out/tiny-42/results.json"));
        Assert.StartsWith("42-2-7-", ResultFiles.FromJson(bench.Read("out/tiny-42-2/results.json")).SpikeHash, StringComparison.Ordinal);
        // The same settings are the same run, wherever it lies.
        Assert.Equal(ExitCodes.Success, bench.Run("run", "tiny", "--set", "hidden-neurons=7", "--quiet"));
        Assert.Equal(ExitCodes.Success, bench.Run("run", "tiny", "--quiet"));
        Assert.Equal(["tiny-42", "tiny-42-2"], Directory.GetDirectories(bench.At("out")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("run tiny --set hidden-neurons=3 --set hidden-neurons=4", "Setting hidden-neurons is given as 3 and as 4; allowed: one value")]
    [InlineData("run tiny --hidden-neurons 3", "There is no option --hidden-neurons here: hidden-neurons is a setting, as in --set hidden-neurons=40")]
    [InlineData("run tiny --data mnst", "--data is mnst; allowed: a folder that exists, or the name of a data set: did you mean mnist?")]
    [InlineData("energy tiny --machine lohi", "--machine is lohi; allowed: crossbar, loihi, odin, spinnaker2, truenorth, or the path of a YAML file: did you mean loihi?")]
    public void What_is_nearly_right_is_told_what_is(string command, string message)
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.BadInput, bench.Run(command.Split(' ')));
        Assert.Equal($"lepton: {message}\n", bench.Error);
        Assert.Empty(bench.Entries());
    }
}
