using System.Globalization;
using Lepton.Neuro.Random;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Trains a network by gradient descent, and asks it.</summary>
/// <remarks>A batch is cut into blocks that threads share; each block's gradients are made by themselves and added in the blocks' order. So the same options, samples and seed give the same
/// parameters, to the last bit, on any number of threads and any width of vectors.</remarks>
public sealed unsafe class Trainer : IDisposable
{
    readonly TrainingOptions options;
    readonly int vectorBits;
    readonly Team team;
    readonly List<IChain> chains = [];
    readonly List<Numbers> blockGradients = [];
    readonly Update update;
    IChain[]? askers;

    /// <summary>Prepares to train a network.</summary>
    /// <param name="network">The network; its parameters are changed by training.</param>
    /// <param name="options">How; the defaults where null.</param>
    /// <exception cref="InvalidInputException">An option is out of its range, or the loss does not fit the network's output.</exception>
    public Trainer(Sequential network, TrainingOptions? options = null)
    {
        Network = network;
        this.options = (options ?? new()).Checked();
        this.options.Loss.Check(network, network.Output.Features);
        vectorBits = VectorWidth.Resolve(this.options.VectorBits);
        team = new(this.options.Threads);
        Reserve(this.options.BatchSize);
        update = new(network, this.options, vectorBits, blockGradients);
    }

    /// <summary>The network.</summary>
    public Sequential Network { get; }

    /// <summary>How many samples have been trained on so far, by this object.</summary>
    public long SamplesTrained { get; private set; }

    /// <summary>Trains.</summary>
    /// <param name="training">The samples to learn from.</param>
    /// <param name="validation">Samples to judge each epoch by; none where null.</param>
    /// <param name="epochDone">Told of each epoch; nobody where null.</param>
    /// <param name="batchDone">Told of each update's number of samples; nobody where null.</param>
    /// <param name="cancellation">Stops between two updates; where there is a checkpoint, it is written then.</param>
    /// <returns>What it came to.</returns>
    /// <exception cref="InvalidInputException">There are no samples, their classes are not those of the network, early stopping is asked for without validation samples, or a number that is not
    /// finite arose: the message names the layer.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public TrainingHistory Fit(
        ISamples training, ISamples? validation = null, Action<EpochResult>? epochDone = null, Action<int>? batchDone = null, CancellationToken cancellation = default)
    {
        Check(training, "training");
        if (validation is not null) Check(validation, "validation");
        if (options.Strategy is not null && validation is null) throw new InvalidInputException("the adaptive strategy", "asked for", "only with validation samples");
        if (options.Patience is not null && validation is null) throw new InvalidInputException("early stopping", "asked for", "only with validation samples");
        var state = new TrainingState(Network, options, training, update);
        var order = new RandomStream(options.Seed, RandomPurpose.Shuffling, 1 << 16);
        RequireFinite(0);
        for (; state.Epoch < options.Epochs && !state.StoppedEarly; state.NextEpoch())
        {
            int[] shuffled = order.Permutation(training.Count, (uint)state.Epoch);
            double rate = 0;
            int size = state.Strategy.Batch, batches = (training.Count + size - 1) / size;
            Reserve(size);
            for (; state.Batch < batches; state.Batch++)
            {
                if (cancellation.IsCancellationRequested)
                {
                    state.Save();
                    cancellation.ThrowIfCancellationRequested();
                }
                int first = state.Batch * size, count = Math.Min(size, training.Count - first);
                rate = state.Strategy.RateFactor * options.LearningRate.At(state.Epoch, (state.Epoch + (state.Batch / (double)batches)) / options.Epochs);
                ulong presentation = ((ulong)state.Epoch * (ulong)training.Count) + (ulong)first + 1;
                var (loss, right) = Learn(training, shuffled.AsMemory(first, count), presentation, ++state.Updates, rate, state.Epoch);
                (state.Loss, state.Right) = (state.Loss + loss, state.Right + right);
                batchDone?.Invoke(count);
                state.SaveWhenDue();
            }
            RequireFinite(state.Epoch + 1);
            var judged = validation is null ? null : Evaluate(validation, cancellation);
            var result = new EpochResult(state.Epoch + 1, state.Loss / training.Count, state.Right / (double)training.Count, judged?.Loss ?? double.NaN, judged?.Accuracy ?? double.NaN, rate);
            state.Add(result);
            epochDone?.Invoke(result);
        }
        state.Finish();
        return new([.. state.Results], state.Updates, state.StoppedEarly, Warnings(training), state.Strategy.Changes);
    }

    /// <summary>Asks the network.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    /// <returns>The answers and how good they are.</returns>
    /// <exception cref="InvalidInputException">There are no samples, or their classes are not those of the network.</exception>
    public EvaluationResult Evaluate(ISamples samples, CancellationToken cancellation = default) => Ask(samples, null, cancellation);

    EvaluationResult Ask(ISamples samples, float[]? outputs, CancellationToken cancellation)
    {
        Check(samples, "test");
        askers ??= [.. Enumerable.Range(0, options.Threads).Select(_ => NewChain(training: false))];
        var work = new Asking(this, samples, outputs, cancellation);
        team.Do(work, work.Losses.Length);
        double loss = 0;
        int right = 0;
        for (int i = 0; i < work.Losses.Length; i++) (loss, right) = (loss + work.Losses[i], right + work.Rights[i]);
        return new(work.Answers, right, right / (double)samples.Count, loss / samples.Count);
    }

    /// <summary>What the network gives for each sample, before any softmax: for choosing a threshold, say.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    /// <returns>[sample, output].</returns>
    /// <exception cref="InvalidInputException">There are no samples, their classes are not those of the network, or its output has more than one step.</exception>
    public float[] Outputs(ISamples samples, CancellationToken cancellation = default)
    {
        if (Network.Output.Steps != 1) throw new InvalidInputException($"layer '{Network.Layers[^1].Name}': its output", Network.Output, "one step");
        var outputs = new float[(long)samples.Count * Network.Output.Features];
        Ask(samples, outputs, cancellation);
        return outputs;
    }

    /// <summary>What a user should know of samples before a network is trained on them: classes that none is of.</summary>
    /// <param name="training">The samples.</param>
    /// <returns>A sentence each; none where all is well.</returns>
    public static IReadOnlyList<string> Warnings(ISamples training)
    {
        var counts = new long[training.Classes];
        for (int i = 0; i < training.Count; i++) counts[training.Label(i)]++;
        return [.. counts.Index().Where(c => c.Item == 0).Select(c => string.Create(CultureInfo.InvariantCulture, $"No training sample is of class {c.Index}: the network cannot learn it."))];
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => team.Dispose();

    /// <summary>The gradient of the mean loss of some samples, as training would follow it, and that loss; parameters stay what they are.</summary>
    internal (double Loss, float[] Gradient) Gradient(ISamples samples, int[] which)
    {
        var work = new Learning(this, samples, which, 1, 1f / which.Length);
        team.Do(work, work.Losses.Length);
        var total = new float[Network.Store.Count];
        foreach (var parameter in Network.Parameters)
        {
            for (int block = 0; block < work.Losses.Length; block++)
            {
                for (int i = 0; i < parameter.Count; i++) total[parameter.Offset + i] += blockGradients[block].Span[parameter.Offset + i];
            }
        }
        return (work.Losses.Sum() / which.Length, total);
    }

    (double Loss, int Right) Learn(ISamples samples, ReadOnlyMemory<int> batch, ulong presentation, long number, double rate, int epoch)
    {
        var work = new Learning(this, samples, batch, presentation, 1f / batch.Length);
        team.Do(work, work.Losses.Length);
        double loss = 0;
        int right = 0;
        for (int i = 0; i < work.Losses.Length; i++)
        {
            if (work.Bad[i] is { } layer)
            {
                throw new InvalidInputException(string.Create(CultureInfo.InvariantCulture,
                    $"training: '{layer}' gives a number that is not finite in epoch {epoch + 1}, update {number}; allowed: finite numbers (try a lower learning rate than {rate:G3}, or a clipped gradient)"));
            }
            (loss, right) = (loss + work.Losses[i], right + work.Rights[i]);
        }
        update.Apply(team, work.Losses.Length, number, rate);
        SamplesTrained += batch.Length;
        return (loss, right);
    }

    /// <summary>Makes room for a batch of some samples.</summary>
    void Reserve(int samples)
    {
        int blocks = (samples + options.BlockSize - 1) / options.BlockSize;
        while (chains.Count < Math.Min(options.Threads, blocks)) chains.Add(NewChain(training: true));
        while (blockGradients.Count < blocks) blockGradients.Add(new(Network.Store.Count));
    }

    /// <summary>Looks for a parameter that is not finite. Where a unit gives nothing below a threshold, or is rounded, such a number may never reach the loss.</summary>
    void RequireFinite(int epoch)
    {
        foreach (var layer in Network.Layers)
        {
            foreach (var parameter in layer.Parameters)
            {
                bool finite = true;
                foreach (float value in parameter.Values) finite &= float.IsFinite(value);
                if (finite) continue;
                throw new InvalidInputException(string.Create(CultureInfo.InvariantCulture,
                    $"training: the {parameter.Name} of '{layer.Name}' hold a number that is not finite {(epoch == 0 ? "before training" : $"after epoch {epoch}")}; allowed: finite numbers"));
            }
        }
    }

    IChain NewChain(bool training)
    {
        var how = new WorkerOptions(options.BlockSize, vectorBits, training, options.Seed);
        return options.Online ? new OnlineChain(Network, how) : new Chain(Network, how);
    }

    void Check(ISamples samples, string what)
    {
        if (samples.Count < 1) throw new InvalidInputException($"the number of {what} samples", samples.Count, "at least 1");
        options.Loss.Check(Network, samples.Classes);
    }

    sealed class Learning(Trainer trainer, ISamples samples, ReadOnlyMemory<int> batch, ulong presentation, float scale) : IParts
    {
        public double[] Losses { get; } = new double[(batch.Length + trainer.options.BlockSize - 1) / trainer.options.BlockSize];

        public int[] Rights { get; } = new int[(batch.Length + trainer.options.BlockSize - 1) / trainer.options.BlockSize];

        public string?[] Bad { get; } = new string?[(batch.Length + trainer.options.BlockSize - 1) / trainer.options.BlockSize];

        public void Do(int part, int worker)
        {
            int size = trainer.options.BlockSize, first = part * size;
            var block = batch.Span[first..Math.Min(first + size, batch.Length)];
            var chain = trainer.chains[worker];
            (Losses[part], Rights[part]) = chain.Run(
                samples, block, presentation + (ulong)first, trainer.options.Augmentation, trainer.options.Loss, scale, trainer.blockGradients[part].Pointer);
            if (!double.IsFinite(Losses[part])) Bad[part] = chain.FirstBadLayer;
        }
    }

    sealed class Asking(Trainer trainer, ISamples samples, float[]? outputs, CancellationToken cancellation) : IParts
    {
        public double[] Losses { get; } = new double[(samples.Count + trainer.options.BlockSize - 1) / trainer.options.BlockSize];

        public int[] Rights { get; } = new int[(samples.Count + trainer.options.BlockSize - 1) / trainer.options.BlockSize];

        public int[] Answers { get; } = new int[samples.Count];

        public void Do(int part, int worker)
        {
            cancellation.ThrowIfCancellationRequested();
            int size = trainer.options.BlockSize, first = part * size, count = Math.Min(size, samples.Count - first);
            int[] block = [.. Enumerable.Range(first, count)];
            var chain = trainer.askers![worker];
            (Losses[part], Rights[part]) = chain.Run(samples, block, 0, null, trainer.options.Loss, 1, null);
            chain.Answers[..count].CopyTo(Answers.AsSpan(first));
            int features = trainer.Network.Output.Features;
            if (outputs is not null) new ReadOnlySpan<float>(chain.Outputs, count * features).CopyTo(outputs.AsSpan(first * features));
        }
    }
}
