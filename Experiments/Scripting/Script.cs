using System.Globalization;
using System.Runtime.InteropServices;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Scripting;

/// <summary>Runs an experiment that is a program of one file: <c>dotnet run digits-stdp.cs -- --neurons 400 --seed 7</c>. It is an experiment like those of <c>lepton run</c>: its settings are options, its
/// values are checked, it writes results.json, config.yaml and report.html, and it says where its picture is.</summary>
/// <example><code>
/// var sides = new WholeNumberSetting("sides", "Sides of the die", 6, 2, 100);
/// return Script.Run("die", "How high does a die fall?", args, [sides], run =&gt;
/// {
///     var random = new System.Random((int)run.Seed);
///     double[] falls = [.. Enumerable.Range(0, 100).Select(_ =&gt; 1.0 + random.Next(run.Get(sides)))];
///     run.Show("The line is one throw after the other.", LineChart.Of("Throws", new("Throw"), new("Eyes"), new LineSeries("die", [.. falls.Select((_, i) =&gt; i + 1.0)], falls)));
///     run.Found("meanEyes", falls.Average());
///     return $"A die of {run.Get(sides)} sides falls {falls.Average():F2} on average.";
/// });
/// </code></example>
public static class Script
{
    // The options of `lepton run` that make sense without data and epochs.
    static readonly string[] Options = ["--seed", "--threads", "--vector-bits", "--out", "--set", "--config", "--checkpoint", "--every"];
    static readonly string[] Flags = ["--quiet", "--json", "--help", "-h", "-?"];

    /// <summary>Runs a script.</summary>
    /// <param name="name">Its name: lower-case letters, digits and hyphens. Results go to <c>out/name-seed</c> unless <c>--out</c> says otherwise.</param>
    /// <param name="question">What it asks: a sentence.</param>
    /// <param name="arguments">What was typed: <c>--key value</c> for each setting, and options of <c>lepton run</c>.</param>
    /// <param name="settings">What can be changed.</param>
    /// <param name="body">Runs it, and says in a sentence with figures what came out.</param>
    /// <returns>The exit code of the process, one of <see cref="ExitCodes"/>.</returns>
    public static int Run(string name, string question, IReadOnlyList<string> arguments, IReadOnlyList<Setting> settings, Func<ScriptRun, string> body)
    {
        using var cancellation = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = !cancellation.IsCancellationRequested;
            cancellation.Cancel();
        }
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return Run(name, question, arguments, settings, body, Host.ForProcess([], cancellation.Token));
    }

    /// <summary>Runs a script in a world of its own: for tests.</summary>
    internal static int Run(string name, string question, IReadOnlyList<string> arguments, IReadOnlyList<Setting> settings, Func<ScriptRun, string> body, Host host)
    {
        var experiment = new ScriptExperiment(name, question, settings, body);
        try
        {
            int code = CommandLine.Run(["run", name, .. Translate(arguments, settings)], host with { Experiments = [experiment] });
            if (code == ExitCodes.Success && experiment.Picture is { } picture && !arguments.Contains("--json", StringComparer.Ordinal)) host.Output.WriteLine($"Picture: {picture}");
            return code;
        }
        catch (InvalidInputException error)
        {
            host.Error.WriteLine($"{name}: {error.Message.ReplaceLineEndings(" ")}");
            return ExitCodes.BadInput;
        }
    }

    // A script's settings are options of their own; all else is passed on.
    static List<string> Translate(IReadOnlyList<string> arguments, IReadOnlyList<Setting> settings)
    {
        var passed = new List<string>();
        for (int i = 0; i < arguments.Count; i++)
        {
            string word = arguments[i], option = word.Split('=', 2)[0];
            if (Flags.Contains(option))
            {
                passed.Add(word);
                continue;
            }
            bool isSetting = settings.Any(s => $"--{s.Key}" == option);
            if (!isSetting && !Options.Contains(option))
                throw new InvalidInputException($"There is no option {option} here: {Nearest.Hint(option, [.. settings.Select(s => $"--{s.Key}"), .. Options])}");
            string value = word.Contains('=', StringComparison.Ordinal) ? word[(option.Length + 1)..]
                : i + 1 < arguments.Count ? arguments[++i]
                : throw new InvalidInputException(option, "given without a value", string.Create(CultureInfo.InvariantCulture, $"{option} followed by one"));
            passed.AddRange(isSetting ? ["--set", $"{option[2..]}={value}"] : [option, value]);
        }
        return passed;
    }

    // The runtime knows which file a program of one file is.
    static string File(string name)
    {
        if (AppContext.GetData("EntryPointFilePath") is not string path || path.Length == 0) return $"{name}.cs";
        string near = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return near.StartsWith("..", StringComparison.Ordinal) ? path : near;
    }

    sealed class ScriptExperiment(string name, string question, IReadOnlyList<Setting> settings, Func<ScriptRun, string> body) : IExperiment
    {
        public string Name => name;

        public string Summary => question;

        public IReadOnlyList<Setting> Settings => settings;

        public bool CanResume => true;

        public IReadOnlyList<string> Command { get; } = ["dotnet", "run", File(name), "--"];

        public string? Picture { get; private set; }

        public RunResult Run(RunContext context)
        {
            var run = new ScriptRun(context);
            context.Report.Question = question;
            try
            {
                context.Report.Summary = body(run);
            }
            catch (OperationCanceledException)
            {
                run.KeepRuns();
                throw;
            }
            Picture = run.Picture;
            return run.Result;
        }
    }
}
