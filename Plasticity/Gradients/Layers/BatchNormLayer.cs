using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;
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
        readonly double[] sums = new double[layer.Input.Channels], products = new double[layer.Input.Channels];
        readonly float[] means = new float[layer.Input.Channels], variances = new float[layer.Input.Channels];
        readonly float[] factors = new float[layer.Input.Channels], shifts = new float[layer.Input.Channels], slopes = new float[layer.Input.Channels];

        public override void Forward(Signal input, in Pass pass)
        {
            float* x = input.Values, y = Output.Write(pass.Samples);
            nint rows = input.Count / channels;
            bool fromBatch = pass.Training && !layer.Frozen;
            if (fromBatch) Measure(x, rows);
            if (fromBatch) layer.Fold(means, variances, factors, shifts);
            else layer.Fold(layer.mean.Values, layer.variance.Values, factors, shifts);
            Apply(new() { X = x, To = y, Rows = rows });
        }

        public override void Backward(Signal input, in Gradients gradients, in Pass pass)
        {
            nint rows = input.Count / channels;
            float* x = input.Values, dy = gradients.Output, dx = gradients.Input;
            if (layer.Frozen)
            {
                Array.Clear(shifts);
                if (dx != null) Apply(new() { X = dy, To = dx, Rows = rows });
                return;
            }
            fixed (float* mean = means) Sum(new() { X = x, Dy = dy, Rows = rows, Origin = mean });
            float* dScale = gradients.Of(layer.scale), dOffset = gradients.Of(layer.offset), m = gradients.Of(layer.mean), v = gradients.Of(layer.variance);
            for (int c = 0; c < channels; c++)
            {
                double spread = Math.Sqrt(variances[c] + Epsilon);
                dScale[c] = (float)(products[c] / spread);
                dOffset[c] = (float)sums[c];
                (m[c], v[c]) = (means[c], variances[c]);
                // dx = factor (dy - mean(dy) - (x - mean) mean(dy (x - mean)) / spread^2)
                shifts[c] = (float)(sums[c] / rows);
                slopes[c] = (float)(products[c] / (rows * (variances[c] + Epsilon)));
            }
            if (dx != null) Apply(new() { X = x, Dy = dy, To = dx, Rows = rows });
        }

        // Around the first row squares are about as small as around the mean, and one pass tells both.
        void Measure(float* x, nint rows)
        {
            Sum(new() { X = x, Rows = rows, Origin = x });
            for (int c = 0; c < channels; c++)
            {
                double away = sums[c] / rows;
                means[c] = (float)(x[c] + away);
                variances[c] = (float)Math.Max((products[c] / rows) - (away * away), 0);
            }
        }

        void Sum(Summing work)
        {
            Array.Clear(sums);
            Array.Clear(products);
            fixed (double* sum = sums, product = products)
            {
                work.Sums = sum;
                work.Products = product;
                work.Channels = channels;
                VectorWidth.Run(VectorBits, work);
            }
        }

        void Apply(Scaling work)
        {
            fixed (float* factor = factors, shift = shifts, mean = means, slope = slopes)
            {
                work.Factors = factor;
                work.Shifts = shift;
                work.Means = mean;
                work.Slopes = slope;
                work.Channels = channels;
                VectorWidth.Run(VectorBits, work);
            }
        }
    }

    /// <summary>Adds up, channel by channel, the gradients and their products with <c>x - origin</c>; where there are no gradients, <c>x - origin</c> and its squares.</summary>
    struct Summing : ILaneWork
    {
        // Single precision adds so many numbers before double precision takes their sum: they stay in the first cache, and rounding does not grow with the batch.
        const int Block = 64;

        public float* X, Dy, Origin;
        public nint Rows;
        public int Channels;
        public double* Sums, Products;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<T>()
            where T : unmanaged, ILane<T>
        {
            for (nint row = 0; row < Rows; row += Block)
            {
                nint end = Math.Min(row + Block, Rows);
                int channel = 0;
                for (; channel + T.Width <= Channels; channel += T.Width) Add<T>(row, end, channel);
                for (; channel < Channels; channel++) Add<Scalar>(row, end, channel);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void Add<T>(nint row, nint end, int channel)
            where T : unmanaged, ILane<T>
        {
            T sum = 0f, product = 0f, origin = T.Load(in Origin[channel]);
            nint place = (row * Channels) + channel, last = (end * Channels) + channel;
            if (Dy == null)
            {
                for (; place < last; place += Channels)
                {
                    T away = T.Load(in X[place]) - origin;
                    sum += away;
                    product = T.FusedMultiplyAdd(away, away, product);
                }
            }
            else
            {
                for (; place < last; place += Channels)
                {
                    T dy = T.Load(in Dy[place]);
                    sum += dy;
                    product = T.FusedMultiplyAdd(dy, T.Load(in X[place]) - origin, product);
                }
            }
            float* parts = stackalloc float[2 * T.Width];
            T.Store(sum, ref *parts);
            T.Store(product, ref parts[T.Width]);
            for (int i = 0; i < T.Width; i++)
            {
                Sums[channel + i] += parts[i];
                Products[channel + i] += parts[T.Width + i];
            }
        }
    }

    /// <summary>Scales and shifts each channel: forth, or back where there are gradients.</summary>
    struct Scaling : ILaneWork
    {
        public float* X, Dy, To, Factors, Shifts, Means, Slopes;
        public nint Rows;
        public int Channels;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<T>()
            where T : unmanaged, ILane<T>
        {
            nint place = 0;
            for (nint row = 0; row < Rows; row++)
            {
                int channel = 0;
                for (; channel + T.Width <= Channels; channel += T.Width, place += T.Width) At<T>(place, channel);
                for (; channel < Channels; channel++, place++) At<Scalar>(place, channel);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void At<T>(nint place, int channel)
            where T : unmanaged, ILane<T>
        {
            T x = T.Load(in X[place]), factor = T.Load(in Factors[channel]), shift = T.Load(in Shifts[channel]);
            T y = Dy == null
                ? T.FusedMultiplyAdd(x, factor, shift)
                : factor * T.FusedMultiplyAdd(T.Load(in Means[channel]) - x, T.Load(in Slopes[channel]), T.Load(in Dy[place]) - shift);
            T.Store(y, ref To[place]);
        }
    }
}
