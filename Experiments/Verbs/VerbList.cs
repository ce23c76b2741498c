namespace Lepton.Neuro.Experiments.Verbs;

/// <summary>The verbs of the command line.</summary>
public static class VerbList
{
    /// <summary>All verbs, in the order in which help lists them. They hold the parsed options, so each use builds its own.</summary>
    public static IReadOnlyList<IVerb> All =>
    [
        new ListVerb(),
        new RunVerb(),
        new BenchVerb(),
        new BackendsVerb(),
        new SweepVerb(),
        new RunsVerb(),
        new CompressVerb(),
        new EvaluateVerb(),
        new RuleVerb(),
        new LawsVerb(),
        new DataVerb(),
        new EventsVerb(),
        new EncodeVerb(),
        new DecodeVerb(),
        new PlotVerb(),
        new TilesVerb(),
        new MapVerb(),
        new EnergyVerb(),
        new FaultsVerb(),
        new CompletionVerb(),
    ];
}
