using Lepton.Neuro;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Architecture.Tests.Guides;

// --- guide
/// <summary>Random spikes whose rate grows with the signal, from a rate at rest: sensory neurons fire in the dark, too.</summary>
/// <remarks><c>P(spike in a step) = (Rest + x (Maximum - Rest)) step</c>, with x in [0, 1].</remarks>
public sealed record SpontaneousRate(Frequency Rest, Frequency Maximum) : Encoder
{
    public override bool IsRandom => true;

    public override void Validate(string owner, int count)
    {
        Require.InRange($"{owner}: Maximum in Hz", Maximum.Hertz, 0, 1e6);
        Require.InRange($"{owner}: Rest in Hz", Rest.Hertz, 0, Maximum.Hertz);
    }

    public override void Lower<T>(ILowering<T> to)
    {
        Require.InRange($"spikes a step at {Maximum} and steps of {to.Step}", Maximum * to.Step, 0, 1);
        to.Encoder<Kernel<T>, NoState<T>>(new(Rest * to.Step, Maximum * to.Step));
    }

    /// <summary>The signal that a count of spikes stands for.</summary>
    public double Decode(long spikes, Time duration) => ((spikes / duration.Seconds) - Rest.Hertz) / (Maximum.Hertz - Rest.Hertz);

    readonly struct Kernel<T>(double rest, double most) : IEncoderKernel<T, NoState<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T rest = (float)rest, more = (float)(most - rest);

        public NoState<T> Initial => default;

        public T Step(ref NoState<T> state, T signal, T uniform, T step) => uniform < T.FusedMultiplyAdd(signal, more, rest);
    }
}
// ---

/// <summary>The code of docs/guides/write-an-encoder.md.</summary>
public static class WriteAnEncoder
{
    public static void Run(Action<string> print)
    {
        // --- guide
        var code = new SpontaneousRate(Rest: 5.Hz, Maximum: 100.Hz);
        var net = new Network(seed: 1);
        var retina = net.Add("retina", 3, code);
        var cells = net.Add("cells", 10, new Lif { TauMembrane = 20.ms, TauSynapse = 5.ms });
        net.Connect(retina, cells, Wiring.AllToAll, weight: 300);

        using var run = Cpu.Load(net.Compile(step: 1.ms));
        run.Present(retina, [0.2f, 0.5f, 1]);
        run.Advance(100.s);
        var counts = new long[3];
        run.ReadSpikeCounts(retina, counts);
        print(string.Join(", ", counts.Select(count => $"{code.Decode(count, 100.s):F2}")));
        // ---
    }
}
