using Lepton.Neuro.Lanes;
using Lepton.Neuro.Random;

namespace Lepton.Neuro.Backends.Kernels;

/// <summary>A population as the kernel of its neurons finds it.</summary>
/// <param name="FirstThread">The thread of its first neuron: a multiple of <see cref="Block"/>.</param>
/// <param name="Count">How many neurons.</param>
/// <param name="FirstNeuron">The number of its first neuron among all populations.</param>
/// <param name="FirstSum">The place of its first sum.</param>
/// <param name="FirstQuantum">The place of its first receptor's quantum.</param>
/// <param name="FirstDrive">The place of its first drive.</param>
/// <param name="Drives">How many drives it has.</param>
readonly record struct DevicePopulation(int FirstThread, int Count, int FirstNeuron, int FirstSum, int FirstQuantum, int FirstDrive, int Drives)
{
    /// <summary>Threads that serve one population: a thread finds its own by the block it is in.</summary>
    public const int Block = 128;
}

/// <summary>A Poisson drive on a device.</summary>
/// <param name="Halves">The key of the half words.</param>
/// <param name="Dither">The key of the thresholds' rounding.</param>
/// <param name="Receptor">The receptor.</param>
/// <param name="Quantized">What an event adds.</param>
/// <param name="First">The place of the first threshold.</param>
/// <param name="Count">How many thresholds there are.</param>
readonly record struct DeviceDrive(DeviceKey Halves, DeviceKey Dither, int Receptor, int Quantized, int First, int Count)
{
    /// <summary>The events of a neuron in a step, times what each adds: the definition is that of <see cref="CompiledDrive.Thresholds"/>.</summary>
    public int Sum<TMemory>(TMemory memory, View<uint> thresholds, int neuron, long step, ulong presentation)
        where TMemory : struct, IDeviceMemory<TMemory>
    {
        uint chance = Dither.Word(0, step, presentation) & 0xffff;
        uint word = Halves.Word((uint)neuron / 2, step, presentation);
        uint half = (neuron & 1) == 0 ? word & 0xffff : word >> 16;
        int events = 0;
        for (int i = 0; i < Count; i++)
        {
            uint threshold = TMemory.Read(memory, thresholds, First + i);
            uint rounded = (threshold >> 16) + (chance < (threshold & 0xffff) ? 1u : 0u);
            // Thresholds ascend: what this one is beyond, the others are too. One above 65535 is out of a half word's reach by itself.
            if (half < rounded) break;
            events++;
        }
        return events * Quantized;
    }
}

/// <summary>The key of a stream of random numbers.</summary>
/// <param name="A">Its first word.</param>
/// <param name="B">Its second word.</param>
readonly record struct DeviceKey(uint A, uint B)
{
    /// <summary>The key of a stream.</summary>
    public static DeviceKey Of(RandomStream stream) => new(stream.Key.A, stream.Key.B);

    /// <summary>A word of a step of a presentation.</summary>
    public uint Word(uint index, long step, ulong presentation) => Word(index, step, presentation, Philox.Fourth(step, presentation));

    /// <summary>A word whose fourth counter word is given.</summary>
    public uint Word(uint index, long step, ulong presentation, uint fourth)
    {
        var (a, b, c, d) = Philox.Block((A, B), ((index / Philox.Group * 16) + (index % 16), (uint)step, (uint)presentation, fourth));
        uint which = (index >> 4) & 3;
        return which == 0 ? a : which == 1 ? b : which == 2 ? c : d;
    }
}

/// <summary>A step of neurons, a thread each: sums with Poisson input, the model's step, spikes into the list. All populations with the same kernel share the launch.</summary>
struct StepNeurons<TKernel, TState, TInput, TMemory> : IKernel<TMemory>
    where TKernel : unmanaged, INeuronKernel<Scalar, TState, TInput>
    where TState : unmanaged
    where TInput : unmanaged
    where TMemory : struct, IDeviceMemory<TMemory>
{
    public int Receptors;

    /// <summary>The threads of an image.</summary>
    public int Threads;

    /// <summary>How many steps ahead lists of spikes are emptied: of steps so long ago that nobody asks for them; 0 where another launch does it.</summary>
    public int Ahead;
    public ImageViews Images;
    public View<int> Blocks;
    public View<DevicePopulation> Populations;
    public View<TKernel> Kernels;
    public View<TState> States;
    public View<TInput> Inputs;
    public View<float> Quanta;
    public View<DeviceDrive> Drives;
    public View<uint> Thresholds;
    public SumViews Sums;
    public SpikeViews Spikes;

    public readonly void Run(TMemory memory, int thread, StepRange now)
    {
        int image = thread / Threads, own = thread - (image * Threads);
        if (own < Ahead) Spikes.Clear(memory, image, now.Step + now.Steps + own);
        int which = TMemory.Read(memory, Blocks, own / DevicePopulation.Block);
        var population = TMemory.Read(memory, Populations, which);
        int neuron = own - population.FirstThread;
        if (neuron >= population.Count) return;
        ulong presentation = Images.Presentation(memory, image, now);
        var kernel = TMemory.Read(memory, Kernels, which);
        var state = TMemory.Read(memory, States, thread);
        for (int s = 0; s < now.Steps; s++)
        {
            long step = now.Step + s;
            for (int r = 0; r < Receptors; r++) Receive(memory, population, thread, image, neuron, r, step, presentation);
            var input = TMemory.Read(memory, Inputs, thread);
            if (Scalar.MaskBits(kernel.Step(ref state, in input)) != 0) Spikes.Emit(memory, image, population.FirstNeuron + neuron, step);
        }
        TMemory.Write(memory, States, thread, state);
    }

    // A struct of unknown shape is filled through memory, field by field: compilers for devices know no pointers into a local one.
    readonly void Receive(TMemory memory, DevicePopulation population, int thread, int image, int neuron, int receptor, long step, ulong presentation)
    {
        long place = Sums.Index(step, image, population.FirstSum + (neuron * Receptors) + receptor);
        int sum = TMemory.Read(memory, Sums.Values, place);
        if (sum != 0) TMemory.Write(memory, Sums.Values, place, 0);
        for (int d = population.FirstDrive; d < population.FirstDrive + population.Drives; d++)
        {
            var drive = TMemory.Read(memory, Drives, d);
            if (drive.Receptor == receptor) sum += drive.Sum(memory, Thresholds, neuron, step, presentation);
        }
        float quantum = TMemory.Read(memory, Quanta, population.FirstQuantum + receptor);
        TMemory.Write(memory, Inputs.As<Scalar>(), ((long)thread * Receptors) + receptor, new Scalar(sum * quantum));
    }
}
