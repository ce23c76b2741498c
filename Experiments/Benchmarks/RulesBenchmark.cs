using System.Globalization;
using System.Text.Json.Nodes;
using Lepton.Neuro.Experiments.Models;
using Lepton.Neuro.Experiments.Rules;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Plasticity;

namespace Lepton.Neuro.Experiments.Benchmarks;

/// <summary>Every rule of the catalogue on one graph, that of <see cref="BalancedStdp"/>: synaptic events a second, beside those of the pair rule.</summary>
/// <param name="settings">Scale, biological seconds, threads and seed.</param>
/// <param name="host">The world around.</param>
internal sealed class RulesBenchmark(BenchmarkSettings settings, Host host)
{
    public const string Name = "rules";

    public const string Summary = "every rule of plasticity on the graph of balanced-stdp; events a second beside those of pair-stdp";

    const string Yardstick = "pair-stdp";

    /// <summary>Each rule runs so often, in turns, and its best run counts: what else the machine does meanwhile slows one down, and never speeds it up.</summary>
    const int Rounds = 3;

    /// <summary>What the command line may ask of it.</summary>
    public static BenchmarkModel Model { get; } = new OnGraph(new PairStdp());

    /// <summary>Runs every rule and prints a line for each.</summary>
    /// <param name="asJson">Whether the lines are JSON.</param>
    /// <returns>An exit code.</returns>
    /// <exception cref="InvalidInputException">The network needs more memory than there is.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public int Execute(bool asJson)
    {
        var rules = RuleCatalogue.All.OrderBy(rule => RuleCatalogue.NameOf(rule) == Yardstick ? 0 : 1).ToArray();
        var best = new BenchmarkResult?[rules.Length];
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < rules.Length; i++)
            {
                var result = new BenchmarkRun(new OnGraph(rules[i]), settings, new QuietProgress(), host.Cancellation).Execute();
                if (best[i] is not { } before || result.RunSeconds < before.RunSeconds)
                    best[i] = result;
            }
        }
        var width = rules.Max(rule => RuleCatalogue.NameOf(rule).Length);
        var yardstick = best[0]!.SynapticEventsPerSecond;
        if (!asJson)
            host.Output.WriteLine($"{"rule".PadRight(width)}  {"million events/s",16}  {"of pair-stdp",12}  {"run (s)",8}  {"spikes",10}");
        foreach (var (rule, result) in rules.Zip(best.OfType<BenchmarkResult>()))
        {
            var share = result.SynapticEventsPerSecond / yardstick;
            host.Output.WriteLine(asJson
                ? new JsonObject
                {
                    ["rule"] = RuleCatalogue.NameOf(rule),
                    ["eventsPerSecond"] = result.SynapticEventsPerSecond,
                    ["ofPairStdp"] = share,
                    ["runSeconds"] = result.RunSeconds,
                    ["spikes"] = result.Spikes,
                    ["plasticSynapses"] = result.PlasticSynapses,
                    ["threads"] = result.Threads,
                }.ToJsonString()
                : string.Create(CultureInfo.InvariantCulture, $"{RuleCatalogue.NameOf(rule).PadRight(width)}  {result.SynapticEventsPerSecond / 1e6,16:0.0}  {share,12:0.00}  {result.RunSeconds,8:0.00}  {result.Spikes,10:N0}"));
            host.Output.Flush();
        }
        return ExitCodes.Success;
    }

    /// <summary>A rule whose bounds leave room for the graph's weights. Its rates stay those of weights near 1, so that weights hardly move and the graph fires alike by all rules.</summary>
    static SynapseRule Fitted(SynapseRule rule)
    {
        // The pair rule's rates are parts of its range, which is wide here.
        const float Narrow = (float)(1 / (10 * BalancedStdp.ExcitatoryWeight));
        if (rule is PairStdp pair)
            rule = pair with { Potentiation = pair.Potentiation * Narrow, Depression = pair.Depression * Narrow };
        foreach (var parameter in RuleParameter.Of(rule))
        {
            var value = parameter.Key.Split('.')[^1] switch
            {
                "maximum" => (10 * BalancedStdp.ExcitatoryWeight).ToString(CultureInfo.InvariantCulture),
                "negative" => "false",
                _ => null,
            };
            if (value is not null)
                rule = parameter.With(rule, value);
        }
        return rule;
    }

    sealed record OnGraph(SynapseRule Rule) : BenchmarkModel(RulesBenchmark.Name, RulesBenchmark.Summary, 0.5, 0.1)
    {
        public override (double Least, double Most)? Scales => (0.1, 1);

        public override Time Step => BalancedStdp.Step;

        public override Network Build(BenchmarkSettings settings) => BalancedStdp.Build(settings.Seed, settings.Scale, Fitted(Rule));
    }
}
