using Lepton.Neuro.Encoders.Data;

namespace Lepton.Neuro.Experiments.Scripting;

/// <summary>What scripts with images do in every line.</summary>
public static class Conveniences
{
    /// <summary>Shows a signal for a time, from rest.</summary>
    /// <param name="session">The session.</param>
    /// <param name="source">The encoder.</param>
    /// <param name="signal">A number a channel.</param>
    /// <param name="duration">For how long.</param>
    /// <param name="presentation">The presentation's number (see <see cref="Session.Begin"/>).</param>
    /// <param name="count">The population whose spikes are counted; none where null.</param>
    /// <returns>How often each of its neurons fired; empty where no population was named.</returns>
    /// <exception cref="InvalidInputException">The signal has another length or is out of the encoder's range.</exception>
    public static int[] Show(this Session session, Population source, ReadOnlySpan<float> signal, Time duration, ulong presentation, Population? count = null)
    {
        long[] before = new long[count?.Count ?? 0], after = new long[before.Length];
        if (count is not null) session.ReadSpikeCounts(count, before);
        session.Begin(presentation);
        session.Present(source, signal);
        session.Advance(duration);
        if (count is not null) session.ReadSpikeCounts(count, after);
        return [.. after.Zip(before, (now, then) => (int)(now - then))];
    }

    /// <summary>An image as a signal.</summary>
    /// <param name="images">The images.</param>
    /// <param name="index">Which one.</param>
    /// <param name="ink">What its pixels are scaled to sum to, as far as the brightest one allows: thin strokes then drive neurons as much as thick ones; 0 leaves them as they are.</param>
    /// <returns>Pixels in [0, 1].</returns>
    public static float[] Signal(this ImageSet images, int index, float ink = 0)
    {
        float[] signal = [.. images.Pixels(index).ToArray().Select(p => p / 255f)];
        float sum = signal.Sum(), most = signal.Max();
        if (ink <= 0 || most <= 0) return signal;
        float scale = Math.Min(ink / sum, 1 / most);
        return [.. signal.Select(p => Math.Min(1, p * scale))];
    }
}
