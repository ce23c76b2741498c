using Lepton.Neuro.Random;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>In training, sets each number to zero with a probability and scales the others up; afterwards it does nothing. In a sequence a number is dropped in all steps or in none.</summary>
/// <remarks>Source: N. Srivastava et al., J. Mach. Learn. Res. 15, 1929 (2014). What is dropped depends on the seed, the layer and the sample's presentation alone.</remarks>
public sealed unsafe class DropoutLayer : Layer
{
    readonly double probability;

    internal DropoutLayer(double probability) => this.probability = Require.InRange("layer 'dropout': the probability", probability, 0, 0.99);

    /// <summary>How often a number is left out.</summary>
    public double Probability => probability;

    private protected override string Kind => "dropout";

    internal override SignalShape Shape(SignalShape input) => input;

    internal override LayerWorker CreateWorker(WorkerOptions options) => new Worker(this, options);

    sealed class Worker(DropoutLayer layer, WorkerOptions options) : LayerWorker(layer, options)
    {
        readonly Numbers masks = new(options.Training ? (long)options.Samples * layer.Input.Features : 0);
        readonly uint[] words = new uint[options.Training ? layer.Input.Features : 0];

        public override void Forward(Signal input, in Pass pass)
        {
            float* to = Output.Write(pass.Samples);
            if (!pass.Training)
            {
                new ReadOnlySpan<float>(input.Values, (int)input.Count).CopyTo(new(to, (int)input.Count));
                return;
            }
            int features = layer.Input.Features;
            uint limit = (uint)(layer.probability * uint.MaxValue);
            float scale = (float)(1 / (1 - layer.probability));
            for (int sample = 0; sample < pass.Samples; sample++)
            {
                ulong presentation = pass.Presentations[sample];
                Philox.Fill(Random, 0, (uint)presentation, (uint)(presentation >> 32), 0, words);
                float* mask = masks.Pointer + ((nint)sample * features);
                for (int i = 0; i < features; i++) mask[i] = words[i] < limit ? 0 : scale;
            }
            Multiply(input.Values, to, pass.Samples);
        }

        public override void Backward(Signal input, in Gradients gradients, in Pass pass)
        {
            if (gradients.Input != null) Multiply(gradients.Output, gradients.Input, pass.Samples);
        }

        void Multiply(float* from, float* to, int samples)
        {
            nint count = (nint)samples * layer.Input.Features;
            for (int step = 0; step < layer.Input.Steps; step++)
                Elementwise.Run(VectorBits, new Products { A = from + (step * count), B = masks.Pointer, To = to + (step * count) }, count);
        }
    }

    struct Products : IElementwise
    {
        public float* A, B, To;

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
        public readonly void At<T>(nint place)
            where T : unmanaged, Lanes.ILane<T> => T.Store(T.Load(in A[place]) * T.Load(in B[place]), ref To[place]);
    }
}
