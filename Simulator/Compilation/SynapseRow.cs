namespace Lepton.Neuro;

/// <summary>What of a target's synapses is wanted.</summary>
[Flags]
public enum SynapseParts
{
    /// <summary>Their sources.</summary>
    Sources = 1,

    /// <summary>Their weights.</summary>
    Weights = 2,

    /// <summary>Their delays.</summary>
    Delays = 4,

    /// <summary>Their places in the wiring's order.</summary>
    Slots = 8,
}

/// <summary>The synapses of one target, read from a <see cref="CompiledProjection"/>; used again for the next target.</summary>
public sealed class SynapseRow
{
    internal int[] SourceStore = [];
    internal float[] WeightStore = [];
    internal short[] QuantizedStore = [];
    internal int[] DelayStore = [];
    internal long[] SlotStore = [];
    internal uint[] Words = [];

    /// <summary>How many synapses the target has.</summary>
    public int Count { get; private set; }

    /// <summary>Their sources.</summary>
    public Span<int> Sources => SourceStore.AsSpan(0, Count);

    /// <summary>Their weights, in the receptor's unit.</summary>
    public Span<float> Weights => WeightStore.AsSpan(0, Count);

    /// <summary>Their delays, in steps: at least 1.</summary>
    public Span<int> Delays => DelayStore.AsSpan(0, Count);

    /// <summary>Their places in the wiring's order.</summary>
    public Span<long> Slots => SlotStore.AsSpan(0, Count);

    /// <summary>Their weights as the integers that static synapses deliver.</summary>
    public Span<short> Quantized => QuantizedStore.AsSpan(0, Count);

    internal void Resize(int count)
    {
        Count = count;
        if (SourceStore.Length >= count) return;
        int room = (int)Math.Min(int.MaxValue, Math.Max(64, 2L * count));
        SourceStore = new int[room];
        WeightStore = new float[room];
        QuantizedStore = new short[room];
        DelayStore = new int[room];
        SlotStore = new long[room];
        Words = new uint[room];
    }
}
