using Lepton.Neuro.Lanes;
using Lepton.Neuro.Random;

namespace Lepton.Neuro.Backends;

/// <summary>Delivers the spikes of a projection from an analog array: currents of cells add up in each column, with new noise in each step, and go through the column's converter.</summary>
/// <remarks>The noises of cells are normal and independent, so that of a column's sum is normal too, with the sum of their variances: one number a column and read has the same distribution as one a cell.
/// Every crossing is a pair of cells, also one whose weight is zero.</remarks>
sealed class ArrayDelivery : IDelivery
{
    // Streams 0 to 2 are those of cells and of faults.
    const int ReadStream = 3;

    readonly AnalogArray array;
    readonly RandomStream stream;
    readonly int targets;
    readonly double[] means;
    readonly double[]? variances;
    readonly double[] sums, spreads;
    readonly double range;

    public ArrayDelivery(AnalogArray array, CompiledProjection projection, AnalogReads reads)
    {
        this.array = array;
        // Each projection has arrays of its own.
        ulong seed = reads.Seed + (ulong)projection.Index;
        stream = new(seed, RandomPurpose.Hardware, ReadStream);
        targets = projection.Connectivity.Targets;
        (sums, spreads) = (new double[targets], new double[targets]);
        // What is programmed are the weights as the simulator adds them: whole numbers of quanta.
        var weights = new float[projection.Connectivity.Sources * targets];
        var row = new SynapseRow();
        for (int target = 0; target < targets; target++)
        {
            projection.Read(target, row, SynapseParts.Sources | SynapseParts.Weights);
            for (int k = 0; k < row.Count; k++) weights[(row.Sources[k] * targets) + target] += projection.Quantize(row.Weights[k]);
        }
        range = reads.OutputRange * AnalogArray.Most(weights);
        means = new double[weights.Length];
        var all = new double[weights.Length];
        array.Program(weights, reads.Seconds, seed, means, all);
        variances = Array.Exists(all, v => v > 0) ? all : null;
    }

    public void Deliver(ReadOnlySpan<int> sources, long step, ulong presentation, Span<int> sums)
    {
        if (sources.IsEmpty || range == 0) return;
        Sum(means, sources, this.sums);
        if (variances is not null) Sum(variances, sources, spreads);
        for (int target = 0; target < targets; target++)
        {
            double sum = this.sums[target];
            if (variances is not null)
            {
                uint word = Philox.Word(stream, (uint)target, (uint)step, (uint)presentation, Philox.Fourth(step, presentation));
                sum += Math.Sqrt(spreads[target]) * LaneMath.NormalQuantile(Scalar.Uniform(in word)).Value;
            }
            sums[target] = (int)Math.Clamp(sums[target] + Math.Round(array.Convert(sum, range)), int.MinValue, int.MaxValue);
        }
    }

    void Sum(double[] cells, ReadOnlySpan<int> sources, double[] into)
    {
        Array.Clear(into);
        foreach (int source in sources)
        {
            var row = cells.AsSpan(source * targets, targets);
            for (int target = 0; target < row.Length; target++) into[target] += row[target];
        }
    }
}
