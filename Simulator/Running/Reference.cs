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
    public static Session Evaluate(CompiledNetwork network, Learned? learned = null) => new EvaluationSession(new ReferenceSession<Scalar>(network, false, learned));

    /// <summary>A session that does not learn, and some of whose static projections have their spikes delivered by something else than their stored weights: analog arrays, say.</summary>
    /// <param name="network">The plan.</param>
    /// <param name="learned">What was learned before; nothing where null.</param>
    /// <param name="deliveries">For a static projection what delivers its spikes; null for its own synapses. Asked once for each.</param>
    /// <exception cref="InvalidInputException">A projection that something else delivers for has several delays.</exception>
    public static Session Evaluate(CompiledNetwork network, Learned? learned, Func<CompiledProjection, IDelivery?> deliveries) =>
        new EvaluationSession(new ReferenceSession<Scalar>(network, false, learned, deliveries));

    /// <summary>A session in the arithmetic of a digital neuron.</summary>
    /// <typeparam name="TFormat">The number format of all state and all constants.</typeparam>
    /// <param name="network">The plan.</param>
    /// <param name="learned">What was learned before; nothing where null.</param>
    public static LearningSession LoadFixed<TFormat>(CompiledNetwork network, Learned? learned = null)
        where TFormat : struct, IFixedFormat => new ReferenceSession<Fixed<TFormat>>(network, true, learned);

    /// <summary>A session in the arithmetic of a digital neuron that does not learn.</summary>
    /// <typeparam name="TFormat">The number format of all state and all constants.</typeparam>
    /// <param name="network">The plan.</param>
    /// <param name="learned">What was learned before; nothing where null.</param>
    public static Session EvaluateFixed<TFormat>(CompiledNetwork network, Learned? learned = null)
        where TFormat : struct, IFixedFormat => new ReferenceSession<Fixed<TFormat>>(network, false, learned);

    /// <summary>A session in double precision: what the others are within a rounding of. Weights, signals and modulators enter it in single precision.</summary>
    /// <param name="network">The plan.</param>
    /// <param name="learned">What was learned before; nothing where null.</param>
    public static LearningSession LoadFloat64(CompiledNetwork network, Learned? learned = null) => new ReferenceSession<Float64>(network, true, learned);

    /// <summary>The weights of a plastic projection as a session in double precision holds them, before they are rounded to what <see cref="Session.Weights"/> gives.</summary>
    /// <param name="session">What <see cref="LoadFloat64"/> gave.</param>
    /// <param name="projection">A plastic projection of its network.</param>
    /// <returns>The weights in the wiring's order.</returns>
    /// <exception cref="InvalidInputException">The session is another one, or the projection is static.</exception>
    public static double[] WeightsInDoublePrecision(LearningSession session, Projection projection) =>
        session is ReferenceSession<Float64> exact
            ? Array.ConvertAll(exact.LaneWeights(projection), w => w.Value)
            : throw new InvalidInputException("the session", session.GetType().Name, "one in double precision, from Reference.LoadFloat64");
}
