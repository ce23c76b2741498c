using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends.Kernels;

/// <summary>Populations that one launch serves, on the host's side.</summary>
abstract class Cells<TMemory>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    protected Device<TMemory> Device { get; private set; } = null!;

    /// <summary>Reserves memory, when all members are known.</summary>
    public abstract void Reserve(Layout<TMemory> layout);

    /// <summary>Makes kernels ready.</summary>
    public virtual void Prepare(Device<TMemory> device) => Device = device;

    /// <summary>Launches a step or more.</summary>
    public abstract void Step(StepRange now);

    /// <summary>Delivers the spikes that wait and takes no step, where the launch of a step would deliver them.</summary>
    public virtual void Deliver(StepRange now)
    {
    }

    /// <summary>Begins a presentation.</summary>
    public abstract void Begin(StepRange now);

    /// <summary>Writes the variables of a population, and its signal where it is a source.</summary>
    public abstract void Save(CheckpointWriter writer, CompiledPopulation population, string name);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public abstract void Restore(CheckpointReader reader, CompiledPopulation population, string name);

    /// <summary>Takes a signal; what is no encoder does not look at it.</summary>
    public virtual void Present(int image, ReadOnlySpan<float> signal)
    {
    }

    public virtual void ReadState(CompiledPopulation population, int image, int variable, Span<float> values) => throw new NotSupportedException();

    /// <summary>Writes a variable of all images.</summary>
    public virtual void WriteState(CompiledPopulation population, int variable, ReadOnlySpan<float> values) => throw new NotSupportedException();

    /// <summary>Where the potentials of a population are, as lanes; how far apart those of two neurons and of two images are; a stride of 0 where it has none.</summary>
    public virtual (View<Scalar> States, long First, int Stride, long ImageStride) Potentials(CompiledPopulation population) => default;

    /// <summary>A sum over the state of all members, made on the device.</summary>
    public virtual int Checksum() => 0;
}
