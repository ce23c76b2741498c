namespace Lepton.Neuro.Plasticity.Compression;

/// <summary>How sparsity grows while a network goes on learning: quickly at first, where many weights can be spared, and ever more slowly.</summary>
/// <remarks><c>s(t) = Final + (Initial - Final) (1 - (t - Begin) / (End - Begin))^Exponent</c>, held between two prunings. Source, with the exponent 3: M. Zhu and S. Gupta, "To prune, or not to
/// prune: exploring the efficacy of pruning for model compression", arXiv:1710.01878 (2017).</remarks>
/// <param name="Final">The sparsity at the end, in [0, 1].</param>
/// <param name="Begin">The step of training in which pruning begins, 0 or more.</param>
/// <param name="End">The step in which it has reached its end, at least <paramref name="Begin"/>.</param>
public sealed record PruningSchedule(double Final, long Begin, long End)
{
    /// <summary>The sparsity at the beginning, in [0, Final]. Default 0.</summary>
    public double Initial { get; init; }

    /// <summary>3 for the cubic schedule, 1 for a linear one; above 0. Default 3.</summary>
    public double Exponent { get; init; } = 3;

    /// <summary>Steps between two prunings, at least 1. Default 1.</summary>
    public long Every { get; init; } = 1;

    /// <summary>The sparsity that weights should have after a step.</summary>
    /// <param name="step">The step, 0 or more.</param>
    /// <returns>In [Initial, Final]; 0 before <see cref="Begin"/>.</returns>
    /// <exception cref="InvalidInputException">A parameter or the step is out of its range.</exception>
    public double At(long step)
    {
        Require.InRange("Final", Final, 0, 1);
        Require.InRange("Initial", Initial, 0, Final);
        Require.InRange("Begin", Begin, 0L, long.MaxValue);
        Require.InRange("End", End, Begin, long.MaxValue);
        Require.InRange("Exponent", Exponent, double.Epsilon, 100);
        Require.InRange("Every", Every, 1L, long.MaxValue);
        Require.InRange("the step", step, 0L, long.MaxValue);
        if (step < Begin) return 0;
        if (step >= End) return Final;
        long held = step - ((step - Begin) % Every);
        double left = 1 - ((held - Begin) / (double)(End - Begin));
        return Final + ((Initial - Final) * Power(left));
    }

    // Powers of whole numbers are products, so that they are the same on every machine.
    double Power(double value)
    {
        if (Exponent != Math.Floor(Exponent)) return value <= 0 ? 0 : Lanes.ExactMath.Exp(Exponent * Lanes.ExactMath.Log(value));
        double power = 1;
        for (int i = 0; i < Exponent; i++) power *= value;
        return power;
    }
}
