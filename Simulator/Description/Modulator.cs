namespace Lepton.Neuro;

/// <summary>The third factor of a projection's rule as its description gives it: a reward, an error, the concentration of a modulator. The rule's traces see it in every step; a session changes it by
/// <see cref="LearningSession.SetModulator(Projection, float)"/>.</summary>
public sealed record Modulator
{
    readonly float[]? each;

    Modulator(float value, float[]? each)
    {
        Value = value;
        this.each = each;
    }

    /// <summary>The value at first, where there is one for all neurons.</summary>
    public float Value { get; }

    /// <summary>The values at first, one a target; empty where there is one for all neurons.</summary>
    public ReadOnlySpan<float> Values => each;

    /// <summary>One value for all neurons, sources and targets.</summary>
    /// <param name="value">The value at first; finite.</param>
    public static Modulator Global(float value = 0) => new(value, null);

    /// <summary>One value a target; sources see 0.</summary>
    /// <param name="values">The values at first, finite, as many as targets.</param>
    public static Modulator PerTarget(ReadOnlySpan<float> values) => new(0, values.ToArray());

    /// <summary>What a rule must be given: one value for all neurons, 0 at first, where it needs a third factor; null where it does not. For those who connect by any rule.</summary>
    /// <param name="rule">The rule; null for static synapses.</param>
    public static Modulator? For(SynapseRule? rule) => rule is { NeedsModulator: true } ? Global() : null;

    /// <summary>Checks the values.</summary>
    /// <param name="owner">How the projection and its rule are called in an error's message.</param>
    /// <param name="targets">How many targets there are.</param>
    /// <exception cref="InvalidInputException">A value is not finite, or there are too many or too few.</exception>
    public void Validate(string owner, int targets)
    {
        Require.Finite($"{owner}: the modulator", Value);
        if (each is null) return;
        if (each.Length != targets) throw new InvalidInputException($"{owner}: the modulator", $"{each.Length} values", $"{targets}, one a target");
        for (int i = 0; i < each.Length; i++) Require.Finite($"{owner}: the modulator of target {i}", each[i]);
    }
}
