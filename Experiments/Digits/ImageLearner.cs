namespace Lepton.Neuro.Experiments.Digits;

/// <summary>A network while it learns images, one after another.</summary>
internal abstract class ImageLearner : IDisposable
{
    /// <summary>What is learned by, for reports: a phrase.</summary>
    public abstract string Rule { get; }

    /// <summary>The plan that learns.</summary>
    public abstract CompiledNetwork Plan { get; }

    /// <summary>Shows an image and learns from it.</summary>
    /// <param name="image">Pixels in [0, 1].</param>
    /// <param name="label">Its class.</param>
    /// <param name="presentation">The presentation's number.</param>
    /// <param name="rate">What learning rates are multiplied with, in (0, 1].</param>
    /// <returns>What the network took the image for before it learned from it; -1 where it cannot tell yet.</returns>
    public abstract int Learn(ReadOnlySpan<float> image, int label, ulong presentation, float rate);

    /// <summary>Ends learning.</summary>
    /// <param name="training">The images learned from: all that answers may be made from.</param>
    /// <param name="evaluation">Runs what must be run for that.</param>
    /// <returns>The network as learned.</returns>
    public abstract Classifier Finish(PreparedImages training, Evaluation evaluation);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the session.</summary>
    /// <param name="disposing">Always true.</param>
    protected abstract void Dispose(bool disposing);
}
