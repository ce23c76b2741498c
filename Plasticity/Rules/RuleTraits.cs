namespace Lepton.Neuro.Plasticity;

/// <summary>How the sign of the change that one pair of spikes makes depends on their order.</summary>
public enum PairWindow
{
    /// <summary>No single pair has a change of its own, or its sign is not fixed by the rule's nature.</summary>
    None,

    /// <summary>The arrival first strengthens or does nothing; the target's spike first weakens or does nothing.</summary>
    Causal,

    /// <summary>The change is the same in both orders, but for terms that do not depend on the interval.</summary>
    Symmetric,
}

/// <summary>What a rule declares to be, so that it can be held to it. A trait that is left out is a law that does not apply.</summary>
public sealed record RuleTraits
{
    /// <summary>The traits of a rule that declares none.</summary>
    public static RuleTraits Unknown { get; } = new();

    /// <summary>What a single pair does.</summary>
    public PairWindow Window { get; init; }

    /// <summary>The time constant by which the change of a pair with the arrival first decays with the interval; null where it does not decay so, or where there is none.</summary>
    public Time? ArrivalFirst { get; init; }

    /// <summary>The time constant by which the change of a pair with the target's spike first decays with the interval; null where it does not decay so, or where there is none.</summary>
    public Time? SpikeFirst { get; init; }

    /// <summary>The same rule with all its rates at zero: it must change nothing. Null where the rule has no rates.</summary>
    public SynapseRule? Silenced { get; init; }

    /// <summary>How far single precision may be from double precision after one event, as a part of the greatest magnitude that the weight had, or of 1 where that is less. Errors add up over events.</summary>
    public double SinglePrecisionError { get; init; } = 1e-6;

    /// <summary>The membrane potential of a target at rest in millivolts, where the rule reads potentials: spikes alone then mean nothing to it.</summary>
    public double? RestingPotential { get; init; }
}

/// <summary>A rule that says what it is.</summary>
public interface IDeclareTraits
{
    /// <summary>What the rule is, with the parameters that it has.</summary>
    RuleTraits Traits { get; }
}
