namespace Lepton.Neuro.Plasticity.Compression;

/// <summary>Which weights go.</summary>
public enum PruningMethod
{
    /// <summary>The smallest ones (<see cref="MagnitudePruning"/>).</summary>
    Magnitude,

    /// <summary>Those that training drew towards zero (<see cref="MovementPruning"/>): there must be training.</summary>
    Movement,

    /// <summary>Whole units (<see cref="UnitPruning"/>).</summary>
    Structured,
}
