using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Experiments.Training;
using Lepton.Neuro.Plasticity.Gradients;

namespace Lepton.Neuro.Experiments.Benchmarks;

/// <summary>The training engine against the clock: <c>bench train</c>, <c>bench infer</c> and <c>bench matmul</c>.</summary>
/// <param name="name">Which.</param>
/// <param name="settings">How.</param>
/// <param name="progress">Shows how far it is.</param>
/// <param name="cancellation">Stops it.</param>
internal sealed class TrainingBenchmark(string name, BenchmarkSettings settings, IProgressReporter progress, CancellationToken cancellation)
{
    const int Batch = 128, Images = 4_096, Steps = 10, MostWaiting = 10;

    /// <summary>The names on the command line, and what they measure.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["train"] = "Surrogate gradients through 10 steps of a spiking network 784-128-64-10, batches of 128 drawn digits: images a second",
        ["infer"] = "Answers of that network: images a second",
        ["matmul"] = "Matrix products of the training engine on one thread: operations a second, and the part of what a core can do",
    };

    /// <summary>The width of vectors, in bits.</summary>
    int VectorBits => settings.VectorBits == 0 ? new MatrixFactor().VectorBits : settings.VectorBits;

    /// <summary>Runs it.</summary>
    public TrainingBenchmarkResult Execute() => name == "matmul" ? Products() : Network(training: name == "train");

    TrainingBenchmarkResult Network(bool training)
    {
        var samples = new ImageSamples(Glyphs.Generate(settings.Seed, Images, 1, settings.Threads).Train);
        var network = SnnMlpExperiment.Network(28, 28, 1, samples.Classes, Steps);
        network.Initialize(settings.Seed);
        using var trainer = new Trainer(network, new()
        {
            Epochs = 1,
            BatchSize = Batch,
            Threads = settings.Threads,
            VectorBits = settings.VectorBits,
            Seed = settings.Seed,
        });
        void Round()
        {
            cancellation.ThrowIfCancellationRequested();
            if (training) trainer.Fit(samples, cancellation: cancellation);
            else trainer.Evaluate(samples, cancellation);
        }
        // What is learned in the measured time depends on the machine; the digest is of what the first round gives.
        Round();
        string hash = training ? Hash(network.GetParameters()) : Hash(trainer.Evaluate(samples, cancellation).Answers);
        var (rounds, wall, processor) = Measure(Round);
        double shown = rounds * (double)Images;
        return new()
        {
            Model = name,
            Workload = string.Create(CultureInfo.InvariantCulture, $"784-128-64-10, {Steps} steps"),
            Threads = settings.Threads,
            VectorBits = VectorBits,
            RunSeconds = wall,
            ProcessorSeconds = processor,
            Batch = Batch,
            ImagesPerSecond = shown / wall,
            ImagesPerProcessorSecond = shown / processor,
            InputDensity = Density(samples),
            ResultHash = hash,
        };
    }

    TrainingBenchmarkResult Products()
    {
        var speeds = new Dictionary<string, double>(StringComparer.Ordinal);
        var results = new List<float>();
        double wall = 0, processor = 0;
        (int Rows, int Depth, int Columns)[] sizes = [(512, 512, 512), (1280, 784, 128), (320, 800, 64)];
        foreach (var (rows, depth, columns) in sizes)
        {
            var random = new RandomNumbers(settings.Seed);
            float[] a = random.Draw(rows * depth), b = random.Draw(depth * columns), c = new float[rows * columns];
            var right = new MatrixFactor(settings.VectorBits);
            void Add(string kind, Action product)
            {
                cancellation.ThrowIfCancellationRequested();
                product();
                results.AddRange(c);
                var (rounds, elapsed, used) = Measure(product, settings.Seconds / 9);
                wall += elapsed;
                processor += used;
                speeds.Add(string.Create(CultureInfo.InvariantCulture, $"{kind} {rows}x{depth}x{columns}"), 2e-9 * rows * depth * columns * rounds / used);
            }
            // Laying the right factor out is part of it: in training it is done for each product.
            Add("A*B", () =>
            {
                right.Set(b, depth, columns);
                MatrixProduct.Multiply(a, rows, right, c);
            });
            Add("A^T*B", () =>
            {
                right.Set(b, depth, columns);
                MatrixProduct.MultiplyTransposed(a, rows, right, c);
            });
            Add("A*B^T", () =>
            {
                right.SetTransposed(b, depth, columns);
                MatrixProduct.Multiply(a, rows, right, c);
            });
        }
        double peak = ProcessorPeak.GigaflopsPerSecond(VectorBits);
        return new()
        {
            Model = name,
            Workload = string.Join(", ", sizes.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Rows}x{s.Depth}x{s.Columns}"))),
            Threads = 1,
            VectorBits = VectorBits,
            RunSeconds = wall,
            ProcessorSeconds = processor,
            GigaflopsPerSecond = speeds,
            PeakGigaflopsPerSecond = peak,
            PartOfPeak = speeds.Values.Min() / peak,
            ResultHash = Hash(CollectionsMarshal.AsSpan(results)),
        };
    }

    (long Rounds, double Wall, double Processor) Measure(Action round, double? seconds = null)
    {
        double limit = seconds ?? settings.Seconds, warmUp = Math.Min(settings.WarmUp, limit);
        // Code is compiled anew once it has run for a while.
        for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin).TotalSeconds < warmUp;) round();
        using var phase = progress.Start("Measuring", 1, "parts");
        long rounds = 0, start = Stopwatch.GetTimestamp();
        double processor = ProcessorPeak.ProcessorSeconds();
        do
        {
            round();
            rounds++;
        }
        // On a machine that is busy a second of the wall may be little of the processor.
        while (Stopwatch.GetElapsedTime(start).TotalSeconds is var wall && wall < limit * MostWaiting && (wall < limit || ProcessorPeak.ProcessorSeconds() - processor < limit));
        return (rounds, Stopwatch.GetElapsedTime(start).TotalSeconds, ProcessorPeak.ProcessorSeconds() - processor);
    }

    static double Density(ImageSamples samples)
    {
        double sum = 0;
        var pixels = new float[784];
        for (int i = 0; i < samples.Count; i++)
        {
            samples.Read(i, pixels);
            sum += pixels.Sum(p => Math.Round((double)p * Steps));
        }
        return sum / samples.Count / 784 / Steps;
    }

    static string Hash<T>(ReadOnlySpan<T> values)
        where T : unmanaged => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(values)).AsSpan(0, 8));

    static string Hash<T>(T[] values)
        where T : unmanaged => Hash((ReadOnlySpan<T>)values);

    sealed class RandomNumbers(ulong seed)
    {
        uint part;

        public float[] Draw(int count)
        {
            var words = new uint[count];
            Random.Philox.Fill(new(seed, Random.RandomPurpose.Weights, 1 << 17), 0, part++, 0, 0, words);
            return [.. words.Select(w => (w * (1f / uint.MaxValue)) - 0.5f)];
        }
    }
}
