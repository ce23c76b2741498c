using Lepton.Neuro.Lanes;
using Lepton.Neuro.Random;

namespace Lepton.Neuro.Backends.Kernels;

/// <summary>How a rule's kernel is handed a random number: not at all, or by its own method. A type, so that a rule that draws none has no trace of it in its code.</summary>
interface IChance<TKernel, TSynapse>
{
    static abstract void Draw(TKernel kernel, ref TSynapse synapse, Scalar uniform);
}

/// <summary>Of a rule that draws no random numbers.</summary>
readonly struct NoChance<TKernel, TSynapse> : IChance<TKernel, TSynapse>
{
    public static void Draw(TKernel kernel, ref TSynapse synapse, Scalar uniform)
    {
    }
}

/// <summary>Of a rule that may.</summary>
readonly struct OwnChance<TKernel, TSynapse, TPre, TPost> : IChance<TKernel, TSynapse>
    where TKernel : unmanaged, ISteppedSynapseKernel<Scalar, TSynapse, TPre, TPost>
    where TSynapse : unmanaged
    where TPre : unmanaged
    where TPost : unmanaged
{
    public static void Draw(TKernel kernel, ref TSynapse synapse, Scalar uniform) => kernel.Draw(ref synapse, uniform);
}

/// <summary>A plastic projection on a device. Synapses are ordered by source, then delay, so that the spikes of a step find what they reach in one run.</summary>
struct PlasticViews<TKernel, TSynapse, TPre, TPost, TChance>
    where TKernel : unmanaged, ISynapseKernel<Scalar, TSynapse, TPre, TPost>
    where TSynapse : unmanaged
    where TPre : unmanaged
    where TPost : unmanaged
    where TChance : struct, IChance<TKernel, TSynapse>
{
    public TKernel Kernel;
    public ImageViews Images;

    /// <summary>How many synapses an image has of its own: none where they are shared.</summary>
    public int OwnSynapses;
    public View<TSynapse> Synapses;
    public View<int> Sources;
    public View<int> Targets;
    public View<int> Delays;
    public View<uint> Slots;

    /// <summary>The sources' traces of the last steps, a list a step.</summary>
    public View<TPre> Pre;
    public View<TPost> Post;
    public int PreMask;
    public int SourceCount;
    public int TargetCount;

    /// <summary>Bit e is set where event e reads a random number.</summary>
    public int Draws;
    public DeviceKey Key;

    /// <summary>A source's traces at the beginning of a step; zero before the presentation began.</summary>
    public readonly TPre Late<TMemory>(TMemory memory, int image, int source, long step)
        where TMemory : struct, IDeviceMemory<TMemory> => step < 0 ? default : TMemory.Read(memory, Pre, PreIndex(image, source, step));

    /// <summary>Where a source's traces at the beginning of a step lie.</summary>
    public readonly long PreIndex(int image, int source, long step) => ((((step & PreMask) * Images.Count) + image) * SourceCount) + source;

    /// <summary>A target's traces.</summary>
    public readonly TPost Seen<TMemory>(TMemory memory, int image, int target)
        where TMemory : struct, IDeviceMemory<TMemory> => TMemory.Read(memory, Post, PostIndex(image, target));

    /// <summary>Where a target's traces lie.</summary>
    public readonly long PostIndex(int image, int target) => ((long)image * TargetCount) + target;

    /// <summary>Writes a synapse after an event.</summary>
    public readonly void Put<TMemory>(TMemory memory, int image, int at, TSynapse synapse)
        where TMemory : struct, IDeviceMemory<TMemory> => TMemory.Write(memory, Synapses, ((long)image * OwnSynapses) + at, synapse);

    /// <summary>A synapse before an event, with a random number where the event reads one.</summary>
    public readonly TSynapse Take<TMemory>(TMemory memory, int image, int at, SynapseEvent kind, StepRange now)
        where TMemory : struct, IDeviceMemory<TMemory>
    {
        var synapse = TMemory.Read(memory, Synapses, ((long)image * OwnSynapses) + at);
        if ((Draws & (1 << (int)kind)) == 0) return synapse;
        ulong presentation = Images.Presentation(memory, image, now);
        uint word = Key.Word(TMemory.Read(memory, Slots, at), now.Step, presentation, Philox.Fourth(now.Step, presentation) ^ ((uint)kind << 29));
        TChance.Draw(Kernel, ref synapse, Scalar.Uniform(in word));
        return synapse;
    }
}
