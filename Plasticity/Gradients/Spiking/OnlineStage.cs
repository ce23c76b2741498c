using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Weights and the units that they lead to, run step by step: what an <see cref="OnlineChain"/> keeps of them between two steps.</summary>
sealed unsafe class OnlineStage
{
    readonly int vectorBits, inputs, units;
    readonly float leak;
    readonly Layer target;
    readonly LifLayer? neurons;
    readonly Parameter? recurrent;
    readonly MatrixFactor weights, weightsBack, recurrentWeights, right;
    readonly Numbers trace, recurrentTrace, currents, potentials, state, spikes, errors, below;
    float biasTrace;
    int samples;
    bool traces;

    /// <summary>A stage.</summary>
    /// <param name="dense">The weights.</param>
    /// <param name="target">The units: neurons, recurrent neurons, or a readout.</param>
    /// <param name="options">What it is made for.</param>
    public OnlineStage(DenseLayer dense, Layer target, WorkerOptions options)
    {
        (Dense, vectorBits, inputs, units) = (dense, options.VectorBits, dense.Input.Channels, dense.Output.Channels);
        this.target = target;
        neurons = target as LifLayer ?? (target as RecurrentLayer)?.Neurons;
        recurrent = (target as RecurrentLayer)?.Weights;
        leak = neurons?.Leak ?? ((ReadoutLayer)target).Leak;
        (weights, weightsBack, recurrentWeights, right) = (new(vectorBits), new(vectorBits), new(vectorBits), new(vectorBits));
        long most = options.Samples;
        (trace, below) = (new(most * inputs), new(most * inputs));
        (currents, potentials, state, spikes, errors, recurrentTrace) = (new(most * units), new(most * units), new(most * units), new(most * units), new(most * units), new(most * units));
    }

    /// <summary>The weights' layer.</summary>
    public DenseLayer Dense { get; }

    /// <summary>Whether all that comes in is finite.</summary>
    public bool IsFinite
    {
        get
        {
            foreach (float value in currents.Span[..(samples * units)])
            {
                if (!float.IsFinite(value)) return false;
            }
            return true;
        }
    }

    /// <summary>Begins a block: nothing is remembered.</summary>
    /// <param name="count">Samples.</param>
    /// <param name="learns">Whether gradients will be asked for.</param>
    public void Begin(int count, bool learns)
    {
        traces = learns;
        samples = count;
        biasTrace = 0;
        foreach (var numbers in (ReadOnlySpan<Numbers>)[trace, recurrentTrace, state, spikes, currents]) numbers.Span.Clear();
        weights.Set(Dense.Weights.Pointer, inputs, units);
        if (learns) weightsBack.SetTransposed(Dense.Weights.Pointer, units, inputs);
        if (recurrent is not null) recurrentWeights.Set(recurrent.Pointer, units, units);
    }

    /// <summary>Takes a step.</summary>
    /// <param name="from">What comes in, [sample, input].</param>
    /// <param name="count">Samples.</param>
    /// <returns>What goes out: spikes, or a readout's potentials; [sample, unit].</returns>
    public float* Forward(float* from, int count)
    {
        nint all = (nint)count * units;
        if (traces)
        {
            Fade(from, trace.Pointer, (nint)count * inputs);
            biasTrace = MathF.FusedMultiplyAdd(biasTrace, leak, 1);
        }
        Biases.Fill(Dense.Bias, currents.Pointer, count, units);
        MatrixProduct.Multiply(from, count, inputs, 1, weights, currents.Pointer, units, add: true);
        if (recurrent is not null)
        {
            if (traces) Fade(spikes.Pointer, recurrentTrace.Pointer, all);
            MatrixProduct.Multiply(spikes.Pointer, count, units, 1, recurrentWeights, currents.Pointer, units, add: true);
        }
        if (neurons is null)
        {
            Fade(currents.Pointer, state.Pointer, all);
            return state.Pointer;
        }
        Neurons(count).Forward(vectorBits, 0, 1, state.Pointer);
        return spikes.Pointer;
    }

    /// <summary>Adds the step's part of the gradients.</summary>
    /// <param name="error">The step's loss by what went out.</param>
    /// <param name="count">Samples.</param>
    /// <param name="gradients">Where gradients of parameters go.</param>
    /// <param name="wanted">Whether that by what came in is wanted.</param>
    /// <returns>The step's loss by what came in.</returns>
    public float* Backward(float* error, int count, float* gradients, bool wanted)
    {
        if (neurons is not null)
        {
            (Neurons(count) with { SpikeGradients = error, InputGradients = errors.Pointer }).Backward(vectorBits, 0, 1, null);
            error = errors.Pointer;
        }
        right.Set(error, count, units);
        if (!Dense.Frozen)
        {
            MatrixProduct.Multiply(trace.Pointer, inputs, 1, inputs, right, gradients + Dense.Weights.Offset, units, add: true);
            for (int sample = 0; sample < count && Dense.Bias is not null; sample++)
            {
                float* to = gradients + Dense.Bias.Offset, from = error + ((nint)sample * units);
                for (int i = 0; i < units; i++) to[i] = MathF.FusedMultiplyAdd(from[i], biasTrace, to[i]);
            }
        }
        if (recurrent is not null && !target.Frozen) MatrixProduct.Multiply(recurrentTrace.Pointer, units, 1, units, right, gradients + recurrent.Offset, units, add: true);
        if (wanted) MatrixProduct.Multiply(error, count, units, 1, weightsBack, below.Pointer, inputs, add: false);
        return below.Pointer;
    }

    LifMath Neurons(int count) => new(leak, neurons!.Threshold, neurons.Reset, neurons.Gradient)
    {
        Stride = (nint)count * units,
        Input = currents.Pointer,
        Potentials = potentials.Pointer,
        Spikes = spikes.Pointer,
    };

    void Fade(float* from, float* to, nint count) => Elementwise.Run(vectorBits, new Fading { From = from, To = to, Keep = leak }, count);

    /// <summary>to = keep to + from.</summary>
    struct Fading : IElementwise
    {
        public float* From, To;
        public float Keep;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void At<T>(nint place)
            where T : unmanaged, ILane<T> => T.Store(T.FusedMultiplyAdd(T.Load(in To[place]), Keep, T.Load(in From[place])), ref To[place]);
    }
}
