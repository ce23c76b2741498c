using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Events;

namespace Lepton.Neuro.Experiments.Digits;

/// <summary>Recordings of event cameras as the steps of a network: for each step the pixels that had an event, OFF and then ON. Nothing is encoded: an event is a spike.</summary>
internal static class EventMovies
{
    /// <summary>Reads a folder of recordings.</summary>
    /// <param name="directory">The folder: see <see cref="EventFolder"/>.</param>
    /// <param name="steps">The steps of a recording; events after them are left out.</param>
    /// <param name="microseconds">The time of a step.</param>
    /// <param name="training">How many training recordings; 0 for all.</param>
    /// <param name="test">How many test recordings; 0 for all.</param>
    /// <param name="threads">How many threads read.</param>
    /// <returns>Each recording as a set of 2 x steps planes of bytes: 255 where there was an event.</returns>
    /// <exception cref="InvalidInputException">The folder or a recording is damaged, there are fewer recordings than asked for, or too many for the memory of one array.</exception>
    public static ImageData Load(string directory, int steps, long microseconds, int training, int test, int threads)
    {
        var folder = EventFolder.Load(directory);
        var train = Read(folder, Take(folder.Train, training, "training"), steps, microseconds, threads);
        var judged = Read(folder, Take(folder.Test, test, "test"), steps, microseconds, threads);
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)));
        return new(train, judged, name, FormattableString.Invariant(
            $"{train.Count} training and {judged.Count} test recordings of {folder.Width} x {folder.Height} pixels in {folder.ClassNames.Count} classes, in {steps} steps of {microseconds} us."));
    }

    /// <summary>What a recording shows on the whole: for each pixel the steps with an event, as a part of the most there are.</summary>
    /// <param name="movie">A recording.</param>
    /// <param name="pixels">Pixels of the sensor.</param>
    public static float[] Flatten(ReadOnlySpan<float> movie, int pixels)
    {
        var sums = new float[pixels];
        for (int i = 0; i < movie.Length; i++) sums[i % pixels] += movie[i];
        float most = Math.Max(1, sums.Max());
        return Array.ConvertAll(sums, s => s / most);
    }

    static IReadOnlyList<LabelledRecording> Take(IReadOnlyList<LabelledRecording> recordings, int count, string what) =>
        recordings.Count == 0 ? throw new InvalidInputException($"the number of {what} recordings", 0, "at least 1")
        : count > recordings.Count ? throw new InvalidInputException($"the {what} recordings asked for", count, $"at most {recordings.Count}, which there are")
        : count == 0 ? recordings : [.. recordings.Take(count)];

    static ImageSet Read(EventFolder folder, IReadOnlyList<LabelledRecording> recordings, int steps, long microseconds, int threads)
    {
        int plane = folder.Width * folder.Height, size = 2 * steps * plane;
        if ((long)size * recordings.Count > Array.MaxLength)
            throw new InvalidInputException("the recordings", recordings.Count, FormattableString.Invariant($"at most {Array.MaxLength / size} of {steps} steps; --set train-images=... takes the first ones"));
        var pixels = new byte[size * recordings.Count];
        var failures = new InvalidInputException?[recordings.Count];
        Parallel.For(0, recordings.Count, new() { MaxDegreeOfParallelism = Math.Max(1, threads) }, r =>
        {
            try
            {
                using var reader = EventFile.Open(recordings[r].Path).OfSize(folder.Width, folder.Height);
                foreach (var e in reader.Events())
                {
                    long step = e.Time / microseconds;
                    if (step < steps) pixels[((long)r * size) + ((((2 * step) + (e.On ? 1 : 0)) * plane) + (e.Y * folder.Width) + e.X)] = 255;
                }
            }
            catch (InvalidInputException failure)
            {
                failures[r] = failure;
            }
        });
        if (failures.FirstOrDefault(f => f is not null) is { } first) throw first;
        return ImageSet.Create(folder.Height, folder.Width, 2 * steps, pixels, [.. recordings.Select(r => (byte)r.Label)], folder.ClassNames, "recordings of events");
    }
}
