using Lepton.Neuro.Plasticity.Gradients;

namespace Lepton.Neuro.Plasticity.Compression;

/// <summary>Fine-tuning of a network that is pruned and quantized while it learns: hand <see cref="AfterUpdate"/> to <see cref="Trainer.Fit"/> as its <c>batchDone</c>.</summary>
/// <remarks>
/// <para>Weights in full precision are kept aside. The network computes with rounded and pruned ones; what an update adds to these is added to the ones kept aside (the straight-through
/// estimator, see <see cref="FakeQuantization"/>), unless it would push one that is clipped already further out; then they are pruned and rounded anew. So at the end the network's weights are
/// those of the grids, bit for bit. Weights alone are compressed: offsets and statistics stay as they are. Decay acts on rounded weights.</para>
/// <para>Pruning is by magnitude with one threshold for all layers, of the weights kept aside: what is pruned goes on learning and may come back, as long as the schedule's sparsity is kept
/// (the masks of Zhu and Gupta, arXiv:1710.01878, and of dynamic network surgery, Y. Guo, A. Yao and Y. Chen, NIPS 2016), until <see cref="PruningSchedule.End"/>; from then on the mask
/// stays.</para>
/// </remarks>
public sealed class CompressedTraining
{
    // The best range of a grid moves slowly; to find it takes a hundred passes over the weights.
    const int CalibrateEvery = 100;

    readonly Sequential network;
    readonly PruningSchedule? pruning;
    readonly UniformQuantization? quantization;
    readonly Parameter[] parameters;
    readonly float[][] full, shown;
    readonly bool[][] kept;
    readonly QuantizationGrid[] grids;
    long updates;

    /// <summary>Prunes and rounds the weights of a network as at step 0 of the schedule.</summary>
    /// <param name="network">The network, trained or not.</param>
    /// <param name="pruning">How sparsity grows, in updates; nothing is pruned where null.</param>
    /// <param name="quantization">A grid for each layer; nothing is rounded where null.</param>
    /// <exception cref="InvalidInputException">A parameter of the schedule or the quantization is out of its range, or a weight is not finite.</exception>
    public CompressedTraining(Sequential network, PruningSchedule? pruning, UniformQuantization? quantization)
    {
        (this.network, this.pruning, this.quantization) = (network, pruning, quantization);
        parameters = [.. network.Parameters.Where(p => p.Kind == ParameterKind.Weight)];
        full = [.. parameters.Select(p => p.Values.ToArray())];
        shown = [.. parameters.Select(p => new float[p.Count])];
        kept = [.. parameters.Select(p => Enumerable.Repeat(true, p.Count).ToArray())];
        grids = new QuantizationGrid[parameters.Length];
        Compress();
    }

    /// <summary>The grids of the layers' weights, in the order of the network's parameters; empty where nothing is rounded.</summary>
    public IReadOnlyList<QuantizationGrid> Grids => quantization is null ? [] : grids;

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
                bool outwards = quantization is not null && ((full[p][i] > grids[p].High && change > 0) || (full[p][i] < grids[p].Low && change < 0));
                if (!outwards) full[p][i] += change;
            }
        }
        updates++;
        Compress();
    }

    void Compress()
    {
        if (pruning is not null && updates <= pruning.End && (updates - pruning.Begin) % pruning.Every == 0)
        {
            var left = MagnitudePruning.Apply(full, pruning.At(updates));
            for (int p = 0; p < left.Count; p++)
            {
                for (int i = 0; i < left[p].Length; i++) kept[p][i] = left[p][i] != 0;
            }
        }
        for (int p = 0; p < parameters.Length; p++)
        {
            for (int i = 0; i < shown[p].Length; i++) shown[p][i] = kept[p][i] ? full[p][i] : 0;
            if (quantization is not null)
            {
                if (updates % CalibrateEvery == 0) grids[p] = quantization.GridFor(shown[p]);
                FakeQuantization.Forward(shown[p], grids[p], shown[p]);
            }
            shown[p].CopyTo(parameters[p].Values);
        }
        network.ParametersChanged();
    }
}
