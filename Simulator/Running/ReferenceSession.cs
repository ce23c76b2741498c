using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;
using Lepton.Neuro.Random;

namespace Lepton.Neuro;

/// <summary>The oracle, on any lane of width 1.</summary>
/// <typeparam name="T">The lane.</typeparam>
sealed partial class ReferenceSession<T> : LearningSession
    where T : unmanaged, ILane<T>
{
    readonly bool learning;
    readonly Func<CompiledProjection, IDelivery?>? deliveries;
    readonly Cells[] populations;
    readonly Joins[] projections;

    public ReferenceSession(CompiledNetwork network, bool learning, Learned? learned, Func<CompiledProjection, IDelivery?>? deliveries = null)
        : base(network)
    {
        this.learning = learning;
        this.deliveries = deliveries;
        populations = [.. network.Populations.Select(p => new CellsLowering(network, p, learning).Cells)];
        projections = new Joins[network.Projections.Count];
        foreach (var projection in network.Projections) projections[projection.Index] = new JoinsLowering(network, projection, this).Joins;
        BeginModulators();
        if (learned is null) return;
        learned.For(network);
        foreach (var projection in projections)
        {
            if (learned.Weights[projection.Plan.Index] is { } weights) projection.SetWeights(weights);
        }
        foreach (var cells in populations)
        {
            if (learned.States[cells.Plan.Index] is not { } states) continue;
            for (int v = 0; v < states.Length; v++)
            {
                float[] values = [.. states[v]];
                cells.Plan.Description.Model!.Keep(v, values);
                cells.WriteState(v, values);
            }
        }
    }

    public override void ReadSpikeCounts(Population population, Span<long> counts)
    {
        Own(population);
        populations[population.Index].Counts.CopyTo(counts);
    }

    public override float[] Weights(Projection projection)
    {
        Own(projection);
        return projections[projection.Index].Weights();
    }

    /// <summary>A plastic projection's weights as they are held.</summary>
    public T[] LaneWeights(Projection projection)
    {
        Own(projection);
        return projections[projection.Index].LaneWeights() ?? throw new InvalidInputException($"{projection}", "static", "plastic");
    }

    protected override void BeginCore()
    {
        foreach (var cells in populations) cells.Begin();
        foreach (var joins in projections) joins.Begin();
    }

    protected override void PresentCore(Population source, ReadOnlySpan<float> signal) => signal.CopyTo(populations[source.Index].Signal);

    protected override void ReadStateCore(Population population, int variable, Span<float> values)
    {
        populations[population.Index].ReadState(variable, values);
        population.Model!.Show(variable, values);
    }

    protected override void UpdateCore(Projection projection) => projections[projection.Index].Update();

    protected override void SetModulatorCore(Projection projection, float value, ReadOnlySpan<float> values)
    {
        var joins = projections[projection.Index];
        joins.Modulator = value;
        joins.Modulators = values.IsEmpty ? null : values.ToArray();
    }

    protected override void SetWeightsCore(Projection projection, ReadOnlySpan<float> weights) => projections[projection.Index].SetWeights(weights);

    protected override void NormalizeCore(Projection projection, float total)
    {
        var joins = projections[projection.Index];
        float quantum = SummingQuantum(projection.Rule!);
        var weights = joins.Weights();
        var (least, most) = projection.Rule!.WeightRange;
        for (int target = 0; target < projection.To.Count; target++)
        {
            long sum = 0;
            foreach (var synapse in joins.Of(target)) sum += (long)MathF.Round(weights[synapse.Slot] / quantum);
            if (sum <= 0) continue;
            float factor = total / (sum * quantum);
            foreach (var synapse in joins.Of(target))
            {
                float scaled = weights[synapse.Slot] * factor;
                weights[synapse.Slot] = scaled < least ? least : scaled > most ? most : scaled;
            }
        }
        joins.ChangeWeights(weights);
    }

    protected override void AdvanceCore(int steps)
    {
        for (int i = 0; i < steps; i++) OneStep(Step + i, PresentationStep + i);
    }

    // The order within a step: see SynapseRule.
    void OneStep(long step, long now)
    {
        foreach (var joins in projections) joins.Deliver(now);
        foreach (var cells in populations) cells.OneStep(now, Presentation);
        if (learning)
        {
            foreach (var joins in projections) joins.Post(now);
        }
        foreach (var joins in projections) joins.Trace(now);
        if (learning)
        {
            foreach (var joins in projections) joins.EndStep(now);
        }
        foreach (var (population, recorder) in Recorders)
        {
            var spiked = populations[population.Index].Spiked;
            if (spiked.Count > 0) recorder.Record(step, population, spiked.ToArray());
        }
    }

    readonly record struct Synapse(int Source, int Delay, short Weight, int Slot);

    /// <summary>A population.</summary>
    abstract class Cells(CompiledNetwork network, CompiledPopulation plan)
    {
        readonly bool[][] history = [.. Enumerable.Range(0, network.MostDelay + 1).Select(_ => new bool[plan.Count])];

        protected CompiledNetwork Network => network;

        public CompiledPopulation Plan => plan;

        /// <summary>The sums of what arrives in this step, a receptor each.</summary>
        public int[][] Sums { get; } = [.. plan.Quanta.Select(_ => new int[plan.Count])];

        public float[] Signal { get; } = new float[plan.Count];

        public long[] Counts { get; } = new long[plan.Count];

        public List<int> Spiked { get; } = [];

        /// <summary>Whether a neuron fired a number of steps ago.</summary>
        public bool Fired(int neuron, long step) => step >= 0 && history[step % history.Length][neuron];

        public bool FiredNow(int neuron) => Spiked.BinarySearch(neuron) >= 0;

        public void OneStep(long now, ulong presentation)
        {
            Spiked.Clear();
            Step(now, presentation);
            var fired = history[now % history.Length];
            Array.Clear(fired);
            foreach (int neuron in Spiked)
            {
                fired[neuron] = true;
                Counts[neuron]++;
            }
            foreach (var sums in Sums) Array.Clear(sums);
        }

        public virtual void Begin()
        {
            foreach (var fired in history) Array.Clear(fired);
            foreach (var sums in Sums) Array.Clear(sums);
            Array.Clear(Signal);
            Spiked.Clear();
        }

        public virtual T Potential(int neuron) => 0f;

        public virtual void ReadState(int variable, Span<float> values) => throw new NotSupportedException();

        public virtual void WriteState(int variable, ReadOnlySpan<float> values) => throw new NotSupportedException();

        protected abstract void Step(long now, ulong presentation);

        protected static uint Word(RandomStream stream, int neuron, long now, ulong presentation) =>
            Philox.Word(stream, (uint)neuron, (uint)now, (uint)presentation, Philox.Fourth(now, presentation));
    }

    sealed class Neurons<TKernel, TState, TInput> : Cells
        where TKernel : unmanaged, INeuronKernel<T, TState, TInput>
        where TState : unmanaged
        where TInput : unmanaged
    {
        readonly TKernel kernel;
        readonly T origin;
        readonly TState[] states;
        readonly CompiledDrive[] drives;

        public Neurons(CompiledNetwork network, CompiledPopulation plan, TKernel kernel)
            : base(network, plan)
        {
            this.kernel = kernel;
            origin = (float)plan.Description.Model!.Origin.Millivolts;
            states = new TState[plan.Count];
            var stream = new RandomStream(network.Source.Seed, RandomPurpose.InitialState, plan.Index);
            for (int i = 0; i < states.Length; i++)
            {
                uint first = Philox.Word(stream, (uint)i, 0, 0, 0), second = Philox.Word(stream, (uint)i, 1, 0, 0);
                states[i] = kernel.Initial(T.Uniform(in first), LaneMath.NormalQuantile(Scalar.Uniform(in second)).Value);
            }
            drives = [.. network.Drives.Where(d => ReferenceEquals(d.Description.To, plan.Description))];
        }

        public override void Begin()
        {
            base.Begin();
            for (int i = 0; i < states.Length; i++) states[i] = kernel.AtRest(in states[i]);
        }

        public override T Potential(int neuron) => Field(ref states[neuron], 0) + origin;

        public override void ReadState(int variable, Span<float> values)
        {
            for (int i = 0; i < states.Length; i++) T.Store(Field(ref states[i], variable), ref values[i]);
        }

        public override void WriteState(int variable, ReadOnlySpan<float> values)
        {
            for (int i = 0; i < states.Length; i++) Field(ref states[i], variable) = T.Load(in values[i]);
        }

        protected override void Step(long now, ulong presentation)
        {
            var words = new uint[Philox.Group];
            foreach (var drive in drives)
            {
                var thresholds = new ushort[drive.MostEvents];
                int count = drive.Thresholds(now, presentation, thresholds);
                for (int i = 0; i < states.Length; i++)
                {
                    if (i % CompiledDrive.Group == 0) drive.Fill(i, now, presentation, words);
                    uint word = words[i % CompiledDrive.Group / 2], half = i % 2 == 0 ? word & 0xffff : word >> 16;
                    Sums[drive.Description.Receptor][i] += thresholds[..count].Count(t => half >= t) * drive.Quantized;
                }
            }
            for (int i = 0; i < states.Length; i++)
            {
                TInput input = default;
                for (int r = 0; r < Sums.Length; r++) Unsafe.Add(ref Unsafe.As<TInput, T>(ref input), r) = T.LoadScaled(in Sums[r][i], Plan.Quanta[r]);
                if (T.MaskBits(kernel.Step(ref states[i], in input)) != 0) Spiked.Add(i);
            }
        }

        static ref T Field(ref TState state, int field) => ref Unsafe.Add(ref Unsafe.As<TState, T>(ref state), field);
    }

    sealed class Encoders<TKernel, TState> : Cells
        where TKernel : unmanaged, IEncoderKernel<T, TState>
        where TState : unmanaged
    {
        readonly TKernel kernel;
        readonly TState[] states;
        readonly RandomStream stream;

        public Encoders(CompiledNetwork network, CompiledPopulation plan, TKernel kernel)
            : base(network, plan)
        {
            this.kernel = kernel;
            states = new TState[plan.Count];
            Array.Fill(states, kernel.Initial);
            stream = new(network.Source.Seed, RandomPurpose.Encoding, plan.Index);
        }

        public override void Begin()
        {
            base.Begin();
            Array.Fill(states, kernel.Initial);
        }

        protected override void Step(long now, ulong presentation)
        {
            bool random = Plan.Description.Source!.IsRandom;
            for (int i = 0; i < states.Length; i++)
            {
                uint word = random ? Word(stream, i, now, presentation) : 0;
                if (T.MaskBits(kernel.Step(ref states[i], T.Load(in Signal[i]), random ? T.Uniform(in word) : 0f, now)) != 0) Spiked.Add(i);
            }
        }
    }

    sealed class Scheduled(CompiledNetwork network, CompiledPopulation plan, IReadOnlyList<(long Step, int Neuron)> spikes) : Cells(network, plan)
    {
        readonly ILookup<long, int> schedule = spikes.ToLookup(s => s.Step, s => s.Neuron);

        protected override void Step(long now, ulong presentation) => Spiked.AddRange(schedule[now]);
    }

    sealed class CellsLowering : ILowering<T>
    {
        readonly CompiledNetwork network;
        readonly CompiledPopulation plan;
        readonly bool learning;

        public CellsLowering(CompiledNetwork network, CompiledPopulation plan, bool learning)
        {
            this.network = network;
            this.plan = plan;
            this.learning = learning;
            if (plan.Description.Model is { } model) model.Lower(this);
            else plan.Description.Source!.Lower(this);
        }

        public Cells Cells { get; private set; } = null!;

        public Time Step => network.Step;

        public bool Learning => learning;

        public void Neurons<TKernel, TState, TInput>(TKernel kernel)
            where TKernel : unmanaged, INeuronKernel<T, TState, TInput>
            where TState : unmanaged
            where TInput : unmanaged => Cells = new Neurons<TKernel, TState, TInput>(network, plan, kernel);

        public void Encoder<TKernel, TState>(TKernel kernel)
            where TKernel : unmanaged, IEncoderKernel<T, TState>
            where TState : unmanaged => Cells = new Encoders<TKernel, TState>(network, plan, kernel);

        public void Events(IReadOnlyList<(long Step, int Neuron)> spikes) => Cells = new Scheduled(network, plan, spikes);

        public void Synapses<TKernel, TSynapse, TPre, TPost>(TKernel kernel)
            where TKernel : unmanaged, ISynapseKernel<T, TSynapse, TPre, TPost>
            where TSynapse : unmanaged
            where TPre : unmanaged
            where TPost : unmanaged => throw new NotSupportedException("a population is no synapse rule");

        public void SteppedSynapses<TKernel, TSynapse, TPre, TPost>(TKernel kernel)
            where TKernel : unmanaged, ISteppedSynapseKernel<T, TSynapse, TPre, TPost>
            where TSynapse : unmanaged
            where TPre : unmanaged
            where TPost : unmanaged => throw new NotSupportedException("a population is no synapse rule");
    }

    /// <summary>A projection: static, unless a subclass knows more.</summary>
    class Joins
    {
        readonly Synapse[] synapses;
        readonly int[] first;
        readonly float[] weights;

        public Joins(CompiledProjection plan, ReferenceSession<T> session)
        {
            Plan = plan;
            Session = session;
            From = session.populations[plan.Description.From.Index];
            To = session.populations[plan.Description.To.Index];
            synapses = new Synapse[plan.Connectivity.Count];
            first = new int[plan.Connectivity.Targets + 1];
            weights = new float[plan.Connectivity.Slots];
            var row = new SynapseRow();
            var parts = SynapseParts.Sources | SynapseParts.Delays | SynapseParts.Slots;
            if (plan.Transposed is null) parts |= SynapseParts.Weights;
            for (int target = 0; target < plan.Connectivity.Targets; target++)
            {
                plan.Read(target, row, parts);
                first[target + 1] = first[target] + row.Count;
                for (int k = 0; k < row.Count; k++)
                {
                    bool fixedWeight = !plan.IsPlastic && plan.Transposed is null;
                    synapses[first[target] + k] = new(row.Sources[k], row.Delays[k], fixedWeight ? plan.Quantize(row.Weights[k]) : (short)0, (int)row.Slots[k]);
                    if (plan.Transposed is null) weights[row.Slots[k]] = row.Weights[k];
                }
            }
        }

        public CompiledProjection Plan { get; }

        public float Modulator { get; set; }

        public float[]? Modulators { get; set; }

        protected ReferenceSession<T> Session { get; }

        protected Cells From { get; }

        protected Cells To { get; }

        protected int SynapseCount => synapses.Length;

        public ReadOnlySpan<Synapse> Of(int target) => synapses.AsSpan(first[target]..first[target + 1]);

        protected int FirstOf(int target) => first[target];

        public virtual void Deliver(long now)
        {
            var sums = To.Sums[Plan.Description.Receptor];
            for (int target = 0; target < Plan.Connectivity.Targets; target++)
            {
                for (int k = first[target]; k < first[target + 1]; k++)
                {
                    if (From.Fired(synapses[k].Source, now - synapses[k].Delay)) Send(k, target, now, ref sums[target]);
                }
            }
        }

        public virtual float[] Weights()
        {
            if (Plan.Transposed is not { } transposed) return [.. weights];
            var original = Session.projections[transposed.Of.Index].Weights();
            int rows = Plan.Connectivity.Sources, columns = Plan.Connectivity.Targets;
            var turned = new float[original.Length];
            for (int source = 0; source < rows; source++)
            {
                for (int target = 0; target < columns; target++)
                    turned[(source * columns) + target] = original[(target * rows) + source] * transposed.Gain;
            }
            return turned;
        }

        public virtual T[]? LaneWeights() => null;

        public virtual void SetWeights(ReadOnlySpan<float> values) => throw new NotSupportedException();

        /// <summary>Changes the weights alone, and no other variable of a synapse.</summary>
        public virtual void ChangeWeights(ReadOnlySpan<float> values) => throw new NotSupportedException();

        public virtual void Begin()
        {
        }

        public virtual void Post(long now)
        {
        }

        public virtual void Trace(long now)
        {
        }

        public virtual void EndStep(long now)
        {
        }

        public virtual void Update()
        {
        }

        protected ref readonly Synapse At(int k) => ref synapses[k];

        /// <summary>The weight of the synapse from a source to a target, as it is now.</summary>
        protected virtual T WeightOf(int source, int target) => weights[(source * Plan.Connectivity.Targets) + target];

        protected virtual void Send(int k, int target, long now, ref int sum)
        {
            if (Plan.Transposed is not { } transposed)
            {
                sum += synapses[k].Weight;
                return;
            }
            T weight = Session.projections[transposed.Of.Index].WeightOf(target, synapses[k].Source);
            T.AddScaled(weight * transposed.Gain, 1 / Plan.Quantum, ref sum);
        }
    }

    /// <summary>A static projection whose spikes something else brings to their targets.</summary>
    sealed class Delivered : Joins
    {
        readonly IDelivery delivery;
        readonly int delay;
        readonly List<int> arriving = [];

        public Delivered(CompiledProjection plan, ReferenceSession<T> session, IDelivery delivery)
            : base(plan, session)
        {
            this.delivery = delivery;
            for (int target = 0; target < plan.Connectivity.Targets; target++)
            {
                foreach (var synapse in Of(target))
                {
                    if (delay == 0) delay = synapse.Delay;
                    if (synapse.Delay != delay) throw new InvalidInputException($"{plan.Description}: the delays", "several", "one for the whole projection, where something else than its synapses delivers its spikes");
                }
            }
        }

        public override void Deliver(long now)
        {
            arriving.Clear();
            for (int source = 0; source < Plan.Connectivity.Sources && delay > 0; source++)
            {
                if (From.Fired(source, now - delay)) arriving.Add(source);
            }
            delivery.Deliver(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(arriving), now, Session.Presentation, To.Sums[Plan.Description.Receptor]);
        }
    }

    class PlasticJoins<TKernel, TSynapse, TPre, TPost> : Joins
        where TKernel : unmanaged, ISynapseKernel<T, TSynapse, TPre, TPost>
        where TSynapse : unmanaged
        where TPre : unmanaged
        where TPost : unmanaged
    {
        protected readonly TKernel kernel;
        protected readonly TSynapse[] variables;
        protected readonly TPost[] post;
        readonly TPre[][] pre;

        public PlasticJoins(CompiledProjection plan, ReferenceSession<T> session, TKernel kernel)
            : base(plan, session)
        {
            this.kernel = kernel;
            variables = new TSynapse[SynapseCount];
            pre = [.. Enumerable.Range(0, plan.MostDelay + 2).Select(_ => new TPre[plan.Connectivity.Sources])];
            post = new TPost[plan.Connectivity.Targets];
            Initialize(base.Weights());
        }

        public override float[] Weights()
        {
            var values = new float[variables.Length];
            for (int k = 0; k < variables.Length; k++) T.Store(Weight(k), ref values[At(k).Slot]);
            return values;
        }

        public override T[] LaneWeights()
        {
            var values = new T[variables.Length];
            for (int k = 0; k < variables.Length; k++) values[At(k).Slot] = Weight(k);
            return values;
        }

        public override void SetWeights(ReadOnlySpan<float> values) => Initialize(values);

        public override void ChangeWeights(ReadOnlySpan<float> values)
        {
            for (int k = 0; k < variables.Length; k++) Weight(k) = T.Load(in values[At(k).Slot]);
        }

        public override void Begin()
        {
            foreach (var slot in pre) Array.Clear(slot);
            Array.Clear(post);
        }

        public override void Post(long now)
        {
            foreach (int target in To.Spiked)
            {
                int k = FirstOf(target);
                foreach (var synapse in Of(target))
                {
                    TPre late = PreAt(synapse.Source, now - synapse.Delay);
                    Draw(ref variables[k], k, SynapseEvent.OnPost, now);
                    kernel.OnPost(ref variables[k++], in late, in post[target]);
                }
            }
        }

        public override void Trace(long now)
        {
            var before = pre[now % pre.Length];
            var after = pre[(now + 1) % pre.Length];
            for (int i = 0; i < before.Length; i++)
            {
                after[i] = before[i];
                kernel.TracePre(ref after[i], new() { Spiked = Mask(From.FiredNow(i)), Potential = 0f, Modulator = Modulator });
            }
            for (int i = 0; i < post.Length; i++)
            {
                kernel.TracePost(ref post[i], new() { Spiked = Mask(To.FiredNow(i)), Potential = To.Potential(i), Modulator = Modulators?[i] ?? Modulator });
            }
        }

        public override void Update()
        {
            for (int target = 0; target < post.Length; target++)
            {
                int k = FirstOf(target);
                foreach (var synapse in Of(target))
                {
                    Draw(ref variables[k], k, SynapseEvent.OnUpdate, Session.PresentationStep);
                    kernel.OnUpdate(ref variables[k++], in pre[Session.PresentationStep % pre.Length][synapse.Source], in post[target]);
                }
            }
        }

        protected override T WeightOf(int source, int target) => Weight(FirstOf(target) + source);

        protected override void Send(int k, int target, long now, ref int sum)
        {
            TPre late = PreAt(At(k).Source, now - At(k).Delay);
            var variable = variables[k];
            Draw(ref variable, k, SynapseEvent.OnPre, now);
            T.AddScaled(kernel.OnPre(ref variable, in late, in post[target]), 1 / Plan.Quantum, ref sum);
            if (Session.learning) variables[k] = variable;
        }

        void Initialize(ReadOnlySpan<float> values)
        {
            for (int k = 0; k < variables.Length; k++) variables[k] = kernel.Initial(T.Load(in values[At(k).Slot]));
        }

        /// <summary>Hands out a random number, where the event reads one.</summary>
        protected virtual void Draw(ref TSynapse synapse, int k, SynapseEvent kind, long now)
        {
        }

        static T Mask(bool set) => T.MaskFromBits(set ? 1u : 0u);

        // The first field is the weight.
        ref T Weight(int k) => ref Unsafe.As<TSynapse, T>(ref variables[k]);

        // Before the presentation began, all traces were zero.
        protected TPre PreAt(int source, long step) => step < 0 ? default : pre[step % pre.Length][source];
    }

    sealed class JoinsLowering : ILowering<T>
    {
        readonly CompiledNetwork network;
        readonly CompiledProjection plan;
        readonly ReferenceSession<T> session;

        public JoinsLowering(CompiledNetwork network, CompiledProjection plan, ReferenceSession<T> session)
        {
            this.network = network;
            this.plan = plan;
            this.session = session;
            if (plan.Description.Rule is { } rule) rule.Lower(this);
            else if (plan.Transposed is null && session.deliveries?.Invoke(plan) is { } delivery) Joins = new Delivered(plan, session, delivery);
            else Joins = new(plan, session);
        }

        public Joins Joins { get; private set; } = null!;

        public Time Step => network.Step;

        public bool Learning => session.learning;

        public void Synapses<TKernel, TSynapse, TPre, TPost>(TKernel kernel)
            where TKernel : unmanaged, ISynapseKernel<T, TSynapse, TPre, TPost>
            where TSynapse : unmanaged
            where TPre : unmanaged
            where TPost : unmanaged => Joins = new PlasticJoins<TKernel, TSynapse, TPre, TPost>(plan, session, kernel);

        public void SteppedSynapses<TKernel, TSynapse, TPre, TPost>(TKernel kernel)
            where TKernel : unmanaged, ISteppedSynapseKernel<T, TSynapse, TPre, TPost>
            where TSynapse : unmanaged
            where TPre : unmanaged
            where TPost : unmanaged => Joins = new SteppedJoins<TKernel, TSynapse, TPre, TPost>(plan, session, kernel);

        public void Neurons<TKernel, TState, TInput>(TKernel kernel)
            where TKernel : unmanaged, INeuronKernel<T, TState, TInput>
            where TState : unmanaged
            where TInput : unmanaged => throw new NotSupportedException("a rule is no neuron model");

        public void Encoder<TKernel, TState>(TKernel kernel)
            where TKernel : unmanaged, IEncoderKernel<T, TState>
            where TState : unmanaged => throw new NotSupportedException("a rule is no encoder");

        public void Events(IReadOnlyList<(long Step, int Neuron)> spikes) => throw new NotSupportedException("a rule is no source");
    }
}
