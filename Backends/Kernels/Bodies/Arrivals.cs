using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends.Kernels;

/// <summary>Which synapses of a projection the spikes of earlier steps reach now: runs, one for each source and delay.</summary>
/// <param name="Teams">How threads share them out.</param>
/// <param name="Spikes">The spikes.</param>
/// <param name="FirstSource">The number of the first source among all neurons.</param>
/// <param name="Sources">How many sources.</param>
/// <param name="LeastDelay">The least delay.</param>
/// <param name="MostDelay">The greatest delay.</param>
/// <param name="Runs">Where each run begins, ordered by source, then delay; and the end of the last.</param>
readonly record struct Arrivals(Teams Teams, SpikeViews Spikes, int FirstSource, int Sources, int LeastDelay, int MostDelay, View<int> Runs)
{
    /// <summary>The source that is spike number <paramref name="index"/> of a step, and its image; negative where it is none of this projection's.</summary>
    public Arrival Find<TMemory>(TMemory memory, long step, int index)
        where TMemory : struct, IDeviceMemory<TMemory>
    {
        int neuron = Spikes.At(memory, step, index), image = Spikes.ImageOf(neuron);
        int source = neuron - (image * Spikes.PerImage) - FirstSource;
        return new(image, source < Sources ? source : -1);
    }

    /// <summary>Where a run begins.</summary>
    public int Begin<TMemory>(TMemory memory, int source, int delay)
        where TMemory : struct, IDeviceMemory<TMemory> => TMemory.Read(memory, Runs, ((long)source * (MostDelay - LeastDelay + 1)) + delay - LeastDelay);

    /// <summary>Where a run ends.</summary>
    public int End<TMemory>(TMemory memory, int source, int delay)
        where TMemory : struct, IDeviceMemory<TMemory> => TMemory.Read(memory, Runs, ((long)source * (MostDelay - LeastDelay + 1)) + delay - LeastDelay + 1);
}

/// <summary>A spike that arrives.</summary>
/// <param name="Image">The image it is of.</param>
/// <param name="Source">The source that sent it.</param>
readonly record struct Arrival(int Image, int Source);

/// <summary>The sums of a projection's targets.</summary>
/// <param name="Sums">All sums.</param>
/// <param name="First">The place of the first target's.</param>
/// <param name="Stride">How far the next target's is.</param>
/// <param name="Factor">1 over the receptor's quantum.</param>
readonly record struct SumPlaces(SumViews Sums, int First, int Stride, float Factor)
{
    /// <summary>Adds what a synapse sends, rounded to the receptor's quantum.</summary>
    public void Add<TMemory>(TMemory memory, long step, int image, int target, Scalar sent)
        where TMemory : struct, IDeviceMemory<TMemory>
    {
        int amount = 0;
        Scalar.AddScaled(sent, Factor, ref amount);
        TMemory.Add(memory, Sums.Values, Sums.Index(step, image, First + (target * Stride)), amount);
    }
}
