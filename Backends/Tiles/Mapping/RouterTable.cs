namespace Lepton.Neuro.Backends;

/// <summary>An entry of a router's table.</summary>
/// <param name="Key">The bits that a packet's key must have where <paramref name="Mask"/> is set.</param>
/// <param name="Mask">The bits that are compared.</param>
/// <param name="Route">Where a packet goes: bits 0 to 3 the links east, west, north and south, from bit 4 on the tile's cores.</param>
public readonly record struct TableEntry(uint Key, uint Mask, ulong Route)
{
    /// <summary>Whether a packet's key matches.</summary>
    /// <param name="key">The key.</param>
    public bool Matches(uint key) => (key & Mask) == Key;
}

/// <summary>The table of a tile's router: where packets go by their key.</summary>
/// <remarks>Compression widens each entry, bit by bit from the lowest, as long as it matches no key of another route; keys that never come to the router may match anything. So no
/// two entries of different routes match the same key that comes, and their order does not matter. This is the expansion step of ESPRESSO (R. Brayton et al., "Logic minimization
/// algorithms for VLSI synthesis", 1984); A. Mundy, J. Heathcote and J. Garside, "On-chip order-exploiting routing table minimization for a multicast supercomputer network",
/// HPSR 2016, do the like for SpiNNaker. A large table is first covered with prefixes: of sorted keys, each longest run under one prefix whose keys have one route becomes an entry.</remarks>
public sealed class RouterTable
{
    // Widening looks at every pair of entries.
    const int MostToWiden = 1024;

    readonly TableEntry[] entries;

    RouterTable(TableEntry[] entries) => this.entries = entries;

    /// <summary>The entries.</summary>
    public IReadOnlyList<TableEntry> Entries => entries;

    /// <summary>A table with one entry a key.</summary>
    /// <param name="routes">The route of each key.</param>
    /// <exception cref="InvalidInputException">A key has two routes.</exception>
    public static RouterTable Of(IEnumerable<KeyValuePair<uint, ulong>> routes)
    {
        TableEntry[] sorted = [.. routes.Select(r => new TableEntry(r.Key, uint.MaxValue, r.Value)).OrderBy(e => e.Key)];
        for (int i = 1; i < sorted.Length; i++)
        {
            if (sorted[i].Key == sorted[i - 1].Key) throw new InvalidInputException($"the routes of key {sorted[i].Key}", 2, "one");
        }
        return new(sorted);
    }

    /// <summary>A table of entries of distinct keys, all of whose bits are compared. The array is kept, and sorted.</summary>
    internal static RouterTable OfFull(TableEntry[] entries)
    {
        Array.Sort(entries, static (a, b) => a.Key.CompareTo(b.Key));
        return new(entries);
    }

    /// <summary>Where a packet goes; null where no entry matches.</summary>
    /// <param name="key">Its key.</param>
    public ulong? Find(uint key)
    {
        foreach (var entry in entries)
        {
            if (entry.Matches(key)) return entry.Route;
        }
        return null;
    }

    /// <summary>A table of at most as many entries that finds the same route for each key of this one.</summary>
    public RouterTable Compressed()
    {
        TableEntry[] before = entries.Length > MostToWiden ? Prefixed() : entries;
        if (before.Length > MostToWiden) return new(before);
        var kept = new List<TableEntry>();
        foreach (var group in before.GroupBy(e => e.Route).OrderByDescending(g => g.Count()).ThenBy(g => g.Key))
        {
            TableEntry[] others = [.. before.Where(e => e.Route != group.Key)];
            var open = group.ToList();
            while (open.Count > 0)
            {
                var wide = Widened(open[0], others);
                kept.Add(wide);
                open.RemoveAll(e => (wide.Mask & ~e.Mask) == 0 && wide.Matches(e.Key));
            }
        }
        return new([.. kept]);
    }

    // One entry for each greatest block of keys, by their upper bits, in which all that come have the same route.
    TableEntry[] Prefixed()
    {
        // What was compressed before is left as it is: its entries may lie across blocks.
        if (Array.Exists(entries, e => e.Mask != uint.MaxValue)) return entries;
        var kept = new List<TableEntry>();
        Cover(0, entries.Length, 32);
        return [.. kept];

        // Entries of a range of sorted keys that agree in all but so many lower bits.
        void Cover(int from, int to, int bits)
        {
            if (from == to) return;
            var route = entries[from].Route;
            bool isOne = true;
            for (int i = from + 1; i < to && isOne; i++) isOne = entries[i].Route == route;
            if (isOne)
            {
                uint mask = bits == 32 ? 0 : uint.MaxValue << bits;
                kept.Add(new(entries[from].Key & mask, mask, route));
                return;
            }
            int middle = from;
            while (middle < to && (entries[middle].Key >> (bits - 1) & 1) == 0) middle++;
            Cover(from, middle, bits - 1);
            Cover(middle, to, bits - 1);
        }
    }

    /// <summary>This table, compressed, if it has no more entries than a router holds.</summary>
    /// <param name="tile">The tile, for the message.</param>
    /// <param name="most">The most entries.</param>
    /// <exception cref="InvalidInputException">It has more.</exception>
    public RouterTable Fitted(int tile, int most)
    {
        if (entries.Length <= most) return this;
        var compressed = Compressed();
        if (compressed.entries.Length <= most) return compressed;
        throw new InvalidInputException(FormattableString.Invariant(
            $"the routes do not fit the machine: table entries on the router of tile {tile}: need {compressed.entries.Length} (of {entries.Length} before compression), limit {most}; allowed: a router of at least {compressed.entries.Length} entries, fewer cores a source reaches, or unicast packets"));
    }

    // Entries may be wide already; two match a common key if they agree where both compare.
    static TableEntry Widened(TableEntry entry, TableEntry[] others)
    {
        for (int bit = 0; bit < 32; bit++)
        {
            uint mask = entry.Mask & ~(1u << bit);
            if (mask == entry.Mask) continue;
            var wider = new TableEntry(entry.Key & mask, mask, entry.Route);
            if (!Array.Exists(others, o => ((o.Key ^ wider.Key) & o.Mask & wider.Mask) == 0)) entry = wider;
        }
        return entry;
    }
}
