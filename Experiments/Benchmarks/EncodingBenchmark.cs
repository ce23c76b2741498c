using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Encoders;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Events;
using Lepton.Neuro.Experiments.Reporting;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Random;
using Spectre.Console;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Experiments.Benchmarks;

/// <summary>One measurement of <see cref="EncodingBenchmark"/>.</summary>
/// <param name="Name">What was done.</param>
/// <param name="Unit">What is counted.</param>
/// <param name="Count">How many were done.</param>
/// <param name="WallSeconds">Wall time.</param>
/// <param name="CpuSeconds">Processor time of the process, all of whose work is on one thread.</param>
/// <param name="PerSecond">Count over wall time.</param>
/// <param name="PerCpuSecond">Count over processor time: what a core of its own would do.</param>
internal sealed record EncodingResult(string Name, string Unit, double Count, double WallSeconds, double CpuSeconds, double PerSecond, double PerCpuSecond);

/// <summary>Pictures to spikes, recordings to events, files to images: each on one thread.</summary>
/// <param name="settings">The seconds that each is measured for, and the seed.</param>
/// <param name="progress">Shows how far it is.</param>
/// <param name="cancellation">Stops it.</param>
internal sealed class EncodingBenchmark(BenchmarkSettings settings, IProgressReporter progress, CancellationToken cancellation)
{
    public const string Name = "encode";

    public const string Summary = "Poisson encoding of images of 28 x 28 at 1000 steps, decoding of EVT 3.0, loading of a CIFAR-10 batch; each on one thread";

    const int Pixels = 28 * 28, Steps = 1000, Events = 4_000_000, CifarImages = 2_000;

    /// <summary>Measures all.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<EncodingResult> Execute()
    {
        string folder = Directory.CreateTempSubdirectory("lepton-bench-").FullName;
        try
        {
            byte[] singles = Recording(folder, vectors: false), vectors = Recording(folder, vectors: true);
            byte[] batch = Batch(), compressed = Compress(batch);
            var plan = PoissonPlan(out var input);
            using var session = settings.Device is { } device ? GpuBackend.Evaluate(plan, device) : Cpu.Evaluate(plan, new() { Threads = 1, VectorBits = settings.VectorBits });
            var counts = new long[input.Count];
            float[] image = Image();
            ulong presentation = 0;
            return
            [
                Measure("Poisson encoding", "pixel-steps", () =>
                {
                    session.Begin(presentation++);
                    session.Present(input, image);
                    session.Advance((long)Steps);
                    // A device may still be at work: it is done when the counts are here.
                    session.ReadSpikeCounts(input, counts);
                    return Pixels * (double)Steps;
                }),
                Measure("EVT 3.0, event by event", "events", () => Decode(singles)),
                Measure("EVT 3.0, vectors", "events", () => Decode(vectors)),
                Measure("CIFAR-10 batch, gzipped", "images", () => Cifar10File.Read(new MemoryStream(compressed), "batch").Count),
                Measure("The same, decompressed only", "images", () => Decompress(compressed)),
                Measure("CIFAR-10 batch, plain", "images", () => Cifar10File.Read(new MemoryStream(batch), "batch").Count),
            ];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The results as a table for a person.</summary>
    /// <param name="results">The results.</param>
    public static Spectre.Console.Table ToTable(IReadOnlyList<EncodingResult> results)
    {
        var table = new Spectre.Console.Table { Border = TableBorder.Rounded, Title = new TableTitle(Name) };
        table.AddColumn("Measured");
        foreach (string column in (string[])["Count", "Wall time", "Processor time", "A second", "A second of a core"]) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var r in results)
        {
            table.AddRow(
                Markup.Escape(r.Name), Markup.Escape($"{Quantity.WithPrefix(r.Count, "")} {r.Unit}"), Quantity.Duration(r.WallSeconds), Quantity.Duration(r.CpuSeconds),
                Quantity.WithPrefix(r.PerSecond, ""), Quantity.WithPrefix(r.PerCpuSecond, ""));
        }
        return table;
    }

    /// <summary>The results as JSON on one line.</summary>
    /// <param name="results">The results.</param>
    public static string ToJsonLine(IReadOnlyList<EncodingResult> results) => JsonSerializer.Serialize(new EncodingReport(Name, results), EncodingJsonContext.Default.EncodingReport);

    EncodingResult Measure(string name, string unit, Func<double> work)
    {
        using var phase = progress.Start(name, 1, "measurements");
        // Code is compiled anew while it is warmed up, which takes a few hundred milliseconds.
        long begin = Stopwatch.GetTimestamp();
        for (int runs = 0; runs < 2 || Stopwatch.GetElapsedTime(begin).TotalSeconds < settings.WarmUp; runs++) Run();
        double count = 0;
        var cpu = Environment.CpuUsage.TotalTime;
        begin = Stopwatch.GetTimestamp();
        do count += Run();
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds < settings.Seconds);
        double wall = Stopwatch.GetElapsedTime(begin).TotalSeconds, used = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
        phase.Advance();
        // The clock of processors may be coarser than a very short run.
        return new(name, unit, count, wall, used, count / wall, count / Math.Max(used, 1e-9));

        double Run()
        {
            cancellation.ThrowIfCancellationRequested();
            return work();
        }
    }

    CompiledNetwork PoissonPlan(out Population input)
    {
        var network = new Network(settings.Seed);
        input = network.Add("input", Pixels, new PoissonRate(63.75.Hz));
        return network.Compile(1.ms);
    }

    /// <summary>A picture with the share of ink of a written digit.</summary>
    static float[] Image() => [.. Enumerable.Range(0, Pixels).Select(i => (i % 28) is > 10 and < 15 && i / 28 is > 3 and < 24 ? 0.9f : 0)];

    byte[] Recording(string folder, bool vectors)
    {
        string path = Path.Combine(folder, vectors ? "vectors.raw" : "singles.raw");
        var stream = new RandomStream(settings.Seed, RandomPurpose.Encoding, 0);
        var words = new uint[1 << 16];
        var events = new Event[1 << 16];
        using (var writer = EventFile.Create(path, EventFormat.Evt3, 1280, 720))
        {
            long time = 0;
            int x = 0, y = 0;
            for (int done = 0; done < Events; done += events.Length)
            {
                Philox.Fill(stream, 0, (uint)done, 0, 0, words);
                for (int i = 0; i < events.Length; i++)
                {
                    uint word = words[i];
                    // One by one: a sensor's read-out by rows, a few events of each, far apart. In vectors: edges, rows of neighbours.
                    if (vectors ? i % 32 == 0 : word % 4 == 0)
                    {
                        time += word >> 8 & 1;
                        y = (int)((word >> 16) % 720);
                        x = vectors ? (int)((word >> 4) % 1200) : (int)((word >> 4) % 40);
                    }
                    else
                    {
                        x = Math.Min(1279, x + (vectors ? 1 : 13 + (int)((word >> 4) % 50)));
                    }
                    events[i] = new(time, (ushort)x, (ushort)y, vectors ? (y & 1) == 0 : (word & 0x8000_0000) == 0);
                }
                writer.Write(events);
            }
            writer.Complete();
        }
        return File.ReadAllBytes(path);
    }

    static double Decode(byte[] recording)
    {
        using var reader = EventFile.Open(new MemoryStream(recording), "recording.raw");
        var chunk = new Event[8192];
        long total = 0;
        for (int count = reader.Read(chunk); count > 0; count = reader.Read(chunk)) total += count;
        return total;
    }

    /// <summary>Images that compress about as photographs do: smooth shades with a little grain.</summary>
    byte[] Batch()
    {
        var stream = new RandomStream(settings.Seed, RandomPurpose.Encoding, 1);
        var batch = new byte[CifarImages * 3073];
        var words = new uint[3072];
        for (int image = 0; image < CifarImages; image++)
        {
            Philox.Fill(stream, 0, (uint)image, 0, 0, words);
            int at = image * 3073;
            batch[at] = (byte)(image % 10);
            for (int i = 0; i < 3072; i++) batch[at + 1 + i] = (byte)(60 + (i % 32 * (int)(words[0] % 5)) + (i / 32 % 32 * (int)(words[1] % 3)) + (int)(words[i] >> 28));
        }
        return batch;
    }

    static byte[] Compress(byte[] bytes)
    {
        using var result = new MemoryStream();
        using (var gzip = new GZipStream(result, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(bytes);
        return result.ToArray();
    }

    static double Decompress(byte[] compressed)
    {
        using var gzip = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
        var buffer = new byte[1 << 16];
        long total = 0;
        for (int count = gzip.Read(buffer); count > 0; count = gzip.Read(buffer)) total += count;
        return total / 3073.0;
    }
}

/// <summary>What <c>bench encode --json</c> prints.</summary>
/// <param name="Model">Always <c>encode</c>.</param>
/// <param name="Results">The measurements.</param>
internal sealed record EncodingReport(string Model, IReadOnlyList<EncodingResult> Results);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EncodingReport))]
internal sealed partial class EncodingJsonContext : JsonSerializerContext;
