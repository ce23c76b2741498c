using Lepton.Neuro.Plasticity.Compression;
using Lepton.Neuro.Plasticity.Gradients;

namespace Lepton.Neuro.Plasticity.ModelFiles;

/// <summary>Layers with their parameters in a file.</summary>
static class LayerCode
{
    const int MostLayers = 1024, MostNumbers = 64, MostParameters = 16;

    public static void Write(FieldWriter writer, Sequential network, IReadOnlyDictionary<int, QuantizedTensor> quantization)
    {
        Require.InRange("the layers of a model", network.Layers.Count, 2L, MostLayers);
        writer.Count(network.Layers.Count);
        int place = 0;
        foreach (var layer in network.Layers)
        {
            var (id, numbers) = LayerParts.Describe(layer);
            writer.Text(id);
            writer.Text(layer.Name);
            writer.Count(numbers.Count);
            foreach (var (name, number) in numbers.OrderBy(n => n.Key, StringComparer.Ordinal))
            {
                writer.Text(name);
                writer.Double(number);
            }
            writer.Count(layer.Parameters.Count);
            foreach (var parameter in layer.Parameters)
            {
                writer.Text(parameter.Name);
                writer.Count(parameter.Count);
                WeightCode.Write(writer, parameter.Values.ToArray(), quantization.GetValueOrDefault(place++));
            }
        }
    }

    public static Sequential Read(FieldReader reader, ModelLimits limits, Dictionary<int, QuantizedTensor> quantization)
    {
        int count = reader.Size("the number of layers", 2, MostLayers), start = reader.Offset;
        // Layers take memory for their parameters once they are a network: each is tried alone before, against the numbers that the file holds for it.
        var made = new List<(Func<Layer> Again, float[][] Values)>();
        var shape = default(SignalShape);
        long signals = 0;
        int place = 0;
        for (int i = 0; i < count; i++)
        {
            string field = $"layer {i}";
            int at = reader.Offset;
            var again = ReadLayer(reader, field);
            var layer = Fitting(reader, field, at, () =>
            {
                var tried = again();
                tried.Bind(i, shape);
                return tried;
            });
            shape = layer.Output;
            signals += (long)shape.Steps * shape.Features;
            if (signals > limits.Signals) throw reader.Refused($"{field}: the numbers that a sample becomes", signals, $"at most {limits.Signals}", at);
            made.Add((again, ReadParameters(reader, layer, field, quantization, ref place)));
        }
        return Fitting(reader, "the layers", start, () =>
        {
            var network = new Sequential([.. made.Select(m => m.Again())]);
            foreach (var (parameter, values) in network.Parameters.Zip(made.SelectMany(m => m.Values))) values.CopyTo(parameter.Values);
            network.ParametersChanged();
            return network;
        });
    }

    static Func<Layer> ReadLayer(FieldReader reader, string field)
    {
        string id = reader.Text($"{field}: its id", 64), name = reader.Text($"{field}: its name");
        var numbers = new Dictionary<string, double>(StringComparer.Ordinal);
        for (int left = reader.Size($"{field}: how many numbers", 0, MostNumbers); left > 0; left--) numbers[reader.Text($"{field}: the name of a number", 64)] = reader.Double($"{field}: a number");
        return () => LayerParts.Create(id, name, numbers);
    }

    static float[][] ReadParameters(FieldReader reader, Layer layer, string field, Dictionary<int, QuantizedTensor> quantization, ref int place)
    {
        int at = reader.Offset, count = reader.Size($"{field}: how many parameters", 0, MostParameters);
        if (count != layer.Parameters.Count) throw reader.Refused($"{field}: how many parameters", count, $"{layer.Parameters.Count}", at);
        var values = new float[count][];
        for (int p = 0; p < count; p++, place++)
        {
            var parameter = layer.Parameters[p];
            at = reader.Offset;
            string name = reader.Text($"{field}: the name of a parameter");
            int size = reader.Size($"{field}: the size of '{parameter.Name}'", 0, int.MaxValue);
            if (name != parameter.Name || size != parameter.Count) throw reader.Refused($"{field}: a parameter", $"'{name}' of {size} numbers", $"'{parameter.Name}' of {parameter.Count}", at);
            values[p] = WeightCode.Read(reader, size, $"{field}: '{name}'", out var quantized);
            if (values[p].Any(v => !float.IsFinite(v))) throw reader.Refused($"{field}: '{name}'", "not finite", "finite numbers", at);
            if (quantized is not null) quantization[place] = quantized;
        }
        return values;
    }

    // A layer's own checks know what is wrong, but not where.
    static TResult Fitting<TResult>(FieldReader reader, string field, int at, Func<TResult> make)
    {
        try
        {
            return make();
        }
        catch (InvalidInputException e)
        {
            throw reader.Refused(field, $"refused: {e.Message}", "layers that fit", at);
        }
    }
}
