using System.Diagnostics;

namespace Lepton.Neuro.Backends;

/// <summary>Decides whether a team works together or one thread does all: by measuring both. On a machine that has other work to do, threads that meet after every step wait for
/// each other's time slices, and one thread alone is many times faster. What is computed is the same.</summary>
sealed class Pace
{
    const double ChunkSeconds = 0.004, MuchWorse = 1.3;
    const int MostChunks = 512;

    // Seconds a step: alone, together.
    readonly double[] costs = [double.NaN, double.NaN];
    int mode = 1;
    int chunksLeft;
    int interval = 8;

    /// <summary>Whether the next steps are taken together.</summary>
    public bool Together { get; private set; } = true;

    /// <summary>How many steps to take before asking again.</summary>
    public int Chunk
    {
        get
        {
            double cost = costs[Together ? 1 : 0];
            return double.IsNaN(cost) ? 64 : (int)Math.Clamp(ChunkSeconds / cost, 8, 4096);
        }
    }

    /// <summary>Notes how long steps took, and chooses for the next ones.</summary>
    public void Note(int steps, long ticks)
    {
        int measured = Together ? 1 : 0;
        double cost = ticks / (double)Stopwatch.Frequency / steps;
        costs[measured] = double.IsNaN(costs[measured]) || measured != mode ? cost : (0.7 * costs[measured]) + (0.3 * cost);
        int other = 1 - mode;
        if (measured != mode)
        {
            // A trial of the other way: the worse it was, the longer until the next.
            interval = costs[other] > MuchWorse * costs[mode] ? Math.Min(2 * interval, MostChunks) : 8;
            if (costs[other] < costs[mode]) mode = other;
            chunksLeft = interval;
        }
        bool trial = --chunksLeft < 0;
        Together = (trial ? 1 - mode : mode) == 1;
    }
}
