namespace Lepton.Neuro.Backends.Tests;

/// <summary>Five kinds of traffic between clusters, named in an order that tells nothing.</summary>
static class Graphs
{
    public static IReadOnlyList<(string Name, Func<int, (FlowGraph Flow, Mesh Mesh)> Make)> All { get; } =
    [
        ("layers", Layers), ("random", Random), ("rings", Ring), ("communities", Communities), ("scale-free", ScaleFree),
    ];

    static (FlowGraph, Mesh) Layers(int seed)
    {
        var random = new System.Random(seed);
        int[] sizes = [6, 14, 20, 12, 4];
        var flows = new List<Flow>();
        for (int layer = 0, first = 0; layer + 1 < sizes.Length; first += sizes[layer++])
        {
            for (int i = 0; i < sizes[layer]; i++)
            {
                long rate = random.Next(100, 1000);
                for (int j = 0; j < sizes[layer + 1]; j++) flows.Add(new(first + i, first + sizes[layer] + j, rate));
            }
        }
        return (Renamed(sizes.Sum(), flows, random), new(6, 5, 2));
    }

    static (FlowGraph, Mesh) Random(int seed)
    {
        var random = new System.Random(seed);
        return (new(60, Enumerable.Range(0, 300).Select(_ => new Flow(random.Next(60), random.Next(60), random.Next(1, 1000)))), new(8, 8, 1));
    }

    static (FlowGraph, Mesh) Ring(int seed)
    {
        var random = new System.Random(seed);
        const int count = 100;
        var flows = Enumerable.Range(0, count).SelectMany(i => Enumerable.Range(1, 4).Select(d => new Flow(i, (i + d) % count, random.Next(1, 500))));
        return (Renamed(count, [.. flows], random), new(8, 7, 2, isTorus: true));
    }

    static (FlowGraph, Mesh) Communities(int seed)
    {
        var random = new System.Random(seed);
        const int count = 96, group = 8;
        var flows = Enumerable.Range(0, 900).Select(_ =>
        {
            int from = random.Next(count);
            return new Flow(from, random.Next(5) == 0 ? random.Next(count) : (from / group * group) + random.Next(group), random.Next(1, 300));
        });
        return (Renamed(count, [.. flows], random), new(5, 5, 4));
    }

    static (FlowGraph, Mesh) ScaleFree(int seed)
    {
        var random = new System.Random(seed);
        var ends = new List<int> { 0, 1 };
        var flows = new List<Flow> { new(0, 1, 100) };
        for (int i = 2; i < 120; i++)
        {
            for (int k = 0; k < 3; k++)
            {
                int to = ends[random.Next(ends.Count)];
                flows.Add(new(i, to, random.Next(1, 400)));
                ends.Add(to);
                ends.Add(i);
            }
        }
        return (Renamed(120, flows, random), new(12, 11, 1));
    }

    static FlowGraph Renamed(int count, List<Flow> flows, System.Random random)
    {
        int[] name = [.. Enumerable.Range(0, count)];
        random.Shuffle(name);
        return new(count, flows.Select(f => new Flow(name[f.From], name[f.To], f.Packets)));
    }
}
