using Lepton.Neuro.Lanes;
using Lepton.Neuro.Plasticity.Laws;

namespace Lepton.Neuro.Experiments.Rules;

/// <summary>What happens to one synapse, in milliseconds, and what its rule makes of it.</summary>
internal sealed record RuleReplay
{
    const long MostSteps = 20_000_000;

    /// <summary>The rule.</summary>
    public required SynapseRule Rule { get; init; }

    /// <summary>When a spike of the source arrives, in ms.</summary>
    public required IReadOnlyList<double> Arrivals { get; init; }

    /// <summary>When the target fires, in ms.</summary>
    public required IReadOnlyList<double> Spikes { get; init; }

    /// <summary>When a reward comes, in ms, and how much the third factor is in that step.</summary>
    public IReadOnlyList<(double At, double Amount)> Rewards { get; init; } = [];

    /// <summary>The third factor in all other steps.</summary>
    public double Modulator { get; init; }

    /// <summary>The target's potential, in mV.</summary>
    public double Potential { get; init; }

    /// <summary>The weight at first.</summary>
    public required double Weight { get; init; }

    /// <summary>The length of a step, in ms.</summary>
    public double Step { get; init; } = 1;

    /// <summary>Where it ends, in ms; null for the last event.</summary>
    public double? Until { get; init; }

    /// <summary>32 or 64 bits.</summary>
    public int Precision { get; init; } = 64;

    /// <summary>Something that happened.</summary>
    /// <param name="At">When, in ms.</param>
    /// <param name="Event"><c>pre</c>, <c>post</c>, <c>reward</c> or <c>end</c>; several joined by a plus sign.</param>
    /// <param name="Weight">The weight after that step.</param>
    /// <param name="Sent">What the target received, of an arrival.</param>
    public sealed record Entry(double At, string Event, double Weight, double? Sent);

    /// <summary>What came out.</summary>
    /// <param name="Weight">The weight at the end.</param>
    /// <param name="Trajectory">The weight after each event.</param>
    public sealed record Outcome(double Weight, IReadOnlyList<Entry> Trajectory);

    /// <summary>Runs it.</summary>
    /// <returns>What came out.</returns>
    /// <exception cref="InvalidInputException">A time is not on the grid of steps, the weight is out of the rule's range, or the run is too long.</exception>
    public Outcome Run()
    {
        var (least, most) = Rule.WeightRange;
        Require.InRange("--w0", Weight, least, most);
        if (!(Step > 0) || !double.IsFinite(Step))
            throw new InvalidInputException("--step", Step, "a number of ms above 0");
        int[] arrivals = [.. Arrivals.Select(at => Place("--pre", at)).Distinct()], spikes = [.. Spikes.Select(at => Place("--post", at)).Distinct()];
        var rewards = Rewards.Select(reward => (At: Place("--reward", reward.At), reward.Amount)).ToLookup(reward => reward.At, reward => reward.Amount);
        var last = arrivals.Concat(spikes).Concat(rewards.Select(group => group.Key)).DefaultIfEmpty(1).Max();
        var steps = Until is { } until ? Place("--until", until) + 1 : last + 1;
        if (steps <= last)
            throw new InvalidInputException("--until", Until, $"at least the last event, {(last - 1) * Step} ms");
        var stimulus = new Stimulus(arrivals, spikes)
        {
            Steps = steps,
            Updates = [steps],
            Potential = _ => Potential,
            Modulator = t => Modulator + rewards[t].Sum(),
        };
        var time = new Time(Step * 1e-3);
        var outcome = Precision == 64 ? SynapseBench.Run(Rule, stimulus, Weight, time) : SynapseBench.Run<Scalar>(Rule, stimulus, Weight, time);
        var sent = new Queue<double>(outcome.Sent);
        var trajectory = new List<Entry>();
        foreach (var at in arrivals.Concat(spikes).Concat(rewards.Select(group => group.Key)).Distinct().Order())
        {
            var what = string.Join("+", new[] { arrivals.Contains(at) ? "pre" : "", spikes.Contains(at) ? "post" : "", rewards.Contains(at) ? "reward" : "" }.Where(part => part.Length > 0));
            trajectory.Add(new(Round((at - 1) * Step), what, outcome.Weights[at], arrivals.Contains(at) ? sent.Dequeue() : null));
        }
        trajectory.Add(new(Round((steps - 2) * Step), "end", outcome.Weight, null));
        return new(outcome.Weight, trajectory);
    }

    /// <summary>The step of a time. The first one stays free: a spike that arrives at 0 ms was fired before.</summary>
    int Place(string option, double at)
    {
        var step = at / Step;
        if (!(at >= 0) || step > MostSteps)
            throw new InvalidInputException(option, at, $"times in ms from 0, of at most {MostSteps} steps");
        return Math.Abs(step - Math.Round(step)) > 1e-6
            ? throw new InvalidInputException(option, at, $"multiples of the step of {Step} ms; --step sets another")
            : (int)Math.Round(step) + 1;
    }

    static double Round(double time) => Math.Round(time, 9);
}
