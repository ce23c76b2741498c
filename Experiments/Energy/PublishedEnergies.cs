namespace Lepton.Neuro.Experiments.Energy;

/// <summary>A published energy of telling digits apart on a chip.</summary>
/// <param name="Hardware">The chip.</param>
/// <param name="Work">Who measured or reported it.</param>
/// <param name="Mode">Inference alone, or a learning rule on the chip.</param>
/// <param name="Network">The network.</param>
/// <param name="Joules">Joules a sample.</param>
/// <param name="LatencySeconds">Seconds a sample; null where not given.</param>
/// <param name="Accuracy">The part of the test images that is right.</param>
internal sealed record PublishedEnergy(string Hardware, string Work, string Mode, string Network, double Joules, double? LatencySeconds, double Accuracy);

/// <summary>Published energies of an MNIST sample. The same chip spans a factor of a thousand, so a figure means nothing without its network and accuracy.</summary>
internal static class PublishedEnergies
{
    /// <summary>Where the figures are collected.</summary>
    public const string Source = "A. Renner et al., The backpropagation algorithm implemented on spiking neuromorphic hardware, Nature Communications 2024, Table 1";

    /// <summary>The figures, in the table's order.</summary>
    public static IReadOnlyList<PublishedEnergy> Mnist { get; } =
    [
        new("Loihi", "Renner 2024", "inference", "400-400-10", 0.0025e-3, 0.17e-3, 96.3e-2),
        new("Loihi", "Lin 2018", "inference", "1920-10", 0.0128e-3, null, 96.4e-2),
        new("Loihi", "Shrestha 2021", "inference", "CNN-CNN-100-10", 2.47e-3, 10e-3, 94.7e-2),
        new("Loihi", "Renner 2024", "on-chip backprop", "400-400-10", 0.59e-3, 1.5e-3, 96.3e-2),
        new("Loihi", "Shrestha 2021", "on-chip EM-STDP", "CNN-CNN-100-10", 8.4e-3, 20e-3, 94.7e-2),
        new("Loihi", "Lin 2018", "on-chip S-STDP", "1920-10", 0.553e-3, null, 96.4e-2),
        new("TrueNorth", "Esser 2015", "inference", "CNN 512 neurons", 0.00027e-3, 1e-3, 92.7e-2),
        new("TrueNorth", "Esser 2015", "inference", "CNN 3840 neurons", 0.108e-3, 1e-3, 99.4e-2),
        new("SpiNNaker", "Stromatias 2015", "inference", "784-500-500-10", 3.3e-3, 11e-3, 95e-2),
        new("BrainScaleS-2", "Goeltz 2019", "inference", "256-246-10", 0.0084e-3, 0.048e-3, 96.9e-2),
        new("SPOON", "Frenkel 2020", "inference", "CNN-10", 0.000313e-3, 0.12e-3, 97.5e-2),
        new("SPOON", "Frenkel 2020", "on-chip DRTP", "CNN-10", 0.000366e-3, 0.12e-3, 95.3e-2),
        new("ODIN", "Frenkel 2018", "on-chip SDSP", "256-10", 1.5e-8, null, 84.5e-2),
        new("unnamed", "Chen 2018", "inference", "784-1024-512-10", 0.0017e-3, null, 97.9e-2),
        new("unnamed", "Chen 2018", "on-chip S-STDP", "236-20", 0.017e-3, 0.16e-3, 89e-2),
        new("unnamed", "Park 2019", "on-chip mod.SD", "784-200-200-10", 0.000253e-3, 0.01e-3, 98.1e-2),
        new("unnamed", "Buhler 2017", "LCA features", "256-10", 5e-8, 0.001e-3, 88e-2),
    ];
}
