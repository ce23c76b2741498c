using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends.Kernels;

/// <summary>A step of an encoder's channels, a thread each.</summary>
struct StepEncoder<TKernel, TState, TMemory> : IKernel<TMemory>
    where TKernel : unmanaged, IEncoderKernel<Scalar, TState>
    where TState : unmanaged
    where TMemory : struct, IDeviceMemory<TMemory>
{
    public TKernel Kernel;
    public int First;
    public int Count;
    public int Random;
    public ImageViews Images;
    public DeviceKey Key;
    public View<TState> States;
    public View<float> Signal;
    public SpikeViews Spikes;

    public readonly void Run(TMemory memory, int thread, StepRange now)
    {
        int image = thread / Count, channel = thread - (image * Count);
        ulong presentation = Images.Presentation(memory, image, now);
        var state = TMemory.Read(memory, States, thread);
        Scalar signal = TMemory.Read(memory, Signal, thread);
        for (int s = 0; s < now.Steps; s++)
        {
            long step = now.Step + s;
            Scalar uniform = 0f;
            if (Random != 0)
            {
                uint word = Key.Word((uint)channel, step, presentation);
                uniform = Scalar.Uniform(in word);
            }
            if (Scalar.MaskBits(Kernel.Step(ref state, signal, uniform, (float)step)) != 0) Spikes.Emit(memory, image, First + channel, step);
        }
        TMemory.Write(memory, States, thread, state);
    }
}

/// <summary>The spikes of a step that are known beforehand, a thread each.</summary>
struct StepScript<TMemory> : IKernel<TMemory>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    public int First;
    public int Count;
    public View<long> Steps;
    public View<int> Neurons;
    public SpikeViews Spikes;

    public readonly void Run(TMemory memory, int thread, StepRange now)
    {
        int image = thread / Count, spike = thread - (image * Count);
        long step = TMemory.Read(memory, Steps, spike);
        if (step == now.Step) Spikes.Emit(memory, image, First + TMemory.Read(memory, Neurons, spike), step);
    }
}
