using Lepton.Neuro.Encoders.Data;

namespace Lepton.Neuro.Encoders.Preprocessing;

/// <summary>Over which numbers <see cref="Standardize"/> takes its mean and standard deviation.</summary>
public enum StandardizeOver
{
    /// <summary>One mean and one deviation over all pixels of all training images.</summary>
    AllPixels,

    /// <summary>A mean and a deviation for each pixel, over the training images.</summary>
    EachPixel,
}

/// <summary>
/// Shifts and scales pixels so that the training images have mean 0 and standard deviation 1 (that of the population: divided by the count):
/// <c>(x - mean) / deviation</c>.
/// </summary>
/// <param name="Over">Over which numbers; <see cref="StandardizeOver.AllPixels"/> by default.</param>
/// <param name="SmallestDeviation">A deviation that is not larger than this (0 or more, 1e-6 by default) does not divide: such pixels are only
/// shifted, so that a pixel that is constant in training becomes 0 and not something undefined.</param>
public sealed record Standardize(StandardizeOver Over = StandardizeOver.AllPixels, float SmallestDeviation = 1e-6f) : Preprocessor
{
    /// <inheritdoc/>
    /// <exception cref="InvalidInputException">There is no training image, a pixel is not finite, or <see cref="SmallestDeviation"/> is negative
    /// or not finite.</exception>
    public override StandardizeTransform Fit(PixelMatrix training)
    {
        if (!(SmallestDeviation >= 0f && float.IsFinite(SmallestDeviation)))
            throw new InvalidInputException("smallest deviation of Standardize", SmallestDeviation, "0 or more, finite");
        if (!Enum.IsDefined(Over))
            throw new InvalidInputException("pixels to standardize over", Over, string.Join(" or ", Enum.GetNames<StandardizeOver>()));
        CheckTraining(training);
        var allPixels = Over == StandardizeOver.AllPixels;
        var mean = ExactMean.OfPixels(training, allPixels, null);
        var variance = ExactMean.OfPixels(training, allPixels, mean);
        var deviation = Array.ConvertAll(variance, Math.Sqrt);
        for (var pixel = 0; pixel < deviation.Length; pixel++)
            if (deviation[pixel] <= SmallestDeviation)
                deviation[pixel] = 1.0;
        return new StandardizeTransform(mean, deviation);
    }

    /// <inheritdoc/>
    public override StandardizeTransform Fit(ImageSet training) => Fit(PixelMatrix.From(training));
}

/// <summary>A fitted <see cref="Standardize"/>.</summary>
public sealed class StandardizeTransform : PixelTransform
{
    readonly double[] _mean;
    readonly double[] _deviation;

    internal StandardizeTransform(double[] mean, double[] deviation)
        : base(mean.Length)
    {
        _mean = mean;
        _deviation = deviation;
    }

    /// <summary>What is subtracted from each pixel.</summary>
    public ReadOnlySpan<double> Mean => _mean;

    /// <summary>What each pixel is divided by; 1 where the training images do not vary.</summary>
    public ReadOnlySpan<double> Deviation => _deviation;

    /// <summary>Undoes the transform for one image, up to rounding.</summary>
    /// <param name="image">A transformed image.</param>
    /// <param name="result">The image as it was; may be the same memory.</param>
    /// <exception cref="InvalidInputException">The image has another size.</exception>
    public void Undo(ReadOnlySpan<float> image, Span<float> result)
    {
        CheckSize(image.Length);
        CheckSize(result.Length);
        for (var pixel = 0; pixel < image.Length; pixel++)
            result[pixel] = (float)((image[pixel] * _deviation[pixel]) + _mean[pixel]);
    }

    /// <inheritdoc/>
    protected override void Transform(ReadOnlySpan<float> image, Span<float> result)
    {
        for (var pixel = 0; pixel < image.Length; pixel++)
            result[pixel] = (float)((image[pixel] - _mean[pixel]) / _deviation[pixel]);
    }
}
