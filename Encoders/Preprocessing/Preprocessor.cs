using System.Globalization;
using Lepton.Neuro.Encoders.Data;

namespace Lepton.Neuro.Encoders.Preprocessing;

/// <summary>
/// What is to be done to images before they are encoded: a description, immutable. <see cref="Fit(PixelMatrix)"/> learns whatever it needs
/// from the training images alone and returns a transform for any images; <see cref="Then"/> puts one after another.
/// A preprocessor of one's own is a record with a <see cref="Fit(PixelMatrix)"/> that returns a <see cref="PixelTransform"/>.
/// </summary>
public abstract record Preprocessor
{
    /// <summary>Learns from the training images.</summary>
    /// <param name="training">The training images; never the test images.</param>
    /// <returns>A transform for images of the same size.</returns>
    /// <exception cref="InvalidInputException">There is no training image, or a pixel is not finite.</exception>
    public abstract PixelTransform Fit(PixelMatrix training);

    /// <summary>Learns from the training images, bytes scaled to 0 to 1.</summary>
    /// <param name="training">The training images; never the test images.</param>
    /// <returns>A transform for images of the same size.</returns>
    /// <exception cref="InvalidInputException">There is no training image.</exception>
    public virtual PixelTransform Fit(ImageSet training) => Fit(PixelMatrix.From(training));

    /// <summary>This first, then another, which is fitted to what this one makes of the training images.</summary>
    /// <param name="next">What follows.</param>
    public Preprocessor Then(Preprocessor next) => new Chain(this, next);

    /// <summary>Refuses training images from which nothing can be learnt.</summary>
    /// <param name="training">The training images.</param>
    /// <exception cref="InvalidInputException">There is no training image, or a pixel is not finite.</exception>
    protected static void CheckTraining(PixelMatrix training)
    {
        if (training.Count == 0)
            throw new InvalidInputException("number of training images to fit to", 0, "1 or more");
        PixelChecks.RequireFinite(training, "training images");
    }

    sealed record Chain(Preprocessor First, Preprocessor Next) : Preprocessor
    {
        public override PixelTransform Fit(PixelMatrix training)
        {
            var first = First.Fit(training);
            return first.Then(Next.Fit(first.Apply(training)));
        }
    }
}

/// <summary>A fitted change of images: a function of one image, immutable, the same for training and test images.</summary>
public abstract class PixelTransform
{
    /// <summary>A transform for images of a size.</summary>
    /// <param name="size">Numbers of one image.</param>
    protected PixelTransform(int size) => Size = size;

    /// <summary>Numbers of one image: channels x rows x columns.</summary>
    public int Size { get; }

    /// <summary>Transforms one image.</summary>
    /// <param name="image"><see cref="Size"/> numbers.</param>
    /// <param name="result">As many; may be the same memory as <paramref name="image"/>.</param>
    /// <exception cref="InvalidInputException">The image has another size.</exception>
    public void Apply(ReadOnlySpan<float> image, Span<float> result)
    {
        CheckSize(image.Length);
        CheckSize(result.Length);
        Transform(image, result);
    }

    /// <summary>Transforms every image.</summary>
    /// <param name="images">Images of <see cref="Size"/> numbers.</param>
    /// <exception cref="InvalidInputException">The images have another size.</exception>
    public PixelMatrix Apply(PixelMatrix images)
    {
        CheckSize(images.Size);
        return PixelMatrix.Fill(images.Count, Size, (image, row) => Transform(images.Row(image), row));
    }

    /// <summary>Transforms every image of a set, bytes scaled to 0 to 1.</summary>
    /// <param name="images">Images of <see cref="Size"/> numbers.</param>
    /// <exception cref="InvalidInputException">The images have another size.</exception>
    public PixelMatrix Apply(ImageSet images) => Apply(PixelMatrix.From(images));

    /// <summary>This first, then another.</summary>
    /// <param name="next">What follows.</param>
    /// <exception cref="InvalidInputException">The other is for images of another size.</exception>
    public PixelTransform Then(PixelTransform next)
    {
        CheckSize(next.Size);
        return new Chain(this, next);
    }

    /// <summary>Transforms one image; sizes are checked already, and the two spans may be the same memory.</summary>
    /// <param name="image"><see cref="Size"/> numbers.</param>
    /// <param name="result">As many.</param>
    protected abstract void Transform(ReadOnlySpan<float> image, Span<float> result);

    /// <summary>Refuses images of another size.</summary>
    /// <param name="size">The size found.</param>
    /// <exception cref="InvalidInputException">It is not <see cref="Size"/>.</exception>
    protected void CheckSize(int size)
    {
        if (size != Size)
            throw new InvalidInputException("numbers of one image to transform", size, string.Create(CultureInfo.InvariantCulture, $"{Size}, as fitted"));
    }

    sealed class Chain(PixelTransform first, PixelTransform next) : PixelTransform(first.Size)
    {
        protected override void Transform(ReadOnlySpan<float> image, Span<float> result)
        {
            first.Transform(image, result);
            next.Transform(result, result);
        }
    }
}
