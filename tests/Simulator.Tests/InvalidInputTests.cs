using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Simulator.Tests;

/// <summary>Each bad input is refused with one line that names the thing, the value and what is allowed.</summary>
public sealed class InvalidInputTests
{
    static readonly Dictionary<string, (Action Act, string Thing, string Value)> Cases = new(StringComparer.Ordinal)
    {
        ["empty name"] = (() => new Network(1).Add(" ", 1, new Lif()), "a population's name", "empty"),
        ["taken name"] = (() => Two(n => n.Add("neurons", 1, new Lif())), "a population's name", "'neurons'"),
        ["no neurons"] = (() => new Network(1).Add("a", 0, new Lif()), "population 'a': the count", "0"),
        ["too many neurons"] = (() => new Network(1).Add("a", int.MaxValue, new Lif()), "population 'a': the count", "2147483647"),
        ["unknown population"] = (() => Two(n => _ = n["nobody"]), "the population", "'nobody'"),
        ["foreign population"] = (() => Two(n => n.Drive(new Network(2).Add("other", 3, new Lif()), 1.Hz, 1)), "the population", "'other' of another network"),
        ["source as target"] = (() => Two(n => n.Connect(n["neurons"], n["source"], Wiring.AllToAll, 1)), "the target population 'source'", "a source of spikes"),
        ["unknown receptor"] = (() => Two(n => n.Connect(n["source"], n["neurons"], Wiring.AllToAll, 1, receptor: "nmda")), "the receptor of population 'neurons'", "'nmda'"),

        ["TauMembrane 0"] = (() => Model(new Lif { TauMembrane = 0.ms }), "TauMembrane", "0 ms"),
        ["TauMembrane NaN"] = (() => Model(new Lif { TauMembrane = double.NaN.ms }), "TauMembrane", "NaN ms"),
        ["TauMembrane infinite"] = (() => Model(new Lif { TauMembrane = double.PositiveInfinity.ms }), "TauMembrane", "Infinity ms"),
        ["TauSynapse negative"] = (() => Model(new Lif { TauSynapse = (-1).ms }), "TauSynapse", "-1 ms"),
        ["TauInhibitory 0"] = (() => Model(new Lif { TauInhibitory = 0.ms }), "TauInhibitory", "0 ms"),
        ["Capacitance 0"] = (() => Model(new Lif { Capacitance = 0.pF }), "Capacitance in pF", "0"),
        ["Rest NaN"] = (() => Model(new Lif { Rest = double.NaN.mV }), "Rest in mV", "NaN"),
        ["Threshold infinite"] = (() => Model(new Lif { Threshold = double.PositiveInfinity.mV }), "Threshold in mV", "Infinity"),
        ["Reset above threshold"] = (() => Model(new Lif { Reset = -50.mV }), "Reset", "-50 mV"),
        ["Reset infinite"] = (() => Model(new Lif { Reset = double.NegativeInfinity.mV }), "Reset", "-Infinity"),
        ["Bias NaN"] = (() => Model(new Lif { Bias = double.NaN.pA }), "Bias in pA", "NaN"),
        ["Refractory negative"] = (() => Model(new Lif { Refractory = (-2).ms }), "Refractory", "-2 ms"),
        ["adaptive Reset infinite"] = (() => Model(new AdaptiveLif { Reset = double.NegativeInfinity.mV, Floor = double.NegativeInfinity.mV }), "Reset", "-Infinity"),
        ["adaptive Increment"] = (() => Model(new AdaptiveLif { Increment = -1.mV }), "Increment in mV", "-1"),
        ["adaptive TauThreshold"] = (() => Model(new AdaptiveLif { TauThreshold = 0.ms }), "TauThreshold", "0 ms"),
        ["adaptive Floor"] = (() => Model(new AdaptiveLif { Floor = -60.mV }), "Floor", "-60 mV"),
        ["Leak"] = (() => Model(new IntegrateAndFire { Leak = 1.5f }), "Leak", "1.5"),
        ["Threshold 0"] = (() => Model(new IntegrateAndFire { Threshold = 0 }), "Threshold", "0"),
        ["Floor above 0"] = (() => Model(new IntegrateAndFire { Floor = 1 }), "Floor", "1"),
        ["Reset mode"] = (() => Model(new IntegrateAndFire { Reset = (ResetMode)7 }), "Reset", "7"),
        ["initial value"] = (() => Distribution.Uniform(3, 2), "the upper end of an initial value", "2"),
        ["source rate"] = (() => new Network(1).Add("a", 1, new PoissonSource((-3).Hz)), "Rate in Hz", "-3"),
        ["spike's neuron"] = (() => new Network(1).Add("a", 2, new SpikeSource([(1.ms, 2)])), "the neuron of the spike at 1 ms", "2"),
        ["spike's time"] = (() => new Network(1).Add("a", 2, SpikeSource.OneNeuron((-1).ms)), "the time of a spike", "-1 ms"),
        ["spike twice"] = (() => Run(new Network(1), n => n.Add("a", 2, SpikeSource.OneNeuron(1.ms, 1.04.ms)), _ => { }), "neuron 0 in step 10", "two spikes"),

        ["step 0"] = (() => new Network(1).Compile(0.ms), "the step", "0 ms"),
        ["step infinite"] = (() => new Network(1).Compile(double.PositiveInfinity.ms), "the step", "Infinity ms"),
        ["probability"] = (() => Joined(Wiring.Probability(1.5)), "the probability", "1.5"),
        ["probability NaN"] = (() => Joined(Wiring.Probability(double.NaN)), "the probability", "NaN"),
        ["one-to-one"] = (() => Joined(Wiring.OneToOne), "one-to-one wiring of 4 sources", "3 targets"),
        ["in-degree"] = (() => Joined(Wiring.InDegree(-1)), "the in-degree", "-1"),
        ["total"] = (() => Joined(Wiring.Total(-1)), "the total of synapses", "-1"),
        ["edge's source"] = (() => Joined(Wiring.Edges([(0, 0), (4, 0)])), "the source of edge 1", "4"),
        ["edge's target"] = (() => Joined(Wiring.Edges([(0, -1)])), "the target of edge 0", "-1"),
        ["stride"] = (() => Joined(Wiring.Convolution(2, 2, 1, 3, 2, stride: 0)), "the stride of the convolution", "0"),
        ["kernel"] = (() => Joined(Wiring.Convolution(2, 2, 1, 3, 3)), "the kernel of the convolution", "3"),
        ["convolution's source"] = (() => Joined(Wiring.Convolution(3, 3, 1, 3, 3)), "the convolution's source of 1 x 3 x 3", "4"),
        ["convolution's target"] = (() => Joined(Wiring.Convolution(2, 2, 1, 2, 2)), "the convolution's target of 2 x 1 x 1", "3"),
        ["transposed wiring"] = (() => Back(Wiring.InDegree(2), 1), "the transposed projection's wiring", "InDegreeWiring"),
        ["transposed gain"] = (() => Back(Wiring.AllToAll, float.NaN), "the gain", "NaN"),
        ["transposed of another network"] = (() => Two(n => n.Connect(n["neurons"], n["neurons"], Wiring.TransposeOf(Other()), 1)), "the transposed projection", "'a -> b' of another network"),

        ["weight NaN"] = (() => Joined(Wiring.AllToAll, double.NaN), "the weight", "NaN"),
        ["uniform weight"] = (() => Joined(Wiring.AllToAll, Weight.Uniform(2, 1)), "the upper end of the weight", "1"),
        ["normal weight"] = (() => Joined(Wiring.AllToAll, Weight.Normal(2, -1)), "the standard deviation of the weight", "-1"),
        ["clipped weight"] = (() => Joined(Wiring.AllToAll, Weight.Normal(2, 1, 3, 2)), "the least weight", "3"),
        ["lognormal weight"] = (() => Joined(Wiring.AllToAll, Weight.Lognormal(2, 11)), "sigma of the weight", "11"),
        ["lognormal sign"] = (() => Joined(Wiring.AllToAll, Weight.Lognormal(2, 1, 0)), "the sign of the weight", "0"),
        ["too few weights"] = (() => Joined(Wiring.AllToAll, Weight.Explicit([1, 2])), "the number of explicit weights", "2"),
        ["explicit NaN"] = (() => Joined(Wiring.InDegree(1), Weight.Explicit([1, float.NaN, 3])), "weight 1", "NaN"),
        ["huge weight"] = (() => Joined(Wiring.AllToAll, 1e300), "the weight", "Infinity"),
        ["delay 0"] = (() => Joined(Wiring.AllToAll, delay: 0.ms), "the delay", "0 ms"),
        ["delay too long"] = (() => Joined(Wiring.AllToAll, delay: 60.1.s), "the delay in steps of 1 ms", "60100"),
        ["uniform delay"] = (() => Joined(Wiring.AllToAll, delay: Delay.Uniform(3.ms, 2.ms)), "the longest delay", "2 ms"),
        ["normal delay"] = (() => Joined(Wiring.AllToAll, delay: Delay.Normal(3.ms, (-1).ms)), "the standard deviation of the delay", "-1 ms"),
        ["wide delay"] = (() => Joined(Wiring.AllToAll, delay: Delay.Normal(3.ms, 20.s)), "the longest delay in steps of 1 ms", "110003"),
        ["too many delays"] = (() => Joined(Wiring.InDegree(1), delay: Delay.Explicit([1.ms, 2.ms, 3.ms, 4.ms])), "the number of explicit delays", "4"),
        ["drive rate"] = (() => Two(n => n.Drive(n["neurons"], (-1).Hz, 1)), "the rate in Hz", "-1"),
        ["drive weight"] = (() => Two(n => n.Drive(n["neurons"], 1.Hz, double.NaN)), "the weight", "NaN"),
        ["drive too fast"] = (() => Two(n => n.Drive(n["neurons"], 200_000.Hz, 1)), "the events a step", "200"),

        ["signal to neurons"] = (() => Two(_ => { }, s => s.Present(s.Network.Source["neurons"], [1])), "what is presented to population 'neurons'", "a signal"),
        ["signal too short"] = (() => Two(_ => { }, s => s.Present(s.Network.Source["source"], [1])), "the signal for population 'source'", "1 numbers"),
        ["signal NaN"] = (() => Two(_ => { }, s => s.Present(s.Network.Source["source"], [0, float.NaN, 0, 0])), "channel 1 of the signal", "NaN"),
        ["signal out of range"] = (() => Two(_ => { }, s => s.Present(s.Network.Source["source"], [0, 0, 0, 1.5f])), "channel 3 of the signal", "1.5"),
        ["negative time"] = (() => Two(_ => { }, s => s.Advance((-1).ms)), "the time to run", "-1 ms"),
        ["negative steps"] = (() => Two(_ => { }, s => s.Advance(-1L)), "the number of steps", "-1"),
        ["unknown variable"] = (() => Two(_ => { }, s => s.State(s.Network.Source["neurons"], "U")), "the state variable of population 'neurons'", "'U'"),
        ["state of a source"] = (() => Two(_ => { }, s => s.State(s.Network.Source["source"], "V")), "the state variable of population 'source'", "'V'"),
        ["state of another network"] = (() => Two(_ => { }, s => s.State(Other().To, "V")), "the population", "'b' of another network"),
        ["counts of another network"] = (() => Two(_ => { }, s => s.ReadSpikeCounts(Other().To, new long[3])), "the population", "'b' of another network"),
        ["weights of another network"] = (() => Two(_ => { }, s => s.Weights(Other())), "the projection", "'a -> b' of another network"),
        ["static modulator"] = (() => Two(n => n.Connect(n["source"], n["neurons"], Wiring.AllToAll, 1), s => s.SetModulator(s.Network.Source.Projections[0], 1)), "projection 'source -> neurons' (0)", "static"),
        ["recorder's variable"] = (() => Two(n => new StateRecorder(n["neurons"], "W").Dispose()), "the state variable of population 'neurons'", "'W'"),
        ["recorder's neuron"] = (() => Two(n => new StateRecorder(n["neurons"], "V", [3]).Dispose()), "a neuron of population 'neurons'", "3"),
        ["recorder's interval"] = (() => Two(n => new StateRecorder(n["neurons"], "V", interval: 0).Dispose()), "the interval of a state recorder", "0"),
        ["recorder's capacity"] = (() => new SpikeRecorder(Path.GetTempFileName(), 0).Dispose(), "the capacity of a spike recorder", "0"),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Bad_input_is_refused_by_name_and_value(string name)
    {
        var (act, thing, value) = Cases[name];
        var error = Assert.Throws<InvalidInputException>(act);
        Assert.Contains(thing, error.Message, StringComparison.Ordinal);
        Assert.Contains($"is {value}", error.Message, StringComparison.Ordinal);
        Assert.Matches("; allowed: .+", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_refused_by_its_path()
    {
        string path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"), "spikes.csv");
        var error = Assert.Throws<InvalidInputException>(() => new SpikeRecorder(path));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("allowed: ", error.Message, StringComparison.Ordinal);
    }

    static void Two(Action<Network> describe, Action<LearningSession>? run = null) => Run(new Network(1), n =>
    {
        n.Add("source", 4, new PoissonSource(1.Hz));
        n.Add("neurons", 3, new Lif());
        describe(n);
    }, run ?? (_ => { }), 1.ms);

    static void Run(Network network, Action<Network> describe, Action<LearningSession> run, Time? step = null)
    {
        describe(network);
        using var session = Reference.Load(network.Compile(step ?? 0.1.ms));
        run(session);
    }

    static void Model(NeuronModel model) => new Network(1).Add("neurons", 1, model);

    static void Joined(Wiring wiring, Weight? weight = null, Delay? delay = null) => Two(n => n.Connect(n["source"], n["neurons"], wiring, weight ?? 1, delay));

    static void Back(Wiring forward, float gain) => Run(new Network(1), n =>
    {
        var a = n.Add("a", 2, new Lif());
        var b = n.Add("b", 3, new Lif());
        var there = n.Connect(a, b, forward, 1);
        n.Connect(b, a, Wiring.TransposeOf(there, gain), 1);
    }, _ => { });

    static Projection Other()
    {
        var network = new Network(1);
        var a = network.Add("a", 3, new Lif());
        var b = network.Add("b", 3, new Lif());
        return network.Connect(a, b, Wiring.AllToAll, 1);
    }
}
