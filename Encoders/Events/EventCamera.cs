using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Encoders.Events;

/// <summary>Threshold crossing: an event camera that watches a film. A pixel sends an event each time its response has moved by a threshold since its last one.</summary>
/// <remarks>
/// <para>The response to the intensity <c>y = 255 x</c> is lin-log: <c>L = y ln(Linear) / Linear</c> up to <see cref="Linear"/>, <c>ln y</c> above. Between two frames L moves in a straight line.
/// Where <c>L - R >= C_on</c> the pixel sends ON and its reference R rises by C_on; where <c>L - R &lt;= -C_off</c> it sends OFF and R falls by C_off; the times are those of the crossings, cut to
/// microseconds. R is L in the first frame.</para>
/// <list type="table">
/// <listheader><term>parameter</term><description>meaning, default</description></listheader>
/// <item><term>OnThreshold, OffThreshold</term><description>C_on and C_off, 0.01 to 10; 0.2</description></item>
/// <item><term>Mismatch</term><description>the standard deviation of a pixel's thresholds from these, 0 to 1; 0.03. No threshold is below 0.01</description></item>
/// <item><term>Linear</term><description>up to where the response is linear, 2 to 255; 20</description></item>
/// <item><term>Refractory</term><description>how long a pixel is silent after an event; 0.5 ms. What crosses meanwhile is sent at its end, if it is still there</description></item>
/// <item><term>Leak</term><description>how often a pixel sends ON in the dark of its own accord: R falls by C_on so often a second; 0.1 Hz. Where it is not 0, pixels begin anywhere in that time</description></item>
/// <item><term>ShotNoise</term><description>events a second of a dark pixel by chance, half of them ON; falls linearly to a quarter at full brightness; 0 Hz. A Poisson process; R stays as it is</description></item>
/// <item><term>Seed</term><description>the seed of mismatch, leak and noise: pixels' numbers are functions of it, the pixel and the frame alone</description></item>
/// </list>
/// <para>Error bound: of an <see cref="Ideal"/> camera, <see cref="Decode"/> gives the response at the last frame to within the greater of the two thresholds, from the first frame and the events
/// alone. Mismatch changes what each event is worth, a leak adds its events, noise its own; with a refractory time the bound holds once a pixel has been given the time to catch up.</para>
/// <para>An event needs no spike array: <see cref="EventSpikes.Play"/> takes what <see cref="Watch"/> gives step by step, and nothing but one number a pixel and the events between two frames is held.</para>
/// <para>Sources: Y. Hu, S.-C. Liu and T. Delbruck, "v2e: from video frames to realistic DVS events", CVPRW (2021) for the response, mismatch, leak and noise; H. Rebecq, D. Gehrig and
/// D. Scaramuzza, "ESIM: an open event camera simulator", CoRL (2018) for the crossings between frames.</para>
/// </remarks>
public sealed record EventCamera
{
    /// <summary>A camera whose pixels are all alike, without refractory time, leak or noise.</summary>
    public static EventCamera Ideal { get; } = new() { Mismatch = 0, Refractory = default, Leak = default };

    /// <summary>The rise of the response that an ON event stands for.</summary>
    public double OnThreshold { get; init; } = 0.2;

    /// <summary>The fall of the response that an OFF event stands for.</summary>
    public double OffThreshold { get; init; } = 0.2;

    /// <summary>The standard deviation of the thresholds of pixels.</summary>
    public double Mismatch { get; init; } = 0.03;

    /// <summary>The intensity, of 255, up to which the response is linear.</summary>
    public double Linear { get; init; } = 20;

    /// <summary>How long a pixel is silent after an event.</summary>
    public Time Refractory { get; init; } = new(0.5e-3);

    /// <summary>The rate of ON events of a pixel that sees nothing change.</summary>
    public Frequency Leak { get; init; } = new(0.1);

    /// <summary>The rate of noise events of a dark pixel, both polarities together.</summary>
    public Frequency ShotNoise { get; init; }

    /// <summary>The seed of all that is random.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Watches a film.</summary>
    /// <param name="frames">Frames of one size and one channel, numbers in [0, 1], each later than the one before by at most 2^30 us; at least one. They are read as the events are.</param>
    /// <returns>The events, in the order of time, then of rows and columns.</returns>
    /// <exception cref="InvalidInputException">A parameter is out of its range, or there is no frame; while reading, a frame is not like the first or out of range, or time does not go on.</exception>
    public EventReader Watch(IEnumerable<Frame> frames)
    {
        Require.InRange("the ON threshold of an event camera", OnThreshold, LeastThreshold, 10);
        Require.InRange("the OFF threshold of an event camera", OffThreshold, LeastThreshold, 10);
        Require.InRange("the mismatch of an event camera", Mismatch, 0, 1);
        RequireLinear();
        Require.InRange("the refractory time of an event camera in s", Refractory.Seconds, 0, 1000);
        Require.InRange("the leak of an event camera in Hz", Leak.Hertz, 0, 1e6);
        Require.InRange("the shot noise of an event camera in Hz", ShotNoise.Hertz, 0, 1e6);
        return new EventCameraReader(this, frames);
    }

    /// <summary>The picture that events lead to from a first one: each event moves its pixel's response by its threshold. Off by what the remarks say.</summary>
    /// <param name="first">The first frame: one channel of numbers in [0, 1].</param>
    /// <param name="events">The events; read to their end.</param>
    /// <returns>The picture at the last event, cut to [0, 1].</returns>
    /// <exception cref="InvalidInputException">The picture has more channels or another range, or an event lies outside it.</exception>
    public Picture Decode(Picture first, EventReader events)
    {
        RequireLinear();
        RequirePicture(first, first, "the first frame");
        var responses = new double[first.Values.Length];
        for (int i = 0; i < responses.Length; i++) responses[i] = Respond(first.Values[i]);
        foreach (var e in events.Events())
        {
            if (e.X >= first.Width || e.Y >= first.Height) throw new InvalidInputException("the pixel of an event", $"({e.X}, {e.Y})", $"within {first.Width} x {first.Height}");
            responses[(e.Y * first.Width) + e.X] += e.On ? OnThreshold : -OffThreshold;
        }
        return new(first.Width, first.Height, 1, Array.ConvertAll(responses, l => (float)Math.Clamp(Intensity(l), 0, 1)));
    }

    /// <summary>The response to an intensity: see the remarks.</summary>
    /// <param name="intensity">In [0, 1].</param>
    public double Respond(double intensity)
    {
        double y = 255 * intensity;
        return y <= Linear ? y * (ExactMath.Log(Linear) / Linear) : ExactMath.Log(y);
    }

    /// <summary>The intensity of a response: the inverse of <see cref="Respond"/>.</summary>
    /// <param name="response">A response; one that no intensity has gives one outside [0, 1].</param>
    public double Intensity(double response)
    {
        double knee = ExactMath.Log(Linear);
        return (response <= knee ? response * Linear / knee : ExactMath.Exp(response)) / 255;
    }

    internal const double LeastThreshold = 0.01;

    internal static void RequirePicture(Picture picture, Picture like, string thing)
    {
        Require.InRange($"the channels of {thing}", (long)picture.Channels, 1, 1);
        if (picture.Width > 65536 || picture.Height > 65536 || (picture.Width, picture.Height) != (like.Width, like.Height))
            throw new InvalidInputException($"the size of {thing}", $"{picture.Width} x {picture.Height}", picture == like ? "at most 65536 x 65536" : $"{like.Width} x {like.Height}, as the first");
        for (int i = 0; i < picture.Values.Length; i++)
        {
            if (!(picture.Values[i] >= 0 && picture.Values[i] <= 1)) throw new InvalidInputException($"pixel {i} of {thing}", picture.Values[i], "0 to 1");
        }
    }

    void RequireLinear() => Require.InRange("where the response of an event camera ceases to be linear", Linear, 2, 255);
}
