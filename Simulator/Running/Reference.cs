using Lepton.Neuro.Lanes;

namespace Lepton.Neuro;

/// <summary>The oracle: one neuron at a time, one thread, every synapse looked at in every step. Slow, short, and what every backend must equal bit for bit.</summary>
public static class Reference
{
    /// <summary>A session that learns.</summary>
    /// <param name="network">The plan.</param>
    /// <param name="learned">What was learned before; nothing where null.</param>
    public static LearningSession Load(CompiledNetwork network, Learned? learned = null) => new ReferenceSession<Scalar>(network, true, learned);

    /// <summary>A session that does not learn.</summary>
    /// <param name="network">The plan.</param>
    /// <param name="learned">What was learned before; nothing where null.</param>
    public static Session Evaluate(CompiledNetwork network, Learned? learned = null) => new ReferenceSession<Scalar>(network, false, learned);

    /// <summary>A session in the arithmetic of a digital neuron.</summary>
    /// <typeparam name="TFormat">The number format of all state and all constants.</typeparam>
    /// <param name="network">The plan.</param>
    /// <param name="learned">What was learned before; nothing where null.</param>
    public static LearningSession LoadFixed<TFormat>(CompiledNetwork network, Learned? learned = null)
        where TFormat : struct, IFixedFormat => new ReferenceSession<Fixed<TFormat>>(network, true, learned);
}
