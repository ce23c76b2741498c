using System.Globalization;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Preprocessing;
using Lepton.Neuro.Experiments.Digits;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Experiments.Training;
using Lepton.Neuro.Plasticity.Compression;
using Lepton.Neuro.Plasticity.Gradients;
using Lepton.Neuro.Plasticity.ModelFiles;

namespace Lepton.Neuro.Experiments.Compressing;

/// <summary>Prunes and quantizes what gradients trained, in many ways, at once or while it is trained further, and judges each by its file, on all test images, once. A spiking network is priced on a tile
/// machine too, where one can store its weights.</summary>
/// <param name="plan">What to try.</param>
/// <param name="model">The trained model.</param>
/// <param name="training">What it is trained further on; null where it is not.</param>
/// <param name="test">The images to judge on.</param>
/// <param name="threads">Threads.</param>
/// <param name="cancellation">Stops between images and updates.</param>
internal sealed class TrainedSweep(CompressionPlan plan, Model model, ImageSet? training, ImageSet test, int threads, CancellationToken cancellation)
{
    // Energy is that of the first images: a machine is simulated core by core.
    const int PricedImages = 200, Batch = 128;

    // Pruning reaches its end halfway, so that what is left has time to make up for it.
    const double PruningPart = 0.5;

    readonly Sequential trained = BatchNormFolding.Fold(new TrainedModel(model).Layers);

    /// <summary>Tries all, weights as learned first.</summary>
    /// <param name="found">What is done with each point and its file.</param>
    public IReadOnlyList<CompressionPoint> Run(Action<CompressionPoint, byte[]> found)
    {
        var points = new List<CompressionPoint>();
        Add(Judge(CompressionSweep.AsLearned, 0, trained, null));
        foreach (double sparsity in plan.Sparsities)
        {
            foreach (int bits in plan.Bits)
            {
                var (network, quantized) = Compress(bits, sparsity);
                Add(Judge(bits, sparsity, network, quantized));
            }
        }
        return points;

        void Add((CompressionPoint Point, byte[] File) one)
        {
            points.Add(one.Point);
            found(one.Point, one.File);
        }
    }

    (Sequential Network, IReadOnlyList<QuantizedTensor>? Quantized) Compress(int bits, double sparsity)
    {
        var network = BatchNormFolding.Fold(trained);
        var quantization = bits == CompressionSweep.AsLearned || plan.SharedWeights is not null ? null : new UniformQuantization(bits) { Calibration = plan.Calibration, IsSymmetric = plan.IsSymmetric };
        long updates = training is null ? 0 : (training.Count + Batch - 1) / Batch * (long)plan.FineTuning;
        var tuning = new CompressedTraining(network, new(sparsity, 0, (long)(updates * PruningPart)), quantization, plan.Pruning, plan.IsPerChannel);
        if (training is not null) Train(network, tuning);
        if (plan.SharedWeights is { } values)
        {
            foreach (var weights in network.Parameters.Where(p => p.Kind == ParameterKind.Weight)) WeightSharing.Apply(weights.Values, values).Values.CopyTo(weights.Values);
            network.ParametersChanged();
        }
        if (TrainedModel.Spikes(network)) TrainedModel.RoundBiases(network);
        return (network, quantization is null ? null : tuning.Quantized);
    }

    void Train(Sequential network, CompressedTraining tuning)
    {
        using var trainer = new Trainer(network, new()
        {
            Epochs = plan.FineTuning,
            BatchSize = Batch,
            Optimizer = Optimizer.AdamW(0),
            LearningRate = LearningRate.Cosine(plan.FineTuningRate, warmUp: 0.05),
            Augmentation = new PictureAugmentation(new Augmentation { Shift = 1, Rotate = 8, Scale = 0.08, Seed = model.Provenance.Seed }),
            Seed = model.Provenance.Seed,
            Threads = threads,
        });
        trainer.Fit(new ImageSamples(training!), batchDone: tuning.AfterUpdate, cancellation: cancellation);
    }

    (CompressionPoint Point, byte[] File) Judge(int bits, double sparsity, Sequential network, IReadOnlyList<QuantizedTensor>? quantized)
    {
        var compressed = TrainedModel.Of(network, model.Network.Seed, model.Provenance, quantized, trainable: false);
        byte[] file = compressed.ToBytes(ClassifierModel.Parts);
        var back = Model.FromBytes(file, ClassifierModel.Parts);
        int[] answers = new TrainedModel(back).Answers(test, threads, cancellation);
        float[][] weights = [.. network.Parameters.Where(p => p.Kind == ParameterKind.Weight).Select(p => p.Values.ToArray())];
        var (operations, joules) = Fits(bits) && TrainedModel.Spikes(network) ? Price(back) : (double.NaN, double.NaN);
        return (new(
            bits,
            sparsity,
            answers.Index().Count(a => a.Item == test.Label(a.Index)) / (double)test.Count,
            file.Length,
            weights.Select((w, p) => (long)WeightCode.Encode(w, quantized?[p]).Length).Sum(),
            weights.Select((w, p) => quantized is null ? WeightCode.IdealBytes(w) : WeightCode.IdealBytes(quantized[p])).Sum(),
            weights.Sum(w => (long)w.Length - w.AsSpan().Count(0f)),
            operations,
            joules), file);
    }

    bool Fits(int bits) => bits != CompressionSweep.AsLearned && plan is { IsPerChannel: false, SharedWeights: null } && bits + (plan.IsSymmetric ? 0 : 1) <= plan.Machine.WeightBits;

    (double Operations, double Joules) Price(Model compressed)
    {
        var (exported, network) = TrainedModel.WithoutZeros(compressed);
        try
        {
            var mapping = Tiles.Map(network, plan.Machine, new() { NeuronsPerCore = plan.NeuronsPerCore });
            var shown = test.Take(Math.Min(test.Count, PricedImages));
            var activities = new List<TileActivity>();
            TrainedModel.Ask(exported, new ImageSamples(shown), threads, () => Tiles.Evaluate(mapping, Evaluation.OnChip(new() { Threads = 1 })), cancellation, s => activities.Add(s.Tiles));
            var activity = TileActivity.Sum(activities);
            return (activity.SynapticOperations / (double)shown.Count, EnergyReport.Of(activity, shown.Count).Joules);
        }
        catch (InvalidInputException)
        {
            // The machine cannot hold it: it has no price there.
            return (double.NaN, double.NaN);
        }
    }
}
