namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Where samples come in: the first layer of every network. See <see cref="Layers.Input(int, int, int, int)"/>.</summary>
public sealed unsafe class InputLayer : Layer
{
    readonly SignalShape shape;

    internal InputLayer(SignalShape shape)
    {
        this.shape = shape;
        Require.InRange("layer 'input': the height", (long)shape.Height, 1, 1 << 16);
        Require.InRange("layer 'input': the width", (long)shape.Width, 1, 1 << 16);
        Require.InRange("layer 'input': the channels", (long)shape.Channels, 1, 1 << 24);
        Require.InRange("layer 'input': the steps", (long)shape.Steps, 1, 1 << 16);
    }

    private protected override string Kind => "input";

    internal override SignalShape Shape(SignalShape input) => shape;

    internal override LayerWorker CreateWorker(WorkerOptions options) => new Worker(this, options);

    internal sealed class Worker(InputLayer layer, WorkerOptions options) : LayerWorker(layer, options)
    {
        /// <summary>Where a sample is to be written, step by step; see <see cref="Signal"/>.</summary>
        public float* Begin(int samples) => Output.Write(samples);

        public override void Forward(Signal input, in Pass pass)
        {
        }

        public override void Backward(Signal input, in Gradients gradients, in Pass pass)
        {
        }
    }
}
