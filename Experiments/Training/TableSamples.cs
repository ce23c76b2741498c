using Lepton.Neuro.Encoders.Preprocessing;
using Lepton.Neuro.Plasticity.Gradients;

namespace Lepton.Neuro.Experiments.Training;

/// <summary>Rows of a table as samples of two classes: 1 for the positive one.</summary>
/// <param name="Values">The rows.</param>
/// <param name="Labels">The class of each.</param>
internal sealed record TableSamples(PixelMatrix Values, int[] Labels) : ISamples
{
    /// <inheritdoc/>
    public int Count => Labels.Length;

    /// <inheritdoc/>
    public int Classes => 2;

    /// <inheritdoc/>
    public int Label(int index) => Labels[index];

    /// <inheritdoc/>
    public void Read(int index, Span<float> values) => Values.Row(index).CopyTo(values);
}
