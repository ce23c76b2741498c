namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>What makes gradients on one thread.</summary>
interface IChain
{
    /// <summary>The layer where a number that is not finite arose first, after <see cref="Run"/> gave a loss that is not.</summary>
    string FirstBadLayer { get; }

    /// <summary>The answers of the last block.</summary>
    ReadOnlySpan<int> Answers { get; }

    /// <summary>What went out of the network for the last block, [sample, output].</summary>
    unsafe float* Outputs { get; }

    /// <summary>Runs a block.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="block">Which of them.</param>
    /// <param name="firstPresentation">The number of the first one's presentation; the others follow.</param>
    /// <param name="augmentation">What changes them; null for nothing.</param>
    /// <param name="loss">What is to be small.</param>
    /// <param name="scale">What gradients are multiplied by.</param>
    /// <param name="parameterGradients">Where gradients go; null to run forth only, as after training.</param>
    /// <returns>The sum of the losses, and how many answers are right.</returns>
    unsafe (double Loss, int Right) Run(
        ISamples samples, ReadOnlySpan<int> block, ulong firstPresentation, IAugmentation? augmentation, Loss loss, float scale, float* parameterGradients);
}

/// <summary>The workers of all layers on one thread: runs a block of samples forth and back.</summary>
sealed unsafe class Chain : IChain
{
    readonly Sequential network;
    readonly WorkerOptions options;
    readonly LayerWorker[] workers;
    readonly ulong[] presentations;
    readonly int[] labels, answers;
    readonly Numbers? gradients, otherGradients;

    public Chain(Sequential network, WorkerOptions options)
    {
        this.network = network;
        this.options = options;
        workers = [.. network.Working.Select(l => l.CreateWorker(options))];
        presentations = new ulong[options.Samples];
        labels = new int[options.Samples];
        answers = new int[options.Samples];
        if (!options.Training) return;
        // Nobody asks for gradients of what goes out below the first layer that has parameters.
        int first = Math.Max(0, Array.FindIndex(workers, w => w.Layer.Parameters.Count > 0));
        long most = workers.Skip(first).Max(w => (long)w.Layer.Output.Steps * w.Layer.Output.Features) * options.Samples;
        (gradients, otherGradients) = (new(most), new(most));
    }

    /// <inheritdoc/>
    public string FirstBadLayer => Array.Find(workers, w => !w.Output.IsFinite)?.Layer.Name ?? "the loss";

    /// <inheritdoc/>
    public ReadOnlySpan<int> Answers => answers;

    /// <inheritdoc/>
    public float* Outputs => Output.Values;

    /// <summary>What goes out of a layer.</summary>
    public Signal OutputOf(Layer layer) => Array.Find(workers, w => w.Layer == layer)!.Output;

    /// <summary>What goes out of the last layer.</summary>
    public Signal Output => workers[^1].Output;

    /// <inheritdoc/>
    public (double Loss, int Right) Run(
        ISamples samples, ReadOnlySpan<int> block, ulong firstPresentation, IAugmentation? augmentation, Loss loss, float scale, float* parameterGradients)
    {
        int features = network.Input.Features, steps = network.Input.Steps, count = block.Length;
        float* input = ((InputLayer.Worker)workers[0]).Begin(count);
        var whole = steps == 1 ? null : new float[steps * features];
        for (int i = 0; i < count; i++)
        {
            labels[i] = samples.Label(block[i]);
            presentations[i] = firstPresentation + (ulong)i;
            var to = whole ?? new Span<float>(input + ((nint)i * features), features);
            samples.Read(block[i], to);
            augmentation?.Apply(to, network.Input, presentations[i]);
            for (int t = 0; whole is not null && t < steps; t++)
                whole.AsSpan(t * features, features).CopyTo(new(input + ((((nint)t * count) + i) * features), features));
        }
        var pass = new Pass(count, parameterGradients != null, presentations);
        for (int i = 1; i < workers.Length; i++) workers[i].Forward(workers[i - 1].Output, pass);
        float* gradient = parameterGradients == null ? null : gradients!.Pointer;
        double sum = loss.Apply(Output.Values, network.Output, labels.AsSpan(0, count), scale, gradient, answers);
        int right = 0;
        for (int i = 0; i < count; i++) right += answers[i] == labels[i] ? 1 : 0;
        if (parameterGradients != null && double.IsFinite(sum)) Back(pass, parameterGradients);
        return (sum, right);
    }

    void Back(in Pass pass, float* parameterGradients)
    {
        // Below the first layer that learns nobody needs gradients.
        int last = Array.FindIndex(workers, w => !w.Layer.Frozen && w.Layer.Parameters.Count > 0);
        float* from = gradients!.Pointer, to = otherGradients!.Pointer;
        for (int i = workers.Length - 1; i >= last && last > 0; i--)
        {
            workers[i].Backward(workers[i - 1].Output, new() { Output = from, Input = i == last ? null : to, Parameters = parameterGradients }, pass);
            float* written = to;
            to = from;
            from = written;
        }
    }
}
