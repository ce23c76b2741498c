using Lepton.Neuro.Experiments.Rules;

namespace Lepton.Neuro.Experiments.Plotting;

/// <summary>Gives one synapse pairs of spikes at equal distances and says how its weight changed.</summary>
/// <param name="rule">The rule.</param>
/// <param name="weight">The weight at first.</param>
internal sealed class PairBench(SynapseRule rule, double weight)
{
    /// <summary>The rule.</summary>
    public SynapseRule Rule => rule;

    /// <summary>The weight at first.</summary>
    public double Weight => weight;

    /// <summary>The target's potential, in mV.</summary>
    public double Potential { get; init; }

    /// <summary>The third factor.</summary>
    public double Modulator { get; init; }

    /// <summary>How long after the last spike a reward comes, in ms; null for none.</summary>
    public double? RewardAfter { get; init; }

    /// <summary>What the figure must say of this besides the rule's name.</summary>
    public string Conditions => RewardAfter is { } after ? $", one reward {after:0} ms after the last spike" : "";

    /// <summary>The change of the weight by pairs.</summary>
    /// <param name="interval">From the arrival to the target's spike, in ms; below 0 the target fires first.</param>
    /// <param name="pairs">How many pairs.</param>
    /// <param name="period">From pair to pair, in ms.</param>
    /// <param name="step">The length of a step, in ms.</param>
    /// <returns>The change.</returns>
    public double Change(double interval, int pairs, double period, double step)
    {
        var start = Math.Max(0, -interval);
        double[] arrivals = [.. Enumerable.Range(0, pairs).Select(pair => Math.Round(start + pair * period, 6))];
        double[] spikes = [.. arrivals.Select(at => Math.Round(at + interval, 6))];
        var last = Math.Max(arrivals[^1], spikes[^1]);
        var taus = RuleParameter.Of(rule).FirstOrDefault(parameter => parameter.Key == "tau-dopamine");
        var amount = taus is null ? 1 : 1 / double.Parse(taus.Value(rule), System.Globalization.CultureInfo.InvariantCulture);
        return new RuleReplay
        {
            Rule = rule,
            Arrivals = arrivals,
            Spikes = spikes,
            Weight = weight,
            Step = step,
            Potential = Potential,
            Modulator = Modulator,
            Rewards = RewardAfter is { } after ? [(last + after, amount)] : [],
            Until = RewardAfter is null ? null : last + 4000,
        }.Run().Weight - weight;
    }

    /// <summary>The same without the rule's bounds, where they play no part in how it changes a weight between them.</summary>
    /// <returns>A bench whose weight no bound clips; this one where the rule depends on its bounds.</returns>
    public PairBench Unbounded()
    {
        var parameters = RuleParameter.Of(rule);
        var (minimum, maximum) = (parameters.FirstOrDefault(parameter => parameter.Key == "minimum"), parameters.FirstOrDefault(parameter => parameter.Key == "maximum"));
        if (minimum is null || maximum is null)
            return this;
        var free = new PairBench(maximum.With(minimum.With(rule, "-1000"), "1000"), weight) { Potential = Potential, Modulator = Modulator, RewardAfter = RewardAfter };
        var isFree = new[] { 5.0, -5.0 }.All(interval => Math.Abs(free.Change(interval, 1, 100, 1) - Change(interval, 1, 100, 1)) < 1e-12);
        return isFree ? free : this;
    }
}
