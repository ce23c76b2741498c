using System.Runtime.CompilerServices;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Experiments.Compressing;
using Lepton.Neuro.Experiments.Training;
using Lepton.Neuro.Plasticity.Gradients;
using Lepton.Neuro.Plasticity.ModelFiles;

namespace Lepton.Neuro.Experiments.Digits;

/// <summary>A spiking network that gradients trained and <c>lepton compress</c> rounded, as it is: its answer is that of <see cref="ExportedNetwork"/>.</summary>
internal sealed class ExportedClassifier : Classifier
{
    readonly ExportedNetwork exported;
    readonly long[] leftOut;
    // The answer is found while the image is shown; who asks has the session alone.
    readonly ConditionalWeakTable<Session, float[]> scores = [];

    readonly int channels;

    ExportedClassifier(ExportedNetwork exported, CompiledNetwork plan, Model model, int channels)
        : base(plan, exported.Input, [.. exported.Network.Populations.Where(p => p.Model is not null && p != exported.Output), exported.Output])
    {
        this.exported = exported;
        this.channels = channels;
        var described = model.Network.Projections;
        IsDense = described.Where(p => p.From.Source is not SpikeSource).All(p => p.Wiring is AllToAllWiring && p.From.Index != p.To.Index) && exported.RowThreshold is null;
        leftOut = [.. described.Select((p, i) => p.Wiring is AllToAllWiring ? ((long)p.From.Count * p.To.Count) - plan.Projections[i].Connectivity.Count : 0)];
    }

    /// <inheritdoc/>
    public override int Steps => exported.Steps;

    /// <inheritdoc/>
    public override bool IsDense { get; }

    /// <summary>The network of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="images">Images that it is to be shown.</param>
    /// <exception cref="InvalidInputException">It is not one of a spiking network, does not fit together, or takes images of another size.</exception>
    public static ExportedClassifier Read(Model model, ImageSet images)
    {
        var (exported, plan) = TrainedModel.WithoutZeros(model);
        TrainedModel.Fits(exported.Sample, images);
        return new(exported, plan, model, images.Channels) { Weights = [] };
    }

    /// <inheritdoc/>
    public override void Show(Session session, ReadOnlySpan<float> image, ulong presentation)
    {
        var sample = image;
        if (channels > 1)
        {
            var mixed = new float[image.Length];
            ChannelOrder.ToSample(image, channels, mixed);
            sample = mixed;
        }
        exported.Show(session, sample, presentation, scores.GetValue(session, _ => new float[exported.Output.Count]));
    }

    /// <inheritdoc/>
    public override int Answer(Session session, ReadOnlySpan<int> spikes) =>
        scores.TryGetValue(session, out float[]? found) ? Array.IndexOf(found, found.Max()) : throw new InvalidOperationException("An answer is asked for before anything was shown.");

    /// <inheritdoc/>
    public override long LeftOut(int projection) => leftOut[projection];

    /// <summary>Itself: its weights are those of the file.</summary>
    /// <param name="weights">None.</param>
    public override Classifier WithWeights(IReadOnlyList<float[]> weights) =>
        weights.Count == 0 ? this : throw new InvalidInputException("the weights of a network of a model file", weights.Count, "none: they stay as they are");
}
