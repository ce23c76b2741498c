namespace Lepton.Neuro.Backends;

/// <summary>The complexity of a network as NeuroBench counts it, so that figures can stand beside those of others.</summary>
/// <remarks>
/// <para>Projections that follow another one's weights backwards serve learning, and are left out. A synaptic operation of a spike is an accumulate; there are no
/// multiply-accumulates, for a spike carries no number.</para>
/// <para>Source: J. Yik et al., The neurobench framework for benchmarking neuromorphic computing algorithms and systems, Nature Communications 16, 1545 (2025).</para>
/// </remarks>
/// <param name="FootprintBytes">Bytes of all weights in single precision, zeros included, and of the state of all neurons.</param>
/// <param name="PackedBytes">Bytes of the weights in the bits that they need, zeros included, without state.</param>
/// <param name="ConnectionSparsity">The part of the weights that is zero.</param>
/// <param name="ActivationSparsity">The part of the neurons' steps in which they do not fire.</param>
/// <param name="EffectiveMacs">Multiply-accumulates a sample with neither side zero: none.</param>
/// <param name="EffectiveAcs">Accumulates a sample of a spike and a weight that is not zero.</param>
/// <param name="Dense">Operations a sample if nothing were skipped: every weight in every step.</param>
public sealed record NeuroBenchMetrics(
    double FootprintBytes, double PackedBytes, double ConnectionSparsity, double ActivationSparsity, double EffectiveMacs, double EffectiveAcs, double Dense)
{
    const int SinglePrecisionBytes = 4;

    /// <summary>The metrics of a run.</summary>
    /// <param name="network">The plan.</param>
    /// <param name="learned">What was learned that the plan does not hold; nothing where null.</param>
    /// <param name="activity">The spikes of the run.</param>
    /// <param name="samples">How many samples that was, at least 1.</param>
    /// <param name="leftOut">For each projection the weights of zero that pruning has left out of the plan, and that count as weights; none where null.</param>
    /// <exception cref="InvalidInputException">The number of samples is below 1, or there is not one number a projection.</exception>
    public static NeuroBenchMetrics Of(CompiledNetwork network, Learned? learned, Activity activity, long samples, IReadOnlyList<long>? leftOut = null)
    {
        Require.InRange("the number of samples", samples, 1, long.MaxValue);
        if (leftOut is not null && leftOut.Count != network.Projections.Count)
            throw new InvalidInputException("the weights left out", $"{leftOut.Count} numbers", $"{network.Projections.Count}, one a projection");
        long weights = 0, zeros = 0;
        double accumulates = 0, packed = 0;
        var row = new SynapseRow();
        foreach (var projection in network.Projections.Where(p => p.Transposed is null))
        {
            var held = learned?.Weights[projection.Index];
            var spikes = activity.Spikes[projection.Description.From.Index];
            var magnitudes = new HashSet<float>();
            for (int target = 0; target < projection.Connectivity.Targets; target++)
            {
                projection.Read(target, row, held is null ? SynapseParts.Sources | SynapseParts.Weights : SynapseParts.Sources | SynapseParts.Slots);
                for (int k = 0; k < row.Count; k++)
                {
                    float weight = held is null ? row.Weights[k] : held[row.Slots[k]];
                    weights++;
                    if (weight == 0) zeros++;
                    else accumulates += spikes[row.Sources[k]];
                    if (weight != 0 && magnitudes.Count <= 1 << WeightFit.MostBits) magnitudes.Add(MathF.Abs(weight));
                }
            }
            long absent = leftOut?[projection.Index] ?? 0;
            weights += absent;
            zeros += absent;
            packed += (projection.Connectivity.Count + absent) * (WeightFit.Find(magnitudes)?.Bits ?? 8 * SinglePrecisionBytes) / 8.0;
        }
        double neuronSpikes = 0, neuronSteps = 0;
        long state = 0;
        foreach (var population in network.Populations.Where(p => p.Description.Model is not null))
        {
            neuronSpikes += activity.Spikes[population.Index].Sum();
            neuronSteps += (double)population.Count * activity.Steps;
            state += (long)population.Count * population.Description.Model!.StateVariables.Count;
        }
        return new(
            (weights + state) * SinglePrecisionBytes,
            packed,
            weights == 0 ? 0 : (double)zeros / weights,
            neuronSteps == 0 ? 0 : 1 - (neuronSpikes / neuronSteps),
            0,
            accumulates / samples,
            (double)weights * activity.Steps / samples);
    }
}
