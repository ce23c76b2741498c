#:project ../Lepton.Neuro.Experiments.csproj

var neurons = new WholeNumberSetting("neurons", "Neurons, a fifth of them inhibitory", 5000, 100, 100_000, "neurons");
var inhibition = new NumberSetting("inhibition", "How many times stronger inhibition is than excitation", 5, 0, 20);
var input = new NumberSetting("input", "Outside input, in units of what just drives a neuron to its threshold", 2, 0, 10);
var time = new NumberSetting("time", "Biological time", 0.5, 0.05, 60, "s");

return Script.Run("balanced-raster", "How does a network fire in which excitation and inhibition cancel?", args, [neurons, inhibition, input, time], run =>
{
    // N. Brunel, J. Comput. Neurosci. 8, 183 (2000): a tenth of the neurons onto each, delta-like synapses.
    int excitatoryCount = run.Get(neurons) * 4 / 5, inDegree = excitatoryCount / 10;
    const double Weight = 125;   // pA for half a millisecond on 250 pF: a quarter of a millivolt
    var model = new Lif { TauMembrane = 20.ms, Rest = 0.mV, Reset = 10.mV, Threshold = 20.mV, Start = Distribution.Uniform(0, 20) };
    var net = new Network(run.Seed);
    var excitatory = net.Add("excitatory", excitatoryCount, model);
    var inhibitory = net.Add("inhibitory", run.Get(neurons) - excitatoryCount, model);
    // The rate at which the mean potential just reaches the threshold: V / (weight x synaptic time / capacitance x membrane time).
    double justEnough = 20 / (Weight * 0.5 / 250 * 0.020);
    foreach (var target in new[] { excitatory, inhibitory })
    {
        net.Connect(excitatory, target, Wiring.InDegree(inDegree), Weight, 1.5.ms);
        net.Connect(inhibitory, target, Wiring.InDegree(inDegree / 4), -run.Get(inhibition) * Weight, 1.5.ms);
        net.Drive(target, (run.Get(input) * justEnough).Hz, Weight);
    }
    using var session = run.Load(net.Compile(0.1.ms));
    var spikes = run.Log();
    run.Advance(run.Get(time).s);

    run.Show("A point is a spike, a row a neuron; lines are mean rates.", spikes.Raster("A balanced network", first: 200, rateBin: 5));
    run.Found(spikes.Hash);
    run.Found("meanRateHertz", spikes.Rate(excitatory).Hertz);
    run.Found("irregularity", spikes.Irregularity(excitatory));
    return $"Excitatory neurons fire {spikes.Rate(excitatory).Hertz:F1} times a second, with a coefficient of variation of {spikes.Irregularity(excitatory):F2} (1 is a Poisson process).";
});
