using System.Text;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Events;

namespace Lepton.Neuro.Experiments.EventFiles;

/// <summary>Frames of a recording to look at.</summary>
internal static class RecordingFrames
{
    const int Columns = 80;

    /// <summary>The size of a recording's sensor: what it says, or what its events need.</summary>
    /// <param name="open">Opens the recording.</param>
    /// <exception cref="InvalidInputException">It is damaged.</exception>
    public static (int Width, int Height) SizeOf(Func<EventReader> open)
    {
        using var reader = open();
        if (reader.Width > 0 && reader.Height > 0) return (reader.Width, reader.Height);
        var summary = RecordingSummary.Of(reader);
        return (summary.MostX + 1, summary.MostY + 1);
    }

    /// <summary>Blue where the light fell, red where it rose, on white; both in proportion to their events, full at four.</summary>
    /// <param name="frame">Counts as of <see cref="EventFrames.ByTime"/>.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    public static Picture Picture(float[] frame, int width, int height)
    {
        int area = width * height;
        var values = new float[3 * area];
        for (int i = 0; i < area; i++)
        {
            float fell = Math.Min(1, frame[i] / 4), rose = Math.Min(1, frame[area + i] / 4);
            // A single event must be seen.
            if (fell > 0) fell = 0.4f + (0.6f * fell);
            if (rose > 0) rose = 0.4f + (0.6f * rose);
            (values[i], values[area + i], values[(2 * area) + i]) = (1 - fell, 1 - Math.Max(fell, rose), 1 - rose);
        }
        return Encoders.Data.Picture.Create(width, height, 3, values);
    }

    /// <summary>A frame as lines of at most 80 letters: <c>+</c> and <c>#</c> where the light rose more, <c>-</c> and <c>=</c> where it fell more.</summary>
    /// <param name="frame">Counts as of <see cref="EventFrames.ByTime"/>.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    public static IEnumerable<string> Letters(float[] frame, int width, int height)
    {
        int across = (width + Columns - 1) / Columns, down = 2 * across, area = width * height;
        for (int top = 0; top < height; top += down)
        {
            var line = new StringBuilder();
            for (int left = 0; left < width; left += across)
            {
                float sum = 0;
                for (int y = top; y < Math.Min(top + down, height); y++)
                {
                    for (int x = left; x < Math.Min(left + across, width); x++) sum += frame[area + (y * width) + x] - frame[(y * width) + x];
                }
                double mean = sum / (across * down);
                line.Append(mean > 1 ? '#' : mean > 0 ? '+' : mean < -1 ? '=' : mean < 0 ? '-' : ' ');
            }
            yield return line.ToString().TrimEnd();
        }
    }

    /// <summary>Makes a folder for frames.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InvalidInputException">It cannot be made.</exception>
    public static void Prepare(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"{folder} cannot be made ({failure.Message.ReplaceLineEndings(" ")}); allowed: a folder in a writable place", failure);
        }
    }
}
