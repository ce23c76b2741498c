using System.Globalization;
using System.Security.Cryptography;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Events;

namespace Lepton.Neuro.Experiments.DataSets;

/// <summary>Says what a folder or file of data holds, by reading it.</summary>
internal static class DataDescription
{
    /// <summary>The lines that say it.</summary>
    /// <param name="path">A folder or a file.</param>
    /// <exception cref="InvalidInputException">There is nothing known in it, or something is damaged.</exception>
    public static IEnumerable<string> Of(string path)
    {
        if (File.Exists(path)) return OfFile(path);
        if (!Directory.Exists(path)) throw new InvalidInputException("the data", path, "a folder or file that exists");
        string[] names = [.. Directory.EnumerateFiles(path).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];
        if (names.Any(n => n.StartsWith("train-images-idx3-ubyte", StringComparison.Ordinal))) return Idx(path, names);
        string[] batches = [.. names.Where(IsBatch).Select(n => Path.Combine(path, n))];
        if (batches.Length > 0) return Cifar(batches);
        if (EventFolder.Is(path)) return Recordings(path);
        if (Directory.EnumerateDirectories(path).Any(d => Directory.EnumerateFiles(d, "*.p?m").Concat(Directory.EnumerateFiles(d, "*.png")).Any())) return Pictures(path);
        throw new InvalidInputException(
            $"what {path} holds", names.Length == 0 ? "nothing" : $"{names.Length} files such as {names[0]}", "the four IDX files of MNIST, CIFAR-10 batches (.bin or .bin.gz), N-MNIST recordings with their lists, or a folder of PNG or netpbm pictures a class");
    }

    static bool IsBatch(string name) => (name.StartsWith("data_batch", StringComparison.Ordinal) || name.StartsWith("test_batch", StringComparison.Ordinal))
        && (name.EndsWith(".bin", StringComparison.Ordinal) || name.EndsWith(".bin.gz", StringComparison.Ordinal));

    static IEnumerable<string> Idx(string path, string[] names)
    {
        // The file itself says which of the sets of this form it is.
        var known = PublicDataSet.All.FirstOrDefault(d => d.Files.Any(f => f.Algorithm == "SHA-256" && names.Contains(f.Name) && f.Bytes == new FileInfo(Path.Combine(path, f.Name)).Length && Sha(Path.Combine(path, f.Name)) == f.Digest));
        var data = IdxFolder.Load(path, known?.ClassNames);
        yield return $"IDX images{(known is null ? "" : $": {known.Name}, {known.Summary}")}";
        foreach (string line in Set("training", data.Train).Concat(Set("test", data.Test))) yield return line;
        if (known is null) yield break;
        foreach (var file in known.Files.Where(f => names.Contains(f.Name)))
            yield return $"  {file.Name}: {(Sha(Path.Combine(path, file.Name)) == file.Digest ? "as published" : "NOT as published: another SHA-256")}";
    }

    static IEnumerable<string> Cifar(string[] batches)
    {
        yield return "CIFAR-10 batches";
        foreach (string batch in batches)
        {
            foreach (string line in Set(Path.GetFileName(batch), Cifar10File.Read(batch))) yield return line;
        }
    }

    static IEnumerable<string> Recordings(string path)
    {
        var folder = EventFolder.Load(path);
        yield return string.Create(CultureInfo.InvariantCulture, $"Recordings of an event camera of {folder.Width} x {folder.Height} pixels (N-MNIST)");
        foreach (var (name, recordings) in ((string, IReadOnlyList<LabelledRecording>)[])[("training", folder.Train), ("test", folder.Test)])
        {
            long events = 0, last = 0;
            foreach (var recording in recordings)
            {
                using var reader = EventFile.Open(recording.Path).OfSize(folder.Width, folder.Height);
                foreach (var e in reader.Events()) (events, last) = (events + 1, Math.Max(last, e.Time));
            }
            yield return string.Create(CultureInfo.InvariantCulture, $"  {name}: {recordings.Count:N0} recordings, {events:N0} events, the longest {last / 1000.0:0.#} ms");
            yield return $"    {Classes(folder.ClassNames, [.. folder.ClassNames.Select((_, c) => recordings.Count(r => r.Label == c))])}";
        }
    }

    static IEnumerable<string> Pictures(string path)
    {
        yield return "A folder of pictures a class";
        foreach (string line in Set("all", ImageFolder.Read(path))) yield return line;
    }

    static IEnumerable<string> OfFile(string path)
    {
        switch (Path.GetExtension(path).ToUpperInvariant())
        {
            case ".CSV" or ".DATA" or ".TSV":
                using (var table = TableFile.Open(path))
                {
                    long rows = 0, missing = 0;
                    var labels = new SortedDictionary<string, int>(StringComparer.Ordinal);
                    foreach (var chunk in table.Chunks())
                    {
                        rows += chunk.Rows;
                        missing += chunk.Values.Count(float.IsNaN);
                        foreach (string label in chunk.Labels) labels[label] = labels.GetValueOrDefault(label) + 1;
                    }
                    yield return string.Create(CultureInfo.InvariantCulture, $"A table of {rows:N0} rows and {table.Columns.Count:N0} columns of numbers, {missing:N0} values missing; the label is column {table.LabelName}");
                    yield return labels.Count > 50 ? $"  {labels.Count} labels" : $"  {Classes([.. labels.Keys], [.. labels.Values])}";
                }
                break;
            case ".NPY":
                var array = NpyFile.Read(path);
                yield return string.Create(CultureInfo.InvariantCulture, $"An array of {string.Join(" x ", array.Shape)}: {array.Values.Count:N0} numbers{(array.Values.Count == 0 ? "" : $" from {array.Values.Min():G6} to {array.Values.Max():G6}")}");
                break;
            case ".PNG" or ".PBM" or ".PGM" or ".PPM" or ".PNM":
                var picture = Picture.Read(path);
                yield return string.Create(CultureInfo.InvariantCulture, $"A picture of {picture.Width} x {picture.Height} pixels and {picture.Channels} channels");
                break;
            default:
                if (IsBatch(Path.GetFileName(path)))
                {
                    foreach (string line in Cifar([path])) yield return line;
                    break;
                }
                yield return $"A recording of events ({EventFiles.EventFormatName.Of(EventFile.FormatOf(path))}): see lepton events info";
                break;
        }
    }

    static IEnumerable<string> Set(string name, ImageSet images)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"  {name}: {images.Count:N0} images of {images.Width} x {images.Height}, {(images.Channels == 1 ? "grey" : $"{images.Channels} channels")}");
        yield return $"    {Classes(images.ClassNames, images.CountsPerClass())}";
    }

    static string Classes(IReadOnlyList<string> names, IReadOnlyList<int> counts) =>
        string.Join(", ", names.Zip(counts, (name, count) => string.Create(CultureInfo.InvariantCulture, $"{name}: {count:N0}")));

    static string Sha(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
