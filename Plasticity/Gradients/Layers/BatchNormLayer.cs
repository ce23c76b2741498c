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

    // Channels side by side are the lanes. Few of them are repeated up to a multiple of the widest vector (never by how wide vectors are), so that a row of these is some rows of the batch.
    sealed class Worker : LayerWorker
    {
        // Rows whose sums are made in single precision before they are added in double: few enough to be exact to about a millionth and to stay in the near cache.
        const int ChunkNumbers = 4_096, WidestLanes = 16, ManyChannels = 64;

        readonly BatchNormLayer layer;
        readonly int channels, repeats, width, chunk;
        readonly double[] sums, squares, totals;
        readonly float[] means, variances, factors, shifts;
        readonly Numbers wideMeans, wideFactors, wideShifts, wideSlopes, part;

        public Worker(BatchNormLayer layer, WorkerOptions options)
            : base(layer, options)
        {
            this.layer = layer;
            channels = layer.Input.Channels;
            repeats = channels >= ManyChannels ? 1 : WidestLanes / (int)System.Numerics.BigInteger.GreatestCommonDivisor(channels, WidestLanes);
            width = channels * repeats;
            chunk = Math.Max(4, ChunkNumbers / width);
            (sums, squares, totals) = (new double[channels], new double[channels], new double[2 * width]);
            (means, variances, factors, shifts) = (new float[channels], new float[channels], new float[channels], new float[channels]);
            (wideMeans, wideFactors, wideShifts, wideSlopes, part) = (new(width), new(width), new(width), new(width), new(2 * width));
        }

        public override void Forward(Signal input, in Pass pass)
        {
            float* x = input.Values, y = Output.Write(pass.Samples);
            nint rows = input.Count / channels;
            bool fromBatch = pass.Training && !layer.Frozen;
            if (fromBatch) Measure(x, rows);
            if (fromBatch) layer.Fold(means, variances, factors, shifts);
            else layer.Fold(layer.mean.Values, layer.variance.Values, factors, shifts);
            Widen(factors, wideFactors);
            Widen(shifts, wideShifts);
            nint wide = rows / repeats;
            for (nint row = 0; row < wide; row += chunk)
            {
                var apply = new Apply { X = x + (row * width), Y = y + (row * width), Rows = Math.Min(chunk, wide - row), Width = width, Factors = wideFactors.Pointer, Shifts = wideShifts.Pointer };
                Elementwise.Run(VectorBits, apply, width);
            }
            for (nint at = wide * width; at < input.Count; at++) y[at] = MathF.FusedMultiplyAdd(x[at], factors[at % channels], shifts[at % channels]);
        }

        public override void Backward(Signal input, in Gradients gradients, in Pass pass)
        {
            nint rows = input.Count / channels, wide = rows / repeats;
            float* x = input.Values, dy = gradients.Output, dx = gradients.Input;
            if (layer.Frozen)
            {
                for (nint row = 0; row < rows && dx != null; row++, dy += channels, dx += channels)
                {
                    for (int c = 0; c < channels; c++) dx[c] = dy[c] * factors[c];
                }
                return;
            }
            Widen(means, wideMeans);
            Array.Clear(totals);
            for (nint row = 0; row < wide; row += chunk)
            {
                var work = new Slopes { X = x + (row * width), G = dy + (row * width), Rows = Math.Min(chunk, wide - row), Width = width, Means = wideMeans.Pointer, Sums = part.Pointer, Products = part.Pointer + width };
                Elementwise.Run(VectorBits, work, width);
                for (int i = 0; i < totals.Length; i++) totals[i] += part.Pointer[i];
            }
            Narrow(0, sums);
            Narrow(width, squares);
            for (nint at = wide * width; at < input.Count; at++)
            {
                sums[at % channels] += dy[at];
                squares[at % channels] += (double)dy[at] * (x[at] - means[at % channels]);
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
            Widen(shifts, wideShifts);
            for (int i = 0; i < width; i++) wideSlopes.Pointer[i] = (float)squares[i % channels];
            for (nint row = 0; row < wide; row += chunk)
            {
                var work = new Back
                {
                    X = x + (row * width),
                    G = dy + (row * width),
                    To = dx + (row * width),
                    Rows = Math.Min(chunk, wide - row),
                    Width = width,
                    Means = wideMeans.Pointer,
                    Factors = wideFactors.Pointer,
                    Shifts = wideShifts.Pointer,
                    Slopes = wideSlopes.Pointer,
                };
                Elementwise.Run(VectorBits, work, width);
            }
            for (nint at = wide * width; at < input.Count; at++)
            {
                nint c = at % channels;
                dx[at] = factors[c] * MathF.FusedMultiplyAdd(-(x[at] - means[c]), (float)squares[c], dy[at] - shifts[c]);
            }
        }

        void Measure(float* x, nint rows)
        {
            nint wide = rows / repeats, count = rows * channels;
            Array.Clear(totals);
            for (nint row = 0; row < wide; row += chunk)
            {
                Elementwise.Run(VectorBits, new Total { X = x + (row * width), Rows = Math.Min(chunk, wide - row), Width = width, Sums = part.Pointer }, width);
                for (int i = 0; i < width; i++) totals[i] += part.Pointer[i];
            }
            Narrow(0, sums);
            for (nint at = wide * width; at < count; at++) sums[at % channels] += x[at];
            for (int c = 0; c < channels; c++) means[c] = (float)(sums[c] / rows);
            Widen(means, wideMeans);
            Array.Clear(totals);
            for (nint row = 0; row < wide; row += chunk)
            {
                Elementwise.Run(VectorBits, new Deviations { X = x + (row * width), Rows = Math.Min(chunk, wide - row), Width = width, Means = wideMeans.Pointer, Squares = part.Pointer }, width);
                for (int i = 0; i < width; i++) totals[i] += part.Pointer[i];
            }
            Narrow(0, squares);
            for (nint at = wide * width; at < count; at++)
            {
                double d = x[at] - means[at % channels];
                squares[at % channels] += d * d;
            }
            for (int c = 0; c < channels; c++) variances[c] = (float)(squares[c] / rows);
        }

        void Widen(float[] from, Numbers to)
        {
            for (int i = 0; i < repeats; i++) from.CopyTo(to.Span[(i * channels)..]);
        }

        // The sums of a channel's repetitions, in their order.
        void Narrow(int first, double[] to)
        {
            Array.Clear(to);
            for (int i = 0; i < width; i++) to[i % channels] += totals[first + i];
        }
    }

    // Two sums, of even and odd rows, so that an addition need not wait for the one before.
    struct Total : IElementwise
    {
        public float* X, Sums;
        public nint Rows, Width;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void At<T>(nint place)
            where T : unmanaged, ILane<T>
        {
            float* x = X + place;
            T even = 0f, odd = 0f;
            nint row = 0;
            for (; row + 2 <= Rows; row += 2, x += 2 * Width)
            {
                even += T.Load(in *x);
                odd += T.Load(in x[Width]);
            }
            if (row < Rows) even += T.Load(in *x);
            T.Store(even + odd, ref Sums[place]);
        }
    }

    struct Deviations : IElementwise
    {
        public float* X, Means, Squares;
        public nint Rows, Width;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void At<T>(nint place)
            where T : unmanaged, ILane<T>
        {
            float* x = X + place;
            T mean = T.Load(in Means[place]), even = 0f, odd = 0f;
            nint row = 0;
            for (; row + 2 <= Rows; row += 2, x += 2 * Width)
            {
                T a = T.Load(in *x) - mean, b = T.Load(in x[Width]) - mean;
                even = T.FusedMultiplyAdd(a, a, even);
                odd = T.FusedMultiplyAdd(b, b, odd);
            }
            if (row < Rows)
            {
                T a = T.Load(in *x) - mean;
                even = T.FusedMultiplyAdd(a, a, even);
            }
            T.Store(even + odd, ref Squares[place]);
        }
    }

    struct Slopes : IElementwise
    {
        public float* X, G, Means, Sums, Products;
        public nint Rows, Width;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void At<T>(nint place)
            where T : unmanaged, ILane<T>
        {
            float* x = X + place, g = G + place;
            T mean = T.Load(in Means[place]), even = 0f, odd = 0f, evenProducts = 0f, oddProducts = 0f;
            nint row = 0;
            for (; row + 2 <= Rows; row += 2, x += 2 * Width, g += 2 * Width)
            {
                T a = T.Load(in *g), b = T.Load(in g[Width]);
                even += a;
                odd += b;
                evenProducts = T.FusedMultiplyAdd(a, T.Load(in *x) - mean, evenProducts);
                oddProducts = T.FusedMultiplyAdd(b, T.Load(in x[Width]) - mean, oddProducts);
            }
            if (row < Rows)
            {
                T a = T.Load(in *g);
                even += a;
                evenProducts = T.FusedMultiplyAdd(a, T.Load(in *x) - mean, evenProducts);
            }
            T.Store(even + odd, ref Sums[place]);
            T.Store(evenProducts + oddProducts, ref Products[place]);
        }
    }

    struct Apply : IElementwise
    {
        public float* X, Y, Factors, Shifts;
        public nint Rows, Width;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void At<T>(nint place)
            where T : unmanaged, ILane<T>
        {
            T factor = T.Load(in Factors[place]), shift = T.Load(in Shifts[place]);
            float* x = X + place, y = Y + place;
            for (nint row = 0; row < Rows; row++, x += Width, y += Width) T.Store(T.FusedMultiplyAdd(T.Load(in *x), factor, shift), ref *y);
        }
    }

    struct Back : IElementwise
    {
        public float* X, G, To, Means, Factors, Shifts, Slopes;
        public nint Rows, Width;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void At<T>(nint place)
            where T : unmanaged, ILane<T>
        {
            T mean = T.Load(in Means[place]), factor = T.Load(in Factors[place]), shift = T.Load(in Shifts[place]), slope = T.Load(in Slopes[place]);
            float* x = X + place, g = G + place, to = To + place;
            for (nint row = 0; row < Rows; row++, x += Width, g += Width, to += Width)
                T.Store(factor * T.FusedMultiplyAdd(mean - T.Load(in *x), slope, T.Load(in *g) - shift), ref *to);
        }
    }
}
