namespace Lepton.Neuro.Backends;

/// <summary>Where the packets of a source go, and what they find there.</summary>
/// <param name="Core">A core that holds targets of the source.</param>
/// <param name="Synapses">The synapses that a packet reaches there.</param>
/// <param name="Plastic">How many of them it updates.</param>
public readonly record struct Route(int Core, int Synapses, int Plastic);

/// <summary>For every source (each channel of an encoder, each neuron) its routes, by core.</summary>
sealed class RoutingTable
{
    readonly int[] first;
    readonly Route[] routes;

    public RoutingTable(int sources, List<(int Source, Route Route)> entries)
    {
        first = new int[sources + 1];
        foreach (var (source, _) in entries) first[source + 1]++;
        for (int i = 0; i < sources; i++) first[i + 1] += first[i];
        routes = new Route[entries.Count];
        var at = first.ToArray();
        // Entries come core by core, so each source's stay in that order.
        foreach (var (source, route) in entries) routes[at[source]++] = route;
    }

    public ReadOnlySpan<Route> Of(int source) => routes.AsSpan(first[source]..first[source + 1]);
}
