using System.Diagnostics;
using System.Runtime.Intrinsics.X86;
using Lepton.Neuro.Experiments.Models;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Benchmarks;

/// <summary>The limit that memory sets: what the microcircuit's spikes do to memory and nothing else. Each thread owns a store as large as its part of the synapses, four bytes each, on huge pages;
/// short runs at random places of it, as long as the runs of one source and one delay are in the microcircuit, are added to an array of sums, with prefetch. There are no neurons, no spikes, no
/// delays and no barrier: a simulator with this layout can come near, and no nearer.</summary>
/// <param name="settings">Scale, biological seconds, threads and seed.</param>
/// <param name="progress">Shows how far it is.</param>
/// <param name="cancellation">Stops it.</param>
internal sealed class DeliveryBenchmark(BenchmarkSettings settings, IProgressReporter progress, CancellationToken cancellation)
{
    public const string Name = "delivery";

    public const string Summary = "the limit set by memory: the microcircuit's deliveries with no simulation around them";

    // A pass of so many runs reads 100 MB and more of the store: far more than a cache holds.
    const int RunsOfPass = 1 << 19, MostSums = 1 << 16;

    /// <summary>Builds the stores, and measures.</summary>
    /// <exception cref="InvalidInputException">The stores need more memory than there is.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public BenchmarkResult Execute()
    {
        long begin = Stopwatch.GetTimestamp();
        var plan = Microcircuit.Build(settings.Scale, settings.Seed).Compile(Microcircuit.Step);
        long neurons = plan.NeuronCount, synapses = plan.SynapseCount;
        MemoryNeed.Check(Name, (synapses * 4) + (settings.Threads * RunsOfPass * 16L) + 70_000_000, MemoryNeed.Available());
        int shards = settings.Threads * (int)((neurons + ((long)settings.Threads * MostSums) - 1) / ((long)settings.Threads * MostSums));
        var (kinds, perSecond) = Kinds(plan, shards);
        var stores = new Store[shards];
        try
        {
            Parallel.For(0, shards, new ParallelOptions { MaxDegreeOfParallelism = settings.Threads, CancellationToken = cancellation }, i =>
                stores[i] = new Store(synapses / shards, (int)(neurons / shards), kinds, RunsOfPass * settings.Threads / shards, settings.Seed + (ulong)i));
            double buildSeconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            Measure(stores, perSecond * settings.WarmUp, "Warming up");
            var (seconds, delivered) = Measure(stores, perSecond * settings.Seconds, "Measuring");
            var hash = new SpikeHash();
            foreach (var store in stores) hash.Add(store.Digest());
            return new()
            {
                Model = Name,
                Neurons = neurons,
                Synapses = synapses,
                PlasticSynapses = 0,
                Threads = settings.Threads,
                BuildSeconds = buildSeconds,
                BiologicalSeconds = delivered / perSecond,
                RunSeconds = seconds,
                RealTimeFactor = seconds / (delivered / perSecond),
                Spikes = 0,
                RatesHz = new Dictionary<string, double>(),
                SynapticEvents = delivered,
                SynapticEventsPerSecond = delivered / seconds,
                PeakMegabytes = BenchmarkRun.PeakMegabytes(),
                SpikeHash = hash.ToString(),
            };
        }
        finally
        {
            foreach (var store in stores) store?.Dispose();
        }
    }

    (double Seconds, long Delivered) Measure(Store[] stores, double synapses, string name)
    {
        int threads = settings.Threads;
        long passes = (long)Math.Ceiling(synapses / stores.Sum(s => s.PassSynapses));
        if (passes == 0) return (0, 0);
        using var phase = progress.Start(name, passes * threads, "passes");
        using var start = new Barrier(threads + 1);
        var workers = Enumerable.Range(0, threads).Select(worker =>
        {
            var thread = new Thread(() =>
            {
                start.SignalAndWait();
                for (long pass = 0; pass < passes && !cancellation.IsCancellationRequested; pass++)
                {
                    for (int s = worker; s < stores.Length; s += threads) stores[s].Pass();
                    phase.Advance();
                }
            });
            thread.Start();
            return thread;
        }).ToArray();
        start.SignalAndWait();
        long begin = Stopwatch.GetTimestamp();
        foreach (var worker in workers) worker.Join();
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        cancellation.ThrowIfCancellationRequested();
        return (seconds, passes * stores.Sum(s => s.PassSynapses));
    }

    /// <summary>The kinds of runs, by source population and delay: how many of all runs are of a kind, and how many synapses such a run has on average in one shard.</summary>
    static ((double Share, double Mean)[] Kinds, double EventsPerSecond) Kinds(CompiledNetwork plan, int shards)
    {
        const int Sampled = 64;
        var row = new SynapseRow();
        var kinds = new List<(double Share, double Mean)>();
        double events = 0;
        foreach (var population in plan.Populations)
        {
            var projections = plan.Projections.Where(p => ReferenceEquals(p.Description.From, population.Description)).ToArray();
            var lengths = new double[projections.Max(p => p.MostDelay) + 1];
            foreach (var projection in projections)
            {
                // The delays of a sample of targets stand for all.
                var histogram = new long[lengths.Length];
                long count = 0;
                int stride = Math.Max(1, projection.Connectivity.Targets / Sampled);
                for (int target = 0; target < projection.Connectivity.Targets; target += stride)
                {
                    projection.Read(target, row, SynapseParts.Delays);
                    foreach (int delay in row.Delays) histogram[delay]++;
                    count += row.Count;
                }
                double each = (double)projection.Connectivity.Count / population.Count / shards;
                for (int delay = 0; delay < lengths.Length && count > 0; delay++) lengths[delay] += each * histogram[delay] / count;
            }
            double spikes = Microcircuit.Rates[population.Index] * population.Count;
            events += spikes * lengths.Sum() * shards;
            foreach (double length in lengths)
            {
                if (length > 0) kinds.Add((spikes, length));
            }
        }
        double sum = kinds.Sum(k => k.Share);
        return ([.. kinds.Select(k => (k.Share / sum, k.Mean))], events);
    }

    /// <summary>The synapses of one shard, and the runs of one pass.</summary>
    sealed unsafe class Store : IDisposable
    {
        readonly HugePages<uint> synapses;
        readonly HugePages<int> sums;
        readonly HugePages<Run> runs;
        readonly int runCount;
        readonly int sumCount;

        public Store(long synapseCount, int sumCount, (double Share, double Mean)[] kinds, int runCount, ulong seed)
        {
            this.runCount = runCount;
            this.sumCount = sumCount;
            synapses = new(synapseCount);
            sums = new(sumCount);
            runs = new(runCount);
            ulong state = seed;
            for (long i = 0; i < synapseCount; i++)
            {
                ulong word = Next(ref state);
                synapses.Pointer[i] = (uint)(((word & 0xffffffff) * (uint)sumCount) >> 32) | ((uint)(word >> 48) << 16);
            }
            var ends = new double[kinds.Length];
            double end = 0;
            for (int k = 0; k < kinds.Length; k++) ends[k] = end += kinds[k].Share;
            for (int r = 0; r < runCount;)
            {
                int kind = Array.BinarySearch(ends, Uniform(ref state));
                int count = (int)Math.Min(Poisson(kinds[Math.Min(kind < 0 ? ~kind : kind, kinds.Length - 1)].Mean, ref state), synapseCount);
                if (count == 0) continue;
                runs.Pointer[r++] = new(synapses.Pointer + (long)(Uniform(ref state) * (synapseCount - count)), count);
                PassSynapses += count;
            }
        }

        /// <summary>The synapses that a pass delivers.</summary>
        public long PassSynapses { get; }

        public void Pass()
        {
            const int Ahead = 8, SynapsesOfLine = 16;
            int* sum = sums.Pointer;
            var run = runs.Pointer;
            for (int i = 0; i < runCount; i++)
            {
                if (Sse.IsSupported && i + Ahead < runCount)
                {
                    uint* next = run[i + Ahead].First;
                    for (int k = 0; k < run[i + Ahead].Count + SynapsesOfLine - 1; k += SynapsesOfLine) Sse.Prefetch0(next + k);
                }
                uint* synapse = run[i].First;
                int count = run[i].Count, j = 0;
                for (; j + 4 <= count; j += 4)
                {
                    uint a = synapse[j], b = synapse[j + 1], c = synapse[j + 2], d = synapse[j + 3];
                    sum[(ushort)a] += (int)a >> 16;
                    sum[(ushort)b] += (int)b >> 16;
                    sum[(ushort)c] += (int)c >> 16;
                    sum[(ushort)d] += (int)d >> 16;
                }
                for (; j < count; j++) sum[(ushort)synapse[j]] += (int)synapse[j] >> 16;
            }
        }

        public ulong Digest()
        {
            var hash = new SpikeHash();
            for (int i = 0; i < sumCount; i++) hash.Add((uint)sums.Pointer[i]);
            return hash.Value;
        }

        public void Dispose()
        {
            synapses.Dispose();
            sums.Dispose();
            runs.Dispose();
        }

        // SplitMix64 (S. Vigna): filling gigabytes with Philox would take longer than measuring.
        static ulong Next(ref ulong state)
        {
            ulong z = state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }

        static double Uniform(ref ulong state) => (Next(ref state) >> 11) * (1.0 / (1UL << 53));

        // Counts events of a process of rate 1.
        static int Poisson(double mean, ref ulong state)
        {
            int count = 0;
            for (double time = -Math.Log(1 - Uniform(ref state)); time < mean; time -= Math.Log(1 - Uniform(ref state))) count++;
            return count;
        }

        readonly struct Run(uint* first, int count)
        {
            public readonly uint* First = first;
            public readonly int Count = count;
        }
    }
}
