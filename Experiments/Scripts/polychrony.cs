#:project ../Lepton.Neuro.Experiments.csproj

var inputs = new WholeNumberSetting("inputs", "Inputs of a pattern", 10, 2, 100, "neurons");
var neurons = new WholeNumberSetting("neurons", "Neurons that listen, each with delays of its own", 8, 1, 200, "neurons");
var jitter = new NumberSetting("jitter", "How far spikes of a pattern are moved", 0, 0, 50, "ms");

return Script.Run("polychrony", "Can a neuron tell a pattern of spikes in time by its delays alone?", args, [inputs, neurons, jitter], run =>
{
    // Neuron k's delays make the spikes of pattern k, and of no other, arrive together (E. Izhikevich, Neural Comput. 18, 245 (2006)).
    var random = new System.Random((int)(run.Seed % int.MaxValue));
    int count = run.Get(inputs), listeners = run.Get(neurons);
    var patterns = Enumerable.Range(0, listeners).Select(_ => Enumerable.Range(0, count).Select(_ => random.Next(0, 40)).ToArray()).ToArray();
    var shown = patterns.SelectMany((pattern, k) => pattern.Select((at, i) => (((k * 100) + 10 + Math.Max(0, Math.Round(at + (run.Get(jitter) * ((2 * random.NextDouble()) - 1))))).ms, i)));
    var net = new Network(run.Seed);
    var source = net.Add("inputs", count, new SpikeSource([.. shown]));
    var target = net.Add("listeners", listeners, new Lif { TauMembrane = 5.ms, TauSynapse = 1.ms, Capacitance = 1.pF });
    foreach (var (k, pattern) in patterns.Index())
        net.Connect(source, target, Wiring.Edges([.. Enumerable.Range(0, count).Select(i => (i, k))]), 33.0 / count, Delay.Explicit([.. pattern.Select(at => (41 - at).ms)]));

    using var session = Cpu.Load(net.Compile(1.ms));
    var spikes = SpikeLog.Of(session);
    session.Advance((listeners * 100).ms);

    int right = Enumerable.Range(0, listeners).Count(k => spikes.Times(target, k).Any(t => t.Milliseconds >= k * 100 && t.Milliseconds < (k * 100) + 100));
    int wrong = spikes.Count(target) - right;
    run.Show("A pattern begins every 100 ms; the first one is meant for the first listener, and so on.", spikes.Raster("Patterns and who hears them"));
    run.Found(spikes.Hash);
    run.Found("rightAnswers", right);
    run.Found("wrongAnswers", wrong);
    return $"{right} of {listeners} neurons fire for their own pattern of {count} spikes, and {wrong} times for another one.";
});
