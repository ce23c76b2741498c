using Lepton.Neuro.Plasticity.Gradients;

namespace Lepton.Neuro.Gradients.Tests;

/// <summary>Samples drawn by a seed: each class is a random picture, each sample its class's picture and noise.</summary>
sealed class Samples : ISamples
{
    readonly float[][] values;
    readonly int[] labels;

    public Samples(int count, int size, int classes, int seed, double noise = 0.2)
    {
        Classes = classes;
        var random = new System.Random(seed);
        // The classes' pictures are those of the size and classes alone, so that two sets can be of the same kind.
        var kinds = new System.Random((size * 31) + classes);
        float[][] means = [.. Enumerable.Range(0, classes).Select(_ => Enumerable.Range(0, size).Select(_ => kinds.NextSingle()).ToArray())];
        labels = [.. Enumerable.Range(0, count).Select(_ => random.Next(classes))];
        values = [.. labels.Select(label => means[label].Select(m => (float)Math.Clamp(m + (noise * (random.NextDouble() - 0.5)), 0, 1)).ToArray())];
    }

    public int Count => labels.Length;

    public int Classes { get; }

    public int Label(int index) => labels[index];

    public void Read(int index, Span<float> to) => this.values[index].CopyTo(to);
}
