using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends.Kernels;

/// <summary>The spikes that arrive at a plastic projection in a step: OnPre, and what it sends into the targets' sums. A team takes a spike's run.</summary>
struct DeliverPlastic<TKernel, TSynapse, TPre, TPost, TChance, TMemory> : IKernel<TMemory>, IDelivery<TMemory>
    where TKernel : unmanaged, ISynapseKernel<Scalar, TSynapse, TPre, TPost>
    where TSynapse : unmanaged
    where TPre : unmanaged
    where TPost : unmanaged
    where TChance : struct, IChance<TKernel, TSynapse>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    public PlasticViews<TKernel, TSynapse, TPre, TPost, TChance> Plastic;
    public Arrivals Arrivals;
    public SumPlaces Into;
    public int Learning;

    public readonly void Run(TMemory memory, int thread, StepRange now) => Arrivals.Run(memory, this, thread, now);

    public readonly void Deliver(TMemory memory, int image, int source, int delay, int lane, StepRange now)
    {
        var pre = Plastic.Late(memory, image, source, now.Step - delay);
        int end = Arrivals.End(memory, source, delay);
        for (int j = Arrivals.Begin(memory, source, delay) + lane; j < end; j += Arrivals.Teams.Size) Send(memory, image, j, pre, now);
    }

    readonly void Send(TMemory memory, int image, int at, TPre pre, StepRange now)
    {
        int target = TMemory.Read(memory, Plastic.Targets, at);
        var post = Plastic.Seen(memory, image, target);
        var synapse = Plastic.Take(memory, image, at, SynapseEvent.OnPre, now);
        Into.Add(memory, now.Step, image, target, Plastic.Kernel.OnPre(ref synapse, in pre, in post));
        if (Learning != 0) Plastic.Put(memory, image, at, synapse);
    }
}

/// <summary>The spikes that arrive at a projection which uses another one's weights, transposed.</summary>
struct DeliverTransposed<TMemory> : IKernel<TMemory>, IDelivery<TMemory>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    public Arrivals Arrivals;
    public SumPlaces Into;
    public View<int> Targets;
    public View<int> Originals;
    public View<Scalar> Weights;
    public int Stride;

    /// <summary>How far apart the images' weights are; 0 where they share them.</summary>
    public long ImageStride;
    public float Gain;

    public readonly void Run(TMemory memory, int thread, StepRange now) => Arrivals.Run(memory, this, thread, now);

    public readonly void Deliver(TMemory memory, int image, int source, int delay, int lane, StepRange now)
    {
        int end = Arrivals.End(memory, source, delay);
        for (int j = Arrivals.Begin(memory, source, delay) + lane; j < end; j += Arrivals.Teams.Size)
        {
            var weight = TMemory.Read(memory, Weights, (image * ImageStride) + ((long)TMemory.Read(memory, Originals, j) * Stride));
            Into.Add(memory, now.Step, image, TMemory.Read(memory, Targets, j), weight * Gain);
        }
    }
}

/// <summary>OnPost of all synapses of the targets that fired in a step, found by the reverse index. A team takes a target.</summary>
struct UpdatePost<TKernel, TSynapse, TPre, TPost, TChance, TMemory> : IKernel<TMemory>
    where TKernel : unmanaged, ISynapseKernel<Scalar, TSynapse, TPre, TPost>
    where TSynapse : unmanaged
    where TPre : unmanaged
    where TPost : unmanaged
    where TChance : struct, IChance<TKernel, TSynapse>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    public PlasticViews<TKernel, TSynapse, TPre, TPost, TChance> Plastic;
    public SpikeViews Spikes;
    public Teams Teams;
    public int FirstTarget;

    /// <summary>Where each target's part of <see cref="Incoming"/> begins, and the end of the last.</summary>
    public View<int> First;
    public View<int> Incoming;

    public readonly void Run(TMemory memory, int thread, StepRange now)
    {
        int team = thread / Teams.Size, share = Teams.Share(Spikes.Images);
        for (int image = team / share; image < Spikes.Images; image += Teams.Count / share)
        {
            int count = Spikes.CountOf(memory, image, now.Step);
            for (int i = team % share; i < count; i += share)
            {
                int target = Spikes.At(memory, image, now.Step, i) - FirstTarget;
                if (target >= 0 && target < Plastic.TargetCount) Change(memory, image, target, thread % Teams.Size, now);
            }
        }
    }

    readonly void Change(TMemory memory, int image, int target, int lane, StepRange now)
    {
        var post = Plastic.Seen(memory, image, target);
        int end = TMemory.Read(memory, First, target + 1L);
        for (int j = TMemory.Read(memory, First, target) + lane; j < end; j += Teams.Size)
        {
            int at = TMemory.Read(memory, Incoming, j);
            var pre = Plastic.Late(memory, image, TMemory.Read(memory, Plastic.Sources, at), now.Step - TMemory.Read(memory, Plastic.Delays, at));
            var synapse = Plastic.Take(memory, image, at, SynapseEvent.OnPost, now);
            Plastic.Kernel.OnPost(ref synapse, in pre, in post);
            Plastic.Put(memory, image, at, synapse);
        }
    }
}

/// <summary>OnUpdate of every synapse, a thread each, between two steps.</summary>
struct UpdateAll<TKernel, TSynapse, TPre, TPost, TChance, TMemory> : IKernel<TMemory>
    where TKernel : unmanaged, ISynapseKernel<Scalar, TSynapse, TPre, TPost>
    where TSynapse : unmanaged
    where TPre : unmanaged
    where TPost : unmanaged
    where TChance : struct, IChance<TKernel, TSynapse>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    public PlasticViews<TKernel, TSynapse, TPre, TPost, TChance> Plastic;

    public readonly void Run(TMemory memory, int thread, StepRange now)
    {
        int image = thread / Plastic.OwnSynapses, at = thread - (image * Plastic.OwnSynapses);
        var pre = Plastic.Late(memory, image, TMemory.Read(memory, Plastic.Sources, at), now.Step);
        var post = Plastic.Seen(memory, image, TMemory.Read(memory, Plastic.Targets, at));
        var synapse = Plastic.Take(memory, image, at, SynapseEvent.OnUpdate, now);
        Plastic.Kernel.OnUpdate(ref synapse, in pre, in post);
        Plastic.Put(memory, image, at, synapse);
    }
}

/// <summary>OnStep of every synapse, a thread each, at the end of a step.</summary>
struct EndStep<TKernel, TSynapse, TPre, TPost, TMemory> : IKernel<TMemory>
    where TKernel : unmanaged, ISteppedSynapseKernel<Scalar, TSynapse, TPre, TPost>
    where TSynapse : unmanaged
    where TPre : unmanaged
    where TPost : unmanaged
    where TMemory : struct, IDeviceMemory<TMemory>
{
    public PlasticViews<TKernel, TSynapse, TPre, TPost, OwnChance<TKernel, TSynapse, TPre, TPost>> Plastic;

    public readonly void Run(TMemory memory, int thread, StepRange now)
    {
        int image = thread / Plastic.OwnSynapses, at = thread - (image * Plastic.OwnSynapses);
        var pre = Plastic.Late(memory, image, TMemory.Read(memory, Plastic.Sources, at), now.Step + 1 - TMemory.Read(memory, Plastic.Delays, at));
        var post = Plastic.Seen(memory, image, TMemory.Read(memory, Plastic.Targets, at));
        var synapse = Plastic.Take(memory, image, at, SynapseEvent.OnStep, now);
        Plastic.Kernel.OnStep(ref synapse, in pre, in post);
        Plastic.Put(memory, image, at, synapse);
    }
}

/// <summary>Gives all images the mean of their weights, a thread a synapse: summed in double precision, in the order of images.</summary>
struct MergeWeights<TMemory> : IKernel<TMemory>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    public int Images;
    public View<Scalar> Weights;
    public int Stride;
    public long ImageStride;

    public readonly void Run(TMemory memory, int thread, StepRange now)
    {
        double sum = 0;
        for (int image = 0; image < Images; image++) sum += TMemory.Read(memory, Weights, (image * ImageStride) + ((long)thread * Stride)).Value;
        var mean = new Scalar((float)(sum / Images));
        for (int image = 0; image < Images; image++) TMemory.Write(memory, Weights, (image * ImageStride) + ((long)thread * Stride), mean);
    }
}

/// <summary>A step of a projection's traces: a thread a source, then a thread a target, image after image.</summary>
struct StepTraces<TKernel, TSynapse, TPre, TPost, TChance, TMemory> : IKernel<TMemory>
    where TKernel : unmanaged, ISynapseKernel<Scalar, TSynapse, TPre, TPost>
    where TSynapse : unmanaged
    where TPre : unmanaged
    where TPost : unmanaged
    where TChance : struct, IChance<TKernel, TSynapse>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    public PlasticViews<TKernel, TSynapse, TPre, TPost, TChance> Plastic;
    public SpikeViews Spikes;
    public int FirstSource;
    public int FirstTarget;

    /// <summary>The modulator that sources see, then each target's; for each image.</summary>
    public View<float> Modulators;

    /// <summary>The targets' states as lanes, the potential first; none where <see cref="Stride"/> is 0.</summary>
    public View<Scalar> Potentials;
    public long FirstPotential;
    public long ImagePotentials;
    public int Stride;
    public float Origin;

    public readonly void Run(TMemory memory, int thread, StepRange now)
    {
        int each = Plastic.SourceCount + Plastic.TargetCount, image = thread / each, own = thread - (image * each);
        if (own < Plastic.SourceCount) Pre(memory, image, own, now.Step);
        else Post(memory, image, own - Plastic.SourceCount, now.Step);
    }

    readonly void Pre(TMemory memory, int image, int source, long step)
    {
        var traces = Plastic.Late(memory, image, source, step);
        var seen = new Moment<Scalar> { Spiked = Mask(memory, image, FirstSource + source, step), Potential = 0f, Modulator = Modulator(memory, image, 0) };
        Plastic.Kernel.TracePre(ref traces, in seen);
        TMemory.Write(memory, Plastic.Pre, Plastic.PreIndex(image, source, step + 1), traces);
    }

    readonly void Post(TMemory memory, int image, int target, long step)
    {
        var traces = Plastic.Seen(memory, image, target);
        Scalar potential = Stride == 0 ? 0f : TMemory.Read(memory, Potentials, FirstPotential + (image * ImagePotentials) + ((long)target * Stride)) + Origin;
        var seen = new Moment<Scalar> { Spiked = Mask(memory, image, FirstTarget + target, step), Potential = potential, Modulator = Modulator(memory, image, target + 1) };
        Plastic.Kernel.TracePost(ref traces, in seen);
        TMemory.Write(memory, Plastic.Post, Plastic.PostIndex(image, target), traces);
    }

    readonly float Modulator(TMemory memory, int image, int place) => TMemory.Read(memory, Modulators, ((long)image * (Plastic.TargetCount + 1)) + place);

    readonly Scalar Mask(TMemory memory, int image, int neuron, long step) => Scalar.MaskFromBits(Spikes.Fired(memory, image, neuron, step) ? 1u : 0u);
}
