namespace Lepton.Neuro.Plasticity;

/// <summary>Checks that rules have in common.</summary>
static class Bounds
{
    /// <summary>Hard bounds of a weight.</summary>
    /// <exception cref="InvalidInputException">One is not finite, or they are not in order.</exception>
    public static void Validate(string owner, float minimum, float maximum)
    {
        Require.Finite($"{owner}: Minimum", minimum);
        Require.Finite($"{owner}: Maximum", maximum);
        if (!(minimum < maximum)) throw new InvalidInputException($"{owner}: Minimum", minimum, $"below Maximum ({maximum})");
    }
}
