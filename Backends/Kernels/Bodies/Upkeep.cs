using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends.Kernels;

/// <summary>Takes neurons back to the beginning of a presentation, a thread each.</summary>
struct RestNeurons<TKernel, TState, TInput, TMemory> : IKernel<TMemory>
    where TKernel : unmanaged, INeuronKernel<Scalar, TState, TInput>
    where TState : unmanaged
    where TInput : unmanaged
    where TMemory : struct, IDeviceMemory<TMemory>
{
    /// <summary>The threads of an image.</summary>
    public int Threads;
    public View<int> Blocks;
    public View<TKernel> Kernels;
    public View<TState> States;

    public readonly void Run(TMemory memory, int thread, StepRange now)
    {
        var kernel = TMemory.Read(memory, Kernels, TMemory.Read(memory, Blocks, thread % Threads / DevicePopulation.Block));
        var state = TMemory.Read(memory, States, thread);
        TMemory.Write(memory, States, thread, kernel.AtRest(in state));
    }
}

/// <summary>Empties the lists of the steps to come, a thread each, where there are no neurons whose launch could.</summary>
struct ClearSpikes<TMemory> : IKernel<TMemory>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    public SpikeViews Spikes;

    public readonly void Run(TMemory memory, int thread, StepRange now) => Spikes.Clear(memory, thread % Spikes.Images, now.Step + now.Steps + (thread / Spikes.Images));
}

/// <summary>A sum of mixed words, a thread a word, that tells whether two arrays are equal without copying them: the order of additions does not matter, each word's place does.</summary>
struct Checksum<TMemory> : IKernel<TMemory>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    public View<int> Words;
    public View<int> Sum;

    public readonly void Run(TMemory memory, int thread, StepRange now) => TMemory.Add(memory, Sum, 0, Mix(TMemory.Read(memory, Words, thread), thread));

    /// <summary>What a word at a place adds: the finalizer of MurmurHash3 (A. Appleby, public domain) over both.</summary>
    public static int Mix(int word, int place)
    {
        uint x = (uint)word ^ ((uint)place * 0x9E3779B9u);
        x = (x ^ (x >> 16)) * 0x85EBCA6Bu;
        x = (x ^ (x >> 13)) * 0xC2B2AE35u;
        return (int)(x ^ (x >> 16));
    }
}
