#:project ../Lepton.Neuro.Experiments.csproj

var scale = new NumberSetting("scale", "The part of the neurons and of each in-degree", 0.1, 0.01, 1);
var time = new NumberSetting("time", "Biological time that is looked at", 1, 0.05, 100, "s");
var warmUp = new NumberSetting("warm-up", "Biological time before", 0.2, 0, 10, "s");

return Script.Run("microcircuit", "How does a square millimetre of cortex fire, layer by layer?", args, [scale, time, warmUp], run =>
{
    var net = Microcircuit.Build(run.Get(scale), run.Seed);
    using var session = run.Load(net.Compile(Microcircuit.Step));
    run.Advance(run.Get(warmUp).s);
    var spikes = run.Log();
    run.Advance(run.Get(time).s);

    double[] rates = [.. net.Populations.Select(p => spikes.Rate(p).Hertz)];
    for (int p = 0; p < rates.Length; p++) run.Found($"rate{Microcircuit.Names[p]}Hertz", rates[p]);
    run.Found(spikes.Hash);
    var places = Enumerable.Range(1, rates.Length).Select(i => (double)i).ToArray();
    run.Show("A point is a spike; populations from the surface down. Lines are mean rates.", spikes.Raster("The microcircuit", first: 500, rateBin: 5));
    run.Show("A point is the mean rate of a population, from the surface down.", LineChart.Of("Rates", new("Population") { Names = Microcircuit.Names }, new("Mean rate", "Hz", Minimum: 0),
        new LineSeries("this run", places, rates) { IsPoints = true }, new LineSeries("published, full scale", places, Microcircuit.Rates) { IsPoints = true }));
    return $"At scale {run.Get(scale)}, {session.Network.NeuronCount:N0} neurons fire between {rates.Min():F1} and {rates.Max():F1} times a second.";
});
