namespace Lepton.Neuro;

/// <summary>A group of like neurons, or of like sources of spikes.</summary>
/// <param name="Index">Its place in the network.</param>
/// <param name="Name">Its name, unique in the network.</param>
/// <param name="Count">How many neurons.</param>
/// <param name="Model">The neurons' model; null for a source.</param>
/// <param name="Source">The source's encoder; null for neurons.</param>
public sealed record Population(int Index, string Name, int Count, NeuronModel? Model, Encoder? Source)
{
    /// <inheritdoc/>
    public override string ToString() => $"population '{Name}'";
}

/// <summary>Synapses from one population to another.</summary>
/// <param name="Index">Its place in the network.</param>
/// <param name="From">The sources.</param>
/// <param name="To">The targets.</param>
/// <param name="Wiring">Which neurons are joined.</param>
/// <param name="Weight">The initial weights.</param>
/// <param name="Delay">The delays.</param>
/// <param name="Receptor">The index of the targets' receptor.</param>
/// <param name="Rule">How the weights change; null for static synapses.</param>
public sealed record Projection(int Index, Population From, Population To, Wiring Wiring, Weight Weight, Delay Delay, int Receptor, SynapseRule? Rule)
{
    /// <summary>The third factor of the rule at first; null where the rule is given none before a session gives it one.</summary>
    public Modulator? Modulator { get; init; }

    /// <summary>How it is called in messages and tables.</summary>
    public string Name => $"{From.Name} -> {To.Name}";

    /// <inheritdoc/>
    public override string ToString() => $"projection '{Name}' ({Index})";
}

/// <summary>Independent Poisson input to every neuron of a population, of any rate: the number of events in a step is Poisson distributed (cut where its tail
/// falls below 2^-32).</summary>
/// <param name="Index">Its place in the network.</param>
/// <param name="To">The neurons.</param>
/// <param name="Rate">The rate a neuron.</param>
/// <param name="Weight">The weight of an event.</param>
/// <param name="Receptor">The index of the targets' receptor.</param>
public sealed record PoissonDrive(int Index, Population To, Frequency Rate, float Weight, int Receptor)
{
    /// <inheritdoc/>
    public override string ToString() => $"drive {Index} of '{To.Name}'";
}

/// <summary>A spiking network as the user means it: populations, projections, drives, a seed. It is a description: <see cref="Compile"/> makes the plan of it
/// that a backend runs.</summary>
/// <param name="seed">The seed of all its random numbers.</param>
public sealed class Network(ulong seed)
{
    readonly List<Population> populations = [];
    readonly List<Projection> projections = [];
    readonly List<PoissonDrive> drives = [];

    /// <summary>The seed of all random numbers.</summary>
    public ulong Seed => seed;

    /// <summary>The populations, in the order in which they were added.</summary>
    public IReadOnlyList<Population> Populations => populations;

    /// <summary>The projections, in the order in which they were added.</summary>
    public IReadOnlyList<Projection> Projections => projections;

    /// <summary>The drives, in the order in which they were added.</summary>
    public IReadOnlyList<PoissonDrive> Drives => drives;

    /// <summary>Adds neurons.</summary>
    /// <param name="name">A name, unique in the network.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="model">Their model.</param>
    /// <returns>The population.</returns>
    /// <exception cref="InvalidInputException">The name is taken, the count or a parameter is out of range.</exception>
    public Population Add(string name, int count, NeuronModel model)
    {
        var population = New(name, count, model, null);
        model.Validate(population.ToString());
        populations.Add(population);
        return population;
    }

    /// <summary>Adds sources of spikes.</summary>
    /// <param name="name">A name, unique in the network.</param>
    /// <param name="count">How many channels, at least 1.</param>
    /// <param name="source">The encoder.</param>
    /// <returns>The population.</returns>
    /// <exception cref="InvalidInputException">The name is taken, the count or a parameter is out of range.</exception>
    public Population Add(string name, int count, Encoder source)
    {
        var population = New(name, count, null, source);
        source.Validate(population.ToString(), count);
        populations.Add(population);
        return population;
    }

    /// <summary>Joins two populations.</summary>
    /// <param name="from">The sources.</param>
    /// <param name="to">The targets: neurons.</param>
    /// <param name="wiring">Which neurons are joined.</param>
    /// <param name="weight">The initial weights, in the receptor's unit.</param>
    /// <param name="delay">The delays; one step where null.</param>
    /// <param name="receptor">The targets' receptor; the model's first where null.</param>
    /// <param name="rule">How the weights change; static where null.</param>
    /// <param name="modulator">The rule's third factor. Rules that do nothing without one (<see cref="SynapseRule.NeedsModulator"/>) must be given it.</param>
    /// <returns>The projection.</returns>
    /// <exception cref="InvalidInputException">A population is not of this network, there is no such receptor, a parameter is out of range, initial weights are outside the rule's range, or the rule's modulator
    /// is missing or of the wrong size.</exception>
    public Projection Connect(
        Population from, Population to, Wiring wiring, Weight weight, Delay? delay = null, string? receptor = null, SynapseRule? rule = null, Modulator? modulator = null)
    {
        Own(from);
        Own(to);
        int index = ReceptorOf(to, receptor);
        var projection = new Projection(projections.Count, from, to, wiring, weight, delay ?? Delay.OneStep, index, rule) { Modulator = modulator };
        if (rule is not null) Check(projection, rule);
        else if (modulator is not null) throw new InvalidInputException($"{projection}: the modulator", "given", "none: the projection has no rule that could see it");
        if (wiring is TransposeWiring transposed)
        {
            Require.Finite($"{projection}: the gain", transposed.Gain);
            if (transposed.Of.Index >= projections.Count || !ReferenceEquals(projections[transposed.Of.Index], transposed.Of))
                throw new InvalidInputException($"{projection}: the transposed projection", $"'{transposed.Of.Name}' of another network", "a projection of this network");
        }
        projections.Add(projection);
        return projection;
    }

    /// <summary>Gives every neuron of a population independent Poisson input.</summary>
    /// <param name="to">The neurons.</param>
    /// <param name="rate">The rate a neuron: at most 100 events a step.</param>
    /// <param name="weight">The weight of an event, in the receptor's unit.</param>
    /// <param name="receptor">The targets' receptor; the model's first where null.</param>
    /// <returns>The drive.</returns>
    /// <exception cref="InvalidInputException">A parameter is out of range.</exception>
    public PoissonDrive Drive(Population to, Frequency rate, double weight, string? receptor = null)
    {
        Own(to);
        var drive = new PoissonDrive(drives.Count, to, rate, (float)weight, ReceptorOf(to, receptor));
        Require.InRange($"{drive}: the rate in Hz", rate.Hertz, 0, 1e9);
        Require.Finite($"{drive}: the weight", weight);
        drives.Add(drive);
        return drive;
    }

    /// <summary>Makes the plan that backends run: sizes, wirings, delays, and the scale of each receptor's sums.</summary>
    /// <param name="step">The length of a step.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="InvalidInputException">The step is not positive, or a projection cannot be met.</exception>
    public CompiledNetwork Compile(Time step) => new(this, step);

    /// <summary>The population of a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="InvalidInputException">There is none.</exception>
    public Population this[string name] =>
        populations.Find(p => p.Name == name)
        ?? throw new InvalidInputException("the population", $"'{name}'", string.Join(", ", populations.Select(p => p.Name)));

    Population New(string name, int count, NeuronModel? model, Encoder? source)
    {
        if (string.IsNullOrWhiteSpace(name)) throw new InvalidInputException("a population's name", "empty", "a name");
        if (populations.Exists(p => p.Name == name)) throw new InvalidInputException("a population's name", $"'{name}' for the second time", "a name that is not taken");
        Require.InRange($"population '{name}': the count", (long)count, 1, 1 << 30);
        return new(populations.Count, name, count, model, source);
    }

    void Own(Population population)
    {
        if (population.Index >= populations.Count || !ReferenceEquals(populations[population.Index], population))
            throw new InvalidInputException("the population", $"'{population.Name}' of another network", "a population of this network");
    }

    static void Check(Projection projection, SynapseRule rule)
    {
        string name = $"{projection}: {rule.GetType().Name}";
        if (projection.Wiring is TransposeWiring) throw new InvalidInputException($"{projection}: the rule", rule.GetType().Name, "none: a transposed projection follows the other one");
        rule.Validate(name);
        var (least, most) = rule.WeightRange;
        if (!(float.IsFinite(least) && float.IsFinite(most) && least < most)) throw new InvalidInputException($"{name}: the weight range", $"{least} to {most}", "a finite range");
        var bounds = projection.Weight.Bounds;
        if (!(bounds.Least >= least && bounds.Most <= most))
            throw new InvalidInputException($"{name}: the initial weights", $"{bounds.Least} to {bounds.Most}", $"within the rule's range, {least} to {most}");
        if (projection.Modulator is null && rule.NeedsModulator)
            throw new InvalidInputException($"{name}: the modulator", "none", "Modulator.Global or Modulator.PerTarget: without a third factor the rule changes nothing");
        projection.Modulator?.Validate(name, projection.To.Count);
    }

    static int ReceptorOf(Population to, string? receptor)
    {
        if (to.Model is null) throw new InvalidInputException($"the target {to}", "a source of spikes", "a population of neurons");
        if (receptor is null) return 0;
        for (int i = 0; i < to.Model.Receptors.Count; i++)
        {
            if (to.Model.Receptors[i] == receptor) return i;
        }
        throw new InvalidInputException($"the receptor of {to}", $"'{receptor}'", string.Join(", ", to.Model.Receptors));
    }
}
