namespace Lepton.Neuro.Experiments;

/// <summary>Finds the name that a user probably meant.</summary>
public static class Nearest
{
    /// <summary>The known name closest to what was typed, when it is close enough to be a slip of the hand.</summary>
    /// <param name="typed">What was typed.</param>
    /// <param name="known">The names that exist.</param>
    /// <returns>The nearest name, or null when none is near.</returns>
    public static string? To(string typed, IEnumerable<string> known)
    {
        string? best = null;
        // A third of the letters may be wrong, two at least: beyond that a suggestion is a guess.
        var bestDistance = Math.Max(2, typed.Length / 3) + 1;
        foreach (var name in known)
        {
            var distance = Distance(typed.ToUpperInvariant(), name.ToUpperInvariant());
            if (name.StartsWith(typed, StringComparison.OrdinalIgnoreCase) && typed.Length > 1)
                distance = Math.Min(distance, 1);
            if (distance < bestDistance)
                (best, bestDistance) = (name, distance);
        }
        return best;
    }

    /// <summary>The end of a message about an unknown name: a suggestion where there is one, else the names that exist.</summary>
    /// <param name="typed">What was typed.</param>
    /// <param name="known">The names that exist.</param>
    /// <returns>Such as <c>did you mean digits?</c></returns>
    public static string Hint(string typed, IReadOnlyCollection<string> known) =>
        To(typed, known) is { } name ? $"did you mean {name}?"
        : known.Count == 0 ? "there are none"
        : $"known: {string.Join(", ", known)}";

    /// <summary>The number of letters to insert, delete, replace or swap with their neighbour (the optimal string alignment distance).</summary>
    /// <param name="a">One word.</param>
    /// <param name="b">The other word.</param>
    /// <returns>The distance, 0 for equal words.</returns>
    public static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            table[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            table[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                var best = Math.Min(replaced, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    best = Math.Min(best, table[i - 2, j - 2] + 1);
                table[i, j] = best;
            }
        }
        return table[a.Length, b.Length];
    }
}
