using Lepton.Neuro.Random;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>A convolution with a shared kernel, in every step: <c>y[r, c, f] = b[f] + sum x[r s + i - p, c s + j - p, k] W[i, j, k, f]</c>.</summary>
/// <remarks>Parameters: <c>weights</c> [row, column, channel, filter], drawn uniformly with the variance <c>Gain^2 / inputs of a unit</c>; <c>bias</c> [filter], zero at first.
/// It is a matrix product of patches, laid out for a picture at a time: they stay in the near cache.</remarks>
public sealed unsafe class ConvolutionLayer : Layer
{
    readonly int filters, kernelHeight, kernelWidth, stride, padding;
    readonly bool hasBias, oneDimension;
    readonly double gain;
    readonly FactorCache factors = new();
    Parameter weights = null!;
    Parameter? bias;

    internal ConvolutionLayer(int filters, int kernelHeight, int kernelWidth, int stride, int padding, bool bias, double gain, bool oneDimension)
    {
        this.oneDimension = oneDimension;
        this.filters = Positive("filters", filters);
        this.kernelHeight = Positive("the kernel", kernelHeight);
        this.kernelWidth = Positive("the kernel", kernelWidth);
        this.stride = Positive("the stride", stride);
        this.padding = (int)Require.InRange($"layer '{Kind}': the padding", (long)padding, 0, Math.Max(kernelWidth - 1, 0));
        this.gain = Require.InRange($"layer '{Kind}': the gain", gain, 0, 1e6);
        hasBias = bias;
    }

    /// <summary>The weights, [row, column, channel, filter].</summary>
    public Parameter Weights => weights;

    /// <summary>The biases; null where there are none.</summary>
    public Parameter? Bias => bias;

    /// <summary>Rows of the kernel.</summary>
    public int KernelHeight => kernelHeight;

    /// <summary>Columns of the kernel.</summary>
    public int KernelWidth => kernelWidth;

    /// <summary>The distance of neighbouring windows.</summary>
    public int Stride => stride;

    /// <summary>Rows and columns of zeros around the input (columns alone, in one dimension).</summary>
    public int Padding => padding;

    /// <summary>Whether it is one of lines: places around them are added at both ends alone.</summary>
    public bool IsOfLines => oneDimension;

    private protected override string Kind => oneDimension ? "conv1d" : "conv2d";

    int RowPadding => oneDimension ? 0 : padding;

    int PatchSize => kernelHeight * kernelWidth * Input.Channels;

    internal override SignalShape Shape(SignalShape input)
    {
        if (oneDimension && input.Height != 1) throw Misfit("its input", input, "one row (Input(length, channels))");
        int height = input.Height + (2 * RowPadding), width = input.Width + (2 * padding);
        if (height < kernelHeight || width < kernelWidth)
            throw Misfit("its input", input, $"at least {kernelHeight - (2 * RowPadding)} x {kernelWidth - (2 * padding)}, the kernel's size less the padding");
        long count = (long)kernelHeight * kernelWidth * input.Channels * filters;
        if (count > 1 << 28) throw Misfit("its weights", count, $"at most {1 << 28}");
        weights = Declare("weights", (int)count, ParameterKind.Weight);
        if (hasBias) bias = Declare("bias", filters, ParameterKind.Offset);
        return new(input.Steps, ((height - kernelHeight) / stride) + 1, ((width - kernelWidth) / stride) + 1, filters);
    }

    internal override void Initialize(RandomStream random) => DrawUniform(random, 0, weights.Values, gain * Math.Sqrt(3.0 / PatchSize));

    internal override void ParametersChanged() => factors.Forget();

    internal override LayerWorker CreateWorker(WorkerOptions options) => new Worker(this, options);

    sealed class Worker : LayerWorker
    {
        readonly ConvolutionLayer layer;
        readonly MatrixFactor rightOfWeights;
        readonly int patch, positions, filters, paddedWidth, paddedHeight;
        readonly Numbers? padded;
        readonly Numbers patches;

        public Worker(ConvolutionLayer layer, WorkerOptions options)
            : base(layer, options)
        {
            this.layer = layer;
            rightOfWeights = new(options.VectorBits);
            (patch, positions, filters) = (layer.PatchSize, layer.Output.Height * layer.Output.Width, layer.filters);
            (paddedHeight, paddedWidth) = (layer.Input.Height + (2 * layer.RowPadding), layer.Input.Width + (2 * layer.padding));
            if (layer.padding > 0) padded = new((long)paddedHeight * paddedWidth * layer.Input.Channels);
            patches = new((long)positions * patch);
        }

        public override void Forward(Signal input, in Pass pass)
        {
            float* to = Output.Write(pass.Samples), from = input.Values;
            Biases.Fill(layer.bias, to, (nint)input.Rows * positions, filters);
            var right = layer.factors.Plain(VectorBits, layer.weights.Pointer, patch, filters);
            for (int row = 0; row < input.Rows; row++, from += layer.Input.Features, to += layer.Output.Features)
            {
                ReadPatches(from);
                MatrixProduct.Multiply(patches.Pointer, positions, patch, 1, right, to, filters, add: true);
            }
        }

        public override void Backward(Signal input, in Gradients gradients, in Pass pass)
        {
            float* dy = gradients.Output, x = input.Values, dx = gradients.Input;
            if (!layer.Frozen)
            {
                if (layer.bias is { } bias) Biases.Gradient(VectorBits, dy, (nint)input.Rows * positions, filters, gradients.Of(bias));
                float* dw = gradients.Of(layer.weights);
                for (int row = 0; row < input.Rows; row++)
                {
                    ReadPatches(x + ((nint)row * layer.Input.Features));
                    rightOfWeights.Set(dy + ((nint)row * layer.Output.Features), positions, filters);
                    MatrixProduct.Multiply(patches.Pointer, patch, 1, patch, rightOfWeights, dw, filters, add: row > 0);
                }
            }
            if (dx == null) return;
            var right = layer.factors.Transposed(VectorBits, layer.weights.Pointer, patch, filters);
            for (int row = 0; row < input.Rows; row++, dy += layer.Output.Features, dx += layer.Input.Features)
            {
                MatrixProduct.Multiply(dy, positions, filters, 1, right, patches.Pointer, patch, add: false);
                WritePatches(dx);
            }
        }

        /// <summary>Lays out the window of each position, one after the other.</summary>
        void ReadPatches(float* picture)
        {
            int channels = layer.Input.Channels, line = layer.kernelWidth * channels;
            if (padded is not null)
            {
                int width = layer.Input.Width * channels;
                for (int row = 0; row < layer.Input.Height; row++)
                    new ReadOnlySpan<float>(picture + ((nint)row * width), width).CopyTo(new(padded.Pointer + ((((nint)(row + layer.RowPadding) * paddedWidth) + layer.padding) * channels), width));
                picture = padded.Pointer;
            }
            float* to = patches.Pointer;
            for (int row = 0; row < layer.Output.Height; row++)
            {
                for (int column = 0; column < layer.Output.Width; column++)
                {
                    float* from = picture + ((((nint)row * layer.stride * paddedWidth) + (column * layer.stride)) * channels);
                    for (int i = 0; i < layer.kernelHeight; i++, from += (nint)paddedWidth * channels, to += line)
                    {
                        if (line > 16) new ReadOnlySpan<float>(from, line).CopyTo(new(to, line));
                        else for (int j = 0; j < line; j++) to[j] = from[j];
                    }
                }
            }
        }

        /// <summary>Adds each window's gradients to the picture's.</summary>
        void WritePatches(float* picture)
        {
            int channels = layer.Input.Channels, line = layer.kernelWidth * channels;
            float* whole = padded is null ? picture : padded.Pointer;
            new Span<float>(whole, paddedHeight * paddedWidth * channels).Clear();
            float* from = patches.Pointer;
            for (int row = 0; row < layer.Output.Height; row++)
            {
                for (int column = 0; column < layer.Output.Width; column++)
                {
                    float* to = whole + ((((nint)row * layer.stride * paddedWidth) + (column * layer.stride)) * channels);
                    for (int i = 0; i < layer.kernelHeight; i++, to += (nint)paddedWidth * channels, from += line)
                        Sums.Add(VectorBits, from, to, line);
                }
            }
            if (padded is null) return;
            int width = layer.Input.Width * channels;
            for (int row = 0; row < layer.Input.Height; row++)
                new ReadOnlySpan<float>(padded.Pointer + ((((nint)(row + layer.RowPadding) * paddedWidth) + layer.padding) * channels), width).CopyTo(new(picture + ((nint)row * width), width));
            // The border is zero again when pictures are read.
            padded.Span.Clear();
        }
    }
}
