namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Leaky integrate-and-fire neurons without dimensions, one for each number that comes in: <see cref="IntegrateAndFire"/>, to be trained.</summary>
/// <remarks><c>v &lt;- leak v + x</c>; where v reaches the threshold, the neuron fires, and v becomes zero or loses the threshold. Exported, it is that very model.</remarks>
public sealed unsafe class LifLayer : Layer
{
    internal LifLayer(double leak, double threshold, ResetMode reset, SpikingGradient gradient)
    {
        Leak = (float)Require.InRange("layer 'lif': the leak", leak, 0, 1);
        Threshold = (float)Require.InRange("layer 'lif': the threshold", threshold, 1e-6, 1e6);
        Reset = Enum.IsDefined(reset) ? reset : throw new InvalidInputException("layer 'lif': the reset", reset, "ToZero or Subtract");
        Gradient = gradient.Checked("layer 'lif'");
    }

    /// <summary>The part of the potential that is left after a step.</summary>
    public float Leak { get; }

    /// <summary>The potential at which a neuron fires.</summary>
    public float Threshold { get; }

    /// <summary>What a spike does to the potential.</summary>
    public ResetMode Reset { get; }

    /// <summary>How gradients go back.</summary>
    public SpikingGradient Gradient { get; }

    private protected override string Kind => "lif";

    internal override SignalShape Shape(SignalShape input) => input;

    internal override LayerWorker CreateWorker(WorkerOptions options) => new Worker(this, options);

    sealed class Worker(LifLayer layer, WorkerOptions options) : LayerWorker(layer, options)
    {
        readonly Numbers potentials = new(options.Training ? (long)layer.Input.Steps * options.Samples * layer.Input.Features : 0);

        public override void Forward(Signal input, in Pass pass) => new LifMath(layer.Leak, layer.Threshold, layer.Reset, layer.Gradient)
        {
            Stride = (nint)pass.Samples * layer.Input.Features,
            Input = input.Values,
            Potentials = Options.Training ? potentials.Pointer : null,
            Spikes = Output.Write(pass.Samples, isSpikes: !layer.Gradient.Smooth),
        }.Forward(VectorBits, 0, layer.Input.Steps, null);

        public override void Backward(Signal input, in Gradients gradients, in Pass pass)
        {
            if (gradients.Input == null) return;
            new LifMath(layer.Leak, layer.Threshold, layer.Reset, layer.Gradient)
            {
                Stride = (nint)pass.Samples * layer.Input.Features,
                Potentials = potentials.Pointer,
                Spikes = Output.Values,
                SpikeGradients = gradients.Output,
                InputGradients = gradients.Input,
            }.Backward(VectorBits, 0, layer.Input.Steps, null);
        }
    }
}
