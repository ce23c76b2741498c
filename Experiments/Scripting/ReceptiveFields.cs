using Lepton.Neuro.Experiments.Plots;

namespace Lepton.Neuro.Experiments.Scripting;

/// <summary>What neurons look for: the weights onto each, as images.</summary>
public static class ReceptiveFields
{
    /// <summary>Draws them.</summary>
    /// <param name="title">The title.</param>
    /// <param name="weights">The weights, <c>[pixel, neuron]</c>, as <see cref="Session.Weights"/> gives those of an all-to-all projection.</param>
    /// <param name="neurons">How many neurons there are.</param>
    /// <param name="rows">Rows of an image.</param>
    /// <param name="columns">Columns of an image.</param>
    /// <param name="most">How many neurons are shown at most.</param>
    /// <returns>The figure.</returns>
    /// <exception cref="ArgumentException">The weights are not as many as neurons and pixels.</exception>
    public static Figure Of(string title, float[] weights, int neurons, int rows, int columns, int most = 100)
    {
        if (weights.Length != (long)neurons * rows * columns) throw new ArgumentException($"{weights.Length} weights are not {neurons} images of {rows} x {columns}.", nameof(weights));
        SmallImage Field(int neuron) => new("", Enumerable.Range(0, rows * columns).Select(pixel => weights[(pixel * neurons) + neuron]).ToArray());
        return ImageGrid.OfWeights(title, [.. Enumerable.Range(0, Math.Min(neurons, most)).Select(Field)], rows, columns);
    }
}
