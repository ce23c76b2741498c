#:project ../Lepton.Neuro.Experiments.csproj

var tau = new NumberSetting("tau", "Time constant of both traces", 20, 1, 200, "ms");
var span = new WholeNumberSetting("span", "The longest interval between two spikes", 80, 5, 400, "ms");

return Script.Run("stdp-window", "How does a synapse change with the time between a spike before and a spike after it?", args, [tau, span], run =>
{
    // A synapse for each interval: its source's spike arrives at 500 ms, and a teacher makes its target fire that much later or earlier.
    int[] intervals = [.. Enumerable.Range(-run.Get(span), (2 * run.Get(span)) + 1)];
    var net = new Network(run.Seed);
    var before = net.Add("before", intervals.Length, new SpikeSource([.. intervals.Select((_, i) => (499.ms, i))]));
    var teacher = net.Add("teacher", intervals.Length, new SpikeSource([.. intervals.Select((d, i) => ((499 + d).ms, i))]));
    var after = net.Add("after", intervals.Length, new IntegrateAndFire { Threshold = 10 });
    var rule = new PairStdp { TauPre = run.Get(tau).ms, TauPost = run.Get(tau).ms };
    var synapses = net.Connect(before, after, Wiring.OneToOne, 0.5, rule: rule);
    net.Connect(teacher, after, Wiring.OneToOne, 10);

    using var session = Cpu.Load(net.Compile(1.ms));
    session.Advance(1.s);
    // Neither is first where both come in one step: the line has a gap there.
    double[] change = [.. session.Weights(synapses).Select((w, i) => intervals[i] == 0 ? double.NaN : w - 0.5)];
    double growth = change.Where(double.IsFinite).Max(), loss = change.Where(double.IsFinite).Min();

    run.Show("A point is a synapse. On the right the source's spike arrived first, and the synapse grew; on the left the target fired first, and it shrank.",
        LineChart.Of("STDP window", new("Interval from the arrival to the target's spike", "ms"), new("Change of the weight"), new LineSeries("measured", [.. intervals.Select(d => (double)d)], change)));
    run.Found("largestGrowth", growth);
    run.Found("largestLoss", loss);
    return $"A synapse grows by up to {growth:F4} where the source fires first, and shrinks by up to {-loss:F4} where it fires after.";
});
