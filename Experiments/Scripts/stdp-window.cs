#:project ../Lepton.Neuro.Experiments.csproj

var tau = new NumberSetting("tau", "Time constant of both traces", 20, 1, 200, "ms");
var span = new WholeNumberSetting("span", "The largest distance of two spikes", 80, 5, 400, "ms");

return Script.Run("stdp-window", "How does a synapse change with the time between a spike before and a spike after it?", args, [tau, span], run =>
{
    // A synapse for each distance: its source fires at 500 ms, and a teacher makes its target fire that much later or earlier.
    int[] distances = [.. Enumerable.Range(-run.Get(span), (2 * run.Get(span)) + 1)];
    var net = new Network(run.Seed);
    var before = net.Add("before", distances.Length, new SpikeSource([.. distances.Select((_, i) => (500.ms, i))]));
    var teacher = net.Add("teacher", distances.Length, new SpikeSource([.. distances.Select((d, i) => ((499 + d).ms, i))]));
    var after = net.Add("after", distances.Length, new IntegrateAndFire { Threshold = 10 });
    var rule = new PairStdp { TauPre = run.Get(tau).ms, TauPost = run.Get(tau).ms };
    var synapses = net.Connect(before, after, Wiring.OneToOne, 0.5, rule: rule);
    net.Connect(teacher, after, Wiring.OneToOne, 10);

    using var session = Cpu.Load(net.Compile(1.ms));
    session.Advance(1.s);
    double[] change = [.. session.Weights(synapses).Select(w => w - 0.5)];

    run.Show("A point is a synapse. A spike takes a step of 1 ms to arrive: right of that the source came first, and the synapse grew.",
        LineChart.Of("STDP window", new("After minus before", "ms"), new("Change of weight"), new LineSeries("measured", [.. distances.Select(d => (double)d)], change)));
    run.Found("largestGrowth", change.Max());
    run.Found("largestLoss", change.Min());
    return $"A synapse grows by up to {change.Max():F4} where the source fires first, and shrinks by up to {-change.Min():F4} where it fires after.";
});
