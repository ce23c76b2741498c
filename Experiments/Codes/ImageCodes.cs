using Lepton.Neuro.Encoders;
using Lepton.Neuro.Experiments.Running;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Experiments.Codes;

/// <summary>The encoders of the command line. A new one is one entry here.</summary>
internal static class ImageCodes
{
    const string Fired = "spikes";

    static readonly NumberSetting Maximum = new("maximum", "The rate of a white pixel", 500, 1e-3, 1e9, "Hz");
    static readonly NumberSetting Scale = new("scale", "Spikes a step of a white pixel", 1, 1e-6, 1);
    static readonly NumberSetting Phase = new("phase", "What the accumulator begins with", 0, 0, 0.999);
    static readonly NumberSetting Weakest = new("threshold", "The weakest pixel that fires", 0.01, 1e-6, 0.999);
    static readonly NumberSetting Integrator = new("threshold", "The threshold of the integrator", 0.05, 1e-6, 0.999);
    static readonly NumberSetting Slow = new("tau", "The time constant of the integrator", 100, 1e-3, 1e6, "ms");
    static readonly NumberSetting Tau = new("tau", "The time constant of the membrane", 20, 1e-3, 1e6, "ms");
    static readonly WholeNumberSetting Bits = new("bits", "Binary digits of a pixel, one a step", 8, 1, 23);
    static readonly WholeNumberSetting Most = new("most", "Spikes of a white pixel", 10, 1, 1 << 16);
    static readonly WholeNumberSetting Shortest = new("shortest", "Steps between two spikes of a white pixel", 2, 1, 1 << 16, "steps");
    static readonly WholeNumberSetting Longest = new("longest", "Steps between two spikes of a black pixel", 6, 1, 1 << 16, "steps");
    static readonly NumberSetting Change = new("threshold", "The change that fires", 0.5, 1e-3, 1);
    static readonly NumberSetting Worth = new("threshold", "What a spike is worth", 0.05, 1e-3, 1);
    static readonly WholeNumberSetting Fields = new("fields", "Receptive fields a pixel", 6, 4, 64);
    static readonly NumberSetting Gain = new("gain", "Where a white pixel would drive the potential, in thresholds", 4, 1.001, 1e6);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ImageCode> All { get; } =
    [
        new NetworkCode("poisson-rate", "independent random spikes at the pixel's rate", Maximum)
        {
            Random = true,
            Populations = r => [(Fired, Poisson(r))],
            Decoder = (r, s) => s[0].Counts().Select(n => Poisson(r).Decode(n, r.Steps, r.Step)),
            Bound = (r, x) => Poisson(r).DecodingError(x, r.Steps, r.Step),
        },
        new NetworkCode("signed-poisson-rate", "random spikes of two populations, one for pixels above and one for pixels below the middle grey", Maximum)
        {
            Random = true,
            Populations = r => [("positive", Signed(r)), ("negative", Signed(r) with { Negative = true })],
            Signal = (_, x) => Array.ConvertAll(x, v => (2 * v) - 1),
            Decoder = (r, s) => s[0].Counts().Zip(s[1].Counts(), (up, down) => (1 + Signed(r).Decode(up, down, r.Steps, r.Step)) / 2),
            Bound = (r, x) => Poisson(r).DecodingError(Math.Abs((2 * x) - 1), r.Steps, r.Step) / 2,
        },
        new NetworkCode("deterministic-rate", "evenly spaced spikes at the pixel's rate", Scale, Phase)
        {
            Populations = r => [(Fired, Even(r))],
            Decoder = (r, s) => s[0].Counts().Select(n => Even(r).Decode(n, r.Steps)),
            Bound = (r, _) => (0.5 / (r.Steps * r.Get(Scale))) + (Math.ScaleB(1, -23) / r.Get(Scale)),
        },
        new NetworkCode("latency", "one spike, the earlier the brighter the pixel", Weakest)
        {
            Populations = r => [(Fired, Linear(r))],
            Decoder = (r, s) => s[0].First().Select(t => Linear(r).Decode(t)),
            Bound = (r, x) => x < r.Get(Weakest) + 1e-6 ? Math.Max(x, 0.5 / (r.Steps - 1)) : (0.5 / (r.Steps - 1)) + 1e-6,
            View = Earliness,
        },
        new NetworkCode("logarithmic-latency", "one spike, when a leaky integrator driven by the pixel reaches its threshold", Integrator, Slow)
        {
            Populations = r => [(Fired, Logarithmic(r))],
            Decoder = (r, s) => s[0].First().Select(t => Logarithmic(r).Decode(t is { } at ? at * r.Step : null)),
            Bound = LogarithmicBound,
            View = Earliness,
        },
        new NetworkCode("rank-order", "one spike, in the order of brightness: only who is brighter than whom is kept")
        {
            Populations = r => [(Fired, new RankOrder(r.Steps))],
            Signal = (r, x) => new RankOrder(r.Steps).Times(x),
            Decoder = (r, s) => s[0].First().Select(t => 1 - (new RankOrder(r.Steps).Decode(t, r.Pixels) / (double)r.Pixels)),
            Aim = Ranks,
            Bound = (r, _) => (1.0 / r.Steps) + 1e-6,
            View = Earliness,
        },
        new NetworkCode("time-to-first-spike", "one spike, its step linear in the grey value, in integers")
        {
            Populations = r => [(Fired, new TimeToFirstSpike(r.Steps))],
            Decoder = (r, s) => s[0].First().Select(t => new TimeToFirstSpike(r.Steps).Decode(t)),
            Bound = (r, _) => (0.5 / r.Steps) + (1 / 510.0) + 1e-6,
            View = Earliness,
        },
        new NetworkCode("weighted-phase", "the pixel's binary digits, one a step, over and over", Bits)
        {
            Populations = r => [(Fired, Digits(r))],
            Decoder = (r, s) => s[0].Trains().Select(t => Digits(r).Decode(t.Where(step => step < Periods(r) * r.Get(Bits)), Periods(r))),
            Bound = (r, _) => Math.ScaleB(1, -r.Get(Bits)),
        },
        new NetworkCode("burst", "a burst at the beginning: more spikes and closer together the brighter the pixel", Most, Shortest, Longest)
        {
            Populations = r => [(Fired, Bursts(r))],
            Decoder = (r, s) => s[0].Counts().Select(n => Bursts(r).Decode(n)),
            Bound = (r, _) => (0.5 / r.Get(Most)) + 1e-6,
        },
        new NetworkCode("delta", "one spike where the picture, shown at once, exceeds the threshold: made for signals over time", Change)
        {
            Populations = r => [("up", new Delta((float)r.Get(Change))), ("down", new Delta((float)r.Get(Change)) { Negative = true })],
        },
        new NetworkCode("sigma-delta", "a spike is one threshold more, until the sum is the pixel", Worth)
        {
            Populations = r => [("up", Sum(r)), ("down", Sum(r) with { Negative = true })],
            Decoder = (r, s) => s[0].Counts().Zip(s[1].Counts(), (up, down) => Sum(r).Decode(up, down)),
            Bound = (r, x) => Math.Max(r.Get(Worth), x - ((r.Steps - 1) * r.Get(Worth))) + 1e-6,
        },
        new NetworkCode("gaussian-population", "evenly spaced spikes of several channels a pixel, each for its own range of grey", Fields)
        {
            Populations = r => [(Fired, new DeterministicRate { Phase = 0.5f })],
            Signal = (r, x) => Population(r).Respond(x),
            Decoder = DecodePopulation,
            Bound = PopulationBound,
            View = Busiest,
        },
        new NetworkCode("constant-current", "a leaky integrate-and-fire neuron driven by the pixel", Tau, Gain)
        {
            Populations = r => [(Fired, Driven(r))],
            Decoder = (r, s) => s[0].First().Select(t => Between(r, t)).Select(b => (b.Least + b.Below) / 2),
            Bound = CurrentBound,
        },
        new CameraCode(moving: false),
        new CameraCode(moving: true),
    ];

    /// <summary>The encoder of a name.</summary>
    /// <param name="name">What the user typed.</param>
    /// <exception cref="InvalidInputException">There is none.</exception>
    public static ImageCode Find(string name) =>
        All.FirstOrDefault(c => c.Name == name) ?? throw new InvalidInputException($"There is no encoder {name}: {Nearest.Hint(name, [.. All.Select(c => c.Name)])}");

    static PoissonRate Poisson(CodeRequest r) => new(r.Get(Maximum).Hz);

    static SignedPoissonRate Signed(CodeRequest r) => new(r.Get(Maximum).Hz);

    static DeterministicRate Even(CodeRequest r) => new((float)r.Get(Scale)) { Phase = (float)r.Get(Phase) };

    static Latency Linear(CodeRequest r) => new(r.Steps) { Threshold = (float)r.Get(Weakest) };

    static LogarithmicLatency Logarithmic(CodeRequest r) => new(r.Steps, r.Get(Slow).ms) { Threshold = (float)r.Get(Integrator) };

    static WeightedPhase Digits(CodeRequest r) => new(r.Get(Bits));

    static Burst Bursts(CodeRequest r)
    {
        Require.InRange("--steps, which a burst needs,", (long)r.Steps, ((r.Get(Most) - 1L) * r.Get(Longest)) + 1, int.MaxValue);
        return new(r.Get(Longest)) { Most = r.Get(Most), Shortest = r.Get(Shortest) };
    }

    static SigmaDelta Sum(CodeRequest r) => new((float)r.Get(Worth));

    static ConstantCurrent Driven(CodeRequest r) => new(r.Get(Tau).ms) { Gain = (float)r.Get(Gain) };

    static GaussianPopulation Population(CodeRequest r) => GaussianPopulation.Between(r.Get(Fields), 0, 1);

    static int Periods(CodeRequest r) => (int)Require.InRange("--steps, of which a phase code needs a whole period,", (long)r.Steps, r.Get(Bits), int.MaxValue) / r.Get(Bits);

    static IEnumerable<double> Earliness(CodeRequest r, IReadOnlyList<CodedSpikes> s) => s[0].First().Select(t => t is { } at ? r.Steps - (double)at : 0);

    static float[] Ranks(float[] x)
    {
        // With as many steps as channels no two ranks meet.
        int n = x.Length;
        var order = Enumerable.Range(0, n).OrderByDescending(c => x[c]).ThenBy(c => c).ToArray();
        var ranks = new float[n];
        for (int rank = 0; rank < n; rank++) ranks[order[rank]] = x[order[rank]] > 0 ? 1 - (rank / (float)n) : 0;
        return ranks;
    }

    static double LogarithmicBound(CodeRequest r, double x)
    {
        var code = Logarithmic(r);
        // A little more than half a step, for the rounding of single precision.
        double half = 0.5 + 1e-3, steps = code.TimeOf(x) / r.Step, nearest = Math.Round(steps);
        if (!(steps < r.Steps - 1 + half)) return x;
        double decoded = code.Decode(nearest * r.Step);
        return Math.Max(decoded - code.Decode((nearest + half) * r.Step), code.Decode(Math.Max(0, nearest - half) * r.Step) - decoded) + 1e-6;
    }

    static IEnumerable<double> DecodePopulation(CodeRequest r, IReadOnlyList<CodedSpikes> s)
    {
        var (fields, counts, responses) = (Population(r), s[0].Counts(), new float[Population(r).Count]);
        for (int pixel = 0; pixel < r.Pixels; pixel++)
        {
            for (int k = 0; k < fields.Count; k++) responses[k] = counts[(pixel * fields.Count) + k] / (float)r.Steps;
            double x = fields.Decode(responses);
            yield return double.IsNaN(x) ? 0 : Math.Clamp(x, 0, 1);
        }
    }

    /// <summary>Which of a pixel's fields fired most.</summary>
    static IEnumerable<double> Busiest(CodeRequest r, IReadOnlyList<CodedSpikes> s)
    {
        var (fields, counts) = (Population(r).Count, s[0].Counts());
        return Enumerable.Range(0, r.Pixels).Select(pixel => (double)Enumerable.Range(0, fields).MaxBy(k => counts[(pixel * fields) + k]));
    }

    static double PopulationBound(CodeRequest r, double x)
    {
        // Counts are rounded to the nearest, so a response is off by half a spike at most; the two fields that are compared are those with the two highest counts.
        var fields = Population(r);
        float[] all = fields.Respond([(float)x]);
        Array.Sort(all);
        double off = (0.5 / r.Steps) + 1e-6, strong = all[^1], weak = all[^2];
        double spacing = fields.Centres[1] - fields.Centres[0];
        return weak <= off ? spacing : fields.Sigma * fields.Sigma / spacing * Math.Max(Math.Log((strong + off) / (weak - off) * weak / strong), Math.Log(strong / weak * (weak + off) / (strong - off)));
    }

    static (double Least, double Below) Between(CodeRequest r, long? first)
    {
        var code = Driven(r);
        return first is { } at ? code.Decode(at + 1, r.Step) : (0, code.Decode(r.Steps + 1, r.Step).Below);
    }

    static double CurrentBound(CodeRequest r, double x)
    {
        // The first spike of x: the interval n whose range holds it.
        var code = Driven(r);
        double silent = code.Decode(r.Steps + 1L, r.Step).Below;
        if (x < silent * (1 + 1e-5)) return Math.Max(silent / 2, Width(r.Steps)) + 1e-5;
        double exact = -(r.Get(Tau).ms / r.Step) * Math.Log(1 - (1 / (r.Get(Gain) * x)));
        long n = Math.Clamp((long)Math.Ceiling(exact), 1, r.Steps);
        return Math.Max(Width(n), Math.Max(Width(Math.Max(1, n - 1)), Width(Math.Min(r.Steps, n + 1)))) + 1e-5;

        double Width(long interval)
        {
            var (least, below) = code.Decode(interval, r.Step);
            return (below - least) / 2;
        }
    }
}
