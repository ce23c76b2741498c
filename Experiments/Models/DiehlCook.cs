using Lepton.Neuro.Encoders;
using Lepton.Neuro.Plasticity;
using Lepton.Neuro.Random;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Experiments.Models;

/// <summary>784 inputs onto N excitatory neurons that inhibit each other through N inhibitory ones, and learn to tell images apart without labels.</summary>
/// <remarks>Source: P. Diehl and M. Cook, "Unsupervised learning of digit recognition using spike-timing-dependent plasticity", Front. Comput. Neurosci. 9:99 (2015), with the constants of the
/// authors' program.</remarks>
public static class DiehlCook
{
    /// <summary>The step of the model.</summary>
    public static Time Step { get; } = 0.5.ms;

    /// <summary>How long an image is shown.</summary>
    public static Time ImageTime { get; } = 350.ms;

    /// <summary>The pixels of an image.</summary>
    public const int Pixels = 784;

    /// <summary>What the weights onto a neuron sum to before each image.</summary>
    public const float WeightSum = 78;

    const double LargestHertz = 63.75, ToInhibitory = 10.4, ToExcitatory = 17;

    /// <summary>Describes the model.</summary>
    /// <param name="neurons">The excitatory neurons, 1 to 10,000; as many inhibitory ones.</param>
    /// <param name="seed">The seed.</param>
    /// <exception cref="InvalidInputException">The number is out of its range.</exception>
    public static Network Build(int neurons, ulong seed)
    {
        Require.InRange("the excitatory neurons of the Diehl-Cook network", neurons, 1L, 10_000L);
        var network = new Network(seed);
        var input = network.Add("input", Pixels, new PoissonRate(LargestHertz.Hz));
        var excitatory = network.Add("excitatory", neurons, new ConductanceLif());
        var inhibitory = network.Add("inhibitory", neurons, new ConductanceLif
        {
            TauMembrane = 10.ms,
            Rest = -60.mV,
            Reset = -45.mV,
            Threshold = -40.mV,
            StartTheta = Distribution.Constant(0),
            Increment = 0.mV,
            Homeostatic = false,
            Refractory = 2.ms,
            ReversalInhibitory = -85.mV,
        });
        network.Connect(input, excitatory, Wiring.AllToAll, Weight.Uniform(0.003, 0.303), Delay.Uniform(0.ms, 10.ms), "excitatory", new DiehlCookStdp());
        network.Connect(excitatory, inhibitory, Wiring.OneToOne, ToInhibitory, receptor: "excitatory");
        // To all others: to all, and back from the neuron's own partner. Sums are integers, so what is taken back leaves exactly nothing.
        network.Connect(inhibitory, excitatory, Wiring.AllToAll, ToExcitatory, receptor: "inhibitory");
        network.Connect(inhibitory, excitatory, Wiring.OneToOne, -ToExcitatory, receptor: "inhibitory");
        return network;
    }

    /// <summary>A random image for benchmarks: 19 % of the pixels are on, with an intensity uniform in [0.3, 1].</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="index">The image's number.</param>
    /// <param name="image">Where to: <see cref="Pixels"/> numbers.</param>
    public static void RandomImage(ulong seed, long index, Span<float> image)
    {
        Span<uint> on = stackalloc uint[Pixels], intensity = stackalloc uint[Pixels];
        // No population has this index.
        var stream = new RandomStream(seed, RandomPurpose.Encoding, -1);
        Philox.Fill(stream, 0, (uint)index, (uint)(index >> 32), 0, on);
        Philox.Fill(stream, 0, (uint)index, (uint)(index >> 32), 1, intensity);
        for (int i = 0; i < Pixels; i++) image[i] = on[i] < 0.19 * 4294967296.0 ? (float)(0.3 + (0.7 * intensity[i] / 4294967296.0)) : 0;
    }
}
