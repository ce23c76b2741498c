using Lepton.Neuro.Random;

namespace Lepton.Neuro.Backends;

/// <summary>Faults of a machine drawn at random, each core and link by itself.</summary>
public static class RandomFaults
{
    const int CorePurpose = 0;
    const int LinkPurpose = 1;

    /// <summary>Draws faults. With greater chances, the faults of smaller ones stay.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="deadCores">The chance that a core is dead, 0 to 1.</param>
    /// <param name="deadLinks">The chance that two neighbouring tiles have no link, 0 to 1.</param>
    /// <param name="seed">The seed.</param>
    /// <exception cref="InvalidInputException">A chance is out of its range.</exception>
    public static Faults Draw(TileMachine machine, double deadCores, double deadLinks, ulong seed)
    {
        Require.InRange("the share of dead cores", deadCores, 0, 1);
        Require.InRange("the share of dead links", deadLinks, 0, 1);
        var stream = new RandomStream(seed, RandomPurpose.Hardware, 1);
        bool Dies(int purpose, int index, double chance) => Philox.Word(stream, (uint)index, (uint)purpose, 0, 0) / 4294967296.0 < chance;
        var mesh = Mesh.Of(machine);
        var links = new List<(int, int)>();
        for (int link = 0; link < 4 * machine.Tiles; link++)
        {
            // Each pair once: by its links east and north.
            if (link % 4 is not ((int)Direction.East or (int)Direction.North)) continue;
            int next = mesh.Next(link / 4, (Direction)(link % 4));
            if (next >= 0 && Dies(LinkPurpose, link, deadLinks)) links.Add((link / 4, next));
        }
        return new() { Cores = [.. Enumerable.Range(0, machine.Cores).Where(c => Dies(CorePurpose, c, deadCores))], Links = links };
    }
}
