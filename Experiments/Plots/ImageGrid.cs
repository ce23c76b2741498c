namespace Lepton.Neuro.Experiments.Plots;

/// <summary>Many small images of one size in a grid: input images in grey, or weights with zero in the colour of the page. All images share one
/// scale. They are one matrix with gaps, so that a hundred of them load as fast as one.</summary>
public static class ImageGrid
{
    /// <summary>Draws images in grey, dark to bright.</summary>
    /// <param name="title">The title.</param>
    /// <param name="images">The images; at least one.</param>
    /// <param name="rows">The rows of each image.</param>
    /// <param name="columns">The columns of each image.</param>
    /// <param name="across">How many images stand side by side; 0 chooses.</param>
    /// <returns>The figure.</returns>
    /// <exception cref="ArgumentException">There is no image, or one has another size.</exception>
    public static Figure OfGrey(string title, IReadOnlyList<SmallImage> images, int rows, int columns, int across = 0)
    {
        var largest = Largest(images);
        return Draw(title, images, rows, columns, across, Colour.Grey, 0, largest, scaleName: null);
    }

    /// <summary>Draws weights in two colours with zero in between, the scale the same on both sides; in one colour from zero where no weight is negative.</summary>
    /// <param name="title">The title.</param>
    /// <param name="images">The weights onto each neuron, as images; at least one.</param>
    /// <param name="rows">The rows of each image.</param>
    /// <param name="columns">The columns of each image.</param>
    /// <param name="across">How many images stand side by side; 0 chooses.</param>
    /// <param name="scaleName">What the colours mean.</param>
    /// <returns>The figure.</returns>
    /// <exception cref="ArgumentException">There is no image, or one has another size.</exception>
    public static Figure OfWeights(string title, IReadOnlyList<SmallImage> images, int rows, int columns, int across = 0, string scaleName = "Weight")
    {
        var largest = Largest(images);
        bool hasNegative = images.Any(image => image.Pixels.Span.ContainsAnyInRange(float.NegativeInfinity, -float.Epsilon));
        return Draw(title, images, rows, columns, across, hasNegative ? Colour.Diverging : Colour.Sequential, hasNegative ? -largest : 0, largest, scaleName);
    }

    static Figure Draw(string title, IReadOnlyList<SmallImage> images, int rows, int columns, int across, Colour scale, double low, double high, string? scaleName)
    {
        if (images.Count == 0 || rows < 1 || columns < 1)
            throw new ArgumentException("A grid needs an image with pixels.", nameof(images));
        if (across <= 0)
            across = Math.Min(images.Count, (int)Math.Ceiling(Math.Sqrt(images.Count * 2.2 * rows / columns)));
        var down = (images.Count + across - 1) / across;
        var isLabelled = images.Any(image => image.Label.Length > 0);
        var gap = Math.Max(1, columns / 10);
        // A label needs as much as a line of text: at half the width of a page about a twentieth of all images side by side, and no more than a quarter of one.
        var gapBelow = isLabelled ? Math.Clamp((int)Math.Ceiling(across * rows / 20.0), 2, Math.Max(2, rows / 4)) : gap;
        var width = across * columns + (across - 1) * gap;
        var height = down * (rows + gapBelow) - (isLabelled ? 0 : gapBelow);
        var canvas = new float[width * height];
        Array.Fill(canvas, float.NaN);
        var annotations = new List<Annotation>();
        for (var i = 0; i < images.Count; i++)
        {
            var pixels = images[i].Pixels.Span;
            if (pixels.Length != rows * columns)
                throw new ArgumentException($"Image {i} has {pixels.Length} pixels, not {rows} x {columns}.", nameof(images));
            var (top, left) = (i / across * (rows + gapBelow), i % across * (columns + gap));
            for (var row = 0; row < rows; row++)
                pixels.Slice(row * columns, columns).CopyTo(canvas.AsSpan((top + row) * width + left));
            if (images[i].Label.Length > 0)
            {
                annotations.Add(new Annotation
                {
                    Text = PlotText.Escape(images[i].Label),
                    X = left + (columns - 1) / 2.0,
                    Y = top + rows - 0.5,
                    YAnchor = "top",
                    Font = new Font { Size = 11, Color = Colour.Muted },
                });
            }
        }
        var hidden = new Axis { ShowGrid = false, ShowTickLabels = false, ShowLine = false, Ticks = "", Constrain = "domain" };
        return new Figure
        {
            Title = title,
            Data =
            [
                new Trace
                {
                    Type = "heatmap",
                    Z = PlotData.Matrix(canvas, height, width),
                    ZMin = low,
                    ZMax = high,
                    ColorScale = scale,
                    ShowScale = scaleName is not null,
                    ColorBar = scaleName is null ? null : new ColorBar { Title = new TextBlock { Text = PlotText.Escape(scaleName), Side = "right" } },
                    HoverOnGaps = false,
                    HoverTemplate = "%{z:.3~g}<extra></extra>",
                },
            ],
            Layout = new Layout
            {
                XAxis = hidden with { Range = [-0.5, width - 0.5] },
                YAxis = hidden with { Range = [height - 0.5, -0.5], ScaleAnchor = "x" },
                Annotations = annotations,
                Margin = new Margin { L = 8, R = 8, T = 8, B = 8 },
                HoverMode = "closest",
            },
            Height = images.Count == 1 ? 420 : 700,
            // The scale beside the images takes about a tenth of the width.
            AspectRatio = (scaleName is null ? 1.0 : 1.1) * width / height,
        };
    }

    static double Largest(IReadOnlyList<SmallImage> images)
    {
        var largest = 0f;
        foreach (var image in images)
        {
            foreach (var pixel in image.Pixels.Span)
                largest = float.IsFinite(pixel) ? Math.Max(largest, Math.Abs(pixel)) : largest;
        }
        return largest > 0 ? largest : 1;
    }
}
