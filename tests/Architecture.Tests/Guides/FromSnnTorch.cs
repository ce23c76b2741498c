using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Plasticity.Gradients;
using static Lepton.Neuro.Plasticity.Gradients.Layers;

namespace Lepton.Neuro.Architecture.Tests.Guides;

/// <summary>The code of docs/guides/from-snntorch.md.</summary>
public static class FromSnnTorch
{
    public static void Run(Action<string> print)
    {
        // --- guide
        var digits = Glyphs.Generate(seed: 1, trainCount: 600, testCount: 200);
        var network = new Sequential(Input(28, 28, 1), Flatten(), RateCode(steps: 10), Dense(64), Lif(leak: 0.9), Dense(10), Last());
        using var trainer = new Trainer(network, new() { Epochs = 4, BatchSize = 32, LearningRate = 0.003, Seed = 1 });
        trainer.Fit(new Pictures(digits.Train));
        print($"{trainer.Evaluate(new Pictures(digits.Test)).Accuracy * 100:F1} % of the test images");
        // ---
    }

    // --- guide
    sealed class Pictures(ImageSet images) : ISamples
    {
        public int Count => images.Count;

        public int Classes => images.Classes;

        public int Label(int index) => images.Label(index);

        public void Read(int index, Span<float> values)
        {
            var pixels = images.Pixels(index);
            for (int i = 0; i < pixels.Length; i++) values[i] = pixels[i] / 255f;
        }
    }
    // ---
}
