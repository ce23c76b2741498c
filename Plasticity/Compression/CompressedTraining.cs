using Lepton.Neuro.Plasticity.Gradients;

namespace Lepton.Neuro.Plasticity.Compression;

/// <summary>Fine-tuning of a network that is pruned and quantized while it learns: hand <see cref="AfterUpdate"/> to <see cref="Trainer.Fit"/> as its <c>batchDone</c>.</summary>
/// <remarks>
/// <para>Weights in full precision are kept aside. The network computes with rounded and pruned ones; what an update adds to these is added to the ones kept aside (the straight-through
/// estimator, see <see cref="FakeQuantization"/>), unless it would push one that is clipped already further out; then they are pruned and rounded anew. So at the end the network's weights are
/// those of the grids, bit for bit. Weights alone are compressed: offsets and statistics stay as they are. Decay acts on rounded weights.</para>
/// <para>Pruning is of the weights kept aside, by one threshold for all layers (or a part of each layer's units): what is pruned goes on learning and may come back, as long as the schedule's sparsity is kept
/// (the masks of Zhu and Gupta, arXiv:1710.01878, and of dynamic network surgery, Y. Guo, A. Yao and Y. Chen, NIPS 2016), until <see cref="PruningSchedule.End"/>; from then on the mask
/// stays. By movement, what counts is the sum over updates of a weight times its change.</para>
/// </remarks>
public sealed class CompressedTraining
{
    // The best range of a grid moves slowly; to find it takes a hundred passes over the weights.
    const int CalibrateEvery = 100;

    readonly Sequential network;
    readonly PruningSchedule? pruning;
    readonly UniformQuantization? quantization;
    readonly PruningMethod method;
    readonly Parameter[] parameters;
    readonly Layer[] layers;
    readonly int[] channels;
    readonly float[][] full, shown, scores;
    readonly bool[][] kept;
    readonly QuantizationGrid[][] grids;
    IReadOnlyList<bool[]>? gone;
    long updates;

    /// <summary>Prunes and rounds the weights of a network as at step 0 of the schedule.</summary>
    /// <param name="network">The network, trained or not.</param>
    /// <param name="pruning">How sparsity grows, in updates; nothing is pruned where null.</param>
    /// <param name="quantization">A grid for each layer; nothing is rounded where null.</param>
    /// <param name="method">Which weights go.</param>
    /// <param name="perChannel">Whether each unit or filter has a grid of its own.</param>
    /// <exception cref="InvalidInputException">A parameter of the schedule or the quantization is out of its range, a weight is not finite, or a layer has no units that could go.</exception>
    public CompressedTraining(Sequential network, PruningSchedule? pruning, UniformQuantization? quantization, PruningMethod method = PruningMethod.Magnitude, bool perChannel = false)
    {
        (this.network, this.pruning, this.quantization, this.method) = (network, pruning, quantization, method);
        var weights = network.Layers.SelectMany(l => l.Parameters.Where(p => p.Kind == ParameterKind.Weight).Select(p => (Layer: l, Parameter: p))).ToArray();
        (layers, parameters) = ([.. weights.Select(w => w.Layer)], [.. weights.Select(w => w.Parameter)]);
        channels = [.. layers.Select(l => perChannel && l is (DenseLayer or ConvolutionLayer or RecurrentLayer) ? l.Output.Channels : 1)];
        full = [.. parameters.Select(p => p.Values.ToArray())];
        shown = [.. parameters.Select(p => new float[p.Count])];
        scores = [.. parameters.Select(p => new float[method == PruningMethod.Movement ? p.Count : 0])];
        kept = [.. parameters.Select(p => Enumerable.Repeat(true, p.Count).ToArray())];
        grids = new QuantizationGrid[parameters.Length][];
        Compress();
    }

    /// <summary>The layers' weights on their grids, in the order of the network's parameters; empty where nothing is rounded.</summary>
    public IReadOnlyList<QuantizedTensor> Quantized => quantization is null ? [] :
    [
        .. shown.Select((values, p) => new QuantizedTensor([.. values], [.. values.Select((v, i) => grids[p][i % channels[p]].Quantize(v))], grids[p], channels[p] > 1 ? channels[p] : 0)),
    ];

    /// <summary>The part of the weights that is zero.</summary>
    public double Sparsity => shown.Sum(s => (double)s.AsSpan().Count(0f)) / Math.Max(1, shown.Sum(s => s.Length));

    /// <summary>Takes over what an update changed, and compresses anew.</summary>
    /// <param name="samples">How many samples the update learned from; it does not matter.</param>
    public void AfterUpdate(int samples)
    {
        for (int p = 0; p < parameters.Length; p++)
        {
            var values = parameters[p].Values;
            for (int i = 0; i < values.Length; i++)
            {
                float change = values[i] - shown[p][i];
                if (method == PruningMethod.Movement) scores[p][i] = MathF.FusedMultiplyAdd(full[p][i], change, scores[p][i]);
                if (!Outwards(p, i, change)) full[p][i] += change;
            }
        }
        updates++;
        Compress();
    }

    bool Outwards(int p, int i, float change)
    {
        if (quantization is null) return false;
        ref var grid = ref grids[p][i % channels[p]];
        return (full[p][i] > grid.High && change > 0) || (full[p][i] < grid.Low && change < 0);
    }

    void Compress()
    {
        if (pruning is not null && updates <= pruning.End && (updates - pruning.Begin) % pruning.Every == 0) Prune(pruning.At(updates));
        for (int p = 0; p < parameters.Length; p++)
        {
            for (int i = 0; i < shown[p].Length; i++) shown[p][i] = kept[p][i] ? full[p][i] : 0;
            if (quantization is not null)
            {
                if (updates % CalibrateEvery == 0)
                    grids[p] = channels[p] > 1 ? quantization.PerChannel(shown[p], channels[p], PruningGroup.Column).Grids : [quantization.GridFor(shown[p])];
                Round(shown[p], grids[p]);
            }
            shown[p].CopyTo(parameters[p].Values);
        }
        for (int p = 0; gone is not null && p < parameters.Length; p++) Silence(layers[p], gone[p]);
        network.ParametersChanged();
    }

    void Prune(double sparsity)
    {
        if (sparsity == 0 && method != PruningMethod.Structured) return;
        IReadOnlyList<float[]> left;
        switch (method)
        {
            case PruningMethod.Movement:
                left = MovementPruning.ApplyScores(full, scores, sparsity);
                break;
            case PruningMethod.Structured:
                (left, gone) = UnitPruning.Apply(UnitPruning.ChainOf(network, full), sparsity);
                break;
            default:
                left = MagnitudePruning.Apply(full, sparsity);
                break;
        }
        for (int p = 0; p < left.Count; p++)
        {
            for (int i = 0; i < left[p].Length; i++) kept[p][i] = left[p][i] != 0;
        }
    }

    static void Round(float[] weights, QuantizationGrid[] grids)
    {
        for (int i = 0; i < weights.Length; i++) weights[i] = grids[i % grids.Length].Nearest(weights[i]);
    }

    // A unit without inputs that has a bias would go on saying it.
    static void Silence(Layer layer, bool[] units)
    {
        foreach (var parameter in layer.Parameters)
        {
            if (parameter.Kind != ParameterKind.Offset) continue;
            for (int unit = 0; unit < units.Length; unit++)
            {
                if (units[unit]) parameter.Values[unit] = 0;
            }
        }
    }
}
