namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Makes a vector of a picture: <c>[row, column, channel]</c>, the channel fastest. Nothing moves.</summary>
public sealed unsafe class FlattenLayer : Layer
{
    internal FlattenLayer()
    {
    }

    private protected override string Kind => "flatten";

    internal override SignalShape Shape(SignalShape input) => new(input.Steps, 1, 1, input.Features);

    internal override LayerWorker CreateWorker(WorkerOptions options) => throw new InvalidOperationException("a flatten layer does no work");
}
