using System.Diagnostics;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends;

/// <summary>A session on the CPU, in bundles of the given lane.</summary>
sealed class CpuSession<T> : LearningSession, ITeamWork, IResumable
    where T : unmanaged, ILane<T>
{
    // As much work as a neuron, seldom as they deliver.
    const long SynapsesPerNeuron = 100;

    readonly bool learning;
    readonly Team team;
    readonly Pace pace = new();
    readonly Shard[] shards;
    readonly Slice[][] slices;
    readonly Work[] works;
    readonly Plastic?[] plastics;

    public CpuSession(CompiledNetwork network, CpuOptions options, bool learning, Learned? learned)
        : base(network)
    {
        this.learning = learning;
        learned?.For(network);
        long neurons = network.Populations.Sum(p => (long)p.Count);
        long work = Math.Max(neurons / options.NeuronsPerThread, network.SynapseCount / (SynapsesPerNeuron * options.NeuronsPerThread));
        int threads = (int)Math.Clamp(work, 1, options.Threads);
        int count = Shard.Needed(network, threads);
        shards = [.. Enumerable.Range(0, count).Select(i => new Shard(network, i, count))];
        slices = [.. shards.Select(s => network.Populations.Select(p => new SliceLowering(network, p, s, learning).Slice).ToArray())];
        plastics = [.. network.Projections.Select(p => p.IsPlastic ? PlasticLayouts.Make<T>(network, p, shards, learning) : null)];
        var indexed = network.Projections.Where(p => !p.IsPlastic && p.Transposed is null && !DenseRows.Fits(p)).ToArray();
        var sources = new SourceIndex(network, indexed);
        foreach (var slice in slices.SelectMany(s => s)) slice.FirstSource = sources.First(slice.Plan.Index);
        works = new Work[count];
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, i => works[i] = new(network, shards[i], sources, indexed));
        team = new(threads);
        BeginModulators();
        if (learned is not null) Restore(learned);
    }

    public override void ReadSpikeCounts(Population population, Span<long> counts)
    {
        foreach (var shard in slices)
        {
            var slice = shard[population.Index];
            slice.SpikeCounts.CopyTo(counts[slice.Start..]);
        }
    }

    public override float[] Weights(Projection projection)
    {
        Own(projection);
        if (plastics[projection.Index] is { } plastic) return plastic.Weights();
        var plan = Network.Projections[projection.Index];
        if (plan.Transposed is { } transposed) return Transpose(Weights(transposed.Of), transposed);
        var weights = new float[plan.Connectivity.Slots];
        var row = new SynapseRow();
        for (int target = 0; target < plan.Connectivity.Targets; target++)
        {
            plan.Read(target, row, SynapseParts.Weights | SynapseParts.Slots);
            for (int k = 0; k < row.Count; k++) weights[row.Slots[k]] = row.Weights[k];
        }
        return weights;
    }

    protected override void BeginCore()
    {
        foreach (var shard in shards) shard.Begin();
        foreach (var shard in slices)
        {
            foreach (var slice in shard) slice.Begin();
        }
        foreach (var plastic in plastics)
        {
            if (plastic is null) continue;
            plastic.Presentation = Presentation;
            plastic.Begin();
        }
    }

    protected override void PresentCore(Population source, ReadOnlySpan<float> signal)
    {
        foreach (var shard in slices) shard[source.Index].Present(signal);
    }

    protected override void ReadStateCore(Population population, int variable, Span<float> values)
    {
        foreach (var shard in slices)
        {
            var slice = shard[population.Index];
            if (slice.Count > 0) slice.ReadState(variable, values.Slice(slice.Start, slice.Count));
        }
        population.Model!.Show(variable, values);
    }

    protected override void UpdateCore(Projection projection)
    {
        var plastic = plastics[projection.Index]!;
        EachShard(shard => plastic.Update(shard, PresentationStep));
        plastic.Changed();
    }

    protected override void SetModulatorCore(Projection projection, float value, ReadOnlySpan<float> values) => plastics[projection.Index]!.SetModulator(value, values);

    protected override void SetWeightsCore(Projection projection, ReadOnlySpan<float> weights) => plastics[projection.Index]!.SetWeights(weights);

    protected override void NormalizeCore(Projection projection, float total)
    {
        var plastic = plastics[projection.Index]!;
        float quantum = SummingQuantum(projection.Rule!);
        EachShard(shard => plastic.Normalize(shard, total, quantum));
        plastic.Changed();
    }

    protected override void RecordersChanged()
    {
        foreach (var shard in slices)
        {
            foreach (var slice in shard) slice.KeepLog(Recorders.Any(r => r.Population.Index == slice.Plan.Index));
        }
    }

    protected override void AdvanceCore(int steps)
    {
        foreach (var work in works)
        {
            foreach (var rows in work.Transposed)
            {
                var original = rows.Wiring.Of;
                rows.Refresh(plastics[original.Index]?.Version ?? 0, () => Weights(original));
            }
        }
        long first = PresentationStep;
        for (int done = 0; done < steps;)
        {
            int part = team.Size == 1 ? steps : Math.Min(steps - done, pace.Chunk);
            long from = first + done, started = Stopwatch.GetTimestamp();
            if (team.Size > 1 && pace.Together) team.Run(this, from, part);
            else Alone(from, part);
            if (team.Size > 1) pace.Note(part, Stopwatch.GetTimestamp() - started);
            done += part;
        }
        if (Recorders.Count > 0) Replay(steps);
    }

    public void Resume(CheckpointReader reader) => Restore(reader);

    protected override void SaveCore(CheckpointWriter writer)
    {
        writer.Write<int>("learning", [learning ? 1 : 0]);
        foreach (var population in Network.Populations) SavedPopulation.Save(writer, [.. slices.Select(s => s[population.Index])]);
        SavedSpikes.Save(writer, Network, shards, PresentationStep);
        foreach (var plastic in plastics) plastic?.Save(writer, PresentationStep);
    }

    protected override void RestoreCore(CheckpointReader reader)
    {
        if (reader.Read<int>("learning")[0] != (learning ? 1 : 0))
            throw reader.Refused(learning ? "is of a session that does not learn" : "is of a session that learns", learning ? "one of a session that learns" : "one of a session that does not learn");
        foreach (var population in Network.Populations) SavedPopulation.Restore(reader, [.. slices.Select(s => s[population.Index])]);
        SavedSpikes.Restore(reader, Network, shards, slices, PresentationStep);
        foreach (var plastic in plastics)
        {
            if (plastic is null) continue;
            plastic.Presentation = Presentation;
            plastic.Restore(reader, PresentationStep);
        }
    }

    protected override void Dispose(bool disposing)
    {
        team.Dispose();
        foreach (var plastic in plastics) plastic?.Dispose();
        foreach (var work in works) work.Dispose();
        foreach (var shard in slices)
        {
            foreach (var slice in shard) slice.Dispose();
        }
        foreach (var shard in shards) shard.Dispose();
        base.Dispose(disposing);
    }

    // Something done once to each shard, by all threads where they are of use.
    void EachShard(Action<int> action)
    {
        if (team.Size > 1 && pace.Together) team.Run(new ShardByShard(action, shards.Length, team.Size), 0, 0);
        else foreach (var shard in shards) action(shard.Index);
    }

    void Alone(long first, int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            for (int s = 0; s < shards.Length; s++) StepOf(s, first + i);
        }
    }

    /// <inheritdoc/>
    void ITeamWork.Work(int worker, long first, int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            for (int s = worker; s < shards.Length; s += team.Size) StepOf(s, first + i);
            team.Meet();
        }
    }

    // The order within a step (see SynapseRule), for one shard. Deliveries read the spikes of earlier steps and the traces before this step's spikes; all that is
    // written belongs to this shard, but for the sources' traces of the next step, which nobody reads before the barrier.
    void StepOf(int s, long now)
    {
        shards[s].Untouch();
        works[s].Deliver(shards, now);
        foreach (var plastic in plastics) plastic?.Deliver(s, now);
        foreach (var slice in slices[s]) slice.OneStep(now, Presentation);
        shards[s].EndStep(now);
        foreach (var plastic in plastics)
        {
            if (plastic is null) continue;
            plastic.Post(s, now);
            plastic.Trace(s, now, slices[s][plastic.Plan.Description.From.Index], slices[s][plastic.Plan.Description.To.Index]);
            plastic.Step(s, now);
        }
    }

    void Replay(int steps)
    {
        var together = new List<int>();
        for (int step = 0; step < steps; step++)
        {
            foreach (var (population, recorder) in Recorders)
            {
                together.Clear();
                foreach (var shard in slices) together.AddRange(shard[population.Index].Logged(step));
                if (together.Count > 0) recorder.Record(Step + step, population, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(together));
            }
        }
        foreach (var shard in slices)
        {
            foreach (var slice in shard) slice.ForgetLog();
        }
    }

    void Restore(Learned learned)
    {
        foreach (var plastic in plastics)
        {
            if (plastic is not null && learned.Weights[plastic.Plan.Index] is { } weights) plastic.SetWeights(weights);
        }
        foreach (var shard in slices)
        {
            foreach (var slice in shard)
            {
                if (learned.States[slice.Plan.Index] is not { } states) continue;
                for (int v = 0; v < states.Length; v++)
                {
                    float[] values = [.. states[v].AsSpan(slice.Start, slice.Count)];
                    slice.Plan.Description.Model!.Keep(v, values);
                    slice.WriteState(v, values);
                }
            }
        }
    }

    static float[] Transpose(float[] original, TransposeWiring wiring)
    {
        int rows = wiring.Of.From.Count, columns = wiring.Of.To.Count;
        var turned = new float[original.Length];
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++) turned[(c * rows) + r] = original[(r * columns) + c] * wiring.Gain;
        }
        return turned;
    }

    sealed class ShardByShard(Action<int> action, int shards, int workers) : ITeamWork
    {
        void ITeamWork.Work(int worker, long first, int steps)
        {
            for (int s = worker; s < shards; s += workers) action(s);
        }
    }

    /// <summary>The static synapses onto one shard.</summary>
    sealed class Work : IDisposable
    {
        readonly Shard shard;
        readonly StaticRows sparse;
        readonly DenseRows[] dense;

        public Work(CompiledNetwork network, Shard shard, SourceIndex sources, IReadOnlyList<CompiledProjection> indexed)
        {
            this.shard = shard;
            sparse = new(shard, sources, indexed);
            dense = [.. network.Projections.Where(DenseRows.Fits).Select(p => new DenseRows(shard, p))];
            Transposed = [.. network.Projections.Where(p => p.Transposed is not null).Select(p => new TransposedRows(shard, p))];
        }

        public TransposedRows[] Transposed { get; }

        public unsafe void Deliver(Shard[] shards, long now)
        {
            sparse.Deliver(shards, shard, now);
            foreach (var rows in dense) rows.Deliver(shards, now);
            foreach (var rows in Transposed) rows.Deliver(shards, now);
        }

        public void Dispose()
        {
            sparse.Dispose();
            foreach (var rows in dense) rows.Dispose();
            foreach (var rows in Transposed) rows.Dispose();
        }
    }

    sealed class SliceLowering : ILowering<T>
    {
        readonly CompiledNetwork network;
        readonly CompiledPopulation plan;
        readonly Shard shard;
        readonly bool learning;

        public SliceLowering(CompiledNetwork network, CompiledPopulation plan, Shard shard, bool learning)
        {
            this.network = network;
            this.plan = plan;
            this.shard = shard;
            this.learning = learning;
            if (plan.Description.Model is { } model) model.Lower(this);
            else plan.Description.Source!.Lower(this);
        }

        public Slice Slice { get; private set; } = null!;

        Time ILowering<T>.Step => network.Step;

        bool ILowering<T>.Learning => learning;

        void ILowering<T>.Neurons<TKernel, TState, TInput>(TKernel kernel) => Slice = new NeuronSlice<T, TKernel, TState, TInput>(network, plan, shard, kernel);

        void ILowering<T>.Encoder<TKernel, TState>(TKernel kernel) => Slice = new EncoderSlice<T, TKernel, TState>(network, plan, shard, kernel);

        void ILowering<T>.Events(IReadOnlyList<(long Step, int Neuron)> spikes) => Slice = new ScheduledSlice(network, plan, shard, spikes);

        void ILowering<T>.Synapses<TKernel, TSynapse, TPre, TPost>(TKernel kernel) => throw new NotSupportedException("a population is no synapse rule");

        void ILowering<T>.SteppedSynapses<TKernel, TSynapse, TPre, TPost>(TKernel kernel) => throw new NotSupportedException("a population is no synapse rule");
    }
}
