using System.Globalization;

namespace Lepton.Neuro.Backends.Published;

/// <summary>Reads the synapses of the published simulator's networks: single ones, and those between two groups that are dense, sparse or a convolution.</summary>
/// <param name="address">Finds one end of an edge: a group, and the neuron among all where one is named.</param>
/// <param name="neurons">How many neurons there are.</param>
sealed class PublishedEdges(Func<StrictMap, string, string, (PublishedGroup Group, int? Neuron)> address, int neurons)
{
    const string Arrow = "->";

    readonly List<PublishedEdge> edges = [];

    public IReadOnlyList<PublishedEdge> Read(IReadOnlyList<StrictMap> entries)
    {
        foreach (var entry in entries)
        {
            foreach (string key in entry.Keys) ReadEdge(entry, key);
            entry.Done();
        }
        // A source's synapses keep the order of the file, whatever lies between them.
        return [.. edges.OrderBy(e => e.From)];
    }

    void ReadEdge(StrictMap entry, string key)
    {
        int arrow = key.IndexOf(Arrow, StringComparison.Ordinal);
        if (arrow < 0) throw entry.Wrong(key, $"'{key}'", "source -> target");
        var (fromGroup, from) = address(entry, key, key[..arrow].Trim());
        var (toGroup, to) = address(entry, key, key[(arrow + Arrow.Length)..].Trim());
        if (from is null != to is null) throw entry.Wrong(key, $"'{key}'", "two neurons or two groups");
        var attributes = entry.Listed(key);
        if (from is { } source && to is { } target) edges.Add(new(source, target, Weight(attributes)));
        else ReadGroups(attributes, fromGroup, toGroup);
        attributes.Done();
    }

    static double Weight(StrictMap attributes)
    {
        double weight = 0;
        if (attributes.Has("synapse"))
        {
            var synapse = attributes.Listed("synapse");
            weight = Own(synapse, weight);
            synapse.Done();
        }
        if (attributes.Has("dendrite")) attributes.Listed("dendrite").Done();
        return Own(attributes, weight);

        static double Own(StrictMap map, double otherwise) =>
            map.Has("weight") ? map.Number("weight", double.MinValue) : map.Has("w") ? map.Number("w", double.MinValue) : otherwise;
    }

    void ReadGroups(StrictMap attributes, PublishedGroup from, PublishedGroup to)
    {
        string type = attributes.Choice("type", "dense", "sparse", "conv2d");
        var weights = attributes.Texts(attributes.Has("w") ? "w" : "weight");
        double At(int index)
        {
            if (index >= weights.Count) throw attributes.Wrong("weight", FormattableString.Invariant($"a list of {weights.Count}"), FormattableString.Invariant($"more than {index} weights"));
            return double.TryParse(weights[index], NumberStyles.Float, CultureInfo.InvariantCulture, out double weight) && double.IsFinite(weight)
                ? weight
                : throw attributes.Wrong("weight", $"'{weights[index]}'", "finite numbers");
        }
        if (type == "dense")
        {
            for (int i = 0; i < from.Count; i++)
            {
                for (int j = 0; j < to.Count; j++) edges.Add(new(from.First + i, to.First + j, At(checked((i * to.Count) + j))));
            }
        }
        else if (type == "sparse")
        {
            var pairs = attributes.Pairs("source_target_pairs");
            for (int i = 0; i < pairs.Count; i++)
            {
                var (source, target) = pairs[i];
                if (source >= from.Count || target >= to.Count) throw attributes.Wrong("source_target_pairs", FormattableString.Invariant($"[{source}, {target}]"), FormattableString.Invariant($"sources below {from.Count} and targets below {to.Count}"));
                edges.Add(new(from.First + source, to.First + target, At(i)));
            }
        }
        else
        {
            Convolve(attributes, from, to, At);
        }
    }

    void Convolve(StrictMap attributes, PublishedGroup from, PublishedGroup to, Func<int, double> weight)
    {
        int Size(string key, int? otherwise = null) => otherwise is { } value && !attributes.Has(key) ? value : (int)attributes.Whole(key, 1, 1 << 16);
        int height = Size("input_height"), width = Size("input_width"), channels = Size("input_channels");
        int kernelHeight = Size("kernel_height"), kernelWidth = Size("kernel_width"), kernels = Size("kernel_count");
        int strideHeight = Size("stride_height", 1), strideWidth = Size("stride_width", 1);
        if (kernelHeight > height || kernelWidth > width) throw attributes.Wrong("kernel_height", FormattableString.Invariant($"a kernel of {kernelHeight} x {kernelWidth}"), FormattableString.Invariant($"at most the input's {height} x {width}"));
        int rows = ((height - kernelHeight) / strideHeight) + 1, columns = ((width - kernelWidth) / strideWidth) + 1;
        if ((long)channels * height * width != from.Count || (long)kernels * rows * columns != to.Count)
            throw attributes.Wrong("type", FormattableString.Invariant($"a convolution of {(long)channels * height * width} onto {(long)kernels * rows * columns} neurons"), FormattableString.Invariant($"one of {from.Count} onto {to.Count}, as the groups have (of {neurons} in all)"));
        // Neurons are numbered by channel, row and column; weights by row, column, input channel and kernel.
        for (int kernel = 0; kernel < kernels; kernel++)
        {
            for (int place = 0; place < rows * columns; place++)
            {
                int row = place / columns * strideHeight, column = place % columns * strideWidth;
                for (int tap = 0; tap < channels * kernelHeight * kernelWidth; tap++)
                {
                    int channel = tap / (kernelHeight * kernelWidth), y = tap / kernelWidth % kernelHeight, x = tap % kernelWidth;
                    int source = (((channel * height) + row + y) * width) + column + x;
                    edges.Add(new(from.First + source, to.First + (kernel * rows * columns) + place, weight((((((y * kernelWidth) + x) * channels) + channel) * kernels) + kernel)));
                }
            }
        }
    }
}
