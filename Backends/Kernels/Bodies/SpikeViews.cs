namespace Lepton.Neuro.Backends.Kernels;

/// <summary>Where spikes are written down: a list for each of the last steps and each image, and what is known of each neuron. Neurons are numbered through all populations.</summary>
/// <param name="Mask">The number of steps that have lists less one: step t's are lists t &amp; Mask; a power of two above the greatest delay and what a launch takes.</param>
/// <param name="Images">How many images run side by side.</param>
/// <param name="PerImage">How many neurons an image has: a list's room.</param>
/// <param name="Counts">How long each list is: the images of a step, one after the other.</param>
/// <param name="Lists">The lists. The order in a list is that of chance; nothing depends on it.</param>
/// <param name="Last">The step after the one in which each neuron of each image fired last; 0 where it did not in this presentation.</param>
/// <param name="Totals">How often each neuron of each image fired since the session began.</param>
readonly record struct SpikeViews(int Mask, int Images, int PerImage, View<int> Counts, View<int> Lists, View<long> Last, View<long> Totals)
{
    /// <summary>The number of an image's list of a step.</summary>
    public long List(long step, int image) => ((step & Mask) * Images) + image;

    /// <summary>A neuron fires.</summary>
    public void Emit<TMemory>(TMemory memory, int image, int neuron, long step)
        where TMemory : struct, IDeviceMemory<TMemory>
    {
        long list = List(step, image), own = Own(image, neuron);
        int at = TMemory.Add(memory, Counts, list, 1);
        TMemory.Write(memory, Lists, (list * PerImage) + at, neuron);
        TMemory.Write(memory, Last, own, step + 1);
        TMemory.Write(memory, Totals, own, TMemory.Read(memory, Totals, own) + 1);
    }

    /// <summary>Empties an image's list of a step.</summary>
    public void Clear<TMemory>(TMemory memory, int image, long step)
        where TMemory : struct, IDeviceMemory<TMemory> => TMemory.Write(memory, Counts, List(step, image), 0);

    /// <summary>Whether a neuron fired in a step, the last one taken.</summary>
    public bool Fired<TMemory>(TMemory memory, int image, int neuron, long step)
        where TMemory : struct, IDeviceMemory<TMemory> => TMemory.Read(memory, Last, Own(image, neuron)) == step + 1;

    /// <summary>How many neurons of an image fired in a step.</summary>
    public int CountOf<TMemory>(TMemory memory, int image, long step)
        where TMemory : struct, IDeviceMemory<TMemory> => TMemory.Read(memory, Counts, List(step, image));

    /// <summary>One of the neurons of an image that fired in a step.</summary>
    public int At<TMemory>(TMemory memory, int image, long step, int index)
        where TMemory : struct, IDeviceMemory<TMemory> => TMemory.Read(memory, Lists, (List(step, image) * PerImage) + index);

    /// <summary>Where what is known of a neuron lies.</summary>
    long Own(int image, int neuron) => ((long)image * PerImage) + neuron;
}

/// <summary>Where inputs are summed: an integer for each receptor of each neuron, for each of the coming steps.</summary>
/// <param name="Mask">The number of steps less one: a power of two above the greatest delay.</param>
/// <param name="Places">How many sums a step has in all images together.</param>
/// <param name="PerImage">How many sums of a step are an image's.</param>
/// <param name="Values">The sums.</param>
readonly record struct SumViews(int Mask, int Places, int PerImage, View<int> Values)
{
    /// <summary>Where a sum lies.</summary>
    public long Index(long step, int place) => ((step & Mask) * Places) + place;

    /// <summary>Where a sum of an image lies.</summary>
    public long Index(long step, int image, int place) => Index(step, (image * PerImage) + place);
}

/// <summary>The images that run side by side: neurons, sums and traces are each image's own, what is the network's is shared.</summary>
/// <param name="Count">How many.</param>
/// <param name="Presentations">The presentation of each: random numbers hang on it.</param>
readonly record struct ImageViews(int Count, View<ulong> Presentations)
{
    /// <summary>The presentation of an image; a single one's is told with the launch.</summary>
    public ulong Presentation<TMemory>(TMemory memory, int image, StepRange now)
        where TMemory : struct, IDeviceMemory<TMemory> => Count == 1 ? now.Presentation : TMemory.Read(memory, Presentations, image);
}

/// <summary>How a launch shares out rows of synapses: a team of threads a row, or a piece of a long one. Team t serves image t / share, and every Count / share-th after it: of its spikes the one numbered
/// t % share, and every share-th after it.</summary>
/// <param name="Threads">The threads of the launch.</param>
/// <param name="Size">The threads of a team: 1, a warp or a block, by the length of rows.</param>
/// <param name="Piece">The longest piece of a row that a team takes.</param>
/// <param name="Pieces">Into how many pieces the longest row falls.</param>
readonly record struct Teams(int Threads, int Size, int Piece, int Pieces)
{
    const int Warp = 32, Block = 256, PerThread = 4;

    /// <summary>How many teams there are.</summary>
    public int Count => Threads / Size;

    /// <summary>How many teams an image has.</summary>
    public int Share(int images) => images < Count ? Count / images : 1;

    /// <summary>Teams for rows of these lengths.</summary>
    public static Teams For(int threads, double mean, long longest)
    {
        int size = mean <= PerThread ? 1 : mean <= Block ? Warp : Block;
        int piece = size * PerThread;
        return new(threads, size, piece, (int)Math.Max(1, (longest + piece - 1) / piece));
    }
}
