namespace Lepton.Neuro.Backends.Kernels;

/// <summary>Where everything lies that all kernels share.</summary>
sealed class Layout<TMemory>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    /// <summary>How many steps of recorded spikes wait on the device for the host.</summary>
    public const int Recorded = 32;

    const int MostSteps = 16;

    readonly int threads;

    public Layout(CompiledNetwork network, MemoryPlan<TMemory> memory, int threads, int groupSize, int images)
    {
        Network = network;
        Memory = memory;
        this.threads = threads;
        GroupSize = groupSize;
        FirstNeurons = new int[network.Populations.Count];
        FirstSums = new int[network.Populations.Count];
        long neurons = 0, places = 0;
        foreach (var population in network.Populations)
        {
            FirstNeurons[population.Index] = (int)neurons;
            FirstSums[population.Index] = (int)places;
            neurons += population.Count;
            places += (long)population.Count * population.Quanta.Count;
            Require.InRange(images == 1 ? "the neurons of the network and their receptors" : "the neurons of the network and their receptors, times the images", Math.Max(neurons, places) * images, 0, int.MaxValue / 2);
        }
        // What a synapse changes in the step in which a spike arrives must be seen in the next: then a launch takes one step.
        bool stepwise = network.Projections.Any(p => p.IsPlastic || p.Transposed is not null);
        StepsPerLaunch = stepwise ? 1 : network.Projections.Count == 0 ? MostSteps : Math.Min(MostSteps, network.Projections.Min(p => p.LeastDelay));
        // Besides the steps that somebody asks for, a launch's own: those whose spikes it delivers, those that it takes, and those that it empties.
        int lists = PowerOfTwo(Math.Max(Recorded + (2 * StepsPerLaunch), network.MostDelay + (2 * StepsPerLaunch)));
        long all = neurons * images;
        Images = new(images, memory.Zeros<ulong>(images));
        Spikes = new(lists - 1, images, Math.Max(1, (int)neurons), memory.Zeros<int>((long)lists * images), memory.Zeros<int>(lists * all), memory.Zeros<long>(all), memory.Zeros<long>(all));
        int slots = PowerOfTwo(network.MostDelay + StepsPerLaunch);
        Sums = new(slots - 1, (int)places * images, (int)places, memory.Zeros<int>(slots * places * images));
    }

    public CompiledNetwork Network { get; }

    public MemoryPlan<TMemory> Memory { get; }

    /// <summary>The threads of a launch that shares out the work that spikes make at some synapses: as many as the device asks for, but no more than one for sixteen synapses, for few act in a step.</summary>
    public int ThreadsFor(long synapses) => (int)Math.Clamp(((synapses / 16) + 255) / 256 * 256, 256, threads);

    /// <summary>The threads of a group.</summary>
    public int GroupSize { get; }

    /// <summary>The populations whose neurons have owners, which deliver to them.</summary>
    public HashSet<int> Owned { get; } = [];

    /// <summary>Whether there is a kernel that empties the lists of the steps to come.</summary>
    public bool ListsEmptied { get; set; }

    /// <summary>The number of each population's first neuron among all.</summary>
    public int[] FirstNeurons { get; }

    /// <summary>The place of each population's first sum.</summary>
    public int[] FirstSums { get; }

    /// <summary>How many steps a launch takes at most: no spike arrives within them.</summary>
    public int StepsPerLaunch { get; }

    public ImageViews Images { get; }

    public SpikeViews Spikes { get; }

    public SumViews Sums { get; }

    public static int PowerOfTwo(int least) => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)least);
}
