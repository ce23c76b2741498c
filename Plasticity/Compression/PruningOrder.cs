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
        var scores = new double[result.Sum(s => s.Length)];
        for (int set = 0; set < result.Length; set++)
        {
            for (int i = 0; i < result[set].Length; i++)
            {
                double weight = Require.Finite("a weight that is pruned", result[set][i]);
                scores[firsts[set] + i] = weight == 0 ? double.NegativeInfinity : Require.Finite("the importance of a weight that is pruned", score(set, i));
            }
        }
        int gone = (int)Math.Round(sparsity * scores.Length, MidpointRounding.AwayFromZero);
        if (gone == 0) return result;
        double last = Smallest([.. scores], gone - 1);
        int equal = gone;
        foreach (double one in scores) equal -= one < last ? 1 : 0;
        for (int set = result.Length - 1; set >= 0; set--)
        {
            for (int i = result[set].Length - 1; i >= 0; i--)
            {
                double one = scores[firsts[set] + i];
                if (one < last || (one == last && equal-- > 0)) result[set][i] = 0;
            }
        }
        return result;
    }

    /// <summary>The number that would be at a place if all were in order: found by cutting the range that holds it in two, without putting the others in order.</summary>
    /// <param name="values">The numbers; they are moved about.</param>
    /// <param name="place">The place.</param>
    static double Smallest(double[] values, int place)
    {
        int low = 0, high = values.Length - 1;
        while (low < high)
        {
            double middle = values[low + ((high - low) / 2)];
            int up = low, down = high;
            while (up <= down)
            {
                while (values[up] < middle) up++;
                while (values[down] > middle) down--;
                if (up > down) break;
                (values[up], values[down]) = (values[down], values[up]);
                up++;
                down--;
            }
            if (place <= down) high = down;
            else if (place >= up) low = up;
            else break;
        }
        return values[place];
    }
}
