using Lepton.Neuro.Random;

namespace Lepton.Neuro;

/// <summary>The synapses that a wiring makes, target by target, computed when asked for: a network of 300 million synapses needs no list of them, and each backend
/// lays them out in its own way from here.</summary>
public abstract class Connectivity
{
    /// <summary>The number of sources.</summary>
    public required int Sources { get; init; }

    /// <summary>The number of targets.</summary>
    public required int Targets { get; init; }

    /// <summary>The number of synapses.</summary>
    public abstract long Count { get; }

    /// <summary>The number of places in the wiring's order (see <see cref="Weight.Explicit"/>): one a synapse, but for shared kernels.</summary>
    public virtual long Slots => Count;

    /// <summary>Whether synapses share weights, as those of a convolution do: then a place in the wiring's order belongs to many synapses.</summary>
    public virtual bool IsShared => false;

    /// <summary>The most synapses that a target has.</summary>
    public abstract int LargestInDegree { get; }

    /// <summary>Whether it is every source to every target: then rows can be stored without indices.</summary>
    public virtual bool IsAllToAll => false;

    /// <summary>The number of synapses of a target.</summary>
    /// <param name="target">The target.</param>
    public abstract int InDegree(int target);

    /// <summary>The sources of a target's synapses, in the wiring's order.</summary>
    /// <param name="target">The target.</param>
    /// <param name="sources">Where to: <see cref="InDegree"/> places.</param>
    public abstract void FillSources(int target, Span<int> sources);

    /// <summary>The places of a target's synapses in the wiring's order.</summary>
    /// <param name="target">The target.</param>
    /// <param name="slots">Where to: <see cref="InDegree"/> places.</param>
    public abstract void FillSlots(int target, Span<long> slots);

    internal static Connectivity Create(Projection projection, ulong seed)
    {
        int sources = projection.From.Count, targets = projection.To.Count;
        var stream = new RandomStream(seed, RandomPurpose.Wiring, projection.Index);
        bool same = ReferenceEquals(projection.From, projection.To);
        switch (projection.Wiring)
        {
            case AllToAllWiring:
                return new AllToAll { Sources = sources, Targets = targets };
            case OneToOneWiring:
                if (sources != targets) throw new InvalidInputException($"{projection}: one-to-one wiring of {sources} sources", $"{targets} targets", "populations of the same size");
                return new OneToOne { Sources = sources, Targets = targets };
            case ProbabilityWiring wiring:
                Require.InRange($"{projection}: the probability", wiring.Value, 0, 1);
                return new Bernoulli(stream, wiring.Value, same && !wiring.AllowSelf) { Sources = sources, Targets = targets }.Counted();
            case InDegreeWiring wiring:
                Require.InRange($"{projection}: the in-degree", (long)wiring.Count, 0, 1 << 24);
                return new FixedInDegree(stream, wiring.Count) { Sources = sources, Targets = targets };
            case TotalWiring wiring:
                Require.InRange($"{projection}: the total of synapses", wiring.Count, 0, 1L << 40);
                return new FixedTotal(stream, wiring.Count) { Sources = sources, Targets = targets }.Counted();
            case EdgesWiring wiring:
                return new Edges(projection, wiring.Pairs) { Sources = sources, Targets = targets };
            case ConvolutionWiring wiring:
                return new Convolution(projection, wiring) { Sources = sources, Targets = targets };
            case TransposeWiring wiring:
                if (wiring.Of.Wiring is not AllToAllWiring)
                    throw new InvalidInputException($"{projection}: the transposed projection's wiring", wiring.Of.Wiring.GetType().Name, "all-to-all");
                if (wiring.Of.From.Count != targets || wiring.Of.To.Count != sources)
                    throw new InvalidInputException($"{projection}: the transposed projection joins {wiring.Of.From.Count} to {wiring.Of.To.Count}", $"{sources} to {targets} here", "the same sizes the other way round");
                return new AllToAll { Sources = sources, Targets = targets };
            default:
                throw new InvalidInputException($"{projection}: the wiring", projection.Wiring.GetType().Name, "a wiring of this library");
        }
    }

    sealed class AllToAll : Connectivity
    {
        public override long Count => (long)Sources * Targets;

        public override int LargestInDegree => Sources;

        public override bool IsAllToAll => true;

        public override int InDegree(int target) => Sources;

        public override void FillSources(int target, Span<int> sources)
        {
            for (int i = 0; i < sources.Length; i++) sources[i] = i;
        }

        public override void FillSlots(int target, Span<long> slots)
        {
            for (int i = 0; i < slots.Length; i++) slots[i] = ((long)i * Targets) + target;
        }
    }

    sealed class OneToOne : Connectivity
    {
        public override long Count => Targets;

        public override int LargestInDegree => 1;

        public override int InDegree(int target) => 1;

        public override void FillSources(int target, Span<int> sources) => sources[0] = target;

        public override void FillSlots(int target, Span<long> slots) => slots[0] = target;
    }

    /// <summary>A wiring whose in-degrees are known only once counted.</summary>
    abstract class CountedConnectivity : Connectivity
    {
        protected int[] inDegrees = [];
        long[] firstSlots = [];

        public override long Count => firstSlots[^1];

        public override int LargestInDegree => inDegrees.Length == 0 ? 0 : inDegrees.Max();

        public override int InDegree(int target) => inDegrees[target];

        public override void FillSlots(int target, Span<long> slots)
        {
            for (int i = 0; i < slots.Length; i++) slots[i] = firstSlots[target] + i;
        }

        public CountedConnectivity Counted()
        {
            inDegrees = new int[Targets];
            CountInDegrees();
            firstSlots = new long[Targets + 1];
            for (int i = 0; i < Targets; i++) firstSlots[i + 1] = firstSlots[i] + inDegrees[i];
            return this;
        }

        protected abstract void CountInDegrees();
    }

    sealed class Bernoulli(RandomStream stream, double probability, bool withoutSelf) : CountedConnectivity
    {
        // A pair is joined where its word is below this; 2^32 joins all.
        readonly ulong below = (ulong)Math.Round(probability * 4294967296.0);

        protected override void CountInDegrees() => Parallel.For(0, Targets, target =>
        {
            Span<uint> words = stackalloc uint[512];
            int count = 0;
            for (int first = 0; first < Sources; first += words.Length)
            {
                var part = words[..Math.Min(words.Length, Sources - first)];
                Philox.Fill(stream, (uint)first, (uint)target, 0, 0, part);
                for (int i = 0; i < part.Length; i++)
                {
                    if (part[i] < below && !(withoutSelf && first + i == target)) count++;
                }
            }
            inDegrees[target] = count;
        });

        public override void FillSources(int target, Span<int> sources)
        {
            Span<uint> words = stackalloc uint[512];
            int count = 0;
            for (int first = 0; first < Sources; first += words.Length)
            {
                var part = words[..Math.Min(words.Length, Sources - first)];
                Philox.Fill(stream, (uint)first, (uint)target, 0, 0, part);
                for (int i = 0; i < part.Length; i++)
                {
                    if (part[i] < below && !(withoutSelf && first + i == target)) sources[count++] = first + i;
                }
            }
        }
    }

    /// <summary>Sources drawn uniformly, with repetition.</summary>
    static void Draw(RandomStream stream, int target, int count, Span<int> sources)
    {
        Span<uint> words = stackalloc uint[512];
        for (int first = 0; first < sources.Length; first += words.Length)
        {
            var part = words[..Math.Min(words.Length, sources.Length - first)];
            Philox.Fill(stream, (uint)first, (uint)target, 0, 0, part);
            for (int i = 0; i < part.Length; i++) sources[first + i] = RandomStream.Below(part[i], count);
        }
    }

    sealed class FixedInDegree(RandomStream stream, int inDegree) : Connectivity
    {
        public override long Count => (long)inDegree * Targets;

        public override int LargestInDegree => inDegree;

        public override int InDegree(int target) => inDegree;

        public override void FillSources(int target, Span<int> sources) => Draw(stream, target, Sources, sources);

        public override void FillSlots(int target, Span<long> slots)
        {
            for (int i = 0; i < slots.Length; i++) slots[i] = ((long)target * inDegree) + i;
        }
    }

    /// <summary>A fixed total is a multinomial draw of in-degrees, then independent uniform sources: the same distribution as drawing pairs, but each target
    /// can be made without the others.</summary>
    sealed class FixedTotal(RandomStream stream, long total) : CountedConnectivity
    {
        const int Chunk = 1 << 16;
        const uint CountingRound = 1;

        protected override void CountInDegrees()
        {
            int chunks = (int)((total + Chunk - 1) / Chunk);
            var gate = new Lock();
            Parallel.For(0, chunks, () => new int[Targets], (chunk, _, mine) =>
            {
                Span<uint> words = stackalloc uint[512];
                long left = Math.Min(Chunk, total - ((long)chunk * Chunk));
                for (uint first = 0; first < left; first += (uint)words.Length)
                {
                    var part = words[..(int)Math.Min(words.Length, left - first)];
                    Philox.Fill(stream, first, (uint)chunk, CountingRound, 0, part);
                    foreach (uint word in part) mine[RandomStream.Below(word, Targets)]++;
                }
                return mine;
            }, mine =>
            {
                lock (gate)
                {
                    for (int i = 0; i < mine.Length; i++) inDegrees[i] += mine[i];
                }
            });
        }

        public override void FillSources(int target, Span<int> sources) => Draw(stream, target, Sources, sources);
    }

    sealed class Edges : Connectivity
    {
        readonly int[] first;
        readonly int[] sources;
        readonly int[] slots;

        public Edges(Projection projection, IReadOnlyList<(int Source, int Target)> pairs)
        {
            int targets = projection.To.Count;
            first = new int[targets + 1];
            int count = projection.From.Count;
            for (int i = 0; i < pairs.Count; i++)
            {
                var (source, target) = pairs[i];
                // Names are made for the one that is wrong only: there may be many millions.
                if ((uint)source >= (uint)count) Require.InRange($"{projection}: the source of edge {i}", source, 0L, count - 1L);
                if ((uint)target >= (uint)targets) Require.InRange($"{projection}: the target of edge {i}", target, 0L, targets - 1L);
                first[target + 1]++;
            }
            for (int i = 0; i < targets; i++) first[i + 1] += first[i];
            sources = new int[pairs.Count];
            slots = new int[pairs.Count];
            var at = first.ToArray();
            for (int i = 0; i < pairs.Count; i++)
            {
                var (source, target) = pairs[i];
                int place = at[target]++;
                sources[place] = source;
                slots[place] = i;
            }
            for (int i = 0; i < targets; i++) LargestInDegree = Math.Max(LargestInDegree, first[i + 1] - first[i]);
        }

        public override long Count => sources.Length;

        public override int LargestInDegree { get; }

        public override int InDegree(int target) => first[target + 1] - first[target];

        public override void FillSources(int target, Span<int> sources) => this.sources.AsSpan(first[target], InDegree(target)).CopyTo(sources);

        public override void FillSlots(int target, Span<long> slots)
        {
            for (int i = 0; i < InDegree(target); i++) slots[i] = this.slots[first[target] + i];
        }
    }

    sealed class Convolution : Connectivity
    {
        readonly ConvolutionWiring wiring;

        public Convolution(Projection projection, ConvolutionWiring wiring)
        {
            this.wiring = wiring;
            Require.InRange($"{projection}: the rows of the convolution", (long)wiring.Height, 1, 1 << 15);
            Require.InRange($"{projection}: the columns of the convolution", (long)wiring.Width, 1, 1 << 15);
            Require.InRange($"{projection}: the channels of the convolution", (long)wiring.Channels, 1, 1 << 15);
            Require.InRange($"{projection}: the filters of the convolution", (long)wiring.Filters, 1, 1 << 15);
            Require.InRange($"{projection}: the padding of the convolution", (long)wiring.Padding, 0, 1 << 10);
            Require.InRange($"{projection}: the stride of the convolution", (long)wiring.Stride, 1, 1 << 10);
            Require.InRange($"{projection}: the kernel of the convolution", (long)wiring.Kernel, 1, Math.Min(wiring.Height, wiring.Width) + (2L * wiring.Padding));
            long from = (long)wiring.Height * wiring.Width * wiring.Channels, to = (long)wiring.OutputHeight * wiring.OutputWidth * wiring.Filters;
            if (from != projection.From.Count) throw new InvalidInputException($"{projection}: the convolution's source of {wiring.Channels} x {wiring.Height} x {wiring.Width}", projection.From.Count, $"a population of {from}");
            if (to != projection.To.Count) throw new InvalidInputException($"{projection}: the convolution's target of {wiring.Filters} x {wiring.OutputHeight} x {wiring.OutputWidth}", projection.To.Count, $"a population of {to}");
            Count = Enumerable.Range(0, projection.To.Count).Sum(t => (long)InDegree(t));
        }

        public override long Count { get; }

        public override long Slots => (long)wiring.Filters * wiring.Channels * wiring.Kernel * wiring.Kernel;

        public override bool IsShared => true;

        public override int LargestInDegree => wiring.Channels * wiring.Kernel * wiring.Kernel;

        public override int InDegree(int target)
        {
            var (_, rows, columns) = Window(target);
            return wiring.Channels * rows.Length * columns.Length;
        }

        public override void FillSources(int target, Span<int> sources)
        {
            var (_, rows, columns) = Window(target);
            int at = 0;
            for (int channel = 0; channel < wiring.Channels; channel++)
            {
                for (int row = rows.First; row < rows.First + rows.Length; row++)
                {
                    for (int column = columns.First; column < columns.First + columns.Length; column++)
                        sources[at++] = (((channel * wiring.Height) + row) * wiring.Width) + column;
                }
            }
        }

        public override void FillSlots(int target, Span<long> slots)
        {
            var (filter, rows, columns) = Window(target);
            int at = 0;
            for (int channel = 0; channel < wiring.Channels; channel++)
            {
                for (int row = 0; row < rows.Length; row++)
                {
                    for (int column = 0; column < columns.Length; column++)
                        slots[at++] = (((((long)filter * wiring.Channels) + channel) * wiring.Kernel) + rows.Skipped + row) * wiring.Kernel + columns.Skipped + column;
                }
            }
        }

        (int Filter, Extent Rows, Extent Columns) Window(int target)
        {
            int column = target % wiring.OutputWidth, row = target / wiring.OutputWidth % wiring.OutputHeight;
            int filter = target / (wiring.OutputWidth * wiring.OutputHeight);
            return (filter, Clip((row * wiring.Stride) - wiring.Padding, wiring.Height), Clip((column * wiring.Stride) - wiring.Padding, wiring.Width));
        }

        Extent Clip(int first, int size)
        {
            int from = Math.Max(first, 0), to = Math.Min(first + wiring.Kernel, size);
            return new(from, Math.Max(to - from, 0), from - first);
        }

        readonly record struct Extent(int First, int Length, int Skipped);
    }
}
