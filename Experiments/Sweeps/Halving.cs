using System.Globalization;

namespace Lepton.Neuro.Experiments.Sweeps;

/// <summary>Successive halving: all candidates get a small budget, the best of them a larger one, and so on.</summary>
/// <remarks>K. Jamieson and A. Talwalkar, Non-stochastic best arm identification and hyperparameter optimization, AISTATS 2016.</remarks>
/// <param name="Key">What the budget is: a setting such as the number of training images, or the epochs.</param>
/// <param name="Budgets">The budget of each rung, ascending, as typed.</param>
internal sealed record Halving(string Key, IReadOnlyList<string> Budgets)
{
    /// <summary>How many go on from a rung to the next: as many times fewer as the budget is larger, at least one.</summary>
    /// <param name="candidates">How many there are.</param>
    /// <param name="rung">The rung, from 0.</param>
    public int Kept(int candidates, int rung)
    {
        double factor = double.Parse(Budgets[rung + 1], CultureInfo.InvariantCulture) / double.Parse(Budgets[rung], CultureInfo.InvariantCulture);
        return Math.Clamp((int)Math.Ceiling(candidates / factor), 1, candidates);
    }

    /// <summary>What follows a <c>--halving</c>, read.</summary>
    /// <param name="axis">The budget's key and values.</param>
    /// <returns>The rungs.</returns>
    /// <exception cref="InvalidInputException">They are not at least two ascending numbers.</exception>
    public static Halving Of(GridAxis axis)
    {
        double[] budgets = axis.IsNumeric ? [.. axis.Values.Select(v => double.Parse(v, CultureInfo.InvariantCulture))] : [];
        if (budgets.Length < 2 || budgets[0] <= 0 || budgets.Zip(budgets.Skip(1)).Any(pair => pair.First >= pair.Second))
            throw new InvalidInputException("--halving", $"{axis.Key}={string.Join(',', axis.Values)}", "a key with at least two budgets above 0, ascending, such as epochs=1..9x3");
        return new(axis.Key, axis.Values);
    }
}
