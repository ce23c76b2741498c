using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends.Kernels;

/// <summary>A projection whose synapses act when a spike arrives: a plastic or a transposed one. Its synapses are ordered by source, then delay.</summary>
abstract class Joins<TMemory>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    protected Joins(CompiledProjection plan, Layout<TMemory> layout, SynapseParts parts)
    {
        Plan = plan;
        Layout = layout;
        var connectivity = plan.Connectivity;
        Require.InRange($"{plan.Description}: the synapses", connectivity.Count, 0, int.MaxValue / 2);
        int count = (int)connectivity.Count, delays = plan.MostDelay - plan.LeastDelay + 1;
        Require.InRange($"{plan.Description}: the sources times the delays", (long)connectivity.Sources * delays, 0, int.MaxValue / 2);
        int[] sources = new int[count], targets = new int[count], late = new int[count], places = new int[count];
        InitialWeights = new float[connectivity.Slots];
        First = new int[connectivity.Targets + 1];
        Runs = new int[(connectivity.Sources * delays) + 1];
        var row = new SynapseRow();
        for (int target = 0, at = 0; target < connectivity.Targets; target++)
        {
            plan.Read(target, row, parts | SynapseParts.Sources | SynapseParts.Delays | SynapseParts.Slots);
            for (int k = 0; k < row.Count; k++, at++)
            {
                (sources[at], targets[at], late[at], places[at]) = (row.Sources[k], target, row.Delays[k], (int)row.Slots[k]);
                if (parts.HasFlag(SynapseParts.Weights)) InitialWeights[row.Slots[k]] = row.Weights[k];
                Runs[Run(row.Sources[k], row.Delays[k]) + 1]++;
            }
            First[target + 1] = at;
        }
        for (int i = 1; i < Runs.Length; i++) Runs[i] += Runs[i - 1];
        (Sources, Targets, Delays, Slots, Incoming) = (new int[count], new int[count], new int[count], new int[count], new int[count]);
        int[] next = [.. Runs];
        for (int at = 0; at < count; at++)
        {
            int to = next[Run(sources[at], late[at])]++;
            (Sources[to], Targets[to], Delays[to], Slots[to], Incoming[at]) = (sources[at], targets[at], late[at], places[at], to);
        }

        int Run(int source, int delay) => (source * delays) + delay - plan.LeastDelay;
    }

    public CompiledProjection Plan { get; }

    protected Layout<TMemory> Layout { get; }

    protected Device<TMemory> Device { get; private set; } = null!;

    /// <summary>The weights at the beginning, in the wiring's order.</summary>
    protected float[] InitialWeights { get; }

    protected int[] Sources { get; }

    protected int[] Targets { get; }

    protected int[] Delays { get; }

    /// <summary>Each synapse's place in the wiring's order.</summary>
    protected int[] Slots { get; }

    /// <summary>Where each target's part of <see cref="Incoming"/> begins.</summary>
    protected int[] First { get; }

    /// <summary>The synapses of each target.</summary>
    protected int[] Incoming { get; }

    /// <summary>Where the run of each source and delay begins.</summary>
    protected int[] Runs { get; }

    protected int Count => Sources.Length;

    protected Arrivals Arrivals() => new(
        ArrivalTeams, Layout.Spikes, Layout.FirstNeurons[Plan.Description.From.Index], Plan.Connectivity.Sources, Plan.LeastDelay, Plan.MostDelay, Layout.Memory.Values(Runs));

    protected SumPlaces Into() => new(
        Layout.Sums, Layout.FirstSums[Plan.Description.To.Index] + Plan.Description.Receptor, Layout.Network.Populations[Plan.Description.To.Index].Quanta.Count, 1 / Plan.Quantum);

    /// <summary>The threads of a launch in which spikes act.</summary>
    protected int Threads => Layout.ThreadsFor((long)Count * Layout.Images.Count);

    protected Teams ArrivalTeams => Teams.For(Threads, (double)Count / Math.Max(1, Plan.Connectivity.Sources * (Plan.MostDelay - Plan.LeastDelay + 1)), 1);

    public virtual void Prepare(Device<TMemory> device) => Device = device;

    public virtual void Begin()
    {
    }

    /// <summary>Launches the arrivals of a step.</summary>
    public abstract void Deliver(StepRange now);

    public virtual void Post(StepRange now)
    {
    }

    public virtual void Trace(StepRange now)
    {
    }

    public virtual void EndStep(StepRange now)
    {
    }

    public virtual void Update(StepRange now) => throw new NotSupportedException();

    /// <summary>Sets the modulator of an image; of all where it is negative.</summary>
    public virtual void SetModulator(int image, float value, ReadOnlySpan<float> values) => throw new NotSupportedException();

    /// <summary>Gives all images the mean of their weights.</summary>
    public virtual void Merge()
    {
    }

    /// <summary>The weights of an image, in the wiring's order.</summary>
    public abstract float[] Weights(int image);

    /// <summary>Begins all variables of all images anew from these weights.</summary>
    public virtual void SetWeights(ReadOnlySpan<float> values) => throw new NotSupportedException();

    /// <summary>Changes the weights of a single image's session alone.</summary>
    public virtual void ChangeWeights(ReadOnlySpan<float> values) => throw new NotSupportedException();

    /// <summary>Writes traces, modulators and synapses as they are before a step.</summary>
    public virtual void Save(CheckpointWriter writer, long now)
    {
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public virtual void Restore(CheckpointReader reader, long now)
    {
    }

    /// <summary>The slots of a target's synapses.</summary>
    public IEnumerable<int> SlotsOf(int target) => Incoming[First[target]..First[target + 1]].Select(at => Slots[at]);

    /// <summary>Where the weights lie on the device, as lanes; how far apart, those of two synapses and those of two images; and the position of each slot's.</summary>
    public virtual (View<Scalar> Weights, int Stride, long ImageStride, int[] Positions) Lanes() => throw new NotSupportedException();

    protected int[] Positions()
    {
        var positions = new int[Plan.Connectivity.Slots];
        for (int at = 0; at < Count; at++) positions[Slots[at]] = at;
        return positions;
    }
}
