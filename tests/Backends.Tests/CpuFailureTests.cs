using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Backends.Tests;

/// <summary>A kernel that throws ends the run with its own words, on any number of threads, and nobody waits for the thread that it threw on.</summary>
public sealed class CpuFailureTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task AKernelThatThrowsEndsTheRun(int threads)
    {
        var network = new Network(1);
        network.Add("cells", 200, new Brittle());
        var plan = network.Compile(1.ms);
        string message = await Task.Run(() =>
        {
            using var session = Cpu.Load(plan, new() { Threads = threads, NeuronsPerThread = 1 });
            return Assert.Throws<InvalidOperationException>(() => session.Advance(50)).Message;
        }).WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Contains("this kernel breaks", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 512, 1, "threads is 0")]
    [InlineData(1, 512, 0, "neurons a thread is 0")]
    [InlineData(1, 64, 1, "vector bits is 64; allowed: 128, 256, 512, or 0 for the best")]
    public void OptionsOutOfRangeAreRefused(int threads, int bits, int neurons, string part) =>
        Assert.Contains(part, Assert.Throws<InvalidInputException>(() => Cpu.Load(new Network(1).Compile(1.ms), new() { Threads = threads, VectorBits = bits, NeuronsPerThread = neurons })).Message, StringComparison.Ordinal);

    /// <summary>Throws once some neuron has lived for ten steps.</summary>
    sealed record Brittle : NeuronModel
    {
        public override IReadOnlyList<string> Receptors => ["input"];

        public override IReadOnlyList<string> StateVariables => ["V"];

        public override void Validate(string owner)
        {
        }

        public override void Lower<T>(ILowering<T> to) => to.Neurons<Kernel<T>, State<T>, SingleInput<T>>(default);

        public struct State<T>
        {
            public T V;
        }

        readonly struct Kernel<T> : INeuronKernel<T, State<T>, SingleInput<T>>
            where T : unmanaged, ILane<T>
        {
            public State<T> Initial(T uniform, T normal) => new() { V = 0f };

            public State<T> AtRest(in State<T> state) => new() { V = 0f };

            public T Step(ref State<T> state, in SingleInput<T> input)
            {
                state.V = state.V + 1f;
                if (T.MaskBits(state.V > 10f) != 0) throw new InvalidOperationException("this kernel breaks");
                return state.V < 0f;
            }
        }
    }
}
