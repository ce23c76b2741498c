namespace Lepton.Neuro;

/// <summary>A network that runs. This type can do nothing that changes what was learned: its weights and homeostatic thresholds stay what they are, and a digest
/// proves it. A session that learns is a <see cref="LearningSession"/>.</summary>
public abstract class Session : IDisposable
{
    readonly List<(Population Population, IRecorder Recorder)> recorders = [];
    readonly List<ISampler> samplers = [];

    /// <summary>A session of a plan.</summary>
    /// <param name="network">The plan.</param>
    protected Session(CompiledNetwork network) => Network = network;

    // What runs goes on from where its engine is.
    private protected Session(Session engine)
        : this(engine.Network) => (Step, PresentationStep, Presentation) = (engine.Step, engine.PresentationStep, engine.Presentation);

    /// <summary>The plan that runs.</summary>
    public CompiledNetwork Network { get; }

    /// <summary>How many steps were taken.</summary>
    public long Step { get; private set; }

    /// <summary>The steps since the last <see cref="Begin"/>.</summary>
    public long PresentationStep { get; private set; }

    /// <summary>The number given to the last <see cref="Begin"/>; 0 before.</summary>
    public ulong Presentation { get; private set; }

    /// <summary>The spike recorders, in the order of populations.</summary>
    protected IReadOnlyList<(Population Population, IRecorder Recorder)> Recorders => recorders;

    /// <summary>Begins a presentation: what is momentary goes (potentials, currents, traces, spikes on their way, the signals shown), what is learned stays. The random
    /// numbers of what follows depend on the presentation's number and on the steps since, not on what came before: so images can be shown in any order, on any
    /// number of sessions, and each gives the same spikes.</summary>
    /// <param name="presentation">The presentation's number.</param>
    public void Begin(ulong presentation)
    {
        Presentation = presentation;
        PresentationStep = 0;
        BeginCore();
    }

    /// <summary>Shows a signal to an encoder, until another one is shown or a presentation begins.</summary>
    /// <param name="source">The encoder's population.</param>
    /// <param name="signal">One number a channel.</param>
    /// <exception cref="InvalidInputException">The population is no encoder, or the signal has another length, is not finite or out of the encoder's range.</exception>
    public void Present(Population source, ReadOnlySpan<float> signal)
    {
        Own(source);
        if (source.Source is not { } encoder) throw new InvalidInputException($"what is presented to {source}", "a signal", "none: it holds neurons, not an encoder");
        if (signal.Length != source.Count) throw new InvalidInputException($"the signal for {source}", $"{signal.Length} numbers", $"{source.Count}, one a channel");
        var (least, most) = encoder.SignalRange;
        for (int i = 0; i < signal.Length; i++)
        {
            if (!(signal[i] >= least && signal[i] <= most))
                throw new InvalidInputException($"channel {i} of the signal for {source}", signal[i], $"{least} to {most}");
        }
        PresentCore(source, signal);
    }

    /// <summary>Runs for a time.</summary>
    /// <param name="duration">The time, rounded to steps.</param>
    /// <param name="cancellation">Stops at a step boundary.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; the session stands after a whole step and can go on.</exception>
    public void Advance(Time duration, CancellationToken cancellation = default) =>
        Advance(Require.NotNegative("the time to run", duration).Steps(Network.Step), cancellation);

    /// <summary>Runs for a number of steps.</summary>
    /// <param name="steps">How many.</param>
    /// <param name="cancellation">Stops at a step boundary.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; the session stands after a whole step and can go on.</exception>
    public void Advance(long steps, CancellationToken cancellation = default)
    {
        Require.InRange("the number of steps", steps, 0, long.MaxValue);
        while (steps > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            long part = Math.Min(steps, recorders.Count > 0 || cancellation.CanBeCanceled ? 1024 : int.MaxValue);
            foreach (var sampler in samplers) part = Math.Min(part, sampler.Interval - (Step % sampler.Interval));
            AdvanceCore((int)part);
            Step += part;
            PresentationStep += part;
            steps -= part;
            foreach (var sampler in samplers)
            {
                if (Step % sampler.Interval == 0) sampler.Sample(this);
            }
        }
    }

    /// <summary>Records the spikes of a population from now on.</summary>
    /// <typeparam name="TRecorder">The recorder's type.</typeparam>
    /// <param name="population">The population.</param>
    /// <param name="recorder">The recorder.</param>
    /// <returns>The recorder.</returns>
    public TRecorder Record<TRecorder>(Population population, TRecorder recorder)
        where TRecorder : IRecorder
    {
        Own(population);
        int at = recorders.FindLastIndex(r => r.Population.Index <= population.Index) + 1;
        recorders.Insert(at, (population, recorder));
        RecordersChanged();
        return recorder;
    }

    /// <summary>Records the spikes of all populations from now on.</summary>
    /// <typeparam name="TRecorder">The recorder's type.</typeparam>
    /// <param name="recorder">The recorder.</param>
    /// <returns>The recorder.</returns>
    public TRecorder RecordAll<TRecorder>(TRecorder recorder)
        where TRecorder : IRecorder
    {
        foreach (var population in Network.Populations) Record(population.Description, recorder);
        return recorder;
    }

    /// <summary>Stops a recorder.</summary>
    /// <param name="recorder">The recorder.</param>
    public void StopRecording(IRecorder recorder)
    {
        recorders.RemoveAll(r => ReferenceEquals(r.Recorder, recorder));
        RecordersChanged();
    }

    /// <summary>Samples state or weights from now on.</summary>
    /// <typeparam name="TSampler">The sampler's type.</typeparam>
    /// <param name="sampler">The sampler.</param>
    /// <returns>The sampler.</returns>
    public TSampler Sample<TSampler>(TSampler sampler)
        where TSampler : ISampler
    {
        samplers.Add(sampler);
        return sampler;
    }

    /// <summary>What has happened so far.</summary>
    public Activity Activity => Activity.Of(Network, Step, [.. Network.Populations.Select(p =>
    {
        var counts = new long[p.Count];
        ReadSpikeCounts(p.Description, counts);
        return counts;
    })]);

    /// <summary>Reads how often each neuron fired since the session began.</summary>
    /// <param name="population">The population.</param>
    /// <param name="counts">Where to: one number a neuron.</param>
    public abstract void ReadSpikeCounts(Population population, Span<long> counts);

    /// <summary>Reads a state variable as it is now.</summary>
    /// <param name="population">The neurons.</param>
    /// <param name="variable">The variable, by its name in the model.</param>
    /// <param name="values">Where to: one number a neuron.</param>
    /// <exception cref="InvalidInputException">There is no such variable.</exception>
    public void ReadState(Population population, string variable, Span<float> values)
    {
        Own(population);
        if (values.Length != population.Count) throw new InvalidInputException($"the room for the state of {population}", values.Length, $"{population.Count}, one a neuron");
        ReadStateCore(population, VariableIndex(population, variable), values);
    }

    /// <summary>Reads a state variable as it is now.</summary>
    /// <param name="population">The neurons.</param>
    /// <param name="variable">The variable, by its name in the model.</param>
    /// <returns>One number a neuron.</returns>
    /// <exception cref="InvalidInputException">There is no such variable.</exception>
    public float[] State(Population population, string variable)
    {
        var values = new float[population.Count];
        ReadState(population, variable, values);
        return values;
    }

    /// <summary>The weights of a projection as they are now.</summary>
    /// <param name="projection">The projection.</param>
    /// <returns>The weights in the wiring's order (see <see cref="Weight.Explicit"/>).</returns>
    public abstract float[] Weights(Projection projection);

    /// <summary>What was learned so far: weights of plastic projections, and the state of neurons.</summary>
    public Learned Learned => new(
        [.. Network.Projections.Select(p => p.IsPlastic ? Weights(p.Description) : null)],
        [.. Network.Populations.Select(p => p.Description.Model?.StateVariables.Select(v => State(p.Description, v)).ToArray())]);

    /// <summary>Saves all that the session is at this step, so that it can go on later as if nothing had been: on any number of threads and any width, bit for bit. Recorders and samplers
    /// are not part of it.</summary>
    /// <param name="path">The file. It is written under another name and renamed when it is whole and on the disk: whatever happens meanwhile, the checkpoint before stands.</param>
    /// <param name="also">Writes what belongs to the caller (how far a run is, say) into the same file, so that the two can't fall apart; nothing where null.</param>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    /// <exception cref="NotSupportedException">The backend writes no checkpoints.</exception>
    public void Save(string path, Action<CheckpointWriter>? also = null)
    {
        using var writer = new CheckpointWriter(path, Network);
        writer.Write<long>("steps", [Step, PresentationStep]);
        writer.Write<ulong>("presentation", [Presentation]);
        SaveCore(writer);
        also?.Invoke(writer);
        writer.Commit();
    }

    /// <summary>Ends the session and frees its memory and threads.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees memory and threads.</summary>
    /// <param name="disposing">Whether the managed parts go too.</param>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Takes over what <see cref="Save"/> has written.</summary>
    /// <param name="reader">The checkpoint, checked.</param>
    protected void Restore(CheckpointReader reader)
    {
        Span<long> steps = [0, 0];
        Span<ulong> presentation = [0];
        reader.Read("steps", steps);
        reader.Read("presentation", presentation);
        (Step, PresentationStep, Presentation) = (steps[0], steps[1], presentation[0]);
        RestoreCore(reader);
    }

    /// <summary>Writes what is the backend's to know: states, traces, weights, spikes on their way, counts, signals, modulators; numbers in the order of neurons and of the wiring.</summary>
    /// <param name="writer">The checkpoint.</param>
    protected internal virtual void SaveCore(CheckpointWriter writer) => throw new NotSupportedException("this backend writes no checkpoints");

    /// <summary>Reads what <see cref="SaveCore"/> wrote; <see cref="PresentationStep"/> is that of the checkpoint.</summary>
    /// <param name="reader">The checkpoint.</param>
    protected virtual void RestoreCore(CheckpointReader reader) => throw new NotSupportedException("this backend reads no checkpoints");

    /// <summary>Takes the momentary state back to the beginning of a presentation.</summary>
    protected abstract void BeginCore();

    /// <summary>Takes a checked signal.</summary>
    /// <param name="source">The encoder's population.</param>
    /// <param name="signal">The signal.</param>
    protected abstract void PresentCore(Population source, ReadOnlySpan<float> signal);

    /// <summary>Takes steps; <see cref="Step"/> is the number of the first.</summary>
    /// <param name="steps">How many, at least 1.</param>
    protected abstract void AdvanceCore(int steps);

    /// <summary>Reads a state variable by its index.</summary>
    /// <param name="population">The neurons.</param>
    /// <param name="variable">The variable's index in the model.</param>
    /// <param name="values">Where to.</param>
    protected abstract void ReadStateCore(Population population, int variable, Span<float> values);

    // The recorders of another session, in its order.
    internal void Follow(Session other)
    {
        recorders.Clear();
        recorders.AddRange(other.recorders);
        RecordersChanged();
    }

    /// <summary>Called when recorders came or went.</summary>
    protected virtual void RecordersChanged()
    {
    }

    /// <summary>The index of a state variable.</summary>
    /// <param name="population">The neurons.</param>
    /// <param name="variable">Its name.</param>
    /// <exception cref="InvalidInputException">There is no such variable.</exception>
    protected static int VariableIndex(Population population, string variable)
    {
        var names = population.Model?.StateVariables ?? [];
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i] == variable) return i;
        }
        throw new InvalidInputException($"the state variable of {population}", $"'{variable}'", names.Count == 0 ? "none: it is a source" : string.Join(", ", names));
    }

    /// <summary>Checks that a population is of the network that runs.</summary>
    /// <param name="population">The population.</param>
    /// <exception cref="InvalidInputException">It is not.</exception>
    protected void Own(Population population)
    {
        if (population.Index >= Network.Populations.Count || !ReferenceEquals(Network.Populations[population.Index].Description, population))
            throw new InvalidInputException("the population", $"'{population.Name}' of another network", "a population of the network that runs");
    }

    /// <summary>Checks that a projection is of the network that runs.</summary>
    /// <param name="projection">The projection.</param>
    /// <exception cref="InvalidInputException">It is not.</exception>
    protected void Own(Projection projection)
    {
        if (projection.Index >= Network.Projections.Count || !ReferenceEquals(Network.Projections[projection.Index].Description, projection))
            throw new InvalidInputException("the projection", $"'{projection.Name}' of another network", "a projection of the network that runs");
    }
}

/// <summary>What a session has learned, to be loaded into another one.</summary>
/// <param name="Weights">For each projection the weights in the wiring's order; null for static ones.</param>
/// <param name="States">For each population the values of each state variable; null for sources.</param>
public sealed record Learned(IReadOnlyList<float[]?> Weights, IReadOnlyList<float[][]?> States)
{
    /// <summary>Checks that this was learned by a network of the same shape.</summary>
    /// <param name="network">The network that is to take it over.</param>
    /// <returns>Itself.</returns>
    /// <exception cref="InvalidInputException">It is of another network.</exception>
    public Learned For(CompiledNetwork network)
    {
        if (Weights.Count != network.Projections.Count) throw new InvalidInputException("what was learned", $"of {Weights.Count} projections", $"of {network.Projections.Count}, as in the network");
        if (States.Count != network.Populations.Count) throw new InvalidInputException("what was learned", $"of {States.Count} populations", $"of {network.Populations.Count}, as in the network");
        foreach (var projection in network.Projections)
        {
            if (Weights[projection.Index] is { } weights && (!projection.IsPlastic || weights.Length != projection.Connectivity.Count))
                throw new InvalidInputException($"the learned weights for {projection.Description}", weights.Length, projection.IsPlastic ? $"{projection.Connectivity.Count}, one a synapse" : "none: it is static");
        }
        foreach (var population in network.Populations)
        {
            if (States[population.Index] is not { } states) continue;
            int variables = population.Description.Model?.StateVariables.Count ?? 0;
            if (states.Length != variables || states.Any(v => v.Length != population.Count))
                throw new InvalidInputException($"the learned state for {population.Description}", $"{states.Length} variables", $"{variables}, with {population.Count} numbers each");
        }
        return this;
    }
}
