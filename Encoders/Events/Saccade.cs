using Lepton.Neuro.Encoders.Data;

namespace Lepton.Neuro.Encoders.Events;

/// <summary>A moving gaze that turns a still picture into a film, and so, before an <see cref="EventCamera"/>, into a recording: as N-MNIST was made of MNIST.</summary>
/// <remarks>
/// <para>The gaze goes along a triangle and back to where it began: three straight saccades of the same time, to the right and down by (Amplitude / 2, Amplitude), to the right and up by as much, and back to the
/// left by Amplitude. What is seen at a pixel is the picture there plus the gaze, between four pixels where it lies between them; beyond the edge, the edge.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>Amplitude</term><description>how far the gaze goes, in pixels, above 0, at most 1000; 3</description></item>
/// <item><term>Duration</term><description>of each of the three saccades, 1 us to 100 s; 100 ms</description></item>
/// <item><term>Interval</term><description>the time between two frames, 1 us to Duration; 1 ms. The last frame of a saccade lies at its end</description></item>
/// </list>
/// <para>Error bound: <see cref="EventCamera.Decode"/>, given the first frame and the events up to a frame, gives that frame's response to within a threshold of an ideal camera. A picture that is
/// flat gives no event.</para>
/// <para>Source: G. Orchard et al., "Converting static image datasets to spiking neuromorphic datasets using saccades", Front. Neurosci. 9:437 (2015).</para>
/// </remarks>
public sealed record Saccade
{
    static readonly (double X, double Y)[] Corners = [(0, 0), (0.5, 1), (1, 0), (0, 0)];

    /// <summary>How far the gaze goes, in pixels.</summary>
    public double Amplitude { get; init; } = 3;

    /// <summary>How long each of the three saccades lasts.</summary>
    public Time Duration { get; init; } = new(0.1);

    /// <summary>The time between two frames.</summary>
    public Time Interval { get; init; } = new(1e-3);

    /// <summary>The recording of a gaze over a picture: <c>camera.Watch(Frames(picture))</c>.</summary>
    /// <param name="picture">One channel of numbers in [0, 1].</param>
    /// <param name="camera">The camera.</param>
    /// <exception cref="InvalidInputException">As for <see cref="Frames"/> and <see cref="EventCamera.Watch"/>.</exception>
    public EventReader Record(Picture picture, EventCamera camera) => camera.Watch(Frames(picture));

    /// <summary>The film, made one frame at a time: from 0 to three times Duration.</summary>
    /// <param name="picture">One channel.</param>
    /// <exception cref="InvalidInputException">The picture has more channels, or a parameter is out of its range.</exception>
    public IEnumerable<Frame> Frames(Picture picture)
    {
        Require.InRange("the channels of a picture that is looked at", (long)picture.Channels, 1, 1);
        Require.InRange("the amplitude of a saccade in pixels", Amplitude, 1e-3, 1000);
        long duration = Require.InRange("the duration of a saccade in us", Microseconds(Duration), 1, 100_000_000);
        long interval = Require.InRange("the interval of a saccade's frames in us", Microseconds(Interval), 1, duration);
        return Make();

        IEnumerable<Frame> Make()
        {
            yield return new(0, picture);
            for (int leg = 0; leg < 3; leg++)
            {
                for (long time = Math.Min(interval, duration); ; time = Math.Min(time + interval, duration))
                {
                    var (x, y) = Gaze(leg, time / (double)duration);
                    yield return new((leg * duration) + time, Seen(picture, x, y));
                    if (time == duration) break;
                }
            }
        }
    }

    /// <summary>Where the gaze is, in pixels from where it begins.</summary>
    /// <param name="saccade">Which of the three, from 0.</param>
    /// <param name="share">How much of it is done, 0 to 1.</param>
    public (double X, double Y) Gaze(int saccade, double share)
    {
        var (from, to) = (Corners[saccade], Corners[saccade + 1]);
        return (Amplitude * (((1 - share) * from.X) + (share * to.X)), Amplitude * (((1 - share) * from.Y) + (share * to.Y)));
    }

    /// <summary>What is seen of a picture from a gaze.</summary>
    /// <param name="picture">One channel.</param>
    /// <param name="gazeX">How far the gaze is to the right, in pixels; finite.</param>
    /// <param name="gazeY">How far it is down.</param>
    /// <exception cref="InvalidInputException">A number is not finite.</exception>
    public static Picture Seen(Picture picture, double gazeX, double gazeY)
    {
        int left = (int)Math.Floor(Math.Clamp(Require.Finite("the gaze", gazeX), -1e6, 1e6)), top = (int)Math.Floor(Math.Clamp(Require.Finite("the gaze", gazeY), -1e6, 1e6));
        double right = Math.Clamp(gazeX, -1e6, 1e6) - left, down = Math.Clamp(gazeY, -1e6, 1e6) - top;
        int width = picture.Width, height = picture.Height;
        var values = picture.Values;
        var seen = new float[width * height];
        for (int y = 0; y < height; y++)
        {
            var upper = values.Slice(Math.Clamp(y + top, 0, height - 1) * width, width);
            var lower = values.Slice(Math.Clamp(y + top + 1, 0, height - 1) * width, width);
            for (int x = 0; x < width; x++)
            {
                int a = Math.Clamp(x + left, 0, width - 1), b = Math.Clamp(x + left + 1, 0, width - 1);
                seen[(y * width) + x] = (float)(((1 - down) * (((1 - right) * upper[a]) + (right * upper[b]))) + (down * (((1 - right) * lower[a]) + (right * lower[b]))));
            }
        }
        return new(width, height, 1, seen);
    }

    static long Microseconds(Time time) => (long)Math.Round(Math.Clamp(time.Seconds, -1, 1e6) * 1e6);
}
