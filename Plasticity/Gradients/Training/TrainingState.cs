using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Lepton.Neuro.Plasticity.ModelFiles;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>How far training is: all that must be known to go on with it as if it had never stopped. Random numbers need no state, for they are drawn by numbers of presentations.</summary>
sealed class TrainingState
{
    readonly Sequential network;
    readonly TrainingOptions options;
    readonly Update update;
    readonly byte[] digest = [];
    float[]? best;
    double bestLoss = double.PositiveInfinity;
    int sinceBest;
    long lastSave = Stopwatch.GetTimestamp();

    /// <summary>Begins, or goes on where the checkpoint is.</summary>
    public TrainingState(Sequential network, TrainingOptions options, ISamples samples, Update update)
    {
        (this.network, this.options, this.update) = (network, options, update);
        Strategy = new(network, options, samples.Count);
        if (options.Checkpoint is not { } path) return;
        digest = SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant(
            $"training\n{network}{Made(network)}\n{options with { Threads = 1, VectorBits = 0, Checkpoint = null, CheckpointEvery = 1, CheckpointInterval = null, Augmentation = null }}\n{options.Augmentation}\n{samples.Count} samples of {samples.Classes} classes: {Digest(samples, network.Input.Steps * network.Input.Features)}\nfrozen: {string.Join(", ", network.Layers.Where(l => l.Frozen).Select(l => l.Name))}")));
        if (File.Exists(path)) Read(path);
    }

    /// <summary>The epoch, from 0.</summary>
    public int Epoch { get; private set; }

    /// <summary>The batch within it.</summary>
    public int Batch { get; set; }

    /// <summary>Updates so far.</summary>
    public long Updates { get; set; }

    /// <summary>The sum of losses in this epoch.</summary>
    public double Loss { get; set; }

    /// <summary>The right answers in this epoch.</summary>
    public long Right { get; set; }

    /// <summary>Whether patience has run out.</summary>
    public bool StoppedEarly { get; private set; }

    /// <summary>What the strategy makes of it.</summary>
    public StrategyState Strategy { get; }

    /// <summary>What the epochs came to.</summary>
    public List<EpochResult> Results { get; } = [];

    /// <summary>Ends an epoch.</summary>
    public void Add(EpochResult result)
    {
        Results.Add(result);
        Strategy.Judge(result, () => options.Optimizer.Project(update.First.Span, update.Second.Span, Updates, options.Strategy!.Momentum));
        update.Use(Strategy.Optimizer);
        if (options.Patience is not { } patience) return;
        if (result.ValidationLoss < bestLoss)
        {
            (best, bestLoss, sinceBest) = (network.GetParameters(), result.ValidationLoss, 0);
            return;
        }
        StoppedEarly = ++sinceBest >= patience;
    }

    /// <summary>Goes to the next epoch.</summary>
    public void NextEpoch() => (Epoch, Batch, Loss, Right) = (Epoch + 1, 0, 0, 0);

    /// <summary>Ends training: the best parameters come back. The checkpoint stays, and whoever goes on from it finds all done.</summary>
    public void Finish()
    {
        if (best is not null) network.SetParameters(best);
        Save();
    }

    /// <summary>Writes the checkpoint, where there is one and it is time to, after a batch.</summary>
    public void SaveWhenDue()
    {
        bool due = options.CheckpointInterval is { } interval ? Stopwatch.GetElapsedTime(lastSave) >= interval : Updates % options.CheckpointEvery == 0;
        if (due) Save(batchesDone: 1);
    }

    /// <summary>Writes the checkpoint, where there is one.</summary>
    /// <param name="batchesDone">How many batches are done beyond <see cref="Batch"/>.</param>
    public void Save(int batchesDone = 0)
    {
        if (options.Checkpoint is not { } path) return;
        using var writer = new CheckpointWriter(path, digest);
        writer.Write<long>("progress", [Epoch, Batch + batchesDone, Updates, Right, sinceBest, StoppedEarly ? 1 : 0]);
        writer.Write<double>("sums", [Loss, bestLoss, Strategy.SwitchFactor]);
        writer.Write<EpochResult>("epochs", CollectionsMarshal.AsSpan(Results));
        writer.Write<float>("parameters", network.Store.Span);
        writer.Write<float>("optimizer, first", update.First.Span);
        writer.Write<float>("optimizer, second", update.Second.Span);
        writer.Write<float>("best", best);
        writer.Commit();
        lastSave = Stopwatch.GetTimestamp();
    }

    /// <summary>What the layers were made with: a training with another leak is another one.</summary>
    static string Made(Sequential network) => string.Join('\n', network.Layers.Select(layer =>
    {
        var (id, numbers) = LayerParts.Describe(layer);
        return $"{id}: {string.Join(", ", numbers.OrderBy(n => n.Key, StringComparer.Ordinal).Select(n => FormattableString.Invariant($"{n.Key} {n.Value:R}")))}";
    }));

    static string Digest(ISamples samples, int size)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var values = new float[size];
        for (int i = 0; i < samples.Count; i++)
        {
            int label = samples.Label(i);
            samples.Read(i, values);
            hash.AppendData(MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in label)));
            hash.AppendData(MemoryMarshal.AsBytes(values.AsSpan()));
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    void Read(string path)
    {
        using var reader = new CheckpointReader(path, digest);
        var progress = reader.Read<long>("progress");
        (Epoch, Batch, Updates, Right, sinceBest) = ((int)progress[0], (int)progress[1], progress[2], progress[3], (int)progress[4]);
        StoppedEarly = progress[5] == 1;
        var sums = reader.Read<double>("sums");
        (Loss, bestLoss, Strategy.SwitchFactor) = (sums[0], sums[1], sums[2]);
        Results.AddRange(reader.Read<EpochResult>("epochs"));
        foreach (var result in Results) Strategy.Judge(result, () => Strategy.SwitchFactor);
        update.Use(Strategy.Optimizer);
        reader.Read("parameters", network.Store.Span);
        reader.Read("optimizer, first", update.First.Span);
        reader.Read("optimizer, second", update.Second.Span);
        best = reader.Read<float>("best") is { Length: > 0 } found ? found : null;
        network.ParametersChanged();
    }
}
