using FsCheck;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Lanes;
using Lepton.Neuro.Plasticity.Laws;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity.Tests;

public class PlasticityLawsTests
{
    static readonly SynapseRule[] Rules =
    [
        new PairStdp(), new PairStdp { Minimum = -0.25f, Maximum = 2, Potentiation = 0.4f, Depression = 0.5f },
        new PairStdp { Pairing = SpikePairing.Nearest, MuPlus = 1, MuMinus = 1 }, new PairStdp { MuPlus = 0.3f, MuMinus = 0.4f, Potentiation = 0.05f },
        new PairStdp { Pairing = SpikePairing.PresynapticCentred }, new PairStdp { Pairing = SpikePairing.Restricted },
        new PowerLawStdp(), new DiehlCookStdp { PreRate = 0.05f, PostRate = 0.1f }, new ErrorModulated(),
        TripletStdp.VisualCortexAllToAllFull, TripletStdp.VisualCortexNearestFull, TripletStdp.HippocampusAllToAllMinimal,
        new VogelsStdp(), new VogelsStdp { Negative = false, Rate = 0.1f }, new TsodyksMarkram(), new TsodyksMarkram { Utilisation = 0.2f, TauFacilitation = 300.ms },
        new RewardStdp(), new RewardStdp { Baseline = 0.5f, Maximum = 20 }, new Hebb(), new Hebb { PreRate = -0.01f, PostRate = 0.02f }, new Oja { Rate = 0.1f }, new Bcm { Rate = 0.1f }, new DeltaRule { Rate = 0.5f }, new ClopathStdp(), new ClopathStdp { Rest = -65.mV, Depression = 0.01f, Potentiation = 0.001f },
        new ClopathVoltage { Potentiation = 1e-4f }, new ClopathVoltage { SpikeWidth = 0.ms, ReferenceSquare = 60, Depression = 0.01f },
        new StochasticStdp { Potentiation = 0.5f, Depression = 0.5f }, new StochasticStdp { Levels = 7, Potentiation = 1, Depression = 0.7f, Minimum = -1 },
        new Eprop { Rate = 0.1f }, new Eprop { Rate = 0.1f, Adaptation = 0.3f, TauReadout = 0.ms }, new StaticWeight { Minimum = -1 },
        new ShortTerm(new PairStdp(), new TsodyksMarkram { Utilisation = 0.3f, TauFacilitation = 100.ms }), new ThreeFactor(new PairStdp()), new ThreeFactor(new Hebb()) { TauFactor = 50.ms, Baseline = 0.01f },
        new SynapticScaling(new StaticWeight()), new SynapticScaling(new PairStdp()) { Tau = 1000.ms, TargetRate = 20.Hz },
    ];

    static readonly LawBackend[] Backends =
    [
        new("CPU", plan => Cpu.Load(plan), (plan, path) => Cpu.Resume(plan, path)),
        new("CPU with narrow vectors and three threads", plan => Cpu.Load(plan, new() { VectorBits = 128, Threads = 3, NeuronsPerThread = 1 })),
    ];

    public static TheoryData<int> All => [.. Enumerable.Range(0, Rules.Length)];

    [Theory]
    [MemberData(nameof(All))]
    public void Built_in_rules_keep_the_laws(int rule)
    {
        var verdicts = PlasticityLaws.For(Rules[rule], backends: Backends).Select(law => law.Check(law.Name is "backend" or "checkpoint" ? 5 : 40, seed: 20260101)).ToArray();
        Assert.Equal(16, verdicts.Length);
        Assert.All(verdicts, v => Assert.True(v.Holds, $"{Rules[rule]}: {v}"));
        Assert.Contains(verdicts, v => v.DoesNotApply is null);
    }

    [Fact]
    public void Every_rule_of_the_library_is_among_them_and_declares_itself()
    {
        var types = typeof(PairStdp).Assembly.GetExportedTypes().Where(t => t.IsSubclassOf(typeof(SynapseRule)));
        Assert.Equal(types.Select(t => t.Name).Order(StringComparer.Ordinal), Rules.Select(r => r.GetType().Name).Distinct().Order(StringComparer.Ordinal));
        Assert.All(Rules, r => Assert.IsAssignableFrom<IDeclareTraits>(r));
    }

    [Theory]
    [InlineData(Flaw.None)]
    [InlineData(Flaw.Sign, "sign of a pair")]
    [InlineData(Flaw.NoBounds, "bounds")]
    [InlineData(Flaw.LinearWindow, "decay of the window")]
    [InlineData(Flaw.Unfused, "tape")]
    [InlineData(Flaw.Ageing, "time shift")]
    [InlineData(Flaw.Restless, "zero rate")]
    [InlineData(Flaw.Imprecise, "single precision")]
    [InlineData(Flaw.CountsSteps, "lazy decay", "shorter steps")]
    [InlineData(Flaw.Lenient, "declaration")]
    public void A_wrong_rule_is_caught_by_its_law(Flaw flaw, params string[] caughtBy)
    {
        var broken = PlasticityLaws.For(new Wrong { Flaw = flaw }).Select(law => law.Check(100, seed: 1)).Where(v => !v.Holds).ToArray();
        Assert.Superset(caughtBy.ToHashSet(StringComparer.Ordinal), broken.Select(v => v.Law).ToHashSet(StringComparer.Ordinal));
        if (flaw == Flaw.None) Assert.Empty(broken.Select(v => v.ToString()));
        Assert.All(broken, v => Assert.NotNull(v.Counterexample));
    }

    [Fact]
    public void A_failing_case_shrinks_to_the_shortest_pattern_and_prints_it()
    {
        var bounds = PlasticityLaws.For(new Wrong { Flaw = Flaw.NoBounds }).Single(l => l.Name == "bounds").Check(100, seed: 3);
        Assert.False(bounds.Holds);
        // One pair is enough to leave the range, and one step apart.
        var lines = bounds.Counterexample!.Split('\n');
        Assert.Equal(1, lines[0].Count(c => c == '|'));
        Assert.Equal(1, lines[1].Count(c => c == '|'));
        Assert.Equal(1, Math.Abs(lines[0].IndexOf('|', StringComparison.Ordinal) - lines[1].IndexOf('|', StringComparison.Ordinal)));
        Assert.Contains("is outside", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_law_that_does_not_apply_says_why_and_is_no_failure()
    {
        var laws = PlasticityLaws.For(new Wrong { Flaw = Flaw.Sign }, RuleTraits.Unknown);
        foreach (string name in new[] { "sign of a pair", "decay of the window", "zero rate" })
        {
            var verdict = laws.Single(l => l.Name == name).Check();
            Assert.True(verdict.Holds);
            Assert.Contains("declares no", verdict.DoesNotApply, StringComparison.Ordinal);
            Assert.Contains("does not apply", verdict.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Laws_are_properties_that_other_runners_take() => Properties.Check(PlasticityLaws.For(new PairStdp())[0].Property, 20);

    [Fact]
    public void Bad_parameters_are_refused_before_any_law_runs() =>
        Assert.Contains("Potentiation", Assert.Throws<InvalidInputException>(() => PlasticityLaws.For(new PairStdp { Potentiation = -1 })).Message, StringComparison.Ordinal);

    public enum Flaw
    {
        None,
        Sign,
        NoBounds,
        LinearWindow,
        Unfused,
        Ageing,
        Restless,
        Imprecise,
        CountsSteps,
        Lenient,
    }

    /// <summary>A pair rule with one thing wrong.</summary>
    sealed record Wrong : SynapseRule, IDeclareTraits
    {
        public Flaw Flaw { get; init; }

        public float Rate { get; init; } = 0.1f;

        public override (float Least, float Most) WeightRange => (0, 1);

        RuleTraits IDeclareTraits.Traits => new() { DecaysExactly = true, Window = PairWindow.Causal, ArrivalFirst = 20.ms, SpikeFirst = 20.ms, Silenced = this with { Rate = 0 } };

        public override void Validate(string owner)
        {
            if (Flaw != Flaw.Lenient) Require.InRange($"{owner}: Rate", Rate, 0, 1);
        }

        public override void Lower<T>(ILowering<T> to) => to.Synapses<Kernel<T>, Plain<T>, Traces<T>, Traces<T>>(new(this, to.Step));

        struct Traces<T>
        {
            public T Value;
            public T Age;
        }

        readonly struct Kernel<T>(Wrong rule, Time step) : ISynapseKernel<T, Plain<T>, Traces<T>, Traces<T>>
            where T : unmanaged, ILane<T>
        {
            readonly T keep = T.FromDouble(rule.Flaw == Flaw.CountsSteps ? 0.95 : step.Decay(20.ms));
            readonly T up = T.FromDouble((rule.Flaw == Flaw.Sign ? -1 : 1) * (double)(decimal)rule.Rate), down = T.FromDouble((rule.Flaw == Flaw.Sign ? 1 : -1) * (double)(decimal)rule.Rate);
            readonly T always = rule.Flaw == Flaw.Restless ? 1e-3f : 0f, ageing = rule.Flaw == Flaw.Ageing ? 1e-3f : 0f, linear = rule.Flaw == Flaw.LinearWindow ? 1f : 0f;
            readonly T minimum = rule.Flaw == Flaw.NoBounds ? -10f : 0f, maximum = rule.Flaw == Flaw.NoBounds ? 10f : 1f;
            readonly T noise = rule.Flaw == Flaw.Imprecise ? 1e6f : 0f;
            readonly bool isUnfused = rule.Flaw == Flaw.Unfused;

            public Plain<T> Initial(T weight) => new() { Weight = weight };

            public void TracePre(ref Traces<T> pre, in Moment<T> now) => Advance(ref pre, now.Spiked);

            public void TracePost(ref Traces<T> post, in Moment<T> now) => Advance(ref post, now.Spiked);

            public T OnPre(ref Plain<T> synapse, in Traces<T> pre, in Traces<T> post)
            {
                T sent = synapse.Weight;
                synapse.Weight = Changed(sent, down, post);
                return sent;
            }

            public void OnPost(ref Plain<T> synapse, in Traces<T> pre, in Traces<T> post) => synapse.Weight = Changed(synapse.Weight, up, pre);

            public void OnUpdate(ref Plain<T> synapse, in Traces<T> pre, in Traces<T> post)
            {
            }

            T Changed(T weight, T rate, in Traces<T> trace)
            {
                T by = T.FusedMultiplyAdd(ageing, trace.Age, rate);
                T changed = T.FusedMultiplyAdd(by, trace.Value, weight + always);
                // Adds and takes away what single precision cannot hold.
                changed = (changed + noise) - noise;
                if (isUnfused) changed = (by * trace.Value) + weight;
                return T.Max(T.Min(changed, maximum), minimum);
            }

            void Advance(ref Traces<T> trace, T spiked)
            {
                T grown = trace.Value + T.Select(spiked, 1f, 0f);
                trace.Value = T.Select(linear > 0f, T.Max(grown - 0.01f, 0f), grown * keep);
                trace.Age = trace.Age + 1f;
            }
        }
    }
}
