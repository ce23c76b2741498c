using Lepton.Neuro.Random;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Normalises each channel to a learned mean and spread.</summary>
/// <remarks>
/// <para><c>y = scale (x - mean) / sqrt(variance + 10^-5) + offset</c>. In training, mean and variance are those of a block of the batch (over samples, rows, columns and steps); a running
/// average of them serves afterwards, which takes in a tenth of what each batch found. A block is what <see cref="TrainingOptions.BlockSize"/> says, whatever the threads: its statistics
/// need no meeting of threads, and what is learned does not depend on them.</para>
/// <para>Parameters: <c>scale</c> [channel], 1 at first; <c>offset</c> [channel], 0; statistics <c>mean</c> and <c>variance</c> [channel].</para>
/// <para>Sources: S. Ioffe and C. Szegedy, ICML 2015; for blocks, E. Hoffer, I. Hubara and D. Soudry, "Train longer, generalize better", NeurIPS 2017.</para>
/// </remarks>
public sealed unsafe class BatchNormLayer : Layer
{
    const double Epsilon = 1e-5;

    Parameter scale = null!, offset = null!, mean = null!, variance = null!;

    internal BatchNormLayer()
    {
    }

    /// <summary>What a normalised channel is multiplied by, [channel].</summary>
    public Parameter Scale => scale;

    /// <summary>What is added after that, [channel].</summary>
    public Parameter Offset => offset;

    /// <summary>The running mean, [channel].</summary>
    public Parameter Mean => mean;

    /// <summary>The running variance, [channel].</summary>
    public Parameter Variance => variance;

    private protected override string Kind => "batch norm";

    internal override SignalShape Shape(SignalShape input)
    {
        scale = Declare("scale", input.Channels, ParameterKind.Offset);
        offset = Declare("offset", input.Channels, ParameterKind.Offset);
        mean = Declare("mean", input.Channels, ParameterKind.Statistic);
        variance = Declare("variance", input.Channels, ParameterKind.Statistic);
        return input;
    }

    internal override void Initialize(RandomStream random)
    {
        scale.Values.Fill(1);
        variance.Values.Fill(1);
    }

    internal override LayerWorker CreateWorker(WorkerOptions options) => new Worker(this, options);

    /// <summary>What it comes to after training: <c>y = factor x + shift</c>, channel by channel.</summary>
    internal (float[] Factors, float[] Shifts) Folded()
    {
        float[] factors = new float[scale.Count], shifts = new float[scale.Count];
        Fold(mean.Values, variance.Values, factors, shifts);
        return (factors, shifts);
    }

    void Fold(ReadOnlySpan<float> means, ReadOnlySpan<float> variances, Span<float> factors, Span<float> shifts)
    {
        for (int c = 0; c < factors.Length; c++)
        {
            factors[c] = (float)(scale.Values[c] / Math.Sqrt(variances[c] + Epsilon));
            shifts[c] = MathF.FusedMultiplyAdd(-means[c], factors[c], offset.Values[c]);
        }
    }

    sealed class Worker(BatchNormLayer layer, WorkerOptions options) : LayerWorker(layer, options)
    {
        readonly int channels = layer.Input.Channels;
        readonly double[] sums = new double[layer.Input.Channels], squares = new double[layer.Input.Channels];
        readonly float[] means = new float[layer.Input.Channels], variances = new float[layer.Input.Channels];
        readonly float[] factors = new float[layer.Input.Channels], shifts = new float[layer.Input.Channels];

        public override void Forward(Signal input, in Pass pass)
        {
            float* x = input.Values, y = Output.Write(pass.Samples);
            nint rows = input.Count / channels;
            bool fromBatch = pass.Training && !layer.Frozen;
            if (fromBatch) Measure(x, rows);
            if (fromBatch) layer.Fold(means, variances, factors, shifts);
            else layer.Fold(layer.mean.Values, layer.variance.Values, factors, shifts);
            for (nint row = 0; row < rows; row++, x += channels, y += channels)
            {
                for (int c = 0; c < channels; c++) y[c] = MathF.FusedMultiplyAdd(x[c], factors[c], shifts[c]);
            }
        }

        public override void Backward(Signal input, in Gradients gradients, in Pass pass)
        {
            nint rows = input.Count / channels;
            float* x = input.Values, dy = gradients.Output, dx = gradients.Input;
            if (layer.Frozen)
            {
                for (nint row = 0; row < rows && dx != null; row++, dy += channels, dx += channels)
                {
                    for (int c = 0; c < channels; c++) dx[c] = dy[c] * factors[c];
                }
                return;
            }
            Array.Clear(sums);
            Array.Clear(squares);
            for (nint row = 0; row < rows; row++)
            {
                for (int c = 0; c < channels; c++)
                {
                    float g = dy[(row * channels) + c];
                    sums[c] += g;
                    squares[c] += (double)g * (x[(row * channels) + c] - means[c]);
                }
            }
            float* dScale = gradients.Of(layer.scale), dOffset = gradients.Of(layer.offset), m = gradients.Of(layer.mean), v = gradients.Of(layer.variance);
            for (int c = 0; c < channels; c++)
            {
                double spread = Math.Sqrt(variances[c] + Epsilon);
                dScale[c] = (float)(squares[c] / spread);
                dOffset[c] = (float)sums[c];
                (m[c], v[c]) = (means[c], variances[c]);
                // dx = factor (dy - mean(dy) - (x - mean) mean(dy (x - mean)) / spread^2)
                shifts[c] = (float)(sums[c] / rows);
                squares[c] /= rows * (variances[c] + Epsilon);
            }
            if (dx == null) return;
            for (nint row = 0; row < rows; row++, x += channels, dy += channels, dx += channels)
            {
                for (int c = 0; c < channels; c++) dx[c] = factors[c] * MathF.FusedMultiplyAdd(-(x[c] - means[c]), (float)squares[c], dy[c] - shifts[c]);
            }
        }

        void Measure(float* x, nint rows)
        {
            Array.Clear(sums);
            Array.Clear(squares);
            for (nint row = 0; row < rows; row++)
            {
                for (int c = 0; c < channels; c++) sums[c] += x[(row * channels) + c];
            }
            for (int c = 0; c < channels; c++) means[c] = (float)(sums[c] / rows);
            for (nint row = 0; row < rows; row++)
            {
                for (int c = 0; c < channels; c++)
                {
                    double d = x[(row * channels) + c] - means[c];
                    squares[c] += d * d;
                }
            }
            for (int c = 0; c < channels; c++) variances[c] = (float)(squares[c] / rows);
        }
    }
}
