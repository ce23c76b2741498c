using Lepton.Neuro.Plasticity;

namespace Lepton.Neuro.Experiments.Rules;

/// <summary>The rules that this build knows, with their defaults. A new rule is one line here; its name, parameters and texts are read from it.</summary>
public static class RuleCatalogue
{
    /// <summary>All rules, in the order in which lists show them.</summary>
    public static IReadOnlyList<SynapseRule> All { get; } =
    [
        new PairStdp(),
        new PowerLawStdp(),
        new TripletStdp(),
        new DiehlCookStdp(),
        new VogelsStdp(),
        new ClopathStdp(),
        new ClopathVoltage(),
        new RewardStdp(),
        new ThreeFactor(new PairStdp()),
        new Eprop(),
        new ErrorModulated(),
        new DeltaRule(),
        new Hebb(),
        new Oja(),
        new Bcm(),
        new StochasticStdp(),
        new SynapticScaling(new PairStdp()),
        new TsodyksMarkram(),
        new ShortTerm(new PairStdp(), new TsodyksMarkram()),
        new StaticWeight(),
    ];

    /// <summary>The name of a rule on the command line: its type's, in small letters with dashes.</summary>
    /// <param name="rule">The rule.</param>
    /// <returns>Such as <c>pair-stdp</c>.</returns>
    public static string NameOf(SynapseRule rule) => Kebab.Of(rule.GetType().Name);
}
