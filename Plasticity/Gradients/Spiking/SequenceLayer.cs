namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Makes a sequence of a picture: the same picture in every step (a constant current), or a row of it in each, as it is or as spikes where it is bright.</summary>
public sealed unsafe class SequenceLayer : Layer
{
    readonly int steps;

    /// <param name="steps">How often the picture is repeated; 0 to take its rows one by one.</param>
    /// <param name="threshold">From where on a number is a spike; null to leave it as it is.</param>
    internal SequenceLayer(int steps, double? threshold)
    {
        this.steps = (int)Require.InRange($"layer '{Kind}': the steps", (long)steps, 0, 1 << 16);
        Threshold = threshold is { } value ? (float)Require.InRange($"layer '{Kind}': the threshold", value, -1e6, 1e6) : null;
    }

    /// <summary>From where on a number is a spike; null where numbers stay what they are.</summary>
    public float? Threshold { get; }

    /// <summary>Whether rows are taken one by one.</summary>
    public bool ByRows => steps == 0;

    private protected override string Kind => ByRows ? "rows" : "repeat";

    internal override SignalShape Shape(SignalShape input)
    {
        if (input.Steps != 1) throw Misfit("the steps of its input", input.Steps, "1");
        return ByRows ? new(input.Height, 1, 1, input.Width * input.Channels) : input with { Steps = steps };
    }

    internal override LayerWorker CreateWorker(WorkerOptions options) => new Worker(this, options);

    sealed class Worker(SequenceLayer layer, WorkerOptions options) : LayerWorker(layer, options)
    {
        int Line => layer.Output.Features;

        public override void Forward(Signal input, in Pass pass)
        {
            float* begin = Output.Write(pass.Samples, isSpikes: layer.Threshold is not null), to = begin, from = input.Values;
            for (int t = 0; t < layer.Output.Steps; t++)
            {
                for (int sample = 0; sample < pass.Samples; sample++, to += Line) new ReadOnlySpan<float>(Place(from, t, sample), Line).CopyTo(new(to, Line));
            }
            if (layer.Threshold is not { } threshold) return;
            for (nint i = 0; i < Output.Count; i++) begin[i] = begin[i] >= threshold ? 1 : 0;
        }

        public override void Backward(Signal input, in Gradients gradients, in Pass pass)
        {
            if (gradients.Input == null) return;
            new Span<float>(gradients.Input, (int)input.Count).Clear();
            if (layer.Threshold is not null) return;
            float* from = gradients.Output;
            for (int t = 0; t < layer.Output.Steps; t++)
            {
                for (int sample = 0; sample < pass.Samples; sample++, from += Line)
                {
                    float* to = Place(gradients.Input, t, sample);
                    for (int i = 0; i < Line; i++) to[i] += from[i];
                }
            }
        }

        float* Place(float* picture, int step, int sample) => picture + ((nint)sample * layer.Input.Features) + (layer.ByRows ? step * Line : 0);
    }
}
