namespace Lepton.Neuro.Backends;

/// <summary>The synapses of a network as the machine stores them: their weights checked against its format, zeros left out where that takes less memory.</summary>
sealed class PlacedSynapses
{
    const int SinglePrecision = 32;

    readonly CompiledNetwork network;
    readonly TileMachine machine;
    readonly MappingOptions options;
    readonly float[]?[] turned;
    readonly (bool OnPre, bool OnPost)[] changes;
    readonly SynapseRow row = new();

    public PlacedSynapses(CompiledNetwork network, TileMachine machine, MappingOptions options)
    {
        this.network = network;
        this.machine = machine;
        this.options = options;
        if (options.Learned is { } learned && learned.Weights.Count != network.Projections.Count)
            throw new InvalidInputException("the number of projections that were learned", learned.Weights.Count, $"{network.Projections.Count}, those of the network");
        turned = new float[]?[network.Projections.Count];
        changes = [.. network.Projections.Select(Changes)];
        Formats = [.. network.Projections.Select(Format)];
    }

    /// <summary>For each projection how it is stored.</summary>
    public IReadOnlyList<SynapseFormat> Formats { get; }

    /// <summary>Whether the rule of a projection runs on the machine.</summary>
    public bool Learns(CompiledProjection projection) => options.Learning && projection.IsPlastic;

    /// <summary>Whether a spike of its source updates a synapse of a projection.</summary>
    public bool ChangesOnPre(CompiledProjection projection) => changes[projection.Index].OnPre;

    /// <summary>Whether a spike of its target updates a synapse of a projection.</summary>
    public bool ChangesOnPost(CompiledProjection projection) => changes[projection.Index].OnPost;

    /// <summary>The sources of the stored synapses of a target.</summary>
    public void Sources(CompiledProjection projection, int target, List<int> sources)
    {
        sources.Clear();
        var format = Formats[projection.Index];
        if (format.Stored == projection.Connectivity.Count)
        {
            projection.Read(target, row, SynapseParts.Sources);
            sources.AddRange(row.Sources);
            return;
        }
        Read(projection, target);
        for (int i = 0; i < row.Count; i++)
        {
            if (row.Weights[i] != 0) sources.Add(row.Sources[i]);
        }
    }

    (bool OnPre, bool OnPost) Changes(CompiledProjection projection)
    {
        if (!Learns(projection)) return default;
        var tapes = KernelTapes.Of(projection.Description.Rule!, network.Step);
        return (tapes.Changes("OnPre"), tapes.Changes("OnPost"));
    }

    // Leaves the sources and the weights of a target in the row.
    void Read(CompiledProjection projection, int target)
    {
        if (projection.Transposed is { } transposed)
        {
            var weights = turned[projection.Index] ??= All(network.Projections[transposed.Of.Index]);
            projection.Read(target, row, SynapseParts.Sources);
            int sources = projection.Connectivity.Sources;
            for (int i = 0; i < row.Count; i++) row.Weights[i] = weights[(target * sources) + row.Sources[i]] * transposed.Gain;
        }
        else if (options.Learned?.Weights[projection.Index] is { } learned)
        {
            projection.Read(target, row, SynapseParts.Sources | SynapseParts.Slots);
            if (learned.Length != projection.Connectivity.Slots)
                throw new InvalidInputException($"the learned weights of {projection.Description}", learned.Length, $"{projection.Connectivity.Slots}, one for each of the wiring's places");
            for (int i = 0; i < row.Count; i++) row.Weights[i] = learned[row.Slots[i]];
        }
        else
        {
            projection.Read(target, row, SynapseParts.Sources | SynapseParts.Weights);
        }
    }

    float[] All(CompiledProjection projection)
    {
        var weights = new float[projection.Connectivity.Count];
        for (int target = 0; target < projection.Connectivity.Targets; target++)
        {
            Read(projection, target);
            for (int i = 0; i < row.Count; i++) weights[(row.Sources[i] * projection.Connectivity.Targets) + target] = row.Weights[i];
        }
        return weights;
    }

    SynapseFormat Format(CompiledProjection projection)
    {
        var description = projection.Description;
        long all = projection.Connectivity.Count;
        bool matrix = projection.Connectivity.IsAllToAll;
        // A transposed projection follows what it transposes: while that learns, this one is no more fixed than it.
        if (Learns(projection) || (projection.Transposed is { } of && Learns(network.Projections[of.Of.Index])))
            return new(description, SinglePrecision, 0, false, !matrix, all, SinglePrecision + (matrix ? 0 : machine.IndexBits));
        var magnitudes = new HashSet<float>();
        long nonzero = 0, negative = 0;
        for (int target = 0; target < projection.Connectivity.Targets; target++)
        {
            Read(projection, target);
            foreach (float weight in row.Weights)
            {
                if (weight == 0) continue;
                nonzero++;
                if (weight < 0) negative++;
                if (magnitudes.Count < 1 << WeightFit.MostBits) magnitudes.Add(MathF.Abs(weight));
            }
        }
        // The gain of a transposed projection rounds its weights once more, but it is the original's whole numbers that are stored.
        if (projection.Transposed is { } transposed)
        {
            var original = All(network.Projections[transposed.Of.Index]);
            magnitudes = [.. original.Where(w => w != 0).Select(MathF.Abs)];
        }
        bool isBinary = magnitudes.Count <= 1 && (negative == 0 || negative == nonzero);
        var whole = WeightFit.Find(magnitudes) is { } signed ? signed with { Bits = isBinary ? 1 : signed.Bits } : ((int Bits, double Step, bool IsPowerOfTwo)?)null;
        if (whole is not { } fit || fit.Bits > machine.WeightBits)
        {
            string need = whole is { } found
                ? FormattableString.Invariant($"{found.Bits} bits ({magnitudes.Count} magnitudes, whole multiples of {found.Step:G6})")
                : FormattableString.Invariant($"more than {WeightFit.MostBits} bits ({magnitudes.Count} magnitudes that no step of {WeightFit.MostBits} bits divides)");
            throw new InvalidInputException(
                $"{description}: its weights need {need}",
                $"{machine.WeightBits} bits on machine '{machine.Name}'",
                $"weights that are whole multiples, at most {machine.LargestWeight}, of one step; quantize the projection to {machine.WeightBits} bits or fewer (Compression in Lepton.Neuro.Plasticity), or take a machine of more weight bits");
        }
        bool listed = !matrix || nonzero * (machine.WeightBits + machine.IndexBits) < all * machine.WeightBits;
        double step = projection.Transposed is { } gained ? fit.Step * Math.Abs(gained.Gain) : fit.Step;
        return new(description, fit.Bits, step, fit.IsPowerOfTwo, listed, listed ? nonzero : all, machine.WeightBits + (listed ? machine.IndexBits : 0));
    }
}
