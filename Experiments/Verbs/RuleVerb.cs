using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Lepton.Neuro.Experiments.Rules;
using Lepton.Neuro.Lanes;
using Lepton.Neuro.Plasticity;

namespace Lepton.Neuro.Experiments.Verbs;

/// <summary><c>lepton rule</c>: which rules there are, what one says, and what it does to a synapse.</summary>
internal sealed class RuleVerb : IVerb
{
    readonly Argument<string> rule = new("rule") { Description = RuleChoice.Allowed };

    readonly Option<string[]> set = new("--set")
    {
        HelpName = "key=value",
        Description = "Change a parameter of the rule; may be repeated",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    readonly Option<string?> pre = Text("--pre", "MS,MS,...", "When spikes of the source arrive, in ms");
    readonly Option<string?> post = Text("--post", "MS,MS,...", "When the target fires, in ms");
    readonly Option<string?> reward = Text("--reward", "MS[:AMOUNT],...", "When a reward comes, in ms, and how much the third factor is then [default: 1 / tau-dopamine in ms, or 1]");
    readonly Option<string?> modulator = Text("--modulator", "NUMBER", "The third factor in all other steps [default: 0]");
    readonly Option<string?> potential = Text("--potential", "MV", "The target's membrane potential, in mV [default: the rule's rest, or 0]");
    readonly Option<string?> weight = Text("--w0", "WEIGHT", "The weight at first [default: halfway between the rule's bounds]");
    readonly Option<string?> step = Text("--step", "MS", "The length of a step, in ms [default: 1]");
    readonly Option<string?> until = Text("--until", "MS", "Where the run ends, in ms [default: at the last event; 2000 ms later where there is a reward]");
    readonly Option<string?> precision = Text("--precision", "32|64", "Bits of the numbers [default: 32]");
    readonly Option<bool> json = new("--json") { Description = "Print JSON on one line" };

    public IReadOnlyList<string> Examples =>
    [
        "lepton rule list",
        "lepton rule show triplet-stdp",
        "lepton rule replay pair-stdp --pre 10,30,33 --post 12,31,36 --w0 0.5 --precision 64",
        "lepton rule replay reward-stdp --pre 10 --post 20 --reward 300 --w0 30",
    ];

    public Command Build(Host host)
    {
        var command = new Command("rule", "Look at the rules of plasticity, and try one on a synapse");
        var list = new Command("list", "Show all rules");
        list.SetAction(_ => List(host));
        var show = new Command("show", "Show a rule: equation, parameters with units and ranges, its kernel's tape and what it costs") { rule, set };
        show.SetAction(parsed => Show(RuleChoice.Find(host, parsed.GetValue(rule)!, parsed.GetValue(set)), host));
        var replay = new Command("replay", "Give one synapse spikes and print what becomes of its weight") { rule, pre, post, reward, modulator, potential, weight, step, until, precision, set, json };
        replay.SetAction(parsed => Replay(parsed, host));
        command.Add(list);
        command.Add(show);
        command.Add(replay);
        return command;
    }

    static int List(Host host)
    {
        var width = RuleCatalogue.All.Max(known => RuleCatalogue.NameOf(known).Length);
        foreach (var known in RuleCatalogue.All)
            host.Output.WriteLine($"{RuleCatalogue.NameOf(known).PadRight(width)}  {Documentation.Summary(known.GetType())}");
        return ExitCodes.Success;
    }

    static int Show(SynapseRule shown, Host host)
    {
        var output = host.Output;
        output.WriteLine($"{RuleCatalogue.NameOf(shown)}: {Documentation.Summary(shown.GetType())}");
        foreach (var paragraph in Documentation.Remarks(shown.GetType()))
            output.WriteLine($"\n{paragraph}");
        output.WriteLine("\nParameters, with their values here:");
        var parameters = RuleParameter.Of(shown).Select(parameter => (
            Key: $"  --set {parameter.Key}={parameter.Value(shown)}{parameter.Unit}",
            Allowed: parameter.Allowed(shown),
            parameter.Description)).ToArray();
        var (wide, wider) = (parameters.Select(row => row.Key.Length).DefaultIfEmpty(0).Max(), parameters.Select(row => row.Allowed.Length).DefaultIfEmpty(0).Max());
        foreach (var (key, allowed, description) in parameters)
            output.WriteLine($"{key.PadRight(wide)}  {allowed.PadRight(wider)}  {description}".TrimEnd());
        if (RuleChoice.Presets(shown) is { Count: > 0 } presets)
            output.WriteLine($"  --set {RuleChoice.PresetKey}={string.Join(" | ", presets.Select(preset => preset.Name))}");
        output.WriteLine("\nThe kernel, one line an operation, at steps of 1 ms:");
        var methods = KernelTapes.Of(shown, new Time(1e-3)).Methods;
        foreach (var (method, tape) in methods)
            output.WriteLine($"{method}\n  {tape.ToString().TrimEnd().ReplaceLineEndings("\n  ")}");
        output.WriteLine("\nCost in operations, the same for every input:");
        foreach (var (method, tape) in methods)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {method,-9}  {tape.Total,3}  {string.Join(", ", tape.Counts.Where(count => count.Value > 0).Select(count => $"{count.Value} {Kebab.Of(count.Key.ToString())}"))}").TrimEnd());
        return ExitCodes.Success;
    }

    int Replay(ParseResult parsed, Host host)
    {
        var chosen = RuleChoice.Find(host, parsed.GetValue(rule)!, parsed.GetValue(set));
        var (least, most) = chosen.WeightRange;
        var rewards = Rewards(parsed, chosen);
        double[] arrivals = Times(parsed, pre), spikes = Times(parsed, post);
        if (arrivals.Length + spikes.Length == 0)
            throw new InvalidInputException("--pre", null, "times of spikes in ms, there or in --post");
        var replay = new RuleReplay
        {
            Rule = chosen,
            Arrivals = arrivals,
            Spikes = spikes,
            Rewards = rewards,
            Modulator = Number(parsed, modulator) ?? 0,
            Potential = Number(parsed, potential) ?? (chosen as IDeclareTraits)?.Traits.RestingPotential ?? 0,
            Weight = Number(parsed, weight) ?? least + (((double)most - least) / 2),
            Step = Number(parsed, step) ?? 1,
            Until = Number(parsed, until) ?? (rewards.Count > 0 ? arrivals.Concat(spikes).Concat(rewards.Select(one => one.At)).Max() + 2000 : null),
            Precision = parsed.GetValue(precision) switch { null or "32" => 32, "64" => 64, var other => throw new InvalidInputException("--precision", other, "32 or 64") },
        };
        var outcome = replay.Run();
        if (parsed.GetValue(json))
            WriteJson(host, replay, outcome);
        else
            WriteText(host, replay, outcome);
        return ExitCodes.Success;
    }

    static void WriteText(Host host, RuleReplay replay, RuleReplay.Outcome outcome)
    {
        var output = host.Output;
        output.WriteLine($"{RuleCatalogue.NameOf(replay.Rule)}: the weight goes from {Show(replay, replay.Weight)} to {Show(replay, outcome.Weight)}, a change of {Show(replay, outcome.Weight - replay.Weight)}");
        output.WriteLine($"{"time (ms)",10}  {"event",-12}  {"weight",-20}  sent");
        foreach (var entry in outcome.Trajectory)
            output.WriteLine($"{Show(replay, entry.At),10}  {entry.Event,-12}  {Show(replay, entry.Weight),-20}  {(entry.Sent is { } sent ? Show(replay, sent) : "")}".TrimEnd());
    }

    static void WriteJson(Host host, RuleReplay replay, RuleReplay.Outcome outcome)
    {
        var parameters = new JsonObject();
        foreach (var parameter in RuleParameter.Of(replay.Rule))
            parameters[parameter.Key] = parameter.Value(replay.Rule) + parameter.Unit;
        var trajectory = new JsonArray();
        foreach (var entry in outcome.Trajectory)
        {
            var line = new JsonObject { ["time"] = entry.At, ["event"] = entry.Event, ["weight"] = entry.Weight };
            if (entry.Sent is { } sent)
                line["sent"] = sent;
            trajectory.Add(line);
        }
        host.Output.WriteLine(new JsonObject
        {
            ["rule"] = RuleCatalogue.NameOf(replay.Rule),
            ["parameters"] = parameters,
            ["precision"] = replay.Precision,
            ["step"] = replay.Step,
            ["initial"] = replay.Weight,
            ["final"] = outcome.Weight,
            ["change"] = outcome.Weight - replay.Weight,
            ["trajectory"] = trajectory,
        }.ToJsonString());
    }

    static string Show(RuleReplay replay, double value) =>
        replay.Precision == 64 ? value.ToString("G15", CultureInfo.InvariantCulture) : ((float)value).ToString("G7", CultureInfo.InvariantCulture);

    List<(double At, double Amount)> Rewards(ParseResult parsed, SynapseRule chosen)
    {
        var tau = RuleParameter.Of(chosen).FirstOrDefault(parameter => parameter.Key == "tau-dopamine");
        var usual = tau is null ? 1 : 1 / double.Parse(tau.Value(chosen), CultureInfo.InvariantCulture);
        var rewards = new List<(double, double)>();
        foreach (var part in Parts(parsed.GetValue(reward)))
        {
            var halves = part.Split(':');
            rewards.Add(halves.Length switch
            {
                1 => (Number(reward.Name, halves[0]), usual),
                2 => (Number(reward.Name, halves[0]), Number(reward.Name, halves[1])),
                _ => throw new InvalidInputException(reward.Name, part, "a time in ms, and perhaps a colon and an amount"),
            });
        }
        return rewards;
    }

    static double[] Times(ParseResult parsed, Option<string?> option) => [.. Parts(parsed.GetValue(option)).Select(part => Number(option.Name, part))];

    static string[] Parts(string? text) => text is null ? [] : text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    static double? Number(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) is { } text ? Number(option.Name, text) : null;

    static double Number(string option, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : throw new InvalidInputException(option, text, "a number");

    static Option<string?> Text(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description, Arity = ArgumentArity.ExactlyOne };
}
