namespace Lepton.Neuro.Backends;

/// <summary>What lies between two entries of a table.</summary>
public enum Between
{
    /// <summary>The lower entry's value.</summary>
    Step,

    /// <summary>A straight line.</summary>
    Linear,
}

/// <summary>How long the barrier at the end of a step takes, by the number of tiles in use.</summary>
/// <param name="Table">Tiles and time, ascending by tiles, the first for 1 tile; in <paramref name="Unit"/>. Beyond the last entry its value holds.</param>
/// <param name="Between">What lies between two entries.</param>
/// <param name="Unit">The unit of time.</param>
/// <param name="Evidence">How the times came to be known.</param>
/// <param name="Source">Where they are published.</param>
public sealed record BarrierTime(IReadOnlyList<(int Tiles, double Value)> Table, Between Between, string Unit, Evidence Evidence, string Source)
{
    /// <summary>The time for a number of tiles, in seconds.</summary>
    /// <param name="tiles">Tiles in use, at least 1.</param>
    public double Seconds(int tiles)
    {
        int at = 0;
        while (at + 1 < Table.Count && Table[at + 1].Tiles <= tiles) at++;
        double value = Table[at].Value;
        if (Between == Between.Linear && at + 1 < Table.Count)
            value += (Table[at + 1].Value - value) * (tiles - Table[at].Tiles) / (Table[at + 1].Tiles - Table[at].Tiles);
        return new Price(value, Unit, PriceScope.PerTerm, Evidence, Source).InBaseUnits;
    }
}
