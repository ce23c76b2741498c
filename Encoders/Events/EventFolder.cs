using System.Globalization;

namespace Lepton.Neuro.Encoders.Events;

/// <summary>A recording with its class.</summary>
/// <param name="Path">The file.</param>
/// <param name="Label">Its class: an index of <see cref="EventFolder.ClassNames"/>.</param>
public readonly record struct LabelledRecording(string Path, int Label);

/// <summary>Folders of labelled recordings: N-MNIST as it is published (<c>Train/0/00002.bin</c>, ..., <c>Test/9/...</c>: a folder a class), and slayer's small one (<c>train1K.txt</c> and <c>test100.txt</c>,
/// lines of a number and a class, beside <c>1.bs2</c>, ...).</summary>
/// <param name="Train">The recordings to learn from, in the order of the list, or of classes and names.</param>
/// <param name="Test">The recordings to be judged on.</param>
/// <param name="ClassNames">The classes.</param>
/// <param name="Width">Columns of the sensor.</param>
/// <param name="Height">Rows of the sensor.</param>
public sealed record EventFolder(IReadOnlyList<LabelledRecording> Train, IReadOnlyList<LabelledRecording> Test, IReadOnlyList<string> ClassNames, int Width, int Height)
{
    static readonly string[] Digits = [.. Enumerable.Range(0, 10).Select(d => d.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Whether a folder looks like one of these.</summary>
    /// <param name="directory">The folder.</param>
    public static bool Is(string directory) => List(directory, "train") is not null || Directory.Exists(Path.Combine(directory, "Train"));

    /// <summary>Lists a folder; the recordings are not opened.</summary>
    /// <param name="directory">The folder.</param>
    /// <exception cref="InvalidInputException">A list or folder is missing or damaged, a file that is listed is missing, or a class is not 0 to 9; the message names file and line.</exception>
    public static EventFolder Load(string directory)
    {
        try
        {
            return List(directory, "train") is { } train && List(directory, "test") is { } test
                ? new(Listed(directory, train), Listed(directory, test), Digits, 34, 34)
                : new(Sorted(Path.Combine(directory, "Train")), Sorted(Path.Combine(directory, "Test")), Digits, 34, 34);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException(
                $"{directory} cannot be read ({failure.Message.ReplaceLineEndings(" ")}); allowed: a folder with Train and Test and a folder a class in each, or with lists train*.txt and test*.txt", failure);
        }
    }

    static string? List(string directory, string part) => Directory.Exists(directory) ? Directory.EnumerateFiles(directory, part + "*.txt").Order(StringComparer.Ordinal).FirstOrDefault() : null;

    static List<LabelledRecording> Listed(string directory, string list)
    {
        var recordings = new List<LabelledRecording>();
        int number = 0;
        foreach (string line in File.ReadLines(list))
        {
            number++;
            if (line.Length == 0 || line[0] == '#') continue;
            string[] parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int sample) || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int label) || label > 9)
                throw new InvalidInputException(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(list)}, line {number}"), $"'{new string([.. line.Take(40).Where(c => !char.IsControl(c))])}'", "the number of a recording and a class from 0 to 9");
            string path = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{sample}.bs2"));
            if (!File.Exists(path)) throw new InvalidInputException(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(list)}, line {number}: the file {Path.GetFileName(path)}"), null, "a recording beside the list");
            recordings.Add(new(path, label));
        }
        return recordings;
    }

    static List<LabelledRecording> Sorted(string directory) =>
        [.. Digits.SelectMany((name, label) => Directory.GetFiles(Path.Combine(directory, name), "*.bin").Order(StringComparer.Ordinal).Select(f => new LabelledRecording(f, label)))];
}
