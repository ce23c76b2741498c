namespace Lepton.Neuro.Plasticity.Compression;

/// <summary>Sets the least important weights of several sets to zero. Among equals the later ones go first, so that the sparsity is exact and the result does not depend on any order.</summary>
static class PruningOrder
{
    /// <summary>Prunes.</summary>
    /// <param name="sets">The weights; they stay as they are.</param>
    /// <param name="sparsity">The part that is zero afterwards, at least, in [0, 1].</param>
    /// <param name="score">How important the weight of a set and a place is. Weights that are zero already go first, whatever their score.</param>
    public static float[][] Apply(IReadOnlyList<float[]> sets, double sparsity, Func<int, int, double> score)
    {
        Require.InRange("the sparsity", sparsity, 0, 1);
        var result = sets.Select(s => (float[])s.Clone()).ToArray();
        var firsts = new int[result.Length];
        for (int i = 1; i < result.Length; i++) firsts[i] = firsts[i - 1] + result[i - 1].Length;
        var order = new (double Score, int Place)[result.Sum(s => s.Length)];
        for (int set = 0; set < result.Length; set++)
        {
            for (int i = 0; i < result[set].Length; i++)
            {
                double weight = Require.Finite("a weight that is pruned", result[set][i]);
                order[firsts[set] + i] = (weight == 0 ? double.NegativeInfinity : score(set, i), -(firsts[set] + i));
            }
        }
        Array.Sort(order);
        int gone = (int)Math.Round(sparsity * order.Length, MidpointRounding.AwayFromZero);
        for (int i = 0; i < gone; i++)
        {
            int place = -order[i].Place;
            int set = Array.BinarySearch(firsts, place);
            if (set < 0) set = ~set - 1;
            // Empty sets share their first place with the set behind them.
            while (place - firsts[set] >= result[set].Length) set++;
            result[set][place - firsts[set]] = 0;
        }
        return result;
    }
}
