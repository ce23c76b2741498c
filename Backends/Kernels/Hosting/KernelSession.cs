namespace Lepton.Neuro.Backends.Kernels;

/// <summary>A network on a device. A step is a few launches and no word to the host; the same spikes as <see cref="Reference"/>, bit for bit.</summary>
/// <typeparam name="TMemory">The device's memory.</typeparam>
public sealed class KernelSession<TMemory> : LearningSession
    where TMemory : struct, IDeviceMemory<TMemory>
{
    readonly Device<TMemory> device;
    readonly bool learning;
    readonly Layout<TMemory> layout;
    readonly IReadOnlyList<Cells<TMemory>> groups;
    readonly Cells<TMemory>[] cells;
    readonly Joins<TMemory>?[] joins;
    readonly StaticRows<TMemory> rows;
    readonly Launch? clear;

    // How many of the last steps have spikes that static synapses have yet to deliver.
    int waiting;

    /// <summary>Lays a network out, takes the device's memory and copies it there.</summary>
    /// <param name="network">The plan.</param>
    /// <param name="device">A fresh device; it is disposed with the session.</param>
    /// <param name="learning">Whether it learns.</param>
    /// <param name="learned">What was learned before; nothing where null.</param>
    /// <exception cref="InvalidInputException">The network is too large for the device, or of too many synapses for a list.</exception>
    public KernelSession(CompiledNetwork network, Device<TMemory> device, bool learning, Learned? learned = null)
        : this(network, device, learning, learned, 1)
    {
    }

    internal KernelSession(CompiledNetwork network, Device<TMemory> device, bool learning, Learned? learned, int images)
        : base(network)
    {
        this.device = device;
        this.learning = learning;
        var memory = new MemoryPlan<TMemory>();
        layout = new(network, memory, device.Threads, device.GroupSize, images);
        var lowering = new CellsLowering<TMemory>(network, learning);
        cells = [.. network.Populations.Select(lowering.Lower)];
        groups = lowering.Groups;
        foreach (var group in groups) group.Reserve(layout);
        joins = new Joins<TMemory>?[network.Projections.Count];
        foreach (var projection in network.Projections) joins[projection.Index] = Joined(projection);
        rows = new(layout);
        var prepareClear = layout.ListsEmptied ? null : memory.Kernel("clear", new ClearSpikes<TMemory> { Spikes = layout.Spikes });
        MemoryBytes = memory.Bytes;
        memory.Commit(device);
        foreach (var group in groups) group.Prepare(device);
        foreach (var one in joins) one?.Prepare(device);
        rows.Prepare(device);
        clear = prepareClear?.Invoke(device);
        BeginModulators();
        if (learned is not null) TakeOver(learned.For(network));
    }

    /// <summary>The device's memory that the network takes, in bytes.</summary>
    public long MemoryBytes { get; }

    /// <summary>How many steps a launch takes at most: as many as the least delay allows, 1 where something is plastic.</summary>
    public int StepsPerLaunch => layout.StepsPerLaunch;

    /// <summary>The image that reads and writes are about; negative for all of them, where something is written.</summary>
    internal int Image { get; set; } = -1;

    int Read => Math.Max(0, Image);

    /// <inheritdoc/>
    public override void ReadSpikeCounts(Population population, Span<long> counts)
    {
        Own(population);
        device.Download(layout.Spikes.Totals, ((long)Read * layout.Spikes.PerImage) + layout.FirstNeurons[population.Index], counts[..population.Count]);
    }

    /// <inheritdoc/>
    public override float[] Weights(Projection projection)
    {
        Own(projection);
        return joins[projection.Index]?.Weights(Read) ?? StaticWeights(Network.Projections[projection.Index]);
    }

    /// <summary>Gives each image its presentation, and begins it.</summary>
    internal void Begin(ReadOnlySpan<ulong> presentations)
    {
        device.Upload(layout.Images.Presentations, 0, presentations);
        Begin(presentations[0]);
    }

    /// <summary>Gives all images the mean of their weights.</summary>
    internal void Merge()
    {
        foreach (var one in joins) one?.Merge();
    }

    /// <summary>A sum over the states of all neurons, made on the device: equal where the states are, bit for bit.</summary>
    public int Checksum() => groups.Aggregate(0, (sum, group) => unchecked((sum * 31) + group.Checksum()));

    /// <summary>Goes on where a session of any backend was saved, bit for bit.</summary>
    /// <param name="network">The plan, of the same description, seed and step.</param>
    /// <param name="path">The checkpoint.</param>
    /// <param name="device">Makes the device; not called where the checkpoint is refused before.</param>
    /// <param name="learning">Whether it learns.</param>
    /// <exception cref="InvalidInputException">The checkpoint cannot be read, is damaged, of another network, or of a session that learns where this one does not or the other way round; or as for the
    /// constructor.</exception>
    public static KernelSession<TMemory> Resume(CompiledNetwork network, string path, Func<Device<TMemory>> device, bool learning)
    {
        using var reader = new CheckpointReader(path, network);
        var one = device();
        try
        {
            var session = new KernelSession<TMemory>(network, one, learning);
            session.Restore(reader);
            return session;
        }
        catch
        {
            one.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void SaveCore(CheckpointWriter writer)
    {
        writer.Write<int>("learning", [learning ? 1 : 0]);
        var totals = new long[layout.Spikes.PerImage];
        device.Download<long>(layout.Spikes.Totals, 0, totals);
        foreach (var population in Network.Populations)
        {
            cells[population.Index].Save(writer, population, Section(population));
            writer.Write<long>(Section(population) + "spikes", totals.AsSpan(layout.FirstNeurons[population.Index], population.Count));
        }
        var neurons = new List<int>();
        var counts = new List<int>();
        for (long step = Math.Max(0, PresentationStep - Network.MostDelay); step < PresentationStep; step++)
        {
            Span<int> count = [0];
            device.Download(layout.Spikes.Counts, layout.Spikes.List(step, 0), count);
            var fired = Fired(step, count)[0];
            foreach (var population in Network.Populations)
            {
                int[] own = Of(population, fired);
                neurons.AddRange(own);
                counts.Add(own.Length);
            }
        }
        writer.Write<int>("under way: counts", counts.ToArray());
        writer.Write<int>("under way: neurons", neurons.ToArray());
        foreach (var one in joins) one?.Save(writer, PresentationStep);
    }

    /// <inheritdoc/>
    protected override void RestoreCore(CheckpointReader reader)
    {
        if (reader.Read<int>("learning")[0] != (learning ? 1 : 0))
            throw reader.Refused(learning ? "is of a session that does not learn" : "is of a session that learns", learning ? "one of a session that learns" : "one of a session that does not learn");
        var spikes = layout.Spikes;
        device.Clear(spikes.Counts);
        device.Clear(spikes.Last);
        device.Clear(layout.Sums.Values);
        var totals = new long[spikes.PerImage];
        foreach (var population in Network.Populations)
        {
            cells[population.Index].Restore(reader, population, Section(population));
            reader.Read(Section(population) + "spikes", totals.AsSpan(layout.FirstNeurons[population.Index], population.Count));
        }
        device.Upload<long>(spikes.Totals, 0, totals);
        SendAgain(reader.Read<int>("under way: counts"), reader.Read<int>("under way: neurons"));
        waiting = 0;
        foreach (var one in joins) one?.Restore(reader, PresentationStep);
    }

    /// <inheritdoc/>
    protected override void BeginCore()
    {
        device.Clear(layout.Spikes.Counts);
        device.Clear(layout.Spikes.Last);
        device.Clear(layout.Sums.Values);
        waiting = 0;
        foreach (var group in groups) group.Begin(new(0, 0, Presentation));
        foreach (var one in joins) one?.Begin();
    }

    /// <inheritdoc/>
    protected override void PresentCore(Population source, ReadOnlySpan<float> signal) => cells[source.Index].Present(Read, signal);

    /// <inheritdoc/>
    protected override void ReadStateCore(Population population, int variable, Span<float> values)
    {
        cells[population.Index].ReadState(Network.Populations[population.Index], Read, variable, values);
        population.Model!.Show(variable, values);
    }

    /// <inheritdoc/>
    protected override void UpdateCore(Projection projection) => joins[projection.Index]!.Update(new(PresentationStep, 1, Presentation));

    /// <inheritdoc/>
    protected override void SetModulatorCore(Projection projection, float value, ReadOnlySpan<float> values) => joins[projection.Index]!.SetModulator(Image, value, values);

    /// <inheritdoc/>
    protected override void SetWeightsCore(Projection projection, ReadOnlySpan<float> weights) => joins[projection.Index]!.SetWeights(weights);

    /// <inheritdoc/>
    protected override void NormalizeCore(Projection projection, float total)
    {
        var one = joins[projection.Index]!;
        float quantum = SummingQuantum(projection.Rule!);
        var weights = one.Weights(0);
        var (least, most) = projection.Rule!.WeightRange;
        for (int target = 0; target < projection.To.Count; target++)
        {
            long sum = 0;
            foreach (int slot in one.SlotsOf(target)) sum += (long)MathF.Round(weights[slot] / quantum);
            if (sum <= 0) continue;
            float factor = total / (sum * quantum);
            foreach (int slot in one.SlotsOf(target))
            {
                float scaled = weights[slot] * factor;
                weights[slot] = scaled < least ? least : scaled > most ? most : scaled;
            }
        }
        one.ChangeWeights(weights);
    }

    /// <inheritdoc/>
    protected override void AdvanceCore(int steps)
    {
        for (int done = 0; done < steps;)
        {
            int part = Recorders.Count == 0 ? steps : Math.Min(steps - done, Layout<TMemory>.Recorded);
            long first = PresentationStep + done;
            for (int taken = 0; taken < part;)
            {
                int several = Math.Min(layout.StepsPerLaunch, part - taken);
                TakeSteps(new(first + taken, several, Presentation, waiting));
                taken += several;
            }
            if (Recorders.Count > 0) Drain(Step + done, first, part);
            done += part;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) device.Dispose();
        base.Dispose(disposing);
    }

    // The order within a step: see SynapseRule. Static synapses do not wait for arrivals: when a step begins, the spikes of those before it have been added to the sums of the steps in which they arrive.
    void TakeSteps(StepRange now)
    {
        rows.Deliver(now);
        foreach (var one in joins) one?.Deliver(now);
        foreach (var group in groups) group.Step(now);
        if (learning)
        {
            foreach (var one in joins) one?.Post(now);
        }
        foreach (var one in joins) one?.Trace(now);
        if (learning)
        {
            foreach (var one in joins) one?.EndStep(now);
        }
        clear?.Invoke(layout.StepsPerLaunch * layout.Images.Count, now);
        waiting = now.Steps;
    }

    // The device writes down neurons in the order of chance; recorders are given them in theirs.
    void Drain(long step, long first, int steps)
    {
        int images = layout.Images.Count;
        var counts = new int[(layout.Spikes.Mask + 1) * images];
        device.Download<int>(layout.Spikes.Counts, 0, counts);
        for (int s = 0; s < steps; s++)
        {
            var fired = Fired(first + s, counts.AsSpan((int)layout.Spikes.List(first + s, 0), images));
            foreach (var (population, recorder) in Recorders)
            {
                // Only a batch's own recorder looks at more than one image.
                for (int image = 0; image < images; image++)
                {
                    int[] own = Of(Network.Populations[population.Index], fired[image]);
                    if (own.Length == 0) continue;
                    Image = image;
                    recorder.Record(step + s, population, own);
                }
                Image = -1;
            }
        }
    }

    // Who fired in a step, image by image, ascending; the lists of all images in one copy.
    int[][] Fired(long step, ReadOnlySpan<int> counts)
    {
        int room = layout.Spikes.PerImage, last = counts.Length - 1;
        while (last > 0 && counts[last] == 0) last--;
        var lists = new int[(last * room) + counts[last]];
        if (lists.Length > 0) device.Download<int>(layout.Spikes.Lists, layout.Spikes.List(step, 0) * room, lists);
        var fired = new int[counts.Length][];
        for (int image = 0; image < fired.Length; image++)
        {
            fired[image] = counts[image] == 0 ? [] : lists[(image * room)..((image * room) + counts[image])];
            Array.Sort(fired[image]);
        }
        return fired;
    }

    // The neurons of a population among those that fired, numbered in it.
    int[] Of(CompiledPopulation population, int[] fired)
    {
        int from = layout.FirstNeurons[population.Index];
        int[] own = fired[LowerBound(fired, from)..LowerBound(fired, from + population.Count)];
        for (int i = 0; i < own.Length; i++) own[i] -= from;
        return own;
    }

    static int LowerBound(int[] ascending, int value)
    {
        int at = Array.BinarySearch(ascending, value);
        return at < 0 ? ~at : at;
    }

    static string Section(CompiledPopulation population) => $"population {population.Index}: ";

    // Delivers the spikes of the last steps once more, one step after the other: what they add to steps that are over is emptied before the ring comes round to it.
    void SendAgain(ReadOnlySpan<int> counts, ReadOnlySpan<int> neurons)
    {
        var (spikes, sums) = (layout.Spikes, layout.Sums);
        var empty = new int[sums.Places];
        for (long step = Math.Max(0, PresentationStep - Network.MostDelay); step < PresentationStep; step++)
        {
            var fired = new List<int>();
            foreach (var population in Network.Populations)
            {
                foreach (int neuron in neurons[..counts[0]]) fired.Add(neuron + layout.FirstNeurons[population.Index]);
                neurons = neurons[counts[0]..];
                counts = counts[1..];
            }
            device.Upload<int>(spikes.Counts, spikes.List(step, 0), [fired.Count]);
            device.Upload<int>(spikes.Lists, spikes.List(step, 0) * spikes.PerImage, fired.ToArray());
            var next = new StepRange(step + 1, 0, Presentation, Waiting: 1);
            rows.Deliver(next);
            foreach (var group in groups) group.Deliver(next);
            if (step + 1 < PresentationStep) device.Upload<int>(sums.Values, sums.Index(step + 1, 0), empty);
        }
    }

    Joins<TMemory>? Joined(CompiledProjection projection)
    {
        if (projection.Transposed is { } transposed)
            return new TransposedJoins<TMemory>(projection, layout, joins[transposed.Of.Index], image => OriginalWeights(transposed.Of, image));
        return projection.IsPlastic ? new JoinsLowering<TMemory>(projection, layout, cells[projection.Description.To.Index], learning).Lower() : null;
    }

    float[] OriginalWeights(Projection projection, int image) => joins[projection.Index]?.Weights(image) ?? StaticWeights(Network.Projections[projection.Index]);

    static float[] StaticWeights(CompiledProjection projection)
    {
        var weights = new float[projection.Connectivity.Slots];
        var row = new SynapseRow();
        for (int target = 0; target < projection.Connectivity.Targets; target++)
        {
            projection.Read(target, row, SynapseParts.Weights | SynapseParts.Slots);
            for (int k = 0; k < row.Count; k++) weights[row.Slots[k]] = row.Weights[k];
        }
        return weights;
    }

    void TakeOver(Learned learned)
    {
        for (int i = 0; i < joins.Length; i++)
        {
            if (learned.Weights[i] is { } weights) joins[i]!.SetWeights(weights);
        }
        foreach (var population in Network.Populations)
        {
            if (learned.States[population.Index] is not { } states) continue;
            for (int v = 0; v < states.Length; v++)
            {
                float[] values = [.. states[v]];
                population.Description.Model!.Keep(v, values);
                cells[population.Index].WriteState(population, v, values);
            }
        }
    }
}
