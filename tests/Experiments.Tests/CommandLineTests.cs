namespace Lepton.Neuro.Experiments.Tests;

public class CommandLineTests
{
    [Theory]
    [InlineData("rum", "did you mean run?")]
    [InlineData("--versoin", "did you mean --version?")]
    [InlineData("run", "Name the experiment to run: tiny")]
    [InlineData("run tinny", "did you mean tiny?")]
    [InlineData("run completely-different", "known: tiny")]
    [InlineData("run tiny more", "one word too many")]
    [InlineData("run tiny --epoch 3", "did you mean --epochs?")]
    [InlineData("run tiny --something-else 3", "; settings are given as --set key=value")]
    [InlineData("run --epoch=3", "did you mean --epochs?")]
    [InlineData("run tiny --seed", "--seed")]
    [InlineData("run tiny --seed -1", "--seed is -1; allowed: a whole number from 0 to 18446744073709551615")]
    [InlineData("run tiny --seed 1.5", "--seed is 1.5")]
    [InlineData("run tiny --seed 18446744073709551616", "--seed is 18446744073709551616")]
    [InlineData("run tiny --epochs 0", "--epochs is 0; allowed: a whole number from 1")]
    [InlineData("run tiny --epochs 99999999999999999999", "--epochs is 99999999999999999999")]
    [InlineData("run tiny --threads 0", "--threads is 0; allowed: a whole number from 1")]
    [InlineData("run tiny --threads many", "--threads is many")]
    [InlineData("run tiny --vector-bits 64", "--vector-bits is 64; allowed: auto, 128, 256 or 512")]
    [InlineData("run tiny --data missing", "--data is missing; allowed: a folder that exists")]
    [InlineData("run tiny --config missing.yaml", "missing.yaml; allowed: a YAML file that exists")]
    [InlineData("run tiny --set hiden-neurons=3", "no setting hiden-neurons: did you mean hidden-neurons?")]
    [InlineData("run tiny --set hidden-neurons", "--set is hidden-neurons; allowed: key=value")]
    [InlineData("run tiny --set =3", "allowed: key=value")]
    [InlineData("run tiny --set hidden-neurons=", "Setting hidden-neurons is empty")]
    [InlineData("run tiny --set hidden-neurons=0", "Setting hidden-neurons is 0; allowed: a whole number from 1 to 1000 neurons")]
    [InlineData("run tiny --set membrane-time=1001", "Setting membrane-time is 1001; allowed: a number from 1 to 1000 ms")]
    [InlineData("run tiny --set learning-rate=NaN", "Setting learning-rate is NaN")]
    [InlineData("run tiny --set learning-rate=Infinity", "Setting learning-rate is Infinity")]
    [InlineData("run tiny --set encoding=morse", "Setting encoding is morse; allowed: latency | poisson")]
    [InlineData("run tiny --set prune=perhaps", "Setting prune is perhaps; allowed: true | false")]
    public void Bad_input_is_one_line_and_code_2_and_nothing_is_written(string arguments, string message)
    {
        using var bench = new Bench();
        var code = bench.Run(arguments.Split(' '));
        Assert.Equal(ExitCodes.BadInput, code);
        Assert.Contains(message, bench.Error, StringComparison.Ordinal);
        Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
        Assert.StartsWith("lepton: ", bench.Error, StringComparison.Ordinal);
        Assert.Equal("", bench.Output);
        Assert.Empty(bench.Entries());
    }

    [Fact]
    public void An_output_folder_that_is_a_file_is_bad_input()
    {
        using var bench = new Bench();
        File.WriteAllText(bench.At("taken"), "mine");
        Assert.Equal(ExitCodes.BadInput, bench.Run("run", "tiny", "--out", "taken/inside"));
        Assert.Contains("--out is", bench.Error, StringComparison.Ordinal);
        Assert.Equal(["taken"], bench.Entries());
        Assert.Equal("mine", bench.Read("taken"));
    }

    [Fact]
    public void A_folder_of_data_that_an_experiment_needs_must_be_given()
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.BadInput, bench.Run(new TinyExperiment { DataNeeded = "the four MNIST files" }, "run", "tiny"));
        Assert.Contains("--data is missing; allowed: a folder with the four MNIST files", bench.Error, StringComparison.Ordinal);
        Assert.Empty(bench.Entries());
    }

    [Fact]
    public void Bad_input_found_while_running_is_one_line_and_code_2_and_nothing_is_written()
    {
        using var bench = new Bench();
        var experiment = new TinyExperiment { Meanwhile = _ => throw new InvalidInputException("File x\nof data", "cut short", "16 bytes") };
        Assert.Equal(ExitCodes.BadInput, bench.Run(experiment, "run", "tiny"));
        Assert.Equal("lepton: File x of data is cut short; allowed: 16 bytes\n", bench.Error);
        Assert.Empty(bench.Entries());
    }

    [Fact]
    public void Cancelling_is_code_130_and_says_what_is_kept()
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run("run", "tiny"));
        var before = Snapshot(bench);
        var experiment = new TinyExperiment
        {
            Meanwhile = context =>
            {
                bench.Cancel();
                context.Cancellation.ThrowIfCancellationRequested();
            },
        };
        Assert.Equal(ExitCodes.Cancelled, bench.Run(experiment, "run", "tiny"));
        Assert.Contains("the earlier results in", bench.Error, StringComparison.Ordinal);
        Assert.Equal(before, Snapshot(bench));
    }

    [Fact]
    public void Cancelling_a_first_run_leaves_no_folder()
    {
        using var bench = new Bench();
        bench.Cancel();
        Assert.Equal(ExitCodes.Cancelled, bench.Run("run", "tiny"));
        Assert.Contains("nothing new was written", bench.Error, StringComparison.Ordinal);
        Assert.Empty(bench.Entries());
    }

    [Fact]
    public void A_failing_experiment_leaves_earlier_results_untouched()
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run("run", "tiny"));
        var before = Snapshot(bench);
        var experiment = new TinyExperiment { Meanwhile = _ => throw new InvalidOperationException("a bug") };
        Assert.Equal(ExitCodes.Failure, bench.Run(experiment, "run", "tiny"));
        Assert.Contains("a bug", bench.Error, StringComparison.Ordinal);
        Assert.Equal(before, Snapshot(bench));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("run --help")]
    [InlineData("run tiny --help")]
    [InlineData("list --help")]
    public void Help_ends_with_an_example(string arguments)
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run(arguments.Split(' ')));
        var lines = bench.Output.TrimEnd().Split('\n');
        var example = Array.FindLastIndex(lines, line => line.StartsWith("Example:", StringComparison.Ordinal));
        Assert.True(example > 0 && lines[(example + 1)..].All(line => line.StartsWith("  lepton ", StringComparison.Ordinal)), bench.Output);
        Assert.Equal("", bench.Error);
    }

    [Theory]
    [InlineData("list")]
    [InlineData("run tiny --help")]
    public void Settings_are_shown_with_default_range_and_unit(string arguments)
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run(arguments.Split(' ')));
        Assert.Contains("--set membrane-time=20", bench.Output, StringComparison.Ordinal);
        Assert.Contains("a number from 1 to 1000 ms", bench.Output, StringComparison.Ordinal);
        Assert.Contains("latency | poisson", bench.Output, StringComparison.Ordinal);
        Assert.Contains("--epochs N    default 2", bench.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void List_shows_one_experiment_alone_where_it_is_named()
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run("list", "tiny"));
        Assert.StartsWith("tiny: ", bench.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.BadInput, bench.Run("list", "tinny"));
        Assert.Equal("lepton: There is no experiment tinny: did you mean tiny?\n", bench.Error);
    }

    [Fact]
    public void Help_names_what_stands_where_and_shows_the_examples_of_the_command_at_hand()
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run("--help"));
        Assert.Contains("  run <experiment>  ", bench.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Success, bench.Run("runs", "compare", "--help"));
        Assert.EndsWith("Example:\n  lepton runs compare out/digits-42 out/again\n\n", bench.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Success, bench.Run("runs", "--help"));
        Assert.Contains("  lepton runs list\n", bench.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Version_names_the_version_and_the_commit()
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run("--version"));
        Assert.Equal($"lepton {BuildInformation.Version} ({BuildInformation.Commit})\n", bench.Output);
        Assert.Matches(@"^\d+\.\d+\.\d+", BuildInformation.Version);
    }

    [Fact]
    public void No_arguments_show_help()
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.Success, bench.Run());
        Assert.Contains("Usage:", bench.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_catalogue_holds_names_that_can_be_typed_and_keys_that_are_unique()
    {
        var experiments = Running.Catalogue.All.Append(new TinyExperiment()).ToArray();
        Assert.Distinct(experiments.Select(experiment => experiment.Name), StringComparer.Ordinal);
        Assert.All(experiments, experiment =>
        {
            Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", experiment.Name);
            Assert.Distinct(experiment.Settings.Select(setting => setting.Key), StringComparer.Ordinal);
            Assert.All(experiment.Settings, setting => Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", setting.Key));
        });
    }

    static Dictionary<string, string> Snapshot(Bench bench) =>
        bench.Entries().ToDictionary(entry => entry, entry => File.Exists(bench.At(entry)) ? bench.Read(entry) : "", StringComparer.Ordinal);
}
