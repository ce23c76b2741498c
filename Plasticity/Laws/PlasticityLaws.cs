using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity.Laws;

/// <summary>The laws that rules of plasticity keep, as properties that anyone's own rule can be held to.</summary>
/// <remarks>A rule says by <see cref="IDeclareTraits"/> what it is; a law that it cannot keep by its nature does not apply, and says why. Laws run on steps of 1 ms: on <see cref="SynapseBench"/>, and
/// those about sessions on <see cref="Reference"/>; the backends that shall agree with it are given.</remarks>
public static class PlasticityLaws
{
    const int Horizon = 130;

    static readonly Time Step = 1.ms;

    /// <summary>The laws for a rule.</summary>
    /// <param name="rule">The rule, with the parameters that it shall be held to.</param>
    /// <param name="traits">What it is; null for what it declares itself, and nothing where it does not.</param>
    /// <param name="backends">On which backends the rule shall do what it does on the oracle, and go on from checkpoints; none where null.</param>
    /// <exception cref="InvalidInputException">A parameter of the rule is out of its range.</exception>
    public static IReadOnlyList<Law> For(SynapseRule rule, RuleTraits? traits = null, IReadOnlyList<LawBackend>? backends = null)
    {
        rule.Validate(rule.GetType().Name);
        traits ??= (rule as IDeclareTraits)?.Traits ?? RuleTraits.Unknown;
        var (least, most) = rule.WeightRange;
        double potential = traits.RestingPotential ?? 0;
        var patterns = Patterns(least, most);
        float middle = least + ((most - least) / 2);
        var pairs = from first in Gen.Choose(3, 20)
                    from interval in Gen.Choose(1, 60)
                    from number in Gen.Choose(1, 40)
                    select new LawCase(new([first], [first + interval]), middle, number);
        backends ??= [];
        var sessions = new SessionLaws(rule, Step, Horizon);
        var times = new TimeLaws(rule, traits, Step, Horizon);
        string? byChance = traits.IsStochastic ? "the rule draws random numbers, and other synapses and other steps have others" : null;
        string? eachStep = KernelTapes.Of(rule, Step).Changes("OnStep") ? "the rule visits every synapse in every step, so that nothing waits" : null;
        string? noWindow = traits.Window == PairWindow.None ? "the rule declares no window of single pairs" : null;
        string? noDecay = traits.ArrivalFirst is null && traits.SpikeFirst is null ? "the rule declares no change of single pairs that decays exponentially" : null;

        return
        [
            new("bounds", "the weight and what it sends never leave the rule's range", null, patterns, one =>
            {
                var run = Run<Scalar>(one);
                foreach (double w in run.Weights.Concat(run.Sent).Append(run.Weight))
                {
                    if (!(w >= least && w <= most)) return Text($"{w} is outside [{least}, {most}]");
                }
                return null;
            }),
            new("causality", "what happens later does not change earlier weights", null, patterns, one =>
            {
                var cut = one.Stimulus with { Arrivals = [.. one.Stimulus.Arrivals.Where(t => t < one.Number)], Spikes = [.. one.Stimulus.Spikes.Where(t => t < one.Number)] };
                return Compare(Run<Scalar>(one).Weights.Take(one.Number), Run<Scalar>(one with { Stimulus = cut }).Weights.Take(one.Number));
            }),
            new("time shift", "the same spikes a while later do the same, bit for bit", byChance ?? (traits.ActsInSilence ? "the rule acts in silence too" : null), patterns, one =>
            {
                var later = new Stimulus([.. one.Stimulus.Arrivals.Select(t => t + one.Number)], [.. one.Stimulus.Spikes.Select(t => t + one.Number)]) { Delay = one.Stimulus.Delay };
                return Compare(Run<Scalar>(one).Weights, Run<Scalar>(one with { Stimulus = later }, one.Number).Weights.Skip(one.Number));
            }),
            new("sign of a pair", "an arrival before the target's spike does not weaken and one after it does not strengthen; or, for a symmetric rule, both orders do the same", noWindow, pairs, one =>
            {
                double first = PairChange(one, 0, true), last = PairChange(one, 0, false);
                if (traits.Window == PairWindow.Symmetric)
                    return Math.Abs(first - last) <= 1e-9 * Math.Abs(first) + Rounding(one) ? null : Text($"{first} with the arrival first, {last} with the spike first");
                if (first < 0 || (traits.ArrivalFirst is not null && first == 0)) return Text($"{first} with the arrival first");
                return last > 0 || (traits.SpikeFirst is not null && last == 0) ? Text($"{last} with the target's spike first") : null;
            }),
            new("decay of the window", "the change of a pair falls exponentially with its interval", noDecay, pairs, one =>
                Decays(one, traits.ArrivalFirst, true) ?? Decays(one, traits.SpikeFirst, false), 1),
            new("zero rate", "without its rates the rule changes nothing", traits.Silenced is null ? "the rule declares no rates that could be zero" : null, patterns, one =>
            {
                foreach (double w in RunOf<Scalar>(traits.Silenced!, one, 0).Weights)
                {
                    if (w != one.Weight) return Text($"{one.Weight} became {w}");
                }
                return null;
            }),
            new("single precision", "single precision stays near double precision, within the bound that the rule declares", null, patterns, one =>
            {
                var exact = Run<Float64>(one);
                double scale = exact.Weights.Append(exact.Weight).Select(Math.Abs).Append(1).Max(), events = 1 + one.Stimulus.Arrivals.Count + one.Stimulus.Spikes.Count;
                double bound = traits.SinglePrecisionError * scale * events, error = Math.Abs(Run<Scalar>(one).Weight - exact.Weight);
                return error <= bound ? null : Text($"off by {error}, more than {bound}");
            }),
            new("runs in parts", "a session that runs in two parts has the weights of one that runs at once, bit for bit", null, patterns, one =>
            {
                int cut = Math.Min(one.Number, Horizon);
                return Compare(sessions.Weights(one, false, cut), sessions.Weights(one, false, 0));
            }),
            new("order of neurons", "numbering sources and targets the other way round changes no weight, bit for bit", byChance, patterns, one =>
                Compare(sessions.Weights(one, true, 0).Reverse(), sessions.Weights(one, false, 0))),
            new("backend", "a backend gives the weights that the oracle gives, bit for bit", backends.Count == 0 ? "no backend was given" : null, patterns, one => sessions.Agrees(one, backends)),
            new("checkpoint", "a session that is saved and resumed has the weights of one that ran on, bit for bit",
                backends.Any(b => b.Resume is not null) ? null : "no backend was given that resumes from checkpoints", patterns, one => sessions.Resumes(one, backends)),
            new("lazy decay", "a long step leaves of traces what many short ones do, so that they may decay when they are looked at",
                traits.DecaysExactly ? null : "the rule declares no exact decay between its events", patterns, times.LazyDecay),
            new("late spikes", "the events of the target's spikes, done only when the next spike arrives, are the same function", eachStep, patterns, times.Replays),
            new("shorter steps", "as steps are halved, weights approach a limit", traits.NoLimit, patterns, times.Converges),
            new("declaration", "a bad parameter, weight or modulator is refused at once, by an error that names the rule, the parameter, the value and what is allowed", null,
                Gen.Constant(new LawCase(new([], []), middle, 0)), _ => DeclarationLaw.Objection(rule)),
            new("tape", "the kernel is branch-free, and no product of it feeds a sum unfused", null, Gen.Constant(new LawCase(new([], []), middle, 0)), _ =>
            {
                foreach (var (method, tape) in KernelTapes.Of(rule, Step).Methods)
                {
                    if (tape.UnfusedProducts() is [int line, ..]) return $"{method}: r{line} = {tape.Lines[line].Text} adds a product that is not fused";
                }
                return null;
            }),
        ];

        SynapseBench.Outcome Run<T>(LawCase one, int shift = 0)
            where T : unmanaged, ILane<T> => RunOf<T>(rule, one, shift);

        // Besides its spikes a synapse sees a third factor that begins half-way, and an update at the end.
        SynapseBench.Outcome RunOf<T>(SynapseRule which, LawCase one, int shift)
            where T : unmanaged, ILane<T> =>
            SynapseBench.Run<T>(which, one.Stimulus with { Steps = Horizon + shift, Updates = [Horizon + shift], Modulator = t => t - shift >= Horizon / 2 ? 0.05 : 0, Potential = _ => potential }, one.Weight, Step);

        // What a pair does beyond what its spikes do alone.
        double PairChange(LawCase one, int longer, bool arrivalFirst)
        {
            int early = one.Stimulus.Arrivals.DefaultIfEmpty(3).Min(), late = one.Stimulus.Spikes.DefaultIfEmpty(early + 1).Max() + longer;
            if (late <= early) late = early + 1 + longer;
            int[] arrivals = [arrivalFirst ? early : late], spikes = [arrivalFirst ? late : early];
            double Change(int[] a, int[] s) => Run<Float64>(one with { Stimulus = new(a, s) }).Weight - one.Weight;
            return Change(arrivals, spikes) - Change(arrivals, []) - Change([], spikes);
        }

        string? Decays(LawCase one, Time? tau, bool arrivalFirst)
        {
            if (tau is not { } constant) return null;
            double near = PairChange(one, 0, arrivalFirst), far = PairChange(one, one.Number, arrivalFirst), expected = near * Math.Exp(-one.Number * (Step / constant));
            string order = arrivalFirst ? "the arrival" : "the spike";
            if (near == 0) return $"a pair with {order} first does nothing";
            return Math.Abs(far - expected) <= 1e-9 * Math.Abs(near) + Rounding(one) ? null : Text($"{near} with {order} first; {far} where {one.Number} steps longer, not {expected}");
        }
    }

    static Gen<LawCase> Patterns(float least, float most)
    {
        return from delay in Gen.Choose(1, 3)
               from arrivals in Train()
               from spikes in Train()
               from part in Gen.Elements(0f, 0.25f, 0.5f, 0.75f, 1f)
               from number in Gen.Choose(0, Horizon)
               select new LawCase(new(arrivals, spikes) { Delay = delay }, Math.Clamp(least + (part * (most - least)), least, most), number);

        static Gen<int[]> Train() =>
            from steps in Gen.Choose(3, Horizon - 10).ArrayOf()
            select steps.Distinct().Order().Take(12).ToArray();
    }

    static double Rounding(LawCase one) => 2e-15 * Math.Max(1e-3, Math.Abs(one.Weight));

    static string? Compare<T>(IEnumerable<T> given, IEnumerable<T> expected)
    {
        int place = 0;
        foreach (var (g, e) in given.Zip(expected))
        {
            if (!Equals(g, e)) return Text($"{g} instead of {e} at place {place}");
            place++;
        }
        return null;
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
