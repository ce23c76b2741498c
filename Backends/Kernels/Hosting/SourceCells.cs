using Lepton.Neuro.Lanes;
using Lepton.Neuro.Random;

namespace Lepton.Neuro.Backends.Kernels;

/// <summary>An encoder's population.</summary>
sealed class EncoderCells<TKernel, TState, TMemory>(CompiledPopulation plan, TKernel kernel) : Cells<TMemory>
    where TKernel : unmanaged, IEncoderKernel<Scalar, TState>
    where TState : unmanaged
    where TMemory : struct, IDeviceMemory<TMemory>
{
    TState[] initial = [];
    View<TState> states;
    View<float> signal;
    Func<Device<TMemory>, Launch> prepare = null!;
    Launch step = null!;

    public override void Reserve(Layout<TMemory> layout)
    {
        initial = [.. Enumerable.Repeat(kernel.Initial, plan.Count * layout.Images.Count)];
        states = layout.Memory.Values(initial);
        signal = layout.Memory.Zeros<float>(initial.Length);
        prepare = layout.Memory.Kernel("encoder", new StepEncoder<TKernel, TState, TMemory>
        {
            Kernel = kernel,
            First = layout.FirstNeurons[plan.Index],
            Count = plan.Count,
            Images = layout.Images,
            Random = plan.Description.Source!.IsRandom ? 1 : 0,
            Key = DeviceKey.Of(new(layout.Network.Source.Seed, RandomPurpose.Encoding, plan.Index)),
            States = states,
            Signal = signal,
            Spikes = layout.Spikes,
        });
    }

    public override void Prepare(Device<TMemory> device)
    {
        base.Prepare(device);
        step = prepare(device);
    }

    public override void Step(StepRange now) => step(initial.Length, now);

    public override void Begin(StepRange now)
    {
        Device.Upload<TState>(states, 0, initial);
        Device.Clear(signal);
    }

    public override void Present(int image, ReadOnlySpan<float> signal) => Device.Upload(this.signal, (long)image * plan.Count, signal);

    public override void Save(CheckpointWriter writer, CompiledPopulation population, string name)
    {
        var all = new TState[plan.Count];
        Device.Download<TState>(states, 0, all);
        Saved.Write<TState>(writer, name + "state", all);
        var shown = new float[plan.Count];
        Device.Download<float>(signal, 0, shown);
        writer.Write<float>(name + "signal", shown);
    }

    public override void Restore(CheckpointReader reader, CompiledPopulation population, string name)
    {
        var all = new TState[plan.Count];
        Saved.Read(reader, name + "state", all.AsSpan());
        Device.Upload<TState>(states, 0, all);
        var shown = new float[plan.Count];
        reader.Read(name + "signal", shown.AsSpan());
        Device.Upload<float>(signal, 0, shown);
    }
}

/// <summary>A population whose spikes are known beforehand. A launch is made only for steps that have some.</summary>
sealed class ScriptCells<TMemory>(CompiledPopulation plan, IReadOnlyList<(long Step, int Neuron)> spikes) : Cells<TMemory>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    readonly long[] steps = [.. spikes.Select(s => s.Step)];
    int images;
    Func<Device<TMemory>, Launch> prepare = null!;
    Launch step = null!;

    public override void Reserve(Layout<TMemory> layout)
    {
        images = layout.Images.Count;
        prepare = layout.Memory.Kernel("script", new StepScript<TMemory>
        {
            First = layout.FirstNeurons[plan.Index],
            Count = steps.Length,
            Steps = layout.Memory.Values(steps),
            Neurons = layout.Memory.Values([.. spikes.Select(s => s.Neuron)]),
            Spikes = layout.Spikes,
        });
    }

    public override void Prepare(Device<TMemory> device)
    {
        base.Prepare(device);
        step = prepare(device);
    }

    // A neuron may fire twice within a launch's steps; two threads must not write down the same one.
    public override void Step(StepRange now)
    {
        int at = Array.BinarySearch(steps, now.Step);
        if (at < 0) at = ~at;
        while (at > 0 && steps[at - 1] == now.Step) at--;
        while (at < steps.Length && steps[at] < now.Step + now.Steps)
        {
            long one = steps[at];
            step(steps.Length * images, now with { Step = one, Steps = 1 });
            while (at < steps.Length && steps[at] == one) at++;
        }
    }

    public override void Begin(StepRange now)
    {
    }

    public override void Save(CheckpointWriter writer, CompiledPopulation population, string name) => writer.Write<float>(name + "signal", new float[plan.Count]);

    public override void Restore(CheckpointReader reader, CompiledPopulation population, string name) => reader.Read(name + "signal", new float[plan.Count].AsSpan());
}
