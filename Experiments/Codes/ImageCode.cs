using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Codes;

/// <summary>An encoder as <c>lepton encode</c> offers it: a grey picture to spikes and, where there is a way, back.</summary>
internal abstract class ImageCode
{
    /// <summary>What the user types.</summary>
    public abstract string Name { get; }

    /// <summary>What a spike means, in one phrase.</summary>
    public abstract string Summary { get; }

    /// <summary>What a user may change.</summary>
    public abstract IReadOnlyList<Setting> Settings { get; }

    /// <summary>Whether what is decoded is off by chance: its error is then a standard deviation.</summary>
    public virtual bool IsRandom => false;

    /// <summary>Whether spikes can be decoded.</summary>
    public virtual bool CanDecode => true;

    /// <summary>Encodes.</summary>
    /// <param name="request">How.</param>
    /// <param name="picture">One channel of numbers in [0, 1].</param>
    /// <returns>The spikes of each population.</returns>
    /// <exception cref="InvalidInputException">The settings do not go together.</exception>
    public abstract IReadOnlyList<CodedSpikes> Encode(CodeRequest request, Picture picture);

    /// <summary>Decodes.</summary>
    /// <param name="request">How it was encoded.</param>
    /// <param name="spikes">The spikes of each population, as <see cref="Encode"/> gives them.</param>
    /// <returns>A number a pixel.</returns>
    /// <exception cref="InvalidInputException">No picture can have given such spikes, or there is no decoder.</exception>
    public virtual float[] Decode(CodeRequest request, IReadOnlyList<CodedSpikes> spikes) => throw NoDecoder();

    /// <summary>What decoding aims at: the picture itself unless an encoder keeps something else of it.</summary>
    /// <param name="request">How.</param>
    /// <param name="picture">The picture.</param>
    public virtual float[] Target(CodeRequest request, Picture picture) => picture.Values.ToArray();

    /// <summary>How far what is decoded may be off: at most, or by standard deviation where <see cref="IsRandom"/>.</summary>
    /// <param name="request">How.</param>
    /// <param name="target">The number aimed at, in [0, 1].</param>
    public virtual double Error(CodeRequest request, double target) => throw NoDecoder();

    /// <summary>A picture of the spikes, to look at.</summary>
    /// <param name="request">How it was encoded.</param>
    /// <param name="spikes">The spikes.</param>
    /// <returns>A number a pixel: how often it fired, ON less OFF where there are both.</returns>
    public virtual float[] Show(CodeRequest request, IReadOnlyList<CodedSpikes> spikes)
    {
        var counts = spikes.Select(s => s.Counts()).ToArray();
        int fields = spikes[0].Channels / request.Pixels;
        return [.. Enumerable.Range(0, request.Pixels).Select(p => (float)(Sum(counts[0], p) - (counts.Length > 1 ? Sum(counts[1], p) : 0)))];

        long Sum(long[] count, int pixel) => count.AsSpan(pixel * fields, fields).ToArray().Sum();
    }

    InvalidInputException NoDecoder() => new($"There is no decoder for {Name}: {Summary}");
}
