using Lepton.Neuro.Plasticity.ModelFiles;

namespace Lepton.Neuro.Experiments.Digits;

/// <summary>A network that tells images apart: what runs, how an image is shown to it, how its answer is read.</summary>
/// <param name="plan">What runs.</param>
/// <param name="input">Where images are shown.</param>
/// <param name="layers">The neurons, from the first layer to the one whose spikes are read.</param>
internal abstract class Classifier(CompiledNetwork plan, Population input, IReadOnlyList<Population> layers)
{
    /// <summary>What runs.</summary>
    public CompiledNetwork Plan => plan;

    /// <summary>What was learned that the plan does not hold; nothing where null.</summary>
    public Learned? Learned { get; init; }

    /// <summary>Where images are shown.</summary>
    public Population Input => input;

    /// <summary>The neurons, from the first layer to the one whose spikes are read.</summary>
    public IReadOnlyList<Population> Layers => layers;

    /// <summary>The neurons whose spikes are read.</summary>
    public Population Output => layers[^1];

    /// <summary>The steps of an inference.</summary>
    public abstract int Steps { get; }

    /// <summary>Begins a presentation and runs it to its end.</summary>
    /// <param name="session">A session of <see cref="Plan"/>.</param>
    /// <param name="image">Pixels in [0, 1].</param>
    /// <param name="presentation">The presentation's number.</param>
    public abstract void Show(Session session, ReadOnlySpan<float> image, ulong presentation);

    /// <summary>Reads the answer.</summary>
    /// <param name="session">The session, at the end of a presentation.</param>
    /// <param name="spikes">How often each output neuron fired in it.</param>
    /// <returns>A class.</returns>
    public abstract int Answer(Session session, ReadOnlySpan<int> spikes);

    /// <summary>The weights of the layers as learned, <c>[source, target]</c> each; those that an inference needs.</summary>
    public required IReadOnlyList<float[]> Weights { get; init; }

    /// <summary>How it is shown images and answers, as a model file says it; null where no file can.</summary>
    public ModelNote? Readout { get; init; }

    /// <summary>Whether each layer hears all of the one before, so that a rate network of the same layers is one of dense layers.</summary>
    public virtual bool IsDense => true;

    /// <summary>How many synapses of weight zero a projection of the plan leaves out.</summary>
    /// <param name="projection">The projection's index.</param>
    public virtual long LeftOut(int projection) => projection < Weights.Count ? Weights[projection].Length - Plan.Projections[projection].Connectivity.Count : 0;

    /// <summary>Shows a session the first of some images, each as the presentation of its number.</summary>
    /// <param name="session">A session of this network.</param>
    /// <param name="images">The images.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellation">Stops between images.</param>
    public void Show(Session session, PreparedImages images, int count, CancellationToken cancellation = default)
    {
        var pixels = new float[images.Images.ImageSize];
        for (int image = 0; image < count; image++)
        {
            cancellation.ThrowIfCancellationRequested();
            images.Read(image, pixels);
            Show(session, pixels, (ulong)image);
        }
    }

    /// <summary>The same network for inference only, with other weights: without what taught it.</summary>
    /// <param name="weights">The weights of each layer, <c>[source, target]</c>; synapses of weight zero are left out.</param>
    public abstract Classifier WithWeights(IReadOnlyList<float[]> weights);
}
