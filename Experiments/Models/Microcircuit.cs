using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Experiments.Models;

/// <summary>The cortical microcircuit under 1 mm² of surface: eight populations in four layers, 77,169 neurons and 299 million synapses at full scale.</summary>
/// <remarks>Source: T. Potjans and M. Diesmann, "The cell-type specific cortical microcircuit", Cereb. Cortex 24, 785 (2014). Smaller scales keep the mean and variance of the input:
/// weights grow by 1/sqrt(scale), and the mean that is lost comes back as a constant current (S. van Albada, M. Helias and M. Diesmann, PLoS Comput. Biol. 11, e1004490 (2015)).</remarks>
public static class Microcircuit
{
    /// <summary>The populations, from the surface down.</summary>
    public static IReadOnlyList<string> Names { get; } = ["L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I"];

    /// <summary>The neurons of each population at full scale.</summary>
    public static IReadOnlyList<int> Sizes { get; } = [20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948];

    /// <summary>The stationary rates of the full model, Hz.</summary>
    public static IReadOnlyList<double> Rates { get; } = [0.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829];

    /// <summary>The step of the model.</summary>
    public static Time Step { get; } = 0.1.ms;

    const double WeightPicoamperes = 87.81, InhibitoryFactor = -4, SynapseMilliseconds = 0.5, ExternalHertz = 8;

    static readonly int[] ExternalInDegrees = [1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100];

    static readonly double[] StartMeans = [-68.28, -63.16, -63.33, -63.45, -63.11, -61.66, -66.72, -61.43];

    static readonly double[] StartDeviations = [5.36, 4.57, 4.74, 4.94, 4.94, 4.55, 5.46, 4.48];

    // Row: target, column: source.
    static readonly double[,] Probabilities =
    {
        { 0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0, 0.0076, 0 },
        { 0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0, 0.0042, 0 },
        { 0.0077, 0.0059, 0.0497, 0.135, 0.0067, 0.0003, 0.0453, 0 },
        { 0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0, 0.1057, 0 },
        { 0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0 },
        { 0.0548, 0.0269, 0.0257, 0.0022, 0.06, 0.3158, 0.0086, 0 },
        { 0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252 },
        { 0.0364, 0.001, 0.0034, 0.0005, 0.0277, 0.008, 0.0658, 0.1443 },
    };

    /// <summary>Describes the model.</summary>
    /// <param name="scale">The part of the neurons and of each in-degree, 0.01 to 1.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="driven">Whether the external input is there; without it the network falls silent.</param>
    /// <exception cref="InvalidInputException">The scale is out of its range.</exception>
    public static Network Build(double scale, ulong seed, bool driven = true)
    {
        Require.InRange("the scale of the microcircuit", scale, 0.01, 1);
        var network = new Network(seed);
        double growth = 1 / Math.Sqrt(scale);
        var populations = new Population[8];
        for (int target = 0; target < 8; target++)
        {
            populations[target] = network.Add(Names[target], (int)Math.Round(Sizes[target] * scale), new Lif
            {
                Bias = driven ? Replacement(target, scale).pA : 0.pA,
                Start = Distribution.Normal(StartMeans[target], StartDeviations[target]),
            });
        }
        for (int target = 0; target < 8; target++)
        {
            for (int source = 0; source < 8; source++)
            {
                long synapses = (long)Math.Round(Synapses(target, source) * scale * scale);
                if (synapses == 0) continue;
                bool excitatory = source % 2 == 0;
                double mean = Weight(target, source) * growth;
                network.Connect(
                    populations[source],
                    populations[target],
                    Wiring.Total(synapses),
                    excitatory ? Neuro.Weight.Normal(mean, 0.1 * mean, least: 0) : Neuro.Weight.Normal(mean, -0.1 * mean, most: 0),
                    excitatory ? Delay.Normal(1.5.ms, 0.75.ms) : Delay.Normal(0.75.ms, 0.375.ms));
            }
            if (driven) network.Drive(populations[target], (ExternalHertz * ExternalInDegrees[target] * scale).Hz, WeightPicoamperes * growth);
        }
        return network;
    }

    // Full-scale synapses of a pair of populations.
    static double Synapses(int target, int source)
    {
        double p = Probabilities[target, source];
        return p == 0 ? 0 : Math.Round(Math.Log(1 - p) / Math.Log(1 - (1 / ((double)Sizes[target] * Sizes[source]))));
    }

    static double Weight(int target, int source)
    {
        double weight = source % 2 == 0 ? WeightPicoamperes : InhibitoryFactor * WeightPicoamperes;
        // The connection from layer 4 to layer 2/3 is twice as strong.
        return target == 0 && source == 2 ? 2 * weight : weight;
    }

    // The constant current in place of the mean input that fewer synapses no longer give.
    static double Replacement(int target, double scale)
    {
        double sum = WeightPicoamperes * ExternalInDegrees[target] * ExternalHertz;
        for (int source = 0; source < 8; source++) sum += Weight(target, source) * Synapses(target, source) / Sizes[target] * Rates[source];
        return 1e-3 * SynapseMilliseconds * (1 - Math.Sqrt(scale)) * sum;
    }
}
