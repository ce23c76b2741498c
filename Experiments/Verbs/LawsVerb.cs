using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Experiments.Rules;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Plasticity.Laws;

namespace Lepton.Neuro.Experiments.Verbs;

/// <summary><c>lepton laws</c>: holds rules to the laws of plasticity.</summary>
internal sealed class LawsVerb : IVerb
{
    const int DefaultCases = 50;

    readonly Argument<string?> rule = new("rule")
    {
        Description = "The rule: a name that lepton rule list shows, or a file of your own, MyRule.cs or MyRules.dll[:name] [default: all of this build]",
        Arity = ArgumentArity.ZeroOrOne,
    };

    readonly Option<string[]> set = new("--set")
    {
        HelpName = "key=value",
        Description = "Change a parameter of the rule; may be repeated",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    readonly Option<string?> cases = new("--cases") { HelpName = "N", Description = $"Spike patterns to try on each law [default: {DefaultCases}]" };
    readonly Option<string?> seed = new("--seed") { HelpName = "N", Description = "Chooses the patterns; the same seed tries the same ones [default: 42]" };
    readonly Option<bool> json = new("--json") { Description = "Print JSON, a rule a line" };

    public IReadOnlyList<string> Examples => ["lepton laws", "lepton laws pair-stdp --set mu-plus=1", "lepton laws MyRule.cs"];

    public Command Build(Host host)
    {
        var command = new Command("laws", "Hold rules to the laws of plasticity; a broken law shows the shortest spike pattern that breaks it, and the exit code is 1") { rule, set, cases, seed, json };
        command.SetAction(parsed => Run(parsed, host));
        return command;
    }

    int Run(ParseResult parsed, Host host)
    {
        var count = parsed.GetValue(cases) is { } given ? RunConfiguration.ParseCount("--cases", given, 100_000) : DefaultCases;
        var start = parsed.GetValue(seed) is { } chosen ? RunConfiguration.ParseSeed(chosen) : RunConfiguration.DefaultSeed;
        var settings = parsed.GetValue(set) ?? [];
        var name = parsed.GetValue(rule);
        if (name is null && settings.Length > 0)
            throw new InvalidInputException("--set", settings[0], "only together with one rule");
        IReadOnlyList<SynapseRule> rules = name is null ? RuleCatalogue.All
            : settings.Length > 0 ? [RuleChoice.Find(host, name, settings)]
            : RuleChoice.FindAll(host.CurrentDirectory, name, host.Cancellation);
        var width = rules.Max(one => RuleCatalogue.NameOf(one).Length);
        var broken = 0;
        foreach (var one in rules)
        {
            host.Cancellation.ThrowIfCancellationRequested();
            var laws = PlasticityLaws.For(one, backends: [new("CPU", plan => Cpu.Load(plan, new() { Threads = 2, NeuronsPerThread = 1 }), (plan, path) => Cpu.Resume(plan, path))]);
            Verdict[] verdicts = [.. laws.Select(law => law.Check(count, start))];
            broken += verdicts.Count(verdict => !verdict.Holds);
            if (parsed.GetValue(json))
                host.Output.WriteLine(Json(one, verdicts).ToJsonString());
            else if (rules.Count == 1)
                WriteOne(host, one, laws, verdicts, count);
            else
                WriteLine(host, one, verdicts, width);
            host.Output.Flush();
        }
        return broken == 0 ? ExitCodes.Success : ExitCodes.Failure;
    }

    static void WriteLine(Host host, SynapseRule rule, Verdict[] verdicts, int width)
    {
        var holding = verdicts.Count(verdict => verdict.Holds && verdict.DoesNotApply is null);
        var idle = verdicts.Where(verdict => verdict.DoesNotApply is not null).Select(verdict => verdict.Law).ToArray();
        var failed = verdicts.Where(verdict => !verdict.Holds).ToArray();
        host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{RuleCatalogue.NameOf(rule).PadRight(width)}  {holding,2} hold")
            + (failed.Length > 0 ? $", {failed.Length} BROKEN: {string.Join(", ", failed.Select(verdict => verdict.Law))}" : "")
            + (idle.Length > 0 ? $", {idle.Length} do{(idle.Length == 1 ? "es" : "")} not apply: {string.Join(", ", idle)}" : ""));
        foreach (var verdict in failed)
            WriteCounterexample(host, verdict);
    }

    static void WriteOne(Host host, SynapseRule rule, IReadOnlyList<Law> laws, Verdict[] verdicts, int count)
    {
        var width = laws.Max(law => law.Name.Length);
        host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{RuleCatalogue.NameOf(rule)}, {count} spike patterns a law:"));
        foreach (var (law, verdict) in laws.Zip(verdicts))
        {
            var (mark, text) = verdict.DoesNotApply is { } reason ? ("–", $"does not apply: {reason}") : verdict.Holds ? ("✓", law.Statement) : ("✗", $"BROKEN: {law.Statement}");
            host.Output.WriteLine($"  {mark} {law.Name.PadRight(width)}  {text}");
            if (!verdict.Holds)
                WriteCounterexample(host, verdict);
        }
    }

    static void WriteCounterexample(Host host, Verdict verdict)
    {
        host.Output.WriteLine($"    The shortest pattern found that breaks {verdict.Law}:");
        foreach (var line in (verdict.Counterexample ?? "").Split('\n'))
            host.Output.WriteLine($"      {line}");
    }

    static JsonObject Json(SynapseRule rule, Verdict[] verdicts) => new()
    {
        ["rule"] = RuleCatalogue.NameOf(rule),
        ["laws"] = new JsonArray([.. verdicts.Select(verdict => (JsonNode)new JsonObject
        {
            ["law"] = verdict.Law,
            ["holds"] = verdict.Holds,
            ["doesNotApply"] = verdict.DoesNotApply,
            ["counterexample"] = verdict.Counterexample,
        })]),
    };
}
