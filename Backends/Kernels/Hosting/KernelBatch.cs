namespace Lepton.Neuro.Backends.Kernels;

/// <summary>Many images in one launch: each has neurons, inputs and traces of its own, the network is shared. Image i is, bit for bit, the session that begins presentation i and is shown signal i.</summary>
/// <remarks>
/// <para>Where it does not learn, all weights are shared, plastic ones too: a batch takes little more memory than a session.</para>
/// <para>Where it learns, each image has a copy of every plastic synapse, and learns as a session of its own would. <see cref="Merge"/> then gives all of them the mean of their weights: an explicit
/// act, for what many images learned side by side is not what they would have learned one after the other. Other variables of synapses, and adaptive thresholds, stay each image's.</para>
/// </remarks>
/// <typeparam name="TMemory">The device's memory.</typeparam>
public sealed class KernelBatch<TMemory> : IDisposable
    where TMemory : struct, IDeviceMemory<TMemory>
{
    readonly KernelSession<TMemory> session;
    readonly bool learning;

    /// <summary>Lays a network out for many images, takes the device's memory and copies it there.</summary>
    /// <param name="network">The plan.</param>
    /// <param name="device">A fresh device; it is disposed with the batch.</param>
    /// <param name="images">How many images, 1 to 65,536.</param>
    /// <param name="learning">Whether they learn.</param>
    /// <param name="learned">What was learned before; nothing where null.</param>
    /// <exception cref="InvalidInputException">The number of images is out of its range, or the network times the images too large for the device.</exception>
    public KernelBatch(CompiledNetwork network, Device<TMemory> device, int images, bool learning = false, Learned? learned = null)
    {
        Images = (int)Require.InRange("the images of a batch", images, 1L, 65_536L);
        this.learning = learning;
        session = new(network, device, learning, learned, Images);
        Begin([.. Enumerable.Range(0, Images).Select(i => (ulong)i)]);
    }

    /// <summary>How many images run side by side.</summary>
    public int Images { get; }

    /// <summary>The plan.</summary>
    public CompiledNetwork Network => session.Network;

    /// <summary>The device's memory that the batch takes, in bytes.</summary>
    public long MemoryBytes => session.MemoryBytes;

    /// <summary>Takes all images back to rest and begins a presentation of each, as <see cref="Session.Begin"/> does.</summary>
    /// <param name="presentations">The number of each image's presentation, on which its random numbers hang.</param>
    /// <exception cref="InvalidInputException">There are more or fewer than images.</exception>
    public void Begin(ReadOnlySpan<ulong> presentations)
    {
        if (presentations.Length != Images) throw new InvalidInputException("the presentations of a batch", presentations.Length, $"{Images}, one an image");
        session.Begin(presentations);
    }

    /// <summary>Shows an image a signal, until another is shown or a presentation begins.</summary>
    /// <param name="image">The image.</param>
    /// <param name="source">A population of an encoder.</param>
    /// <param name="signal">A number for each channel, in the encoder's range.</param>
    /// <exception cref="InvalidInputException">There is no such image; or as for <see cref="Session.Present"/>.</exception>
    public void Present(int image, Population source, ReadOnlySpan<float> signal)
    {
        using var at = At(image);
        session.Present(source, signal);
    }

    /// <summary>Advances all images.</summary>
    /// <param name="duration">How long.</param>
    /// <exception cref="InvalidInputException">The time is negative.</exception>
    public void Advance(Time duration) => session.Advance(duration);

    /// <summary>Advances all images.</summary>
    /// <param name="steps">How many steps.</param>
    /// <exception cref="InvalidInputException">The number is negative.</exception>
    public void Advance(long steps) => session.Advance(steps);

    /// <summary>Records the spikes of a population.</summary>
    /// <param name="population">The population.</param>
    /// <param name="record">Is given, for each image with spikes in a step, in the order of steps, then images: the image, the step since the batch was made, and the neurons, ascending.</param>
    public void Record(Population population, Action<int, long, ReadOnlyMemory<int>> record) => session.Record(population, new Recorder(session, record));

    /// <summary>How often each neuron of an image fired since the batch was made.</summary>
    /// <param name="image">The image.</param>
    /// <param name="population">The population.</param>
    /// <returns>A number a neuron.</returns>
    /// <exception cref="InvalidInputException">There is no such image or population.</exception>
    public long[] SpikeCounts(int image, Population population)
    {
        using var at = At(image);
        var counts = new long[population.Count];
        session.ReadSpikeCounts(population, counts);
        return counts;
    }

    /// <summary>A state variable of an image's neurons.</summary>
    /// <param name="image">The image.</param>
    /// <param name="population">The population.</param>
    /// <param name="variable">The variable.</param>
    /// <returns>A number a neuron, in the variable's unit.</returns>
    /// <exception cref="InvalidInputException">There is no such image, population or variable.</exception>
    public float[] State(int image, Population population, string variable)
    {
        using var at = At(image);
        return session.State(population, variable);
    }

    /// <summary>The weights that an image's spikes meet; the same for all where nothing is learned.</summary>
    /// <param name="image">The image.</param>
    /// <param name="projection">The projection.</param>
    /// <returns>A weight a synapse, in the wiring's order.</returns>
    /// <exception cref="InvalidInputException">There is no such image or projection.</exception>
    public float[] Weights(int image, Projection projection)
    {
        using var at = At(image);
        return session.Weights(projection);
    }

    /// <summary>Sets the third factor of a rule for an image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="projection">A plastic projection.</param>
    /// <param name="values">A value a target.</param>
    /// <exception cref="InvalidInputException">There is no such image; or as for <see cref="LearningSession.SetModulator(Projection, ReadOnlySpan{float})"/>.</exception>
    public void SetModulator(int image, Projection projection, ReadOnlySpan<float> values)
    {
        using var at = At(image);
        session.SetModulator(projection, values);
    }

    /// <summary>Updates the plastic synapses of all images, each by its own traces.</summary>
    /// <exception cref="InvalidInputException">The batch does not learn.</exception>
    public void Update()
    {
        Learns();
        session.Update();
    }

    /// <summary>Gives all images the mean of their weights, summed in double precision in the order of images.</summary>
    /// <exception cref="InvalidInputException">The batch does not learn.</exception>
    public void Merge()
    {
        Learns();
        session.Merge();
    }

    /// <summary>Frees the device.</summary>
    public void Dispose() => session.Dispose();

    void Learns()
    {
        if (!learning) throw new InvalidInputException("what is asked of a batch that does not learn", "an update of weights", "a batch made with learning: true");
    }

    Chosen At(int image)
    {
        session.Image = (int)Require.InRange("the image", image, 0L, Images - 1L);
        return new(session);
    }

    readonly struct Chosen(KernelSession<TMemory> session) : IDisposable
    {
        public void Dispose() => session.Image = -1;
    }

    sealed class Recorder(KernelSession<TMemory> session, Action<int, long, ReadOnlyMemory<int>> record) : IRecorder
    {
        public void Record(long step, Population population, ReadOnlySpan<int> spiked) => record(session.Image, step, spiked.ToArray());
    }
}
