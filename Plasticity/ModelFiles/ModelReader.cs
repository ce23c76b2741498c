using Lepton.Neuro.Plasticity.Compression;

namespace Lepton.Neuro.Plasticity.ModelFiles;

/// <summary>Reads what <see cref="ModelWriter"/> wrote, and trusts none of it.</summary>
sealed class ModelReader(FieldReader reader, ModelParts parts, ModelLimits limits)
{
    readonly Dictionary<int, QuantizedTensor> quantization = [];

    public Model Read(bool hasLayers)
    {
        reader.Bytes(ModelFormat.HeaderBytes, "the header");
        var provenance = ReadProvenance();
        int at = reader.Offset;
        double step = reader.Double("the step");
        if (!(step > 0 && step <= 1e6)) throw reader.Refused("the step", step, "seconds above 0", at);
        var network = new Network(reader.UInt64("the seed"));
        int populations = reader.Size("the number of populations", 0, limits.Parts);
        for (int i = 0; i < populations; i++) ReadPopulation(network, $"population {i}");
        int projections = reader.Size("the number of projections", 0, limits.Parts);
        for (int i = 0; i < projections; i++) ReadProjection(network, i, $"projection {i}");
        int drives = reader.Size("the number of drives", 0, limits.Parts);
        for (int i = 0; i < drives; i++) ReadDrive(network, $"drive {i}");
        var learned = Flag("whether something was learned") ? ReadLearned(network) : null;
        var preprocessing = Enumerable.Range(0, reader.Size("the number of steps of preprocessing", 0, ModelFormat.MostNotes)).Select(i => ReadNote($"step {i} of preprocessing")).ToArray();
        var readout = Flag("whether there is a readout") ? ReadNote("the readout") : null;
        var quantizedLayers = new Dictionary<int, QuantizedTensor>();
        var layers = hasLayers ? LayerCode.Read(reader, limits, quantizedLayers) : null;
        if (reader.Left > 0) throw reader.Refused("the end", $"followed by {reader.Left} bytes", "nothing more", reader.Offset);
        return new(network, new(step))
        {
            Learned = learned,
            Quantization = quantization,
            Layers = layers,
            LayerQuantization = quantizedLayers,
            Preprocessing = preprocessing,
            Readout = readout,
            Provenance = provenance,
        };
    }

    ModelProvenance ReadProvenance()
    {
        var provenance = new ModelProvenance
        {
            Program = reader.Text("the program"),
            Experiment = reader.Text("the experiment"),
            Seed = reader.UInt64("the seed of the run"),
            Configuration = reader.Text("the configuration", ModelFormat.MostText),
        };
        var digests = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int left = reader.Size("the number of data digests", 0, ModelFormat.MostNotes); left > 0; left--) digests[reader.Text("the name of a data digest")] = reader.Text("a data digest");
        return provenance with { DataDigests = digests };
    }

    void ReadPopulation(Network network, string field)
    {
        int start = reader.Offset;
        string name = reader.Text($"{field}: its name");
        int count = reader.Size($"{field}: its neurons", 1, 1 << 30);
        bool source = Flag($"{field}: whether it is a source");
        Described(field, start, () =>
        {
            if (source) network.Add(name, count, PartCode.Read<Encoder>(reader, $"{field}: its encoder", parts));
            else network.Add(name, count, PartCode.Read<NeuronModel>(reader, $"{field}: its model", parts));
        });
    }

    void ReadProjection(Network network, int index, string field)
    {
        int start = reader.Offset;
        var (from, to) = (PopulationOf(network, $"{field}: its source"), PopulationOf(network, $"{field}: its target"));
        string receptor = Receptor(to, field);
        var wiring = ReadWiring(network, field);
        var weight = ReadWeight(index, field);
        var delay = ReadDelay(field);
        var rule = Flag($"{field}: whether it has a rule") ? PartCode.Read<SynapseRule>(reader, $"{field}: its rule", parts) : null;
        var modulator = Kind($"{field}: its modulator", 3) switch
        {
            0 => null,
            1 => Modulator.Global(reader.Single($"{field}: its modulator")),
            _ => Modulator.PerTarget(WeightCode.Read(reader, to.Count, $"{field}: its modulator", out _)),
        };
        Described(field, start, () => network.Connect(from, to, wiring, weight, delay, receptor, rule, modulator));
    }

    void ReadDrive(Network network, string field)
    {
        int start = reader.Offset;
        var to = PopulationOf(network, $"{field}: its target");
        string receptor = Receptor(to, field);
        double rate = reader.Double($"{field}: its rate");
        float weight = reader.Single($"{field}: its weight");
        Described(field, start, () => network.Drive(to, new(rate), weight, receptor));
    }

    Wiring ReadWiring(Network network, string field)
    {
        int start = reader.Offset, kind = Kind($"{field}: its wiring", ModelFormat.Wirings.Length);
        switch (kind)
        {
            case 0: return Wiring.AllToAll;
            case 1: return Wiring.OneToOne;
            case 2: return Wiring.Probability(reader.Double($"{field}: its probability"), Flag($"{field}: whether a neuron may be joined to itself"));
            case 3: return Wiring.InDegree(reader.Size($"{field}: synapses a target", 0, int.MaxValue));
            case 4: return Wiring.Total(reader.Count($"{field}: synapses in all", 0, limits.Weights));
            case 5: return ReadEdges(field);
            case 6:
                var sizes = new int[7];
                foreach (ref int size in sizes.AsSpan()) size = reader.Size($"{field}: a size of its convolution", 0, 1 << 15);
                if (sizes.Take(6).Any(s => s == 0)) throw reader.Refused($"{field}: a size of its convolution", 0, "at least 1; padding alone may be 0", start);
                return Wiring.Convolution(sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5], sizes[6]);
            default:
                int of = reader.Size($"{field}: the projection that it transposes", 0, Math.Max(0, network.Projections.Count - 1));
                if (network.Projections.Count == 0) throw reader.Refused($"{field}: the projection that it transposes", of, "one before it", start);
                return Wiring.TransposeOf(network.Projections[of], reader.Single($"{field}: its gain"));
        }
    }

    Wiring ReadEdges(string field)
    {
        int start = reader.Offset;
        int count = reader.Size($"{field}: its edges", 0, int.MaxValue);
        reader.Take($"{field}: its edges", count);
        if (!Flag($"{field}: whether its edges are in order"))
        {
            var sources = IntegerCode.Read(reader, count, $"{field}: the sources of edges");
            var targets = IntegerCode.Read(reader, count, $"{field}: the targets of edges");
            return Wiring.Edges(sources.Zip(targets).ToArray());
        }
        int rows = reader.Size($"{field}: rows of edges", 0, int.MaxValue);
        reader.Take($"{field}: rows of edges", rows);
        var inRow = IntegerCode.Read(reader, rows, $"{field}: edges of a row");
        var gaps = IntegerCode.Read(reader, count, $"{field}: the gaps of edges");
        var pairs = new (int Source, int Target)[count];
        int next = 0;
        for (int row = 0; row < rows; row++)
        {
            if (inRow[row] > count - next) throw reader.Refused($"{field}: edges of row {row}", inRow[row], $"at most {count - next}, the edges that are left", start);
            long target = -1;
            for (int k = 0; k < inRow[row]; k++)
            {
                target += gaps[next] + 1L;
                if (target > int.MaxValue) throw reader.Refused($"{field}: the target of an edge", target, $"at most {int.MaxValue}", start);
                pairs[next++] = (row, (int)target);
            }
        }
        return next == count ? Wiring.Edges(pairs) : throw reader.Refused($"{field}: the edges of all rows", next, $"{count}", start);
    }

    Weight ReadWeight(int index, string field)
    {
        string kind = ModelFormat.Weights[Kind($"{field}: the kind of its weight", ModelFormat.Weights.Length)];
        if (kind == "explicit")
        {
            int count = reader.Size($"{field}: its weights", 0, int.MaxValue);
            var weights = WeightCode.Read(reader, count, $"{field}: its weights", out var quantized);
            if (quantized is not null) quantization[index] = quantized;
            return Weight.Of(kind, weights);
        }
        var numbers = new float[kind switch { "constant" => 1, "uniform" => 2, "normal" => 4, _ => 3 }];
        foreach (ref float number in numbers.AsSpan()) number = reader.Single($"{field}: its weight");
        return Weight.Of(kind, numbers);
    }

    Delay ReadDelay(string field)
    {
        int start = reader.Offset;
        string kind = ModelFormat.Delays[Kind($"{field}: the kind of its delay", ModelFormat.Delays.Length)];
        if (kind != "explicit")
        {
            var times = new Time[kind == "constant" ? 1 : 2];
            foreach (ref var time in times.AsSpan()) time = new(reader.Double($"{field}: its delay"));
            return Delay.Of(kind, times);
        }
        int count = reader.Size($"{field}: its delays", 0, int.MaxValue);
        reader.Take($"{field}: its delays", count);
        var book = new Time[reader.Size($"{field}: its different delays", 0, reader.Left / sizeof(double))];
        foreach (ref var time in book.AsSpan()) time = new(reader.Double($"{field}: one of its delays"));
        var codes = IntegerCode.Read(reader, count, $"{field}: its delays");
        return Delay.Of(kind, Array.ConvertAll(codes, c => c < book.Length ? book[c] : throw reader.Refused($"{field}: the index of a delay", c, $"below {book.Length}", start)));
    }

    Learned ReadLearned(Network network)
    {
        var weights = new float[]?[network.Projections.Count];
        for (int i = 0; i < weights.Length; i++)
        {
            if (Flag($"whether projection {i} learned"))
                weights[i] = WeightCode.Read(reader, reader.Size($"the learned weights of projection {i}", 0, int.MaxValue), $"the learned weights of projection {i}", out _);
        }
        var states = new float[network.Populations.Count][][];
        for (int i = 0; i < states.Length; i++)
        {
            string field = $"the learned state of population {i}";
            int start = reader.Offset;
            if (!Flag($"whether population {i} has a learned state")) continue;
            var population = network.Populations[i];
            int variables = population.Model?.StateVariables.Count ?? 0;
            int count = reader.Size($"{field}: its variables", 0, 1024);
            if (count != variables) throw reader.Refused($"{field}: its variables", count, $"{variables}", start);
            states[i] = new float[count][];
            for (int v = 0; v < count; v++)
            {
                int neurons = reader.Size($"{field}: its neurons", 0, int.MaxValue);
                if (neurons != population.Count) throw reader.Refused($"{field}: its neurons", neurons, $"{population.Count}", start);
                states[i][v] = WeightCode.Read(reader, neurons, field, out _);
            }
        }
        return new(weights, states);
    }

    ModelNote ReadNote(string field)
    {
        string id = reader.Text($"{field}: its id");
        var lists = new Dictionary<string, double[]>(StringComparer.Ordinal);
        for (int left = reader.Size($"{field}: its lists", 0, ModelFormat.MostLists); left > 0; left--)
        {
            string name = reader.Text($"{field}: the name of a list");
            var numbers = new double[reader.Size($"{field}: the length of '{name}'", 0, reader.Left / sizeof(double))];
            reader.Take(field, numbers.Length);
            foreach (ref double number in numbers.AsSpan()) number = reader.Double($"{field}: '{name}'");
            lists[name] = numbers;
        }
        return new(id, lists);
    }

    Population PopulationOf(Network network, string field)
    {
        int start = reader.Offset;
        long index = reader.Count(field, 0, int.MaxValue);
        return index < network.Populations.Count ? network.Populations[(int)index] : throw reader.Refused(field, index, $"below {network.Populations.Count}", start);
    }

    string Receptor(Population to, string field)
    {
        int start = reader.Offset;
        long index = reader.Count($"{field}: its receptor", 0, int.MaxValue);
        var receptors = to.Model?.Receptors ?? [];
        return index < receptors.Count ? receptors[(int)index] : throw reader.Refused($"{field}: its receptor", index, $"below {receptors.Count}", start);
    }

    bool Flag(string field) => Kind(field, 2) == 1;

    int Kind(string field, int kinds)
    {
        int start = reader.Offset, kind = reader.Byte(field);
        return kind < kinds ? kind : throw reader.Refused(field, kind, $"below {kinds}", start);
    }

    // The description's own checks know what is wrong, but not where.
    void Described(string field, int at, Action describe)
    {
        try
        {
            describe();
        }
        catch (InvalidInputException e) when (!e.Message.Contains(" at byte ", StringComparison.Ordinal))
        {
            throw reader.Refused(field, $"refused: {e.Message}", "a description that can be met", at);
        }
    }
}
