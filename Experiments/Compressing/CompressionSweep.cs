using System.Globalization;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Experiments.Digits;
using Lepton.Neuro.Plasticity.Compression;
using Lepton.Neuro.Plasticity.ModelFiles;

namespace Lepton.Neuro.Experiments.Compressing;

/// <summary>Prunes and quantizes a trained classifier in many ways, and judges each by its file: it is written, read back, mapped onto a machine, and shown all test images there. Weights that the machine
/// cannot store (as learned, or of a grid a neuron) are judged without it, at no price.</summary>
/// <param name="plan">What to try.</param>
/// <param name="model">The trained model.</param>
/// <param name="test">The images to judge on.</param>
/// <param name="evaluation">Runs them.</param>
internal sealed class CompressionSweep(CompressionPlan plan, Model model, PreparedImages test, Evaluation evaluation)
{
    /// <summary>The number of bits by which weights as learned are told from quantized ones.</summary>
    public const int AsLearned = 32;

    readonly Classifier classifier = ClassifierModel.Read(model, test.Images);

    /// <summary>Tries all, weights as learned first.</summary>
    /// <param name="found">What is done with each point and its file.</param>
    public IReadOnlyList<CompressionPoint> Run(Action<CompressionPoint, byte[]> found)
    {
        var points = new List<CompressionPoint>();
        Add(AsLearned, 0);
        foreach (double sparsity in plan.Sparsities)
        {
            foreach (int bits in plan.Bits) Add(bits, sparsity);
        }
        return points;

        void Add(int bits, double sparsity)
        {
            var (point, file) = Try(bits, sparsity);
            points.Add(point);
            found(point, file);
        }
    }

    (CompressionPoint Point, byte[] File) Try(int bits, double sparsity)
    {
        var weights = Prune(sparsity);
        QuantizedTensor[]? quantized = null;
        if (bits != AsLearned && plan.SharedWeights is { } values)
        {
            weights = [.. weights.Select(w => WeightSharing.Apply(w, values).Values)];
        }
        else if (bits != AsLearned)
        {
            var quantization = new UniformQuantization(bits) { Calibration = plan.Calibration, IsSymmetric = plan.IsSymmetric };
            quantized = [.. weights.Select((w, layer) => plan.IsPerChannel ? quantization.PerChannel(w, classifier.Layers[layer].Count, PruningGroup.Column) : quantization.PerTensor(w))];
            weights = [.. quantized.Select(q => q.Values)];
        }
        var file = ClassifierModel.Of(classifier, weights, quantized, model.Provenance).ToBytes(ClassifierModel.Parts);
        var back = ClassifierModel.Read(Model.FromBytes(file, ClassifierModel.Parts));
        // Weights of zero leave no synapse on the machine.
        var sparse = back.WithWeights(back.Weights);
        string name = string.Create(CultureInfo.InvariantCulture, $"{bits} bits, {sparsity:0.##%} pruned");
        var (accuracy, operations, joules) = Fits(bits) ? OnMachine(name, sparse) : (evaluation.Run(name, sparse, test).Accuracy, double.NaN, double.NaN);
        return (new(
            bits,
            sparsity,
            accuracy,
            file.Length,
            weights.Select((w, layer) => (long)WeightCode.Encode(w, quantized?[layer]).Length).Sum(),
            weights.Select((w, layer) => quantized is null ? WeightCode.IdealBytes(w) : WeightCode.IdealBytes(quantized[layer])).Sum(),
            weights.Sum(w => (long)w.Length - w.AsSpan().Count(0f)),
            operations,
            joules), file);
    }

    IReadOnlyList<float[]> Prune(double sparsity) => plan.Pruning == PruningMethod.Structured
        ? UnitPruning.Apply([.. classifier.Weights.Select((w, layer) => new ChainedWeights(w, classifier.Layers[layer].Count))], sparsity).Weights
        : MagnitudePruning.Apply(classifier.Weights, sparsity);

    // A core stores whole multiples of one step for a projection.
    bool Fits(int bits) => bits != AsLearned && plan is { IsPerChannel: false, SharedWeights: null } && bits + (plan.IsSymmetric ? 0 : 1) <= plan.Machine.WeightBits;

    (double Accuracy, double Operations, double Joules) OnMachine(string name, Classifier sparse)
    {
        var mapping = Tiles.Map(sparse.Plan, plan.Machine, new() { Learned = sparse.Learned, NeuronsPerCore = plan.NeuronsPerCore });
        var (verdict, activity, energy, _) = evaluation.Run(name, sparse, mapping, test);
        return (verdict.Accuracy, activity.SynapticOperations / (double)test.Count, energy.Joules);
    }
}
