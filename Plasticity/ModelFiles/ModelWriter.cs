using Lepton.Neuro.Plasticity.Compression;

namespace Lepton.Neuro.Plasticity.ModelFiles;

/// <summary>Writes a model; <see cref="ModelReader"/> reads it in the same order.</summary>
sealed class ModelWriter(FieldWriter writer, ModelParts parts)
{
    public void Write(Model model)
    {
        writer.Bytes(ModelFormat.Magic);
        writer.UInt32(ModelFormat.Version);
        Write(model.Provenance);
        writer.Double(model.Step.Seconds);
        writer.UInt64(model.Network.Seed);
        writer.Count(model.Network.Populations.Count);
        foreach (var population in model.Network.Populations)
        {
            writer.Text(population.Name);
            writer.Count(population.Count);
            writer.Byte(population.Model is null ? 1 : 0);
            PartCode.Write(writer, (object?)population.Model ?? population.Source!, parts);
        }
        writer.Count(model.Network.Projections.Count);
        foreach (var projection in model.Network.Projections) Write(projection, model.Quantization.GetValueOrDefault(projection.Index));
        writer.Count(model.Network.Drives.Count);
        foreach (var drive in model.Network.Drives)
        {
            writer.Count(drive.To.Index);
            writer.Count(drive.Receptor);
            writer.Double(drive.Rate.Hertz);
            writer.Single(drive.Weight);
        }
        Write(model.Learned);
        Require.InRange("the steps of a model's preprocessing", model.Preprocessing.Count, 0L, ModelFormat.MostNotes);
        writer.Count(model.Preprocessing.Count);
        foreach (var note in model.Preprocessing) Write(note);
        writer.Byte(model.Readout is null ? 0 : 1);
        if (model.Readout is { } readout) Write(readout);
    }

    void Write(ModelProvenance provenance)
    {
        writer.Text(provenance.Program);
        writer.Text(provenance.Experiment);
        writer.UInt64(provenance.Seed);
        writer.Text(provenance.Configuration, ModelFormat.MostText);
        Require.InRange("the data digests of a model", provenance.DataDigests.Count, 0L, ModelFormat.MostNotes);
        writer.Count(provenance.DataDigests.Count);
        foreach (var (name, digest) in provenance.DataDigests.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            writer.Text(name);
            writer.Text(digest);
        }
    }

    void Write(Projection projection, QuantizedTensor? quantized)
    {
        writer.Count(projection.From.Index);
        writer.Count(projection.To.Index);
        writer.Count(projection.Receptor);
        Write(projection.Wiring);
        var weight = projection.Weight;
        writer.Byte(Array.IndexOf(ModelFormat.Weights, weight.Kind));
        if (weight.Kind == "explicit")
        {
            writer.Count(weight.Parameters.Length);
            WeightCode.Write(writer, weight.Parameters.ToArray(), quantized);
        }
        else
        {
            foreach (float parameter in weight.Parameters) writer.Single(parameter);
        }
        Write(projection.Delay);
        writer.Byte(projection.Rule is null ? 0 : 1);
        if (projection.Rule is { } rule) PartCode.Write(writer, rule, parts);
        writer.Byte(projection.Modulator is null ? 0 : projection.Modulator.Values.IsEmpty ? 1 : 2);
        if (projection.Modulator is not { } modulator) return;
        if (modulator.Values.IsEmpty) writer.Single(modulator.Value);
        else WeightCode.Write(writer, modulator.Values.ToArray());
    }

    void Write(Wiring wiring)
    {
        writer.Byte(Array.IndexOf(ModelFormat.Wirings, wiring.GetType()));
        switch (wiring)
        {
            case ProbabilityWiring probability:
                writer.Double(probability.Value);
                writer.Byte(probability.AllowSelf ? 1 : 0);
                break;
            case InDegreeWiring inDegree: writer.Count(inDegree.Count); break;
            case TotalWiring total: writer.Count(total.Count); break;
            case EdgesWiring edges: Write(edges); break;
            case ConvolutionWiring c:
                foreach (int size in (ReadOnlySpan<int>)[c.Height, c.Width, c.Channels, c.Filters, c.Kernel, c.Stride, c.Padding]) writer.Count(size);
                break;
            case TransposeWiring transpose:
                writer.Count(transpose.Of.Index);
                writer.Single(transpose.Gain);
                break;
        }
    }

    // Edges that come row by row are gaps: of a new row, the rows that are skipped and the first target; within a row, the distance to the target before.
    void Write(EdgesWiring edges)
    {
        var pairs = edges.Pairs;
        writer.Count(pairs.Count);
        // Far more rows than edges would be mostly empty rows.
        bool sorted = pairs.Count == 0 || pairs[^1].Source < (4L * pairs.Count) + 4096;
        for (int i = 1; i < pairs.Count && sorted; i++) sorted = pairs[i].CompareTo(pairs[i - 1]) > 0;
        writer.Byte(sorted ? 1 : 0);
        if (!sorted)
        {
            IntegerCode.Write(writer, [.. pairs.Select(p => p.Source)]);
            IntegerCode.Write(writer, [.. pairs.Select(p => p.Target)]);
            return;
        }
        int rows = pairs.Count == 0 ? 0 : pairs[^1].Source + 1;
        var inRow = new int[rows];
        var gaps = new int[pairs.Count];
        for (int i = 0; i < gaps.Length; i++)
        {
            inRow[pairs[i].Source]++;
            gaps[i] = i > 0 && pairs[i].Source == pairs[i - 1].Source ? pairs[i].Target - pairs[i - 1].Target - 1 : pairs[i].Target;
        }
        writer.Count(rows);
        IntegerCode.Write(writer, inRow);
        IntegerCode.Write(writer, gaps);
    }

    void Write(Delay delay)
    {
        writer.Byte(Array.IndexOf(ModelFormat.Delays, delay.Kind));
        if (delay.Kind != "explicit")
        {
            foreach (var time in delay.Parameters) writer.Double(time.Seconds);
            return;
        }
        // Delays are few different ones: a codebook and indices.
        double[] seconds = [.. delay.Parameters.ToArray().Select(t => t.Seconds)], book = [.. seconds.Distinct().Order()];
        writer.Count(seconds.Length);
        writer.Count(book.Length);
        foreach (double second in book) writer.Double(second);
        IntegerCode.Write(writer, Array.ConvertAll(seconds, s => Array.BinarySearch(book, s)));
    }

    void Write(Learned? learned)
    {
        writer.Byte(learned is null ? 0 : 1);
        if (learned is null) return;
        foreach (var weights in learned.Weights)
        {
            writer.Byte(weights is null ? 0 : 1);
            if (weights is null) continue;
            writer.Count(weights.Length);
            WeightCode.Write(writer, weights);
        }
        foreach (var states in learned.States)
        {
            writer.Byte(states is null ? 0 : 1);
            if (states is null) continue;
            writer.Count(states.Length);
            foreach (var variable in states)
            {
                writer.Count(variable.Length);
                WeightCode.Write(writer, variable);
            }
        }
    }

    void Write(ModelNote note)
    {
        writer.Text(note.Id);
        Require.InRange($"the lists of '{note.Id}'", note.Numbers.Count, 0L, ModelFormat.MostLists);
        writer.Count(note.Numbers.Count);
        foreach (var (name, numbers) in note.Numbers.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            writer.Text(name);
            writer.Count(numbers.Length);
            foreach (double number in numbers) writer.Double(number);
        }
    }
}
