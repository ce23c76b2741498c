using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>A function of each number by itself.</summary>
public enum Activation
{
    /// <summary><c>max(x, 0)</c>.</summary>
    Relu,

    /// <summary><c>min(max(x, 0), ceiling)</c>.</summary>
    ClippedRelu,

    /// <summary><c>min(max(x, 0), ceiling)</c>, rounded to so many levels; its gradient is taken for that of the clipped one. T. Bu et al., ICLR 2022.</summary>
    QuantizedRelu,

    /// <summary><c>1 / (1 + e^-x)</c>.</summary>
    Sigmoid,

    /// <summary><c>tanh x</c>.</summary>
    Tanh,
}

/// <summary>A layer that applies a function to each number by itself.</summary>
public sealed unsafe class ActivationLayer : Layer
{
    internal ActivationLayer(Activation function, double ceiling, int levels = 1)
    {
        Function = function;
        Levels = (int)Require.InRange($"layer '{Kind}': the levels", (long)levels, 1, 1 << 16);
        Ceiling = (float)Require.InRange($"layer '{Kind}': the ceiling", ceiling, 1e-6, 1e6);
    }

    /// <summary>The function.</summary>
    public Activation Function { get; }

    /// <summary>The levels of <see cref="Activation.QuantizedRelu"/>.</summary>
    public int Levels { get; }

    /// <summary>The most that <see cref="Activation.ClippedRelu"/> and <see cref="Activation.QuantizedRelu"/> give.</summary>
    public float Ceiling { get; }

    private protected override string Kind => Function switch
    {
        Activation.Relu => "relu",
        Activation.ClippedRelu => "clipped relu",
        Activation.QuantizedRelu => "quantized relu",
        Activation.Sigmoid => "sigmoid",
        _ => "tanh",
    };

    internal override SignalShape Shape(SignalShape input) => input;

    internal override LayerWorker CreateWorker(WorkerOptions options) => new Worker(this, options);

    sealed class Worker(ActivationLayer layer, WorkerOptions options) : LayerWorker(layer, options)
    {
        public override void Forward(Signal input, in Pass pass) => ActivationMath.Apply(VectorBits, layer.Function, layer.Ceiling, input.Values, Output.Write(pass.Samples), input.Count, layer.Levels);

        public override void Backward(Signal input, in Gradients gradients, in Pass pass)
        {
            if (gradients.Input == null) return;
            // What was rounded does not say where it came from: there the inputs are read.
            var (function, values) = layer.Function == Activation.QuantizedRelu ? (Activation.ClippedRelu, input) : (layer.Function, Output);
            ActivationMath.Gradient(VectorBits, function, layer.Ceiling, values.Values, gradients.Output, gradients.Input, input.Count);
        }
    }
}

/// <summary>The functions of <see cref="Activation"/> over many numbers. The way back reads the outputs: the inputs may be gone.</summary>
static unsafe class ActivationMath
{
    /// <summary><c>to = f(from)</c>; the two may be the same.</summary>
    public static void Apply(int vectorBits, Activation function, float ceiling, float* from, float* to, nint count, int levels = 1) =>
        Elementwise.Run(vectorBits, new Forward { Function = function, Ceiling = ceiling, Levels = levels / ceiling, Level = ceiling / levels, From = from, To = to }, count);

    /// <summary><c>to = f'(x) gradient</c> with <c>output = f(x)</c>; gradient and to may be the same.</summary>
    public static void Gradient(int vectorBits, Activation function, float ceiling, float* output, float* gradient, float* to, nint count) =>
        Elementwise.Run(vectorBits, new Backward { Function = function, Ceiling = ceiling, Output = output, Gradient = gradient, To = to }, count);

    struct Forward : IElementwise
    {
        public Activation Function;
        public float Ceiling, Levels, Level;
        public float* From, To;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void At<T>(nint place)
            where T : unmanaged, ILane<T>
        {
            T x = T.Load(in From[place]);
            T y = Function switch
            {
                Activation.Relu => T.Max(x, 0f),
                Activation.ClippedRelu => T.Min(T.Max(x, 0f), Ceiling),
                Activation.QuantizedRelu => T.Round(T.Min(T.Max(x, 0f), Ceiling) * Levels) * Level,
                Activation.Sigmoid => Logistic(x),
                _ => T.FusedMultiplyAdd(Logistic(x + x), 2f, -1f),
            };
            T.Store(y, ref To[place]);
        }

        static T Logistic<T>(T x)
            where T : unmanaged, ILane<T> => (T)1f / (1f + T.Exp(-x));
    }

    struct Backward : IElementwise
    {
        public Activation Function;
        public float Ceiling;
        public float* Output, Gradient, To;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void At<T>(nint place)
            where T : unmanaged, ILane<T>
        {
            T y = T.Load(in Output[place]), g = T.Load(in Gradient[place]);
            T result = Function switch
            {
                Activation.Relu => T.Select(y > 0f, g, 0f),
                Activation.ClippedRelu => T.Select((y > 0f) & (y < Ceiling), g, 0f),
                Activation.Sigmoid => g * y * (1f - y),
                _ => g * T.FusedMultiplyAdd(-y, y, 1f),
            };
            T.Store(result, ref To[place]);
        }
    }
}
