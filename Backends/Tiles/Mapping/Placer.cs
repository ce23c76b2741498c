namespace Lepton.Neuro.Backends;

/// <summary>Places clusters on a mesh so that their packets travel few hops.</summary>
/// <remarks>
/// <para>This is the quadratic assignment problem with a distance that is the number of hops. Papers: O. Jin et al., "Mapping very large scale spiking neuron network to neuromorphic
/// hardware", ASPLOS 2023 (Hilbert curve, then forces between neighbours); S. Kirkpatrick, C. Gelatt and M. Vecchi, "Optimization by simulated annealing", Science 220, 671 (1983);
/// the cost of each cluster on each tile is kept and changed by each move, as in E. Taillard, "Robust taboo search for the quadratic assignment problem", Parallel Computing 17, 443 (1991).</para>
/// </remarks>
public static class Placer
{
    /// <summary>Places clusters.</summary>
    /// <param name="flow">The packets between them.</param>
    /// <param name="mesh">The mesh.</param>
    /// <param name="options">How; the defaults where null.</param>
    /// <exception cref="InvalidInputException">There are more clusters than cores that work, or an option is out of its range.</exception>
    public static Placement Place(FlowGraph flow, Mesh mesh, PlacementOptions? options = null)
    {
        options ??= new();
        if (options.Starts is { } starts) Require.InRange("the starts of an annealing", starts, 1L, 1_000_000);
        if (options.Moves is { } moves) Require.InRange("the moves of an annealing", moves, 0L, 1L << 40);
        if (flow.Clusters > mesh.LiveCores)
        {
            throw new InvalidInputException(FormattableString.Invariant(
                $"the clusters do not fit the mesh: cores on the mesh: need {flow.Clusters}, limit {mesh.LiveCores} that work of {mesh.Cores}; allowed: a mesh of at least {flow.Clusters} working cores, or fewer, fuller clusters"));
        }
        return new(flow, mesh, options.Method switch
        {
            PlacementMethod.InOrder => [.. Enumerable.Range(0, mesh.Cores).Where(mesh.IsLive).Take(flow.Clusters)],
            PlacementMethod.SpaceFillingCurve => SpaceFillingCurve.Place(flow, mesh),
            PlacementMethod.ForceDirected => ForceDirected.Place(flow, mesh),
            PlacementMethod.Greedy => GreedyPlacement.Place(flow, mesh),
            PlacementMethod.Annealing => Annealing.Place(flow, mesh, options),
            var other => throw new InvalidInputException("the placement method", other, string.Join(", ", Enum.GetNames<PlacementMethod>())),
        });
    }
}
