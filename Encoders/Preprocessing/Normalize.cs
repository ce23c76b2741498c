using System.Globalization;

namespace Lepton.Neuro.Encoders.Preprocessing;

/// <summary>What <see cref="Normalize"/> makes equal.</summary>
public enum NormalizeTo
{
    /// <summary>The darkest pixel of all training images becomes 0, the brightest 1; images outside that range are clipped to it.</summary>
    TrainingRange,

    /// <summary>The darkest pixel of each image becomes 0, its brightest 1.</summary>
    ImageRange,

    /// <summary>The magnitudes of each image's pixels add up to the target.</summary>
    L1,

    /// <summary>The squares of each image's pixels add up to the square of the target.</summary>
    L2,

    /// <summary>Each image's pixels add up to the target, signs counted; for spike rates, so that every image has the same drive.</summary>
    Sum,
}

/// <summary>
/// Scales images: ranges to 0 to 1, or norms of single images to a target. An image with nothing to scale (a constant one for ranges,
/// a norm or sum of zero otherwise) becomes 0 for ranges and stays as it is for norms.
/// </summary>
/// <param name="To">What is made equal; <see cref="NormalizeTo.TrainingRange"/> by default.</param>
/// <param name="Target">The norm or sum to reach, above 0, 1 by default; not used for ranges.</param>
public sealed record Normalize(NormalizeTo To = NormalizeTo.TrainingRange, float Target = 1f) : Preprocessor
{
    /// <inheritdoc/>
    /// <exception cref="InvalidInputException">There is no training image, a pixel is not finite, or <see cref="Target"/> is not a finite
    /// number above 0.</exception>
    public override PixelTransform Fit(PixelMatrix training)
    {
        if (!(Target > 0f && float.IsFinite(Target)))
            throw new InvalidInputException("target of Normalize", Target, "above 0, finite");
        CheckTraining(training);
        return To switch
        {
            NormalizeTo.TrainingRange => TrainingRange(training),
            NormalizeTo.ImageRange => new ImageRangeTransform(training.Size),
            NormalizeTo.L1 or NormalizeTo.L2 or NormalizeTo.Sum => new NormTransform(training.Size, To, Target),
            _ => throw new InvalidInputException("what to normalize", To, string.Join(", ", Enum.GetNames<NormalizeTo>())),
        };
    }

    static RangeTransform TrainingRange(PixelMatrix training)
    {
        var (low, high) = Range(training.Values);
        return new RangeTransform(training.Size, low, high);
    }

    static (float Low, float High) Range(ReadOnlySpan<float> values)
    {
        float low = values[0], high = values[0];
        foreach (var value in values)
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }
        return (low, high);
    }

    static void Stretch(ReadOnlySpan<float> image, Span<float> result, float low, float high)
    {
        // In double, because the difference of two large floats may not be one.
        var width = (double)high - low;
        for (var pixel = 0; pixel < image.Length; pixel++)
            result[pixel] = width > 0.0 ? (float)Math.Clamp((image[pixel] - (double)low) / width, 0.0, 1.0) : 0f;
    }

    sealed class RangeTransform(int size, float low, float high) : PixelTransform(size)
    {
        protected override void Transform(ReadOnlySpan<float> image, Span<float> result) => Stretch(image, result, low, high);
    }

    sealed class ImageRangeTransform(int size) : PixelTransform(size)
    {
        protected override void Transform(ReadOnlySpan<float> image, Span<float> result)
        {
            var (low, high) = Range(image);
            Stretch(image, result, low, high);
        }
    }

    sealed class NormTransform(int size, NormalizeTo to, float target) : PixelTransform(size)
    {
        protected override void Transform(ReadOnlySpan<float> image, Span<float> result)
        {
            var sum = 0.0;
            foreach (var value in image)
                sum += to switch
                {
                    NormalizeTo.L1 => Math.Abs((double)value),
                    NormalizeTo.L2 => (double)value * value,
                    _ => value,
                };
            var norm = to == NormalizeTo.L2 ? Math.Sqrt(sum) : sum;
            var factor = norm == 0.0 ? 1.0 : target / norm;
            for (var pixel = 0; pixel < image.Length; pixel++)
                result[pixel] = (float)(image[pixel] * factor);
        }
    }
}
