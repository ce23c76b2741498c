using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Lanes;
using Lepton.Neuro.Plasticity;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Agreement.Tests;

/// <summary>In the arithmetic of a digital neuron a model or rule is the same function, up to the rounding of its words.</summary>
/// <remarks>Every operation rounds to half a step of the format, and so does every constant, which then multiplies a state: so a step may add (largest state + a few) half steps of
/// error, and errors of earlier steps at most persist. The bound is that times the number of steps.</remarks>
public sealed class FixedAgreementTests
{
    const int Steps = 40;

    static readonly NeuronModel[] Models =
    [
        new Lif { Threshold = 500.mV, Start = Distribution.Uniform(-65, -60) },
        new Lif { TauInhibitory = 3.ms, Threshold = 500.mV, Refractory = 0.ms },
        new AdaptiveLif { Threshold = 500.mV, StartTheta = Distribution.Uniform(0, 5) },
        new IntegrateAndFire { Threshold = 500, Leak = 0.95f, Floor = -100 },
        new ConductanceLif { Threshold = 500.mV },
    ];

    static readonly SynapseRule[] Rules =
    [
        new PairStdp(),
        new PairStdp { MuPlus = 1, MuMinus = 1 },
        new PairStdp { Pairing = SpikePairing.Nearest },
        new DiehlCookStdp(),
        new VogelsStdp { Negative = false },
        new ErrorModulated { PhaseLength = Steps / 2, Minimum = -1, Maximum = 1 },
    ];

    static readonly Gen<(int Seed, int Which)> Cases = from seed in Gen.Choose(1, 1_000_000) from which in Gen.Choose(0, 1000) select (seed, which);

    // Spikes known beforehand: whether a random number lies below a probability would itself be a matter of rounding.
    static SpikeSource Given(int neurons, double probability, int seed)
    {
        var random = new System.Random(seed);
        return new([.. from step in Enumerable.Range(0, Steps) from neuron in Enumerable.Range(0, neurons) where random.NextDouble() < probability select (step.ms, neuron)]);
    }

    [Fact]
    public void Models_below_threshold() => Properties.Holds(Cases, one =>
    {
        var model = Models[one.Which % Models.Length];
        var network = new Network((ulong)one.Seed);
        var source = network.Add("source", 6, Given(6, 0.1, one.Seed));
        var cells = network.Add("cells", 5, model);
        float largest = model is IntegrateAndFire ? 1 : 20;
        foreach (string receptor in model.Receptors) network.Connect(source, cells, Wiring.AllToAll, Weight.Uniform(0, largest), receptor: receptor);
        var plan = network.Compile(1.ms);
        using var exact = Reference.Load(plan);
        using var words = Reference.LoadFixed<Q16x16>(plan);
        exact.Advance(Steps);
        words.Advance(Steps);
        Assert.Equal(exact.Activity.SpikesOf(source), words.Activity.SpikesOf(source));
        Assert.Equal(0, exact.Activity.SpikesOf(cells));
        double most = model.StateVariables.Max(v => exact.State(cells, v).Max(MathF.Abs));
        foreach (string variable in model.StateVariables)
        {
            float[] expected = exact.State(cells, variable), found = words.State(cells, variable);
            for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found[i], (most + 8) * Fixed<Q16x16>.Resolution * Steps);
        }
    }, 60);

    [Fact]
    public void Rules_of_given_spikes() => Properties.Holds(Cases, one =>
    {
        var rule = Rules[one.Which % Rules.Length];
        var network = new Network((ulong)one.Seed);
        var pre = network.Add("pre", 6, Given(6, 0.15, one.Seed));
        var driver = network.Add("driver", 4, Given(4, 0.15, -one.Seed));
        // Far above threshold or far below: what is rounded decides no spike.
        var post = network.Add("post", 4, new IntegrateAndFire { Threshold = 100, Leak = 0 });
        var learned = network.Connect(pre, post, Wiring.AllToAll, Weight.Uniform(0.2, 0.8), 2.ms, rule: rule);
        network.Connect(driver, post, Wiring.OneToOne, 200);
        var plan = network.Compile(1.ms);
        using var exact = Reference.Load(plan);
        using var words = Reference.LoadFixed<Q16x16>(plan);
        using var wide = Cpu.Load(plan, new() { VectorBits = 128 << (one.Which % 3) });
        foreach (var session in (LearningSession[])[exact, words, wide])
        {
            session.Advance(Steps / 2);
            session.SetModulator(learned, 1);
            session.Advance(Steps / 2);
            session.Update();
        }
        Assert.Equal(exact.Activity.SpikesOf(post), words.Activity.SpikesOf(post));
        float[] expected = exact.Weights(learned), found = words.Weights(learned);
        Assert.Equal(expected, wide.Weights(learned));
        // Counts of spikes, at most one a step and phase, multiply the rounded rate of the one error-modulated update; other rules round at every event.
        double bound = Fixed<Q16x16>.Resolution * (rule is ErrorModulated ? Steps * Steps / 4.0 : 12 * Steps);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found[i], bound);
    }, 60);

    [Fact]
    public void A_weight_does_change_in_these_cases()
    {
        foreach (var rule in Rules)
        {
            var network = new Network(7);
            var pre = network.Add("pre", 6, new PoissonSource(150.Hz));
            var driver = network.Add("driver", 4, new PoissonSource(150.Hz));
            var post = network.Add("post", 4, new IntegrateAndFire { Threshold = 100, Leak = 0 });
            var learned = network.Connect(pre, post, Wiring.AllToAll, 0.5, 2.ms, rule: rule);
            network.Connect(driver, post, Wiring.OneToOne, 200);
            using var session = Reference.Load(network.Compile(1.ms));
            session.Advance(Steps / 2);
            session.SetModulator(learned, 1);
            session.Advance(Steps / 2);
            session.Update();
            Assert.Contains(session.Weights(learned), w => w != 0.5f);
        }
    }
}
