using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>How a window becomes one number.</summary>
public enum Pooling
{
    /// <summary>The greatest number; of equal ones the first has the gradient.</summary>
    Max,

    /// <summary>The mean.</summary>
    Average,
}

/// <summary>Makes one number of each window, channel by channel. Windows do not overlap; rows and columns that fill no window are left out.</summary>
public sealed unsafe class PoolLayer : Layer
{
    readonly int size;

    internal PoolLayer(Pooling pooling, int size)
    {
        Pooling = pooling;
        this.size = Positive("the size", size);
    }

    /// <summary>How a window becomes one number.</summary>
    public Pooling Pooling { get; }

    /// <summary>Rows and columns of a window; in one dimension, columns.</summary>
    public int Size => size;

    private protected override string Kind => Pooling == Pooling.Max ? "max pool" : "average pool";

    internal int Rows => Input.Height == 1 ? 1 : size;

    internal override SignalShape Shape(SignalShape input)
    {
        if (input.Width < size || (input.Height > 1 && input.Height < size)) throw Misfit("its input", input, $"at least {size} columns, and as many rows or but one");
        return input with { Height = input.Height == 1 ? 1 : input.Height / size, Width = input.Width / size };
    }

    internal override LayerWorker CreateWorker(WorkerOptions options) => new Worker(this, options);

    sealed class Worker(PoolLayer layer, WorkerOptions options) : LayerWorker(layer, options)
    {
        public override void Forward(Signal input, in Pass pass) =>
            VectorWidth.Run(VectorBits, new Windows { Layer = layer, Pictures = input.Rows, X = input.Values, Y = Output.Write(pass.Samples) });

        public override void Backward(Signal input, in Gradients gradients, in Pass pass)
        {
            if (gradients.Input == null) return;
            // What fills no window has no gradient.
            if (layer.Input.Height % layer.Rows != 0 || layer.Input.Width % layer.size != 0) new Span<float>(gradients.Input, (int)input.Count).Clear();
            VectorWidth.Run(VectorBits, new Windows { Layer = layer, Pictures = input.Rows, X = input.Values, Y = Output.Values, Dy = gradients.Output, Dx = gradients.Input });
        }
    }

    /// <summary>Goes through all windows: forth, or back where there are gradients.</summary>
    struct Windows : ILaneWork
    {
        public PoolLayer Layer;
        public int Pictures;
        public float* X, Y, Dy, Dx;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<T>()
            where T : unmanaged, ILane<T>
        {
            var (input, output) = (Layer.Input, Layer.Output);
            int channels = input.Channels, rows = Layer.Rows, columns = Layer.size;
            nint line = (nint)input.Width * channels, y = 0;
            bool max = Layer.Pooling == Pooling.Max;
            for (int picture = 0; picture < Pictures; picture++)
            {
                for (int row = 0; row < output.Height; row++)
                {
                    for (int column = 0; column < output.Width; column++, y += channels)
                    {
                        nint x = ((nint)picture * input.Features) + (row * rows * line) + ((nint)column * columns * channels);
                        int channel = 0;
                        for (; channel + T.Width <= channels; channel += T.Width) At<T>(x + channel, y + channel, rows, columns, line, channels, max);
                        for (; channel < channels; channel++) At<Scalar>(x + channel, y + channel, rows, columns, line, channels, max);
                    }
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void At<T>(nint x, nint y, int rows, int columns, nint line, nint channels, bool max)
            where T : unmanaged, ILane<T>
        {
            float part = 1f / (rows * columns);
            if (Dx == null)
            {
                T result = max ? T.Load(in X[x]) : 0f;
                for (int i = 0; i < rows; i++)
                {
                    for (int j = 0; j < columns; j++)
                    {
                        T value = T.Load(in X[x + (i * line) + (j * channels)]);
                        result = max ? T.Max(value, result) : result + value;
                    }
                }
                T.Store(max ? result : result * part, ref Y[y]);
                return;
            }
            T left = T.Load(in Dy[y]), greatest = T.Load(in Y[y]), share = left * part;
            for (int i = 0; i < rows; i++)
            {
                for (int j = 0; j < columns; j++)
                {
                    nint at = x + (i * line) + (j * channels);
                    T chosen = T.Load(in X[at]) == greatest;
                    T.Store(max ? T.Select(chosen, left, 0f) : share, ref Dx[at]);
                    left = T.Select(chosen, 0f, left);
                }
            }
        }
    }
}
