using Lepton.Neuro;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Architecture.Tests.Guides;

// --- guide
/// <summary>Izhikevich's neuron, in numbers of mV and ms.</summary>
/// <remarks><c>dv/dt = 0.04 v^2 + 5 v + 140 - u + I</c>, <c>du/dt = Recovery (Sensitivity v - u)</c>; at 30 mV it fires, v becomes Reset, and u grows by Jump.
/// Source: E. Izhikevich, IEEE Trans. Neural Networks 14, 1569 (2003).</remarks>
public sealed record Izhikevich : NeuronModel
{
    public float Recovery { get; init; } = 0.02f;
    public float Sensitivity { get; init; } = 0.2f;
    public Voltage Reset { get; init; } = -65.mV;
    public float Jump { get; init; } = 8;
    public float Bias { get; init; }

    public override IReadOnlyList<string> Receptors => ["input"];
    public override IReadOnlyList<string> StateVariables => ["V", "U"];

    public override void Validate(string owner)
    {
        Require.InRange($"{owner}: Recovery", Recovery, 0, 1);
        Require.InRange($"{owner}: Sensitivity", Sensitivity, -10, 10);
        Require.InRange($"{owner}: Reset in mV", Reset.Millivolts, -100, 29);
        Require.InRange($"{owner}: Jump", Jump, -100, 100);
        Require.Finite($"{owner}: Bias", Bias);
    }

    public override void Lower<T>(ILowering<T> to) => to.Neurons<Kernel<T>, State<T>, SingleInput<T>>(new(this, to.Step));

    public struct State<T>
    {
        public T V, U;
    }

    readonly struct Kernel<T>(Izhikevich model, Time step) : INeuronKernel<T, State<T>, SingleInput<T>>
        where T : unmanaged, ILane<T>
    {
        readonly T half = (float)(step.Milliseconds / 2), recover = (float)(step.Milliseconds * model.Recovery), sensitivity = model.Sensitivity;
        readonly T reset = (float)model.Reset.Millivolts, jump = model.Jump, bias = model.Bias;

        public State<T> Initial(T uniform, T normal) => new() { V = reset, U = sensitivity * reset };

        public State<T> AtRest(in State<T> state) => new() { V = reset, U = sensitivity * reset };

        public T Step(ref State<T> state, in SingleInput<T> input)
        {
            T current = input.Value + bias - state.U;
            // Two half steps of v, as in the paper.
            T v = HalfStep(HalfStep(state.V, current), current);
            T u = T.FusedMultiplyAdd(recover, T.FusedMultiplyAdd(sensitivity, v, -state.U), state.U);
            T spike = v >= 30f;
            state.V = T.Select(spike, reset, v);
            state.U = T.Select(spike, u + jump, u);
            return spike;
        }

        T HalfStep(T v, T current) =>
            T.FusedMultiplyAdd(half, T.FusedMultiplyAdd(T.FusedMultiplyAdd(0.04f, v, 5f), v, current + 140f), v);
    }
}
// ---

/// <summary>The code of docs/guides/write-a-neuron.md.</summary>
public static class WriteANeuron
{
    public static void Run(Action<string> print)
    {
        // --- guide
        var net = new Network(seed: 1);
        var regular = net.Add("regular", 100, new Izhikevich { Bias = 10 });
        var fast = net.Add("fast", 100, new Izhikevich { Recovery = 0.1f, Jump = 2, Bias = 10 });
        net.Connect(fast, regular, Wiring.Probability(0.1), weight: -2, delay: 1.ms);

        using var run = Cpu.Load(net.Compile(step: 0.5.ms));
        var ofRegular = run.Record(regular, new SpikeRecorder());
        var ofFast = run.Record(fast, new SpikeRecorder());
        run.Advance(1.s);
        print($"regular {ofRegular.Rate(regular, 1.s)}, fast {ofFast.Rate(fast, 1.s)}");
        // ---
    }

    public static void Test(Action<string> print)
    {
        // --- guide
        static string Spikes(Func<CompiledNetwork, Session> load)
        {
            var net = new Network(seed: 1);
            var cells = net.Add("cells", 1000, new Izhikevich());
            net.Drive(cells, 500.Hz, weight: 12);
            net.Connect(cells, cells, Wiring.Probability(0.05), weight: 1, delay: Delay.Uniform(1.ms, 10.ms));
            using var session = load(net.Compile(step: 1.ms));
            var hash = session.RecordAll(new SpikeHash());
            session.Advance(500.ms);
            return hash.ToString();
        }

        string expected = Spikes(plan => Reference.Load(plan));
        bool same = expected == Spikes(plan => Cpu.Load(plan, new() { Threads = 2, VectorBits = 256 }))
            && expected == Spikes(plan => Cpu.Load(plan, new() { Threads = 1, VectorBits = 128 }));
        print(same ? "the same spikes everywhere" : "the spikes differ");
        // ---
    }
}
