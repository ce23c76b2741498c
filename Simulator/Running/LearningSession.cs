namespace Lepton.Neuro;

/// <summary>A session in which synapses and homeostatic thresholds learn.</summary>
public abstract class LearningSession : Session
{
    /// <summary>A session of a plan.</summary>
    /// <param name="network">The plan.</param>
    protected LearningSession(CompiledNetwork network)
        : base(network)
    {
    }

    /// <summary>Runs a rule's <c>OnUpdate</c> for every synapse of a projection: at the end of a sample, when a reward arrives.</summary>
    /// <param name="projection">A plastic projection.</param>
    /// <exception cref="InvalidInputException">The projection is static.</exception>
    public void Update(Projection projection)
    {
        OwnPlastic(projection);
        UpdateCore(projection);
    }

    /// <summary>Runs <c>OnUpdate</c> for every plastic projection, in the network's order.</summary>
    public void Update()
    {
        foreach (var projection in Network.Projections)
        {
            if (projection.IsPlastic) UpdateCore(projection.Description);
        }
    }

    /// <summary>Sets the third factor of a projection's rule for all neurons: a reward, a phase, the concentration of a modulator. Traces see it from the next step on.</summary>
    /// <param name="projection">A plastic projection.</param>
    /// <param name="value">The value; finite.</param>
    /// <exception cref="InvalidInputException">The projection is static, or the value is not finite.</exception>
    public void SetModulator(Projection projection, float value)
    {
        OwnPlastic(projection);
        Require.Finite($"the modulator of {projection}", value);
        SetModulatorCore(projection, value, default);
    }

    /// <summary>Sets the third factor of a projection's rule for each target: an error, a learning signal. Sources see 0.</summary>
    /// <param name="projection">A plastic projection.</param>
    /// <param name="values">One finite value a target.</param>
    /// <exception cref="InvalidInputException">The projection is static, or the values are too many, too few or not finite.</exception>
    public void SetModulator(Projection projection, ReadOnlySpan<float> values)
    {
        OwnPlastic(projection);
        if (values.Length != projection.To.Count) throw new InvalidInputException($"the modulator of {projection}", $"{values.Length} values", $"{projection.To.Count}, one a target");
        for (int i = 0; i < values.Length; i++) Require.Finite($"the modulator of {projection} at target {i}", values[i]);
        SetModulatorCore(projection, 0, values);
    }

    /// <summary>Replaces the weights of a plastic projection.</summary>
    /// <param name="projection">The projection.</param>
    /// <param name="weights">The weights in the wiring's order.</param>
    /// <exception cref="InvalidInputException">The projection is static, or a weight is missing or outside the rule's range.</exception>
    public void SetWeights(Projection projection, ReadOnlySpan<float> weights)
    {
        OwnPlastic(projection);
        long count = Network.Projections[projection.Index].Connectivity.Count;
        if (weights.Length != count) throw new InvalidInputException($"the weights for {projection}", $"{weights.Length} numbers", $"{count}, one a synapse");
        var (least, most) = projection.Rule!.WeightRange;
        for (int i = 0; i < weights.Length; i++)
        {
            if (!(weights[i] >= least && weights[i] <= most)) throw new InvalidInputException($"weight {i} for {projection}", weights[i], $"{least} to {most}");
        }
        SetWeightsCore(projection, weights);
    }

    /// <summary>Scales the weights of each target so that they sum to a total (Diehl and Cook 2015; homeostatic scaling). The sum is taken in integers of 2^-20 of
    /// the rule's range, so it does not depend on any order. A target whose weights sum to zero or below is left alone; what leaves the rule's range is clipped. Other variables of a synapse stay.</summary>
    /// <param name="projection">A plastic projection.</param>
    /// <param name="total">The sum wanted, above 0.</param>
    /// <exception cref="InvalidInputException">The projection is static, or the total is not positive.</exception>
    public void Normalize(Projection projection, float total)
    {
        OwnPlastic(projection);
        Require.InRange($"the total of the weights of {projection}", total, float.Epsilon, float.MaxValue);
        NormalizeCore(projection, total);
    }

    /// <summary>Sets the modulators to what the description says: for the end of a session's making.</summary>
    protected void BeginModulators()
    {
        foreach (var projection in Network.Projections)
        {
            if (projection.Description.Modulator is { } modulator) SetModulatorCore(projection.Description, modulator.Value, modulator.Values);
        }
    }

    /// <summary>Runs <c>OnUpdate</c>.</summary>
    /// <param name="projection">A plastic projection of the network.</param>
    protected abstract void UpdateCore(Projection projection);

    /// <summary>Sets the modulator.</summary>
    /// <param name="projection">A plastic projection of the network.</param>
    /// <param name="value">The value for all, where there is none for each.</param>
    /// <param name="values">The value for each target, or nothing.</param>
    protected abstract void SetModulatorCore(Projection projection, float value, ReadOnlySpan<float> values);

    /// <summary>Replaces weights.</summary>
    /// <param name="projection">A plastic projection of the network.</param>
    /// <param name="weights">Checked weights.</param>
    protected abstract void SetWeightsCore(Projection projection, ReadOnlySpan<float> weights);

    /// <summary>Scales weights.</summary>
    /// <param name="projection">A plastic projection of the network.</param>
    /// <param name="total">The sum wanted.</param>
    protected abstract void NormalizeCore(Projection projection, float total);

    /// <summary>What the weights of a rule are counted in when they are summed for <see cref="Normalize"/>.</summary>
    /// <param name="rule">The rule.</param>
    protected static float SummingQuantum(SynapseRule rule)
    {
        var (least, most) = rule.WeightRange;
        return (float)Math.ScaleB(1, Lanes.ExactMath.CeilingLog2(Math.Max(Math.Abs(least), Math.Abs(most))) - 20);
    }

    void OwnPlastic(Projection projection)
    {
        Own(projection);
        if (projection.Rule is null) throw new InvalidInputException($"{projection}", "static", "a projection with a rule");
    }
}
