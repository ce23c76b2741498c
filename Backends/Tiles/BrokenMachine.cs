namespace Lepton.Neuro.Backends;

/// <summary>A machine that breaks after a network was mapped to it, and is not mapped again: what is on dead cores falls silent, and packets whose way is cut are lost.</summary>
public sealed class BrokenMachine
{
    readonly Mapping mapping;
    readonly HashSet<int> tiles, cores;
    readonly HashSet<(int, int)> links = [];
    readonly Dictionary<(int, int), bool> cut = [];
    readonly Router router;

    /// <summary>Breaks a machine.</summary>
    /// <param name="mapping">The mapping that stays as it is. Packets take the ways that it has, one for each core, also where the machine would copy them on their way.</param>
    /// <param name="faults">What dies.</param>
    public BrokenMachine(Mapping mapping, Faults faults)
    {
        this.mapping = mapping;
        tiles = [.. faults.Tiles];
        cores = [.. faults.Cores];
        foreach (var (tile, other) in faults.Links)
        {
            links.Add((tile, other));
            links.Add((other, tile));
        }
        router = new(mapping.Mesh);
    }

    /// <summary>The synapses between two populations that still bring spikes.</summary>
    /// <param name="from">Neurons, or channels of an input.</param>
    /// <param name="to">Neurons.</param>
    /// <returns>For each source and target, <c>[source, target]</c>, whether a spike of the one reaches the other.</returns>
    /// <exception cref="InvalidInputException">A population is of another network.</exception>
    public bool[] Reaches(Population from, Population to)
    {
        var reaches = new bool[from.Count * to.Count];
        int[] targets = [.. Enumerable.Range(0, to.Count).Select(t => mapping.CoreOf(to, t))];
        for (int source = 0; source < from.Count; source++)
        {
            // Channels are on no core: their packets enter at the machine's port.
            int core = from.Model is null ? -1 : mapping.CoreOf(from, source), tile = core < 0 ? mapping.Machine.InputTile : mapping.Machine.TileOf(core);
            if (IsDead(core, tile)) continue;
            for (int target = 0; target < targets.Length; target++)
            {
                int end = mapping.Machine.TileOf(targets[target]);
                reaches[(source * targets.Length) + target] = !IsDead(targets[target], end) && !IsCut(tile, end);
            }
        }
        return reaches;
    }

    bool IsDead(int core, int tile) => cores.Contains(core) || tiles.Contains(tile);

    bool IsCut(int from, int to)
    {
        if (cut.TryGetValue((from, to), out bool known)) return known;
        bool isCut = router.Way(from, to).Any(link =>
        {
            int next = mapping.Mesh.Next(link.Tile, link.Direction);
            return links.Contains((link.Tile, next)) || tiles.Contains(next);
        });
        return cut[(from, to)] = isCut;
    }
}
