using Lepton.Neuro.Backends;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Codes;

/// <summary>An encoder that runs in the steps of a network, which here has nothing else.</summary>
/// <param name="name">What the user types.</param>
/// <param name="summary">What a spike means.</param>
/// <param name="settings">What a user may change.</param>
internal sealed class NetworkCode(string name, string summary, params IReadOnlyList<Setting> settings) : ImageCode
{
    public override string Name => name;

    public override string Summary => summary;

    public override IReadOnlyList<Setting> Settings => settings;

    public override bool IsRandom => Random;

    public override bool CanDecode => Decoder is not null;

    /// <summary>Whether decoding is off by chance.</summary>
    public bool Random { get; init; }

    /// <summary>The populations: names and encoders.</summary>
    public required Func<CodeRequest, IReadOnlyList<(string Name, Encoder Encoder)>> Populations { get; init; }

    /// <summary>What is shown for a picture; the picture itself where null.</summary>
    public Func<CodeRequest, float[], float[]>? Signal { get; init; }

    /// <summary>The number a pixel; there is none where null.</summary>
    public Func<CodeRequest, IReadOnlyList<CodedSpikes>, IEnumerable<double>>? Decoder { get; init; }

    /// <summary>How far a decoded number may be off.</summary>
    public Func<CodeRequest, double, double>? Bound { get; init; }

    /// <summary>What decoding aims at.</summary>
    public Func<float[], float[]>? Aim { get; init; }

    /// <summary>What spikes look like, where it is not their number.</summary>
    public Func<CodeRequest, IReadOnlyList<CodedSpikes>, IEnumerable<double>>? View { get; init; }

    public override IReadOnlyList<CodedSpikes> Encode(CodeRequest request, Picture picture)
    {
        var signal = picture.Values.ToArray();
        if (Signal is not null) signal = Signal(request, signal);
        var network = new Network(request.Seed);
        var populations = Populations(request).Select(p => network.Add(p.Name, signal.Length, p.Encoder)).ToArray();
        using var session = Cpu.Evaluate(network.Compile(request.Step), new() { Threads = 1 });
        session.Begin(0);
        var recorders = populations.Select(p =>
        {
            session.Present(p, signal);
            return session.Record(p, new SpikeRecorder());
        }).ToArray();
        session.Advance((long)request.Steps);
        return [.. populations.Zip(recorders, (p, r) => new CodedSpikes(p.Name, p.Count, r.Spikes))];
    }

    public override float[] Decode(CodeRequest request, IReadOnlyList<CodedSpikes> spikes) =>
        Decoder is null ? base.Decode(request, spikes) : [.. Decoder(request, spikes).Select(x => (float)x)];

    public override float[] Target(CodeRequest request, Picture picture) => Aim is null ? base.Target(request, picture) : Aim(picture.Values.ToArray());

    public override double Error(CodeRequest request, double target) => Bound is null ? base.Error(request, target) : Bound(request, target);

    public override float[] Show(CodeRequest request, IReadOnlyList<CodedSpikes> spikes) => View is null ? base.Show(request, spikes) : [.. View(request, spikes).Select(x => (float)x)];
}
