using System.Globalization;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity.Laws;

/// <summary>Laws about time: what steps of another length do, and what happens when the events of spikes are done later than the spikes.</summary>
/// <param name="rule">The rule.</param>
/// <param name="traits">What it is.</param>
/// <param name="step">The length of a step.</param>
/// <param name="horizon">How many steps a run takes.</param>
sealed class TimeLaws(SynapseRule rule, RuleTraits traits, Time step, int horizon)
{
    /// <summary>What is wrong where many short steps and few long ones decay differently: a backend may decay a trace when it is looked at.</summary>
    public string? LazyDecay(LawCase one)
    {
        int factor = 2 + (one.Number % 7);
        var few = Scaled(one, 1, factor);
        var many = Scaled(one, factor, factor);
        double scale = Scale(few), events = 1 + one.Stimulus.Arrivals.Count + one.Stimulus.Spikes.Count;
        double error = few.Sent.Zip(many.Sent, (a, b) => Math.Abs(a - b)).Append(Math.Abs(few.Weight - many.Weight)).Max();
        return error <= 1e-12 * scale * events ? null : Text($"{few.Weight:R} in steps of {factor}, {many.Weight:R} in steps of 1; off by {error}");
    }

    /// <summary>What is wrong where shorter and shorter steps do not approach a limit.</summary>
    public string? Converges(LawCase one)
    {
        var runs = new[] { 1, 2, 4, 8 }.Select(factor => Scaled(one, factor, 1)).ToArray();
        double[] off = [.. runs.Skip(1).Select((run, k) => Math.Abs(run.Weight - runs[k].Weight))];
        // An error of first order halves with the step; where its orders cancel by chance in one difference, they do not in the one before.
        return off[2] <= (0.8 * Math.Max(off[0], off[1])) + (1e-11 * Scale(runs[3])) ? null : Text($"halving the step thrice changes the weight by {off[0]}, {off[1]} and {off[2]}");
    }

    /// <summary>What is wrong where doing the events of the target's spikes only at the next arrival is another function than doing them at once.</summary>
    public string? Replays(LawCase one)
    {
        var stimulus = one.Stimulus with { Steps = horizon, Updates = [horizon], Potential = _ => traits.RestingPotential ?? 0, Modulator = t => t >= horizon / 2 ? 0.05 : 0 };
        var eager = SynapseBench.Run<Scalar>(rule, stimulus, one.Weight, step);
        var lazy = SynapseBench.RunLazily<Scalar>(rule, stimulus, one.Weight, step);
        for (int k = 0; k < eager.Sent.Count; k++)
        {
            if (!eager.Sent[k].Equals(lazy.Sent[k])) return Text($"arrival {k} sends {lazy.Sent[k]:R} where spikes were done late, {eager.Sent[k]:R} where at once");
        }
        return eager.Weight.Equals(lazy.Weight) ? null : Text($"{lazy.Weight:R} where spikes were done late, {eager.Weight:R} where at once");
    }

    // The same case in steps of which each of the case's takes some; the times are those of the case, stretched.
    SynapseBench.Outcome Scaled(LawCase one, int factor, int stretch)
    {
        int[] Times(IEnumerable<int> times) => [.. times.Select(t => t * factor)];
        double level = traits.ModulatorIsImpulse ? 0.05 / factor : 0.05;
        double rest = traits.RestingPotential ?? 0;
        var stimulus = new Stimulus(Times(one.Stimulus.Arrivals), Times(one.Stimulus.Spikes))
        {
            Delay = one.Stimulus.Delay * factor,
            Steps = horizon * factor,
            Updates = [horizon * factor],
            Modulator = t => t / factor >= horizon / 2 ? level : 0,
            // Exact decay is a matter of spikes alone.
            Potential = t => stretch > 1 || traits.RestingPotential is null ? rest : rest + (8 * Wave((t + 1.0) / factor / 30)),
        };
        return SynapseBench.Run<Float64>(rule, stimulus, one.Weight, new(step.Seconds * stretch / factor));
    }

    // Up and down between 0 and 1, without a jump.
    static double Wave(double x) => 1 - Math.Abs((2 * (x - Math.Floor(x))) - 1);

    static double Scale(SynapseBench.Outcome run) => run.Weights.Append(run.Weight).Select(Math.Abs).Append(1).Max();

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
