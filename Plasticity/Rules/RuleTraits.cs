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

    /// <summary>Whether the rule draws random numbers: then what it does depends on when and where it happens.</summary>
    public bool IsStochastic { get; init; }

    /// <summary>Whether the rule changes weights where nobody fires: then it matters how long ago a run began.</summary>
    public bool ActsInSilence { get; init; }

    /// <summary>Whether the modulator of a step is an amount that the step adds (a puff of dopamine) rather than a level that holds.</summary>
    public bool ModulatorIsImpulse { get; init; }

    /// <summary>Whether between events all that the rule keeps decays exponentially or stays, where the modulator is 0: then one long step is as good as many short ones.</summary>
    public bool DecaysExactly { get; init; }

    /// <summary>Why the rule does not converge to a limit as steps become shorter: it is defined on steps. Null where it does.</summary>
    public string? NoLimit { get; init; }

    /// <summary>The traits of a rule that is made of this one and changes weights as it does.</summary>
    /// <param name="made">Makes it of this one.</param>
    internal RuleTraits With(Func<SynapseRule, SynapseRule> made) => this with { Silenced = Silenced is null ? null : made(Silenced) };
}

/// <summary>A rule that says what it is.</summary>
public interface IDeclareTraits
{
    /// <summary>What the rule is, with the parameters that it has.</summary>
    RuleTraits Traits { get; }
}
