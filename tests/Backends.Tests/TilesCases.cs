using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Backends.Tests;

/// <summary>A random network on a random machine, made of small numbers that shrink and print well.</summary>
public sealed record TileCase(int Seed, int Inputs, int Cells, int Others, int Zeros, int Columns, int Rows, int CoresPerTile, int Neurons, int Memory, int AxonsIn, int AxonsOut)
{
    const double MostLearning = 900;

    public static Gen<TileCase> Any { get; } =
        from seed in Gen.Choose(1, 1_000_000)
        from inputs in Gen.Choose(1, 30)
        from cells in Gen.Choose(1, 40)
        from others in Gen.Choose(1, 20)
        from zeros in Gen.Choose(0, 10)
        from columns in Gen.Choose(1, 7)
        from rows in Gen.Choose(1, 7)
        from coresPerTile in Gen.Choose(1, 4)
        from neurons in Gen.Choose(1, 25)
        from memory in Gen.Choose(600, 20_000)
        from axonsIn in Gen.Choose(30, 120)
        from axonsOut in Gen.Choose(4, 150)
        select new TileCase(seed, inputs, cells, others, zeros, columns, rows, coresPerTile, neurons, memory, axonsIn, axonsOut);

    public Network Network(SynapseRule? rule = null, NeuronModel? model = null)
    {
        var random = new System.Random(Seed);
        var network = new Network((ulong)Seed);
        var input = network.Add("input", Inputs, new PoissonSource(300.Hz));
        var cells = network.Add("cells", Cells, new IntegrateAndFire { Leak = 0.9f });
        var others = network.Add("others", Others, model ?? new Lif { Start = Distribution.Uniform(-65, -50) });
        network.Connect(input, cells, Wiring.AllToAll, Whole(Inputs * Cells, 0.01f), 1.ms);
        network.Connect(cells, others, Wiring.Probability(0.4), 127 * 8.0, Delay.Uniform(1.ms, 5.ms));
        var edges = Enumerable.Range(0, 2 * Cells).Select(_ => (random.Next(Others), random.Next(Cells))).ToArray();
        network.Connect(others, cells, Wiring.Edges(edges), Whole(edges.Length, 0.003f), 2.ms);
        network.Connect(cells, cells, Wiring.OneToOne, -0.25, 1.ms);
        if (rule is not null)
        {
            var learned = network.Connect(input, others, Wiring.AllToAll, Learning(rule), 1.ms, rule: rule, modulator: rule.NeedsModulator ? Modulator.Global(0.5f) : null);
            network.Connect(cells, others, Wiring.InDegree(3), Learning(rule), 3.ms, rule: rule, modulator: rule.NeedsModulator ? Modulator.PerTarget([.. Enumerable.Range(0, Others).Select(i => (i % 3) - 0.5f)]) : null);
            if (rule is DeltaLikeRule)
            {
                var back = network.Add("back", Inputs, new IntegrateAndFire { Threshold = 3 });
                network.Connect(others, back, Wiring.TransposeOf(learned, -0.5f), 0, 1.ms);
            }
        }
        return network;

        static Weight Learning(SynapseRule rule)
        {
            var (least, most) = rule.WeightRange;
            return most > 0 ? Weight.Uniform(Math.Max(0, least), Math.Min(most, MostLearning)) : Weight.Uniform(Math.Max(least, -MostLearning), most);
        }

        // Whole multiples of a step, up to 127; a part of them zero.
        Weight Whole(int count, float step) =>
            Weight.Explicit([.. Enumerable.Range(0, count).Select(i => i == 0 ? 127 * step : random.Next(10) < Zeros ? 0 : random.Next(-40, 127) * step)]);
    }

    public TileMachine Machine(int weightBits = 8)
    {
        var loihi = TileMachine.Load("loihi");
        return loihi with
        {
            Name = "case",
            Columns = Columns,
            Rows = Rows,
            CoresPerTile = CoresPerTile,
            Core = new(Neurons, Memory, AxonsIn, AxonsOut),
            WeightBits = weightBits,
            InputColumn = Seed % Columns,
            InputRow = Seed / 7 % Rows,
        };
    }

    /// <summary>The mapping, or null where the network does not fit.</summary>
    public Mapping? TryMap(MappingOptions? options = null)
    {
        try
        {
            return Tiles.Map(Network().Compile(1.ms), Machine(), options);
        }
        catch (InvalidInputException)
        {
            return null;
        }
    }
}

/// <summary>A rule that each spike of source and target changes.</summary>
public sealed record PairLikeRule : SynapseRule
{
    public override (float Least, float Most) WeightRange => (0, 900);

    public override void Validate(string owner)
    {
    }

    public override void Lower<T>(ILowering<T> to) => to.Synapses<Kernel<T>, Plain<T>, Trace<T>, Trace<T>>(new());

    public struct Trace<T>
    {
        public T Count;
    }

    readonly struct Kernel<T> : ISynapseKernel<T, Plain<T>, Trace<T>, Trace<T>>
        where T : unmanaged, ILane<T>
    {
        public Plain<T> Initial(T weight) => new() { Weight = weight };

        public void TracePre(ref Trace<T> pre, in Moment<T> now) => pre.Count = T.FusedMultiplyAdd(pre.Count, 0.8f, T.Select(now.Spiked, 1f, 0f));

        public void TracePost(ref Trace<T> post, in Moment<T> now) => post.Count = T.FusedMultiplyAdd(post.Count, 0.7f, T.Select(now.Spiked, 1f, 0f));

        public T OnPre(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
            T sent = synapse.Weight;
            synapse.Weight = T.Max(T.FusedMultiplyAdd(post.Count, -3.1f, synapse.Weight), 0f);
            return sent;
        }

        public void OnPost(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post) =>
            synapse.Weight = T.Min(T.FusedMultiplyAdd(pre.Count, 2.7f, synapse.Weight), 900f);

        public void OnUpdate(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
        }
    }
}

/// <summary>A rule that only updates change.</summary>
public sealed record DeltaLikeRule : SynapseRule
{
    public override (float Least, float Most) WeightRange => (-900, 900);

    public override void Validate(string owner)
    {
    }

    public override void Lower<T>(ILowering<T> to) => to.Synapses<Kernel<T>, Plain<T>, Trace<T>, Trace<T>>(new());

    public struct Trace<T>
    {
        public T Count;
    }

    readonly struct Kernel<T> : ISynapseKernel<T, Plain<T>, Trace<T>, Trace<T>>
        where T : unmanaged, ILane<T>
    {
        public Plain<T> Initial(T weight) => new() { Weight = weight };

        public void TracePre(ref Trace<T> pre, in Moment<T> now) => pre.Count = pre.Count + T.Select(now.Spiked, 1f, 0f);

        public void TracePost(ref Trace<T> post, in Moment<T> now) => post.Count = post.Count + T.Select(now.Spiked, 1f, 0f) + now.Modulator;

        public T OnPre(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post) => synapse.Weight;

        public void OnPost(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
        }

        public void OnUpdate(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post) =>
            synapse.Weight = T.Min(T.Max(T.FusedMultiplyAdd(pre.Count, post.Count, synapse.Weight), -900f), 900f);
    }
}

/// <summary>A rule that changes every synapse in every step.</summary>
public sealed record SteppedLikeRule : SynapseRule
{
    public override (float Least, float Most) WeightRange => (-900, 900);

    public override void Validate(string owner)
    {
    }

    public override void Lower<T>(ILowering<T> to) => to.SteppedSynapses<Kernel<T>, Plain<T>, Trace<T>, Trace<T>>(new());

    public struct Trace<T>
    {
        public T Count;
    }

    readonly struct Kernel<T> : ISteppedSynapseKernel<T, Plain<T>, Trace<T>, Trace<T>>
        where T : unmanaged, ILane<T>
    {
        public Plain<T> Initial(T weight) => new() { Weight = weight };

        public void TracePre(ref Trace<T> pre, in Moment<T> now) => pre.Count = T.FusedMultiplyAdd(pre.Count, 0.8f, T.Select(now.Spiked, 1f, 0f));

        public void TracePost(ref Trace<T> post, in Moment<T> now) => post.Count = T.FusedMultiplyAdd(post.Count, 0.7f, T.Select(now.Spiked, 1f, 0f));

        public void Draw(ref Plain<T> synapse, T uniform)
        {
        }

        public T OnPre(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post) => synapse.Weight;

        public void OnPost(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
        }

        public void OnStep(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post) =>
            synapse.Weight = T.Min(T.Max(T.FusedMultiplyAdd(pre.Count, post.Count, synapse.Weight), -900f), 900f);

        public void OnUpdate(ref Plain<T> synapse, in Trace<T> pre, in Trace<T> post)
        {
        }
    }
}
