using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Events;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Codes;

/// <summary>An event camera before a picture: one that fades in from black, or one that a gaze moves over.</summary>
/// <param name="moving">Whether the gaze moves.</param>
internal sealed class CameraCode(bool moving) : ImageCode
{
    static readonly NumberSetting Threshold = new("threshold", "The change of the lin-log response that an event stands for", 0.2, 0.01, 10);
    static readonly NumberSetting Mismatch = new("mismatch", "The standard deviation of the thresholds of pixels", 0, 0, 1);
    static readonly NumberSetting Refractory = new("refractory", "How long a pixel is silent after an event", 0, 0, 1000, "ms");
    static readonly NumberSetting Leak = new("leak", "ON events a second of a pixel that sees nothing change", 0, 0, 1e6, "Hz");
    static readonly NumberSetting ShotNoise = new("shot-noise", "Noise events a second of a dark pixel", 0, 0, 1e6, "Hz");
    static readonly NumberSetting Amplitude = new("amplitude", "How far the gaze goes", 3, 0.001, 1000, "pixels");

    public override string Name => moving ? "saccade" : "threshold-crossing";

    public override string Summary => moving
        ? "an event camera whose gaze goes along a triangle over the picture: edges send events"
        : "an event camera before which the picture fades in from black: an event is a step of the lin-log response";

    public override IReadOnlyList<Setting> Settings => moving ? [Threshold, Mismatch, Refractory, Leak, ShotNoise, Amplitude] : [Threshold, Mismatch, Refractory, Leak, ShotNoise];

    public override bool CanDecode => !moving;

    public override IReadOnlyList<CodedSpikes> Encode(CodeRequest request, Picture picture)
    {
        using var events = Record(request, picture);
        var (on, off) = (new List<(long, int)>(), new List<(long, int)>());
        foreach (var e in events.Events()) (e.On ? on : off).Add((Math.Min((long)((e.Time + 0.5) / (request.Step.Seconds * 1e6)), request.Steps - 1), (e.Y * request.Width) + e.X));
        return [new("ON", request.Pixels, on), new("OFF", request.Pixels, off)];
    }

    public override float[] Decode(CodeRequest request, IReadOnlyList<CodedSpikes> spikes)
    {
        if (moving) return base.Decode(request, spikes);
        var camera = Camera(request);
        long[] on = spikes[0].Counts(), off = spikes[1].Counts();
        return [.. on.Zip(off, (up, down) => (float)Math.Clamp(camera.Intensity((up * camera.OnThreshold) - (down * camera.OffThreshold)), 0, 1))];
    }

    public override double Error(CodeRequest request, double target)
    {
        if (moving) return base.Error(request, target);
        var camera = Camera(request);
        double response = camera.Respond(target);
        return Math.Max(target - camera.Intensity(response - camera.OnThreshold), camera.Intensity(response + camera.OffThreshold) - target);
    }

    EventReader Record(CodeRequest request, Picture picture)
    {
        long duration = (long)Math.Round(request.Duration.Seconds * 1e6);
        if (!moving)
        {
            var black = Picture.Create(picture.Width, picture.Height, 1, new float[picture.Values.Length]);
            return Camera(request).Watch([new Frame(0, black), new Frame(Require.InRange("steps times the step in us", duration, 1, 1 << 30), picture)]);
        }
        var leg = new Time(Require.InRange("steps times the step in us", duration, 3, 300_000_000) / 3 * 1e-6);
        var interval = new Time(Math.Min(Math.Max(request.Step.Seconds, 1e-6), leg.Seconds));
        return new Saccade { Amplitude = request.Get(Amplitude), Duration = leg, Interval = interval }.Record(picture, Camera(request));
    }

    static EventCamera Camera(CodeRequest request) => new()
    {
        OnThreshold = request.Get(Threshold),
        OffThreshold = request.Get(Threshold),
        Mismatch = request.Get(Mismatch),
        Refractory = new(request.Get(Refractory) * 1e-3),
        Leak = new(request.Get(Leak)),
        ShotNoise = new(request.Get(ShotNoise)),
        Seed = request.Seed,
    };
}
