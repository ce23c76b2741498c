using Lepton.Neuro.Random;

namespace Lepton.Neuro;

/// <summary>A population in the plan.</summary>
/// <param name="Description">What the user said.</param>
/// <param name="Quanta">For each receptor, what 1 in the integer sum of its input is worth, in the receptor's unit: a power of two.</param>
public sealed record CompiledPopulation(Population Description, IReadOnlyList<float> Quanta)
{
    /// <summary>Its place in the network.</summary>
    public int Index => Description.Index;

    /// <summary>How many neurons.</summary>
    public int Count => Description.Count;
}

/// <summary>A projection in the plan: who is joined to whom, how strongly, how late. Synapses are computed when read.</summary>
public sealed class CompiledProjection
{
    readonly RandomStream weights;
    readonly RandomStream delays;
    readonly Time step;

    internal CompiledProjection(Projection description, ulong seed, Time step)
    {
        Description = description;
        this.step = step;
        Connectivity = Connectivity.Create(description, seed);
        weights = new(seed, RandomPurpose.Weights, description.Index);
        delays = new(seed, RandomPurpose.Delays, description.Index);
        if (description.Wiring is not TransposeWiring) description.Weight.Validate(description.ToString(), Connectivity.Slots);
        description.Delay.Validate(description.ToString(), step, Connectivity.Slots);
        (LeastDelay, MostDelay) = description.Delay.Steps(step);
        if (description.Rule is not null && Connectivity.IsShared)
            throw new InvalidInputException($"{description}: the wiring", "a shared kernel", "a wiring with a weight for each synapse, for the rule changes them one by one");
    }

    /// <summary>What the user said.</summary>
    public Projection Description { get; }

    /// <summary>Its place in the network.</summary>
    public int Index => Description.Index;

    /// <summary>Who is joined to whom.</summary>
    public Connectivity Connectivity { get; }

    /// <summary>The least delay that can occur, in steps.</summary>
    public int LeastDelay { get; }

    /// <summary>The greatest delay that can occur, in steps.</summary>
    public int MostDelay { get; }

    /// <summary>Whether a rule changes its weights.</summary>
    public bool IsPlastic => Description.Rule is not null;

    /// <summary>The projection whose weights this one uses, transposed; null where it has its own.</summary>
    public TransposeWiring? Transposed => Description.Wiring as TransposeWiring;

    /// <summary>What 1 in the integer sum of the targets' receptor is worth.</summary>
    public float Quantum { get; internal set; }

    /// <summary>The range that no weight leaves: the rule's, or that of the weights.</summary>
    public (float Least, float Most) WeightRange
    {
        get
        {
            if (Transposed is { } transposed)
            {
                var (least, most) = transposed.Of.Rule?.WeightRange ?? transposed.Of.Weight.Bounds;
                return (MathF.Min(least * transposed.Gain, most * transposed.Gain), MathF.Max(least * transposed.Gain, most * transposed.Gain));
            }
            return Description.Rule?.WeightRange ?? Description.Weight.Bounds;
        }
    }

    /// <summary>Reads the synapses of a target.</summary>
    /// <param name="target">The target.</param>
    /// <param name="row">Where to.</param>
    /// <param name="parts">What is wanted; the rest of the row is undefined.</param>
    public void Read(int target, SynapseRow row, SynapseParts parts)
    {
        row.Resize(Connectivity.InDegree(target));
        if (parts.HasFlag(SynapseParts.Sources)) Connectivity.FillSources(target, row.Sources);
        bool slotsForWeights = parts.HasFlag(SynapseParts.Weights) && Description.Weight.NeedsSlots;
        bool slotsForDelays = parts.HasFlag(SynapseParts.Delays) && Description.Delay.NeedsSlots;
        // The kernel of a convolution is shared: its random weights belong to the kernel's places, not to synapses.
        bool shared = parts.HasFlag(SynapseParts.Weights) && Connectivity.IsShared;
        if (parts.HasFlag(SynapseParts.Slots) || slotsForWeights || slotsForDelays || shared) Connectivity.FillSlots(target, row.Slots);
        if (parts.HasFlag(SynapseParts.Weights))
        {
            if (Transposed is not null) throw new InvalidOperationException("a transposed projection has no weights of its own");
            if (Description.Weight.IsRandom)
            {
                if (shared)
                {
                    for (int i = 0; i < row.Count; i++) row.Words[i] = Philox.Word(weights, (uint)row.SlotStore[i], 0, 0, 0);
                }
                else
                {
                    Philox.Fill(weights, 0, (uint)target, 0, 0, row.Words.AsSpan(0, row.Count));
                }
            }
            Description.Weight.Fill(row.Words.AsSpan(0, row.Count), row.Slots, row.Weights);
            if (!IsPlastic)
            {
                var quantized = row.Quantized;
                var values = row.Weights;
                for (int i = 0; i < quantized.Length; i++) quantized[i] = Quantize(values[i]);
            }
        }
        if (parts.HasFlag(SynapseParts.Delays))
        {
            if (Description.Delay.IsRandom) Philox.Fill(delays, 0, (uint)target, 0, 0, row.Words.AsSpan(0, row.Count));
            Description.Delay.Fill(step, row.Words.AsSpan(0, row.Count), row.Slots, row.Delays);
        }
    }

    /// <summary>A static weight as the integer that is added to the receptor's sum.</summary>
    /// <param name="weight">The weight.</param>
    public short Quantize(float weight) => (short)MathF.Round(weight / Quantum);
}

/// <summary>A Poisson drive in the plan: the number of events of a neuron in a step is the number of thresholds that a random number reaches (the inverse of the distribution
/// function).</summary>
/// <remarks>Random numbers of 16 bits are enough, for the thresholds have 32: in each step a threshold's lower half decides by chance whether its upper half is rounded up. So the
/// probability of each count is right to 2^-32, and two neurons share a random word.</remarks>
public sealed class CompiledDrive
{
    readonly RandomStream halves;
    readonly RandomStream dither;
    readonly uint[] thresholds;

    internal CompiledDrive(PoissonDrive description, ulong seed, Time step)
    {
        Description = description;
        halves = new(seed, RandomPurpose.Drive, description.Index);
        dither = new(seed, RandomPurpose.DriveDither, description.Index);
        double mean = description.Rate * step;
        Require.InRange($"{description}: the events a step", mean, 0, 100);
        var found = new List<uint>();
        double term = Lanes.ExactMath.Exp(-mean), sum = term;
        for (int k = 1; ; k++)
        {
            double at = Math.Round(sum * 4294967296.0);
            if (at >= 4294967296.0) break;
            found.Add((uint)at);
            term *= mean / k;
            if (term < 1e-18 && k > mean) break;
            sum += term;
        }
        thresholds = [.. found];
    }

    /// <summary>How many neurons one group of random words serves.</summary>
    public const int Group = 2 * Philox.Group;

    /// <summary>What the user said.</summary>
    public PoissonDrive Description { get; }

    /// <summary>The largest number of events a step.</summary>
    public int MostEvents => thresholds.Length;

    /// <summary>The thresholds with all their 32 bits, ascending: what <see cref="Thresholds"/> rounds by chance.</summary>
    public IReadOnlyList<uint> ExactThresholds => thresholds;

    /// <summary>The integer that an event adds to the receptor's sum.</summary>
    public int Quantized { get; internal set; }

    /// <summary>The thresholds of a step, ascending: a neuron has as many events as there are thresholds that its half word is not below.</summary>
    /// <param name="step">The step of the presentation.</param>
    /// <param name="presentation">The presentation.</param>
    /// <param name="reached">Where to: <see cref="MostEvents"/> places.</param>
    /// <returns>How many there are; the others are out of a half word's reach.</returns>
    public int Thresholds(long step, ulong presentation, Span<ushort> reached)
    {
        uint chance = Philox.Word(dither, 0, (uint)step, (uint)presentation, Philox.Fourth(step, presentation)) & 0xffff;
        int count = 0;
        foreach (uint threshold in thresholds)
        {
            uint rounded = (threshold >> 16) + (chance < (threshold & 0xffff) ? 1u : 0u);
            if (rounded > ushort.MaxValue) break;
            reached[count++] = (ushort)rounded;
        }
        return count;
    }

    /// <summary>The half words of a group of neurons: the lower half of a word is the even neuron's.</summary>
    /// <param name="first">The first neuron: a multiple of <see cref="Group"/>.</param>
    /// <param name="step">The step of the presentation.</param>
    /// <param name="presentation">The presentation.</param>
    /// <param name="words">Where to: <see cref="Philox.Group"/> words.</param>
    public void Fill(int first, long step, ulong presentation, Span<uint> words) =>
        Philox.Fill(halves, (uint)first / 2, (uint)step, (uint)presentation, Philox.Fourth(step, presentation), words);
}

/// <summary>The plan of a network: sizes, who is joined to whom, and the scale of every sum. A backend is a function from the plan to a session.</summary>
/// <remarks>Inputs are summed as integers, so that the order of arrival cannot matter: each receptor has a quantum, a power of two so large that no sum can overflow 32 bits
/// even if all its synapses deliver at once, and static weights fit 16 bits.</remarks>
public sealed class CompiledNetwork
{
    const float LargestStatic = short.MaxValue;
    const float LargestPlastic = 1 << 22;
    const double LargestSum = int.MaxValue;
    const int LeastSteps = 64;

    internal CompiledNetwork(Network source, Time step)
    {
        Source = source;
        Step = Require.Positive("the step", step);
        Projections = [.. source.Projections.Select(p => new CompiledProjection(p, source.Seed, step))];
        Drives = [.. source.Drives.Select(d => new CompiledDrive(d, source.Seed, step))];
        Populations = [.. source.Populations.Select(Compiled)];
        foreach (var projection in Projections) CheckTransposed(projection);
        MostDelay = Projections.Count == 0 ? 1 : Projections.Max(p => p.MostDelay);
    }

    /// <summary>What the user said.</summary>
    public Network Source { get; }

    /// <summary>The length of a step.</summary>
    public Time Step { get; }

    /// <summary>The populations, in the network's order.</summary>
    public IReadOnlyList<CompiledPopulation> Populations { get; }

    /// <summary>The projections, in the network's order.</summary>
    public IReadOnlyList<CompiledProjection> Projections { get; }

    /// <summary>The drives, in the network's order.</summary>
    public IReadOnlyList<CompiledDrive> Drives { get; }

    /// <summary>The greatest delay, in steps.</summary>
    public int MostDelay { get; }

    /// <summary>All neurons, sources left out.</summary>
    public long NeuronCount => Populations.Where(p => p.Description.Model is not null).Sum(p => (long)p.Count);

    /// <summary>All synapses.</summary>
    public long SynapseCount => Projections.Sum(p => p.Connectivity.Count);

    // Deliveries of one step happen side by side: weights that another projection's deliveries read may not change meanwhile.
    void CheckTransposed(CompiledProjection projection)
    {
        if (projection.Transposed is not { } transposed) return;
        if (transposed.Of.Index >= Projections.Count || !ReferenceEquals(Projections[transposed.Of.Index].Description, transposed.Of))
            throw new InvalidInputException($"{projection.Description}: the transposed projection", transposed.Of.Name, "a projection of this network");
        Require.Finite($"{projection.Description}: the gain", transposed.Gain);
        if (transposed.Of.Rule is not { } rule) return;
        var tapes = KernelTapes.Of(rule, Step);
        if (tapes.Changes("OnPre") || tapes.Changes("OnPost") || tapes.Changes("OnStep"))
            throw new InvalidInputException($"{projection.Description}: the rule of the transposed projection", rule.GetType().Name, "a rule that changes weights at updates only");
    }

    CompiledPopulation Compiled(Population population)
    {
        int receptors = population.Model?.Receptors.Count ?? 0;
        var quanta = new float[receptors];
        for (int receptor = 0; receptor < receptors; receptor++)
        {
            var incoming = Projections.Where(p => ReferenceEquals(p.Description.To, population) && p.Description.Receptor == receptor).ToArray();
            var drives = Drives.Where(d => ReferenceEquals(d.Description.To, population) && d.Description.Receptor == receptor).ToArray();
            quanta[receptor] = Quantum(population, incoming, drives);
            foreach (var projection in incoming) projection.Quantum = quanta[receptor];
            foreach (var drive in drives) drive.Quantized = (int)MathF.Round(drive.Description.Weight / quanta[receptor]);
        }
        return new(population, quanta);
    }

    static float Quantum(Population population, CompiledProjection[] incoming, CompiledDrive[] drives)
    {
        double least = 0, sum = 0;
        foreach (var projection in incoming)
        {
            double most = Largest(projection);
            bool isStatic = !projection.IsPlastic && projection.Transposed is null;
            least = Math.Max(least, most / (isStatic ? LargestStatic : LargestPlastic));
            sum += most * projection.Connectivity.LargestInDegree;
        }
        foreach (var drive in drives)
        {
            least = Math.Max(least, Math.Abs(drive.Description.Weight) / LargestStatic);
            sum += Math.Abs((double)drive.Description.Weight) * drive.MostEvents;
        }
        // A half quantum is lost or won by rounding each weight.
        least = Math.Max(least, sum * 1.01 / LargestSum);
        if (least == 0) return 1;
        if (!(least < 1e30)) throw new InvalidInputException($"{population}: the sum of all weights of a receptor", sum, "below 1e30");
        float quantum = (float)Math.ScaleB(1, Math.Max(-120, Lanes.ExactMath.CeilingLog2(least)));
        foreach (var projection in incoming) Tell(projection.Description, "the largest weight", Largest(projection));
        foreach (var drive in drives)
        {
            if (drive.Description.Rate.Hertz > 0) Tell(drive.Description, "the weight", Math.Abs(drive.Description.Weight));
        }
        return quantum;

        void Tell(object owner, string what, double most)
        {
            if (most > 0 && most / quantum < LeastSteps)
                throw new InvalidInputException(
                    $"{owner}: {what}",
                    (float)most,
                    $"at least {LeastSteps * quantum}, so that it can be told from zero beside the receptor's other weights; use a receptor of its own");
        }
    }

    static double Largest(CompiledProjection projection)
    {
        var (least, most) = projection.WeightRange;
        return Math.Max(Math.Abs((double)least), Math.Abs((double)most));
    }
}
