using Lepton.Neuro.Experiments.Digits;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Plasticity.Compression;
using Lepton.Neuro.Plasticity.Gradients;
using static Lepton.Neuro.Plasticity.Gradients.Layers;

namespace Lepton.Neuro.Experiments.Energy;

/// <summary>Trains dense rate networks by gradients, on the images that a spiking network learned from, so that their accuracy is measured and not assumed.</summary>
/// <param name="context">The run.</param>
/// <param name="training">The images to learn from.</param>
/// <param name="test">The images to be judged by.</param>
internal sealed class RateBaseline(RunContext context, PreparedImages training, PreparedImages test)
{
    const int WeightBits = 8;
    const int Batch = 64;
    const int FewestEpochs = 4;
    const int MostEpochs = 50;
    const int Updates = 1_200;
    const double MostLearningRate = 0.003;

    /// <summary>The passes over the training images: few images are shown more often.</summary>
    int Epochs => Math.Clamp(Updates * Batch / Math.Max(1, training.Count), FewestEpochs, MostEpochs);

    /// <summary>Trains a network and judges it with weights of 8 bits.</summary>
    /// <param name="widths">The numbers of inputs, of the units of each hidden layer, which rectify, and of outputs.</param>
    /// <returns>The part of the test images that is right.</returns>
    public double Accuracy(IReadOnlyList<int> widths)
    {
        var layers = new List<Layer> { Input(widths[0]) };
        for (int i = 1; i < widths.Count - 1; i++) layers.AddRange([Dense(widths[i]), Relu()]);
        layers.Add(Dense(widths[^1]));
        var network = new Sequential([.. layers]);
        network.Initialize(context.Seed);
        using var trainer = new Trainer(network, new()
        {
            Epochs = Epochs,
            BatchSize = Batch,
            Optimizer = Optimizer.AdamW(),
            LearningRate = LearningRate.Cosine(MostLearningRate, warmUp: 0.05),
            Seed = context.Seed,
            Threads = context.Threads,
            VectorBits = (int)context.VectorBits,
        });
        using (var phase = context.Progress.Start($"Rate network {string.Join('-', widths)}", (long)Epochs * training.Count, "images"))
            trainer.Fit(new Samples(training, widths[^1]), batchDone: count => phase.Advance(count), cancellation: context.Cancellation);
        var quantization = new SymmetricQuantization(WeightBits);
        foreach (var parameter in network.Parameters.Where(p => p.Kind == ParameterKind.Weight)) quantization.Apply(parameter.Values.ToArray()).Values.CopyTo(parameter.Values);
        network.ParametersChanged();
        return trainer.Evaluate(new Samples(test, widths[^1]), context.Cancellation).Accuracy;
    }

    /// <summary>Prepared images as the training engine reads them.</summary>
    sealed class Samples(PreparedImages images, int classes) : ISamples
    {
        public int Count => images.Count;

        public int Classes => classes;

        public int Label(int index) => images.Label(index);

        public void Read(int index, Span<float> values) => images.Read(index, values);
    }
}
