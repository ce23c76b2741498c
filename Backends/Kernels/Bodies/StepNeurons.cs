using Lepton.Neuro.Lanes;

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

/// <summary>A step of neurons, a thread each: sums with Poisson input, the model's step, spikes into the list. All populations with the same kernel share the launch.</summary>
struct StepNeurons<TKernel, TState, TInput, TDraws, TMemory> : IKernel<TMemory>
    where TKernel : unmanaged, INeuronKernel<Scalar, TState, TInput>
    where TState : unmanaged
    where TInput : unmanaged
    where TDraws : struct, IDraws<TMemory>
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
    public TDraws Draws;
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
            for (int r = 0; r < Receptors; r++) Receive(memory, population, new(image, own, neuron, 0, 0, s), r, step, presentation);
            var input = TMemory.Read(memory, Inputs, thread);
            if (Scalar.MaskBits(kernel.Step(ref state, in input)) != 0) Spikes.Emit(memory, image, population.FirstNeuron + neuron, step);
        }
        TMemory.Write(memory, States, thread, state);
    }

    // A struct of unknown shape is filled through memory, field by field: compilers for devices know no pointers into a local one.
    readonly void Receive(TMemory memory, DevicePopulation population, DrivePlace at, int receptor, long step, ulong presentation)
    {
        long place = Sums.Index(step, at.Image, population.FirstSum + (at.Neuron * Receptors) + receptor);
        int sum = TMemory.Read(memory, Sums.Values, place);
        if (sum != 0) TMemory.Write(memory, Sums.Values, place, 0);
        for (int slot = 0; slot < population.Drives; slot++)
        {
            var one = at with { Drive = population.FirstDrive + slot, Slot = slot };
            var drive = TMemory.Read(memory, Drives, one.Drive);
            if (drive.Receptor == receptor) sum += drive.Sum(memory, Thresholds, at.Neuron, Draws.Word(memory, one, drive, step, presentation), Draws.Chance(memory, one, drive, step, presentation));
        }
        float quantum = TMemory.Read(memory, Quanta, population.FirstQuantum + receptor);
        TMemory.Write(memory, Inputs.As<Scalar>(), ((((long)at.Image * Threads) + at.Own) * Receptors) + receptor, new Scalar(sum * quantum));
    }
}
