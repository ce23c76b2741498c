using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Lepton.Neuro.Experiments.Verbs;

namespace Lepton.Neuro.Experiments;

/// <summary>The command line of <c>lepton</c>: finds the verb, and turns every way to fail into an exit code and one line.</summary>
public static partial class CommandLine
{
    /// <summary>Runs one command.</summary>
    /// <param name="arguments">What was typed after <c>lepton</c>.</param>
    /// <param name="host">The world around.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static int Run(IReadOnlyList<string> arguments, Host host)
    {
        try
        {
            var root = Build(host);
            if (arguments is [var directive, ..] && Suggestion().Match(directive) is { Success: true } asked)
                return Suggest(root, asked, arguments, host);
            var parsed = root.Parse(arguments.Count == 0 ? ["--help"] : arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parsed.Errors.Count > 0 || UnknownOption(parsed) is not null)
                throw new InvalidInputException(Describe(parsed, host));
            // Errors, Ctrl-C included, are handled here and not by the library, so that each has its one line and its code.
            return parsed.Invoke(new InvocationConfiguration
            {
                Output = host.Output,
                Error = host.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
        catch (InvalidInputException error)
        {
            host.Error.WriteLine($"lepton: {OneLine(error.Message)}");
            return ExitCodes.BadInput;
        }
        catch (OperationCanceledException) when (host.Cancellation.IsCancellationRequested)
        {
            host.Error.WriteLine("lepton: cancelled.");
            return ExitCodes.Cancelled;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            host.Error.WriteLine($"lepton: {OneLine(error.Message)}");
            return ExitCodes.Failure;
        }
#pragma warning disable CA1031 // The last resort: whoever reports the bug needs all of it.
        catch (Exception error)
        {
            host.Error.WriteLine($"lepton: this is a bug in Lepton.Neuro {BuildInformation.Version} ({BuildInformation.Commit}), please report it:\n{error}");
            return ExitCodes.Failure;
        }
#pragma warning restore CA1031
    }

    static Command Build(Host host)
    {
        var version = new Option<bool>("--version")
        {
            Description = "Show the version and the commit it was built from",
            Action = new VersionAction(host),
        };
        var root = new Command("lepton", "Spiking neural networks: learn, compress, map to neuromorphic tiles, and measure.")
        {
            new HelpOption { Description = "Show help", Action = new HelpAction { MaxWidth = HelpWidth } },
            version,
        };
        foreach (var verb in VerbList.All)
        {
            var command = verb.Build(host);
            foreach (var helped in command.Subcommands.Prepend(command))
            {
                // Without a name of its own, help would show all that could stand there, which is long.
                foreach (var argument in helped.Arguments) argument.HelpName ??= argument.Name;
                if (!helped.Options.OfType<HelpOption>().Any())
                    helped.Options.Add(new HelpOption { Description = "Show help", Action = new VerbHelpAction(verb, host), Recursive = false });
            }
            root.Subcommands.Add(command);
        }
        root.Options.OfType<HelpOption>().Single().Action = new RootHelpAction(host);
        root.Options.OfType<HelpOption>().Single().Recursive = false;
        return root;
    }

    const int HelpWidth = 110;

    /// <summary>Answers a shell that wants to complete a word: what could stand at the cursor, a line each.</summary>
    static int Suggest(Command root, Match asked, IReadOnlyList<string> arguments, Host host)
    {
        string line = arguments.Count > 1 ? arguments[1] : "";
        int cursor = int.TryParse(asked.Groups["position"].Value, System.Globalization.CultureInfo.InvariantCulture, out int position) ? position : line.Length;
        // Shells cut the blank off that says that a new word begins.
        line = line.PadRight(Math.Clamp(cursor, 0, 1 << 16));
        // Options are offered to those who type a dash: names of things come first.
        bool wantsOption = line[..Math.Min(cursor, line.Length)].Split(' ')[^1].StartsWith('-');
        foreach (var item in root.Parse(line, new ParserConfiguration { ResponseFileTokenReplacer = null }).GetCompletions(cursor))
        {
            string text = item.InsertText ?? item.Label;
            if (text.StartsWith("--", StringComparison.Ordinal) == wantsOption && text is not ['-', _] and not ['/', ..])
                host.Output.WriteLine(text);
        }

        return ExitCodes.Success;
    }

    [GeneratedRegex(@"^\[suggest(:(?<position>\d{1,5}))?\]$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Suggestion();

    static string Describe(ParseResult parsed, Host host)
    {
        var command = parsed.CommandResult.Command;
        if (UnknownOption(parsed) is { } unknown)
        {
            var name = unknown.Split('=', ':')[0];
            if (command.Options.Any(option => option.Name == "--set") && SettingOf(parsed, host, name) is { } setting) return $"There is no option {name} here: {setting.Key} is a setting, as in --set {setting.Key}={setting.DefaultText}";
            var hint = Nearest.Hint(name, [.. command.Options.Select(option => option.Name)]);
            return $"There is no option {name} here: {hint}{(command.Options.Any(option => option.Name == "--set") && hint.StartsWith("known", StringComparison.Ordinal) ? "; settings are given as --set key=value" : "")}";
        }
        if (parsed.UnmatchedTokens.Count > 0)
        {
            var token = parsed.UnmatchedTokens[0];
            if (command.Subcommands.Count > 0)
                return $"There is no {(parsed.CommandResult == parsed.RootCommandResult ? "verb" : command.Name)} {token}: {Nearest.Hint(token, [.. command.Subcommands.Select(verb => verb.Name)])}";
            return $"{token} is one word too many for lepton {command.Name}";
        }
        return command.Subcommands.Count > 0
            ? $"Name a {(parsed.CommandResult == parsed.RootCommandResult ? "verb" : command.Name)}: {string.Join(", ", command.Subcommands.Select(verb => verb.Name))}"
            : parsed.Errors[0].Message;
    }

    /// <summary>The setting of the experiment that was named, where one is called as an option that there is not.</summary>
    static Running.Setting? SettingOf(ParseResult parsed, Host host, string option) =>
        host.Experiments.FirstOrDefault(experiment => parsed.Tokens.Any(token => token.Value == experiment.Name))?.Settings.FirstOrDefault(setting => $"--{setting.Key}" == option);

    /// <summary>A file's text may be in a message: line ends and what would steer a terminal become spaces.</summary>
    static string OneLine(string message) => string.Concat(message.ReplaceLineEndings(" ").Select(letter => char.IsControl(letter) ? ' ' : letter));

    /// <summary>The library takes a mistyped option for an argument wherever one fits.</summary>
    static string? UnknownOption(ParseResult parsed) =>
        parsed.Action is { ClearsParseErrors: true }
            ? null
            : parsed.CommandResult.Command.Arguments
                .SelectMany(argument => parsed.GetResult(argument)?.Tokens.Select(token => token.Value) ?? [])
                .Concat(parsed.UnmatchedTokens)
                .FirstOrDefault(token => token.StartsWith('-'));

    sealed class VersionAction(Host host) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            host.Output.WriteLine($"lepton {BuildInformation.Version} ({BuildInformation.Commit})");
            return ExitCodes.Success;
        }
    }

    sealed class RootHelpAction(Host host) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            new HelpAction { MaxWidth = HelpWidth }.Invoke(parseResult);
            host.Output.WriteLine("Example:\n  lepton list\n  lepton run digits --data mnist --seed 1\n");
            return ExitCodes.Success;
        }
    }

    sealed class VerbHelpAction(IVerb verb, Host host) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            new HelpAction { MaxWidth = HelpWidth }.Invoke(parseResult);
            verb.WriteMoreHelp(parseResult, host);
            host.Output.WriteLine("Example:");
            string of = $"lepton {string.Join(' ', Path(parseResult.CommandResult))} ";
            var own = verb.Examples.Where(example => $"{example} ".StartsWith(of, StringComparison.Ordinal)).ToArray();
            foreach (var example in own.Length > 0 ? own : verb.Examples)
                host.Output.WriteLine($"  {example}");
            host.Output.WriteLine();
            return ExitCodes.Success;
        }

        static IEnumerable<string> Path(CommandResult command) =>
            command.Parent is CommandResult { Parent: not null } above ? Path(above).Append(command.Command.Name) : [command.Command.Name];
    }
}
