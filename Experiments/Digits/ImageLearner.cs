namespace Lepton.Neuro.Experiments.Digits;

/// <summary>A network while it learns images, one after another.</summary>
internal abstract class ImageLearner : IDisposable
{
    /// <summary>What is learned by, for reports: a phrase.</summary>
    public abstract string Rule { get; }

    /// <summary>The session that learns.</summary>
    public abstract LearningSession Session { get; }

    /// <summary>The neurons whose spikes are worth watching.</summary>
    public abstract IReadOnlyList<Population> Watched { get; }

    /// <summary>Shows an image and learns from it.</summary>
    /// <param name="image">Pixels in [0, 1].</param>
    /// <param name="label">Its class.</param>
    /// <param name="presentation">The presentation's number.</param>
    /// <param name="rate">What learning rates are multiplied with, in (0, 1].</param>
    /// <returns>What the network took the image for before it learned from it; -1 where it cannot tell yet.</returns>
    public abstract int Learn(ReadOnlySpan<float> image, int label, ulong presentation, float rate);

    /// <summary>The network as it is now; what it answers may mean nothing yet.</summary>
    public abstract Classifier Snapshot();

    /// <summary>What is done once, after the last image.</summary>
    public virtual void EndLearning()
    {
    }

    /// <summary>Writes what it knows between two images beyond its session.</summary>
    /// <param name="writer">Where to.</param>
    public virtual void Save(BinaryWriter writer)
    {
    }

    /// <summary>Reads what <see cref="Save"/> wrote; the session is already that of then.</summary>
    /// <param name="reader">Where from.</param>
    public virtual void Restore(BinaryReader reader)
    {
    }

    /// <summary>Makes a classifier of what was learned; changes nothing of it.</summary>
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
