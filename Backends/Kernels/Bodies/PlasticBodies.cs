using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends.Kernels;

/// <summary>The spikes that arrive at a plastic projection in a step: OnPre, and what it sends into the targets' sums. A team takes a spike's run.</summary>
struct DeliverPlastic<TKernel, TSynapse, TPre, TPost, TChance, TMemory> : IKernel<TMemory>
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

    public readonly void Run(TMemory memory, int thread, StepRange now)
    {
        int team = thread / Arrivals.Teams.Size, lane = thread % Arrivals.Teams.Size;
        for (int delay = Arrivals.LeastDelay; delay <= Arrivals.MostDelay && delay <= now.Step; delay++)
        {
            int count = Arrivals.Spikes.CountOf(memory, now.Step - delay);
            for (int i = team; i < count; i += Arrivals.Teams.Count)
            {
                int source = Arrivals.Source(memory, now.Step - delay, i);
                if (source < 0) continue;
                var pre = Plastic.Late(memory, source, now.Step - delay);
                int end = Arrivals.End(memory, source, delay);
                for (int j = Arrivals.Begin(memory, source, delay) + lane; j < end; j += Arrivals.Teams.Size) Send(memory, j, pre, now);
            }
        }
    }

    readonly void Send(TMemory memory, int at, TPre pre, StepRange now)
    {
        int target = TMemory.Read(memory, Plastic.Targets, at);
        var post = TMemory.Read(memory, Plastic.Post, target);
        var synapse = Plastic.Take(memory, at, SynapseEvent.OnPre, now.Step, now.Presentation);
        Into.Add(memory, now.Step, target, Plastic.Kernel.OnPre(ref synapse, in pre, in post));
        if (Learning != 0) TMemory.Write(memory, Plastic.Synapses, at, synapse);
    }
}

/// <summary>The spikes that arrive at a projection which uses another one's weights, transposed.</summary>
struct DeliverTransposed<TMemory> : IKernel<TMemory>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    public Arrivals Arrivals;
    public SumPlaces Into;
    public View<int> Targets;
    public View<int> Originals;
    public View<Scalar> Weights;
    public int Stride;
    public float Gain;

    public readonly void Run(TMemory memory, int thread, StepRange now)
    {
        int team = thread / Arrivals.Teams.Size, lane = thread % Arrivals.Teams.Size;
        for (int delay = Arrivals.LeastDelay; delay <= Arrivals.MostDelay && delay <= now.Step; delay++)
        {
            int count = Arrivals.Spikes.CountOf(memory, now.Step - delay);
            for (int i = team; i < count; i += Arrivals.Teams.Count)
            {
                int source = Arrivals.Source(memory, now.Step - delay, i);
                if (source < 0) continue;
                int end = Arrivals.End(memory, source, delay);
                for (int j = Arrivals.Begin(memory, source, delay) + lane; j < end; j += Arrivals.Teams.Size)
                {
                    var weight = TMemory.Read(memory, Weights, (long)TMemory.Read(memory, Originals, j) * Stride);
                    Into.Add(memory, now.Step, TMemory.Read(memory, Targets, j), weight * Gain);
                }
            }
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
    public int TargetCount;

    /// <summary>Where each target's part of <see cref="Incoming"/> begins, and the end of the last.</summary>
    public View<int> First;
    public View<int> Incoming;

    public readonly void Run(TMemory memory, int thread, StepRange now)
    {
        int count = Spikes.CountOf(memory, now.Step);
        for (int i = thread / Teams.Size; i < count; i += Teams.Count)
        {
            int target = Spikes.At(memory, now.Step, i) - FirstTarget;
            if (target < 0 || target >= TargetCount) continue;
            var post = TMemory.Read(memory, Plastic.Post, target);
            int end = TMemory.Read(memory, First, target + 1L);
            for (int j = TMemory.Read(memory, First, target) + (thread % Teams.Size); j < end; j += Teams.Size)
            {
                int at = TMemory.Read(memory, Incoming, j);
                var pre = Plastic.Late(memory, TMemory.Read(memory, Plastic.Sources, at), now.Step - TMemory.Read(memory, Plastic.Delays, at));
                var synapse = Plastic.Take(memory, at, SynapseEvent.OnPost, now.Step, now.Presentation);
                Plastic.Kernel.OnPost(ref synapse, in pre, in post);
                TMemory.Write(memory, Plastic.Synapses, at, synapse);
            }
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
        var pre = Plastic.Late(memory, TMemory.Read(memory, Plastic.Sources, thread), now.Step);
        var post = TMemory.Read(memory, Plastic.Post, TMemory.Read(memory, Plastic.Targets, thread));
        var synapse = Plastic.Take(memory, thread, SynapseEvent.OnUpdate, now.Step, now.Presentation);
        Plastic.Kernel.OnUpdate(ref synapse, in pre, in post);
        TMemory.Write(memory, Plastic.Synapses, thread, synapse);
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
        var pre = Plastic.Late(memory, TMemory.Read(memory, Plastic.Sources, thread), now.Step + 1 - TMemory.Read(memory, Plastic.Delays, thread));
        var post = TMemory.Read(memory, Plastic.Post, TMemory.Read(memory, Plastic.Targets, thread));
        var synapse = Plastic.Take(memory, thread, SynapseEvent.OnStep, now.Step, now.Presentation);
        Plastic.Kernel.OnStep(ref synapse, in pre, in post);
        TMemory.Write(memory, Plastic.Synapses, thread, synapse);
    }
}

/// <summary>A step of a projection's traces: a thread a source, then a thread a target.</summary>
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

    /// <summary>The modulator that sources see, then each target's.</summary>
    public View<float> Modulators;

    /// <summary>The targets' states as lanes, the potential first; none where <see cref="Stride"/> is 0.</summary>
    public View<Scalar> Potentials;
    public long FirstPotential;
    public int Stride;
    public float Origin;

    public readonly void Run(TMemory memory, int thread, StepRange now)
    {
        if (thread < Plastic.SourceCount) Pre(memory, thread, now.Step);
        else Post(memory, thread - Plastic.SourceCount, now.Step);
    }

    readonly void Pre(TMemory memory, int source, long step)
    {
        var traces = Plastic.Late(memory, source, step);
        var seen = new Moment<Scalar> { Spiked = Mask(memory, FirstSource + source, step), Potential = 0f, Modulator = TMemory.Read(memory, Modulators, 0) };
        Plastic.Kernel.TracePre(ref traces, in seen);
        TMemory.Write(memory, Plastic.Pre, (((step + 1) & Plastic.PreMask) * Plastic.SourceCount) + source, traces);
    }

    readonly void Post(TMemory memory, int target, long step)
    {
        var traces = TMemory.Read(memory, Plastic.Post, target);
        Scalar potential = Stride == 0 ? 0f : TMemory.Read(memory, Potentials, FirstPotential + ((long)target * Stride)) + Origin;
        var seen = new Moment<Scalar> { Spiked = Mask(memory, FirstTarget + target, step), Potential = potential, Modulator = TMemory.Read(memory, Modulators, target + 1L) };
        Plastic.Kernel.TracePost(ref traces, in seen);
        TMemory.Write(memory, Plastic.Post, target, traces);
    }

    readonly Scalar Mask(TMemory memory, int neuron, long step) => Scalar.MaskFromBits(Spikes.Fired(memory, neuron, step) ? 1u : 0u);
}
