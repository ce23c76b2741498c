using FsCheck.Fluent;
using Lepton.Neuro.Plasticity.Gradients;
using Lepton.Neuro.Testing;

namespace Lepton.Neuro.Gradients.Tests;

/// <summary>Exact gradients of spike times, against finite differences; spike times, against small steps.</summary>
public sealed class EventPropTests
{
    const double Duration = 40;

    [Fact]
    public void Gradients_of_the_loss_are_those_of_finite_differences()
    {
        int checkedWeights = 0, all = 0;
        Properties.Holds(
            from seed in Gen.Choose(1, 100_000)
            from tauSynapse in Gen.Elements(5.0, 10.0, 14.0)
            select (seed, tauSynapse),
            c =>
            {
                var network = new EventPropNetwork(Duration, new() { TauSynapse = c.tauSynapse }, 5, 6, 3);
                network.Initialize((ulong)c.seed, 8);
                var input = Spikes(new(c.seed), 14, 5);
                var gradients = Room(network);
                network.Gradient(input, 1, gradients);
                for (int layer = 0; layer < 2; layer++)
                {
                    for (int w = 0; w < gradients[layer].Length; w++)
                    {
                        all++;
                        double up = Loss(layer, w, 1e-6, out string many), down = Loss(layer, w, -1e-6, out string few), expected = (up - down) / 2e-6;
                        // Where a spike comes or goes, or hardly reaches the threshold, there is no slope to be found by differences.
                        if (many != few || Math.Abs(gradients[layer][w]) > 100) continue;
                        checkedWeights++;
                        Assert.True(Math.Abs(expected - gradients[layer][w]) <= 1e-4 * (0.1 + Math.Abs(expected)), $"layer {layer}, weight {w}: {gradients[layer][w]}, but by differences {expected}");
                    }
                }

                double Loss(int layer, int weight, double change, out string counts)
                {
                    double kept = network.Layers[layer].Weights[weight];
                    network.Layers[layer].Weights[weight] += change;
                    double loss = network.Gradient(input, 1, Room(network)).Loss;
                    IReadOnlyList<TimedSpike> spikes = input;
                    counts = "";
                    foreach (var l in network.Layers)
                    {
                        spikes = l.Forward(spikes);
                        counts += $"{spikes.Count} ";
                    }
                    network.Layers[layer].Weights[weight] = kept;
                    return loss;
                }
            },
            20);
        Assert.True(checkedWeights > 0.9 * all && all > 900, $"{checkedWeights} of {all}");
    }

    [Fact]
    public void So_are_those_by_the_times_of_spikes_that_come_in() =>
        Properties.Holds(
            Gen.Choose(1, 100_000),
            seed =>
            {
                var chance = new System.Random(seed);
                var layer = new EventPropLayer(4, 3, Duration);
                for (int i = 0; i < layer.Weights.Length; i++) layer.Weights[i] = (chance.NextDouble() * 4) - 0.5;
                var input = Spikes(chance, 10, 4);
                double[] byTimes = [.. layer.Forward(input).Select(_ => chance.NextDouble() - 0.5)];
                Assert.NotEmpty(byTimes);
                double[] found = layer.Backward(byTimes, new double[layer.Weights.Length]);
                for (int k = 0; k < input.Count; k++)
                {
                    double? up = Sum(k, 1e-6), down = Sum(k, -1e-6);
                    if (up is null || down is null || Math.Abs(found[k]) > 100) continue;
                    double expected = (up.Value - down.Value) / 2e-6;
                    Assert.True(Math.Abs(expected - found[k]) <= 1e-4 * (0.1 + Math.Abs(expected)), $"spike {k}: {found[k]}, but by differences {expected}");
                }

                double? Sum(int spike, double change)
                {
                    var moved = input.ToArray();
                    moved[spike] = moved[spike] with { Time = moved[spike].Time + change };
                    var output = layer.Forward(moved);
                    return output.Count == byTimes.Length ? output.Zip(byTimes, (o, by) => o.Time * by).Sum() : null;
                }
            },
            30);

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(14)]
    public void Spikes_are_where_small_steps_find_them(double tauSynapse)
    {
        var neuron = new EventPropNeuron { TauSynapse = tauSynapse };
        var layer = new EventPropLayer(3, 1, Duration, neuron);
        double[] weights = [2.1, -0.7, 1.6];
        weights.CopyTo(layer.Weights, 0);
        // At whole steps, so that small steps see them in time.
        IReadOnlyList<TimedSpike> input = [.. Spikes(new(5), 25, 3).Select(s => s with { Time = Math.Round(s.Time, 2) })];
        var found = layer.Forward(input);
        const double Step = 1e-4;
        double v = 0, i = 0;
        var expected = new List<double>();
        for (int n = 0, k = 0; n * Step < Duration; n++)
        {
            for (; k < input.Count && input[k].Time <= (n + 0.5) * Step; k++) i += weights[input[k].Neuron];
            double half = v + ((i - v) * Step / 20), current = i * (1 - (Step / 2 / tauSynapse)), next = v + ((current - half) * Step / 10);
            i -= current * Step / tauSynapse;
            if (next < 1)
            {
                v = next;
                continue;
            }
            // Between two steps it is on a line; what is left of the step after the spike counts from zero.
            double part = (1 - v) / (next - v);
            expected.Add((n + part) * Step);
            v = i * (1 - part) * Step / 10;
        }
        Assert.InRange(found.Count, 4, 1000);
        Assert.Equal(expected.Count, found.Count);
        for (int k = 0; k < expected.Count; k++) Assert.Equal(expected[k], found[k].Time, 2e-3);
    }

    [Fact]
    public void A_network_learns_who_is_first()
    {
        // Which of two halves of the inputs comes first, where the other comes a little later.
        var chance = new System.Random(3);
        List<(IReadOnlyList<TimedSpike> Spikes, int Label)> training = Draw(120), test = Draw(100);
        var network = new EventPropNetwork(Duration, null, 8, 10, 2);
        network.Initialize(5);
        for (int epoch = 0; epoch < 60; epoch++)
        {
            for (int first = 0; first < training.Count; first += 20) network.Descend(training.GetRange(first, 20), 0.02);
        }
        int right = test.Count(s => Array.IndexOf(network.FirstSpikes(s.Spikes), network.FirstSpikes(s.Spikes).Min()) == s.Label);
        Assert.InRange(right, 90, 100);

        List<(IReadOnlyList<TimedSpike>, int)> Draw(int count) =>
        [
            .. Enumerable.Range(0, count).Select(_ =>
            {
                int label = chance.Next(2);
                IReadOnlyList<TimedSpike> spikes = [.. Enumerable.Range(0, 8).Select(i => new TimedSpike((i / 4 == label ? 1 : 5) + (chance.NextDouble() * 3), i)).OrderBy(s => s.Time)];
                return (spikes, label);
            }),
        ];
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        var layer = new EventPropLayer(2, 3, Duration);
        Assert.Contains("spike 1", Assert.Throws<InvalidInputException>(() => layer.Forward([new(3, 0), new(2, 1)])).Message, StringComparison.Ordinal);
        Assert.Contains("spike 0", Assert.Throws<InvalidInputException>(() => layer.Forward([new(double.NaN, 0)])).Message, StringComparison.Ordinal);
        Assert.Contains("neuron of spike 0", Assert.Throws<InvalidInputException>(() => layer.Forward([new(1, 2)])).Message, StringComparison.Ordinal);
        Assert.Contains("TauSynapse", Assert.Throws<InvalidInputException>(() => new EventPropLayer(2, 3, 5, new() { TauSynapse = 0 })).Message, StringComparison.Ordinal);
        Assert.Contains("label", Assert.Throws<InvalidInputException>(() => new EventPropNetwork(5, null, 2, 3).Gradient([], 3, [new double[6]])).Message, StringComparison.Ordinal);
    }

    static double[][] Room(EventPropNetwork network) => [.. network.Layers.Select(l => new double[l.Weights.Length])];

    static IReadOnlyList<TimedSpike> Spikes(System.Random chance, int count, int neurons) =>
        [.. Enumerable.Range(0, count).Select(_ => new TimedSpike(chance.NextDouble() * 0.6 * Duration, chance.Next(neurons))).OrderBy(s => s.Time)];
}
