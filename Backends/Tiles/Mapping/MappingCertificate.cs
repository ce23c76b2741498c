namespace Lepton.Neuro.Backends;

/// <summary>What a mapping reached, beside what is proven that none can be below.</summary>
/// <param name="Packets">Packets.</param>
/// <param name="LeastPackets">Packets that no mapping of the network on the machine is below: <see cref="Mapping.LeastPackets"/>.</param>
/// <param name="Hops">Hops.</param>
/// <param name="LeastHops">Hops that no mapping of the network on the machine is below: <see cref="Mapping.LeastHops"/>.</param>
/// <param name="LeastHopsOfPartition">Hops that no placement of the same cores' contents is below: <see cref="HopBound.Of"/>; for packets that
/// are copied on their way, a link for each tile that a packet's cores need at least, but one.</param>
public sealed record MappingCertificate(long Packets, long LeastPackets, long Hops, long LeastHops, long LeastHopsOfPartition)
{
    /// <summary>The certificate of a run.</summary>
    /// <param name="mapping">The mapping.</param>
    /// <param name="activity">The spikes.</param>
    public static MappingCertificate Of(Mapping mapping, Activity activity)
    {
        var did = TileActivity.Of(mapping, activity);
        long least = mapping.LeastHops(activity);
        return new(did.Packets, mapping.LeastPackets(activity), did.Hops.Total, least,
            Math.Max(least, mapping.Routing == RoutingMethod.Unicast ? HopBound.Of(Flows(mapping, activity), mapping.Mesh) : LeastLinks(mapping, activity)));
    }

    // A tree that reaches a number of tiles has at least one link less.
    static long LeastLinks(Mapping mapping, Activity activity)
    {
        long links = 0;
        foreach (var population in mapping.Network.Populations)
        {
            var spikes = activity.Spikes[population.Index];
            for (int i = 0; i < spikes.Length; i++)
            {
                int tiles = (mapping.RoutesOf(mapping.FirstSource[population.Index] + i).Length + mapping.Machine.CoresPerTile - 1) / mapping.Machine.CoresPerTile;
                links += spikes[i] * Math.Max(0, tiles - 1);
            }
        }
        return links;
    }

    /// <summary>The packets between the cores of a mapping that are in use, numbered without gaps.</summary>
    /// <param name="mapping">The mapping.</param>
    /// <param name="activity">The spikes.</param>
    public static FlowGraph Flows(Mapping mapping, Activity activity)
    {
        var number = new int[mapping.Cores.Count];
        int count = 0;
        foreach (var core in mapping.Cores) number[core.Core] = core.Neurons > 0 ? count++ : -1;
        var outside = new long[count];
        var pairs = new Dictionary<(int From, int To), long>();
        foreach (var population in mapping.Network.Populations)
        {
            var spikes = activity.Spikes[population.Index];
            for (int i = 0; i < spikes.Length; i++)
            {
                if (spikes[i] == 0) continue;
                int source = mapping.FirstSource[population.Index] + i, home = mapping.CoreOf(source);
                foreach (var route in mapping.RoutesOf(source))
                {
                    if (home < 0) outside[number[route.Core]] += spikes[i];
                    else System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(pairs, (number[home], number[route.Core]), out _) += spikes[i];
                }
            }
        }
        return new(count, pairs.Select(p => new Flow(p.Key.From, p.Key.To, p.Value)), outside);
    }

    /// <summary>One line: what was reached, and the part of it that is proven to be needed.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{Packets} packets, at least {LeastPackets} in any mapping; {Hops} hops, at least {LeastHopsOfPartition} in any placement of these cores and {LeastHops} in any mapping");
}
