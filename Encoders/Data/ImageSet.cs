using System.Globalization;

namespace Lepton.Neuro.Encoders.Data;

/// <summary>An immutable set of labelled images of one size, one byte a pixel and channel. Views made by <see cref="Take"/>,
/// <see cref="Split"/>, <see cref="Shuffle"/> and <see cref="Select"/> share the pixels of the set they come from.</summary>
public sealed class ImageSet
{
    readonly byte[] _pixels;
    readonly byte[] _labels;
    readonly int[] _order;

    ImageSet(byte[] pixels, byte[] labels, int[] order, int height, int width, int channels, IReadOnlyList<string> classNames, string provenance)
    {
        _pixels = pixels;
        _labels = labels;
        _order = order;
        Height = height;
        Width = width;
        Channels = channels;
        ClassNames = classNames;
        Provenance = provenance;
    }

    /// <summary>A set that copies what it is given.</summary>
    /// <param name="height">Rows of an image, at least 1.</param>
    /// <param name="width">Columns of an image, at least 1.</param>
    /// <param name="channels">Channels of an image, at least 1.</param>
    /// <param name="pixels">All images one after the other; an image is its channels one after the other, each row by row.</param>
    /// <param name="labels">One label an image, each below the number of class names.</param>
    /// <param name="classNames">1 to 256 names; label <c>k</c> means <c>classNames[k]</c>.</param>
    /// <param name="provenance">Where the images come from, in words.</param>
    /// <exception cref="InvalidInputException">A size is below 1, there is no class or more than 256, the number of pixels does not
    /// belong to the number of labels, or a label has no class.</exception>
    public static ImageSet Create(
        int height, int width, int channels, ReadOnlySpan<byte> pixels, ReadOnlySpan<byte> labels, IEnumerable<string> classNames, string provenance) =>
        Adopt(height, width, channels, pixels.ToArray(), labels.ToArray(), classNames, provenance);

    /// <summary>A set that keeps the arrays themselves: the caller must not write to them again.</summary>
    internal static ImageSet Adopt(
        int height, int width, int channels, byte[] pixels, byte[] labels, IEnumerable<string> classNames, string provenance)
    {
        AtLeastOne("image height", height);
        AtLeastOne("image width", width);
        AtLeastOne("image channels", channels);
        var names = Array.AsReadOnly(classNames.ToArray());
        CheckClassNames(names);
        if ((Int128)height * width * channels * labels.Length != pixels.Length)
            throw new InvalidInputException(
                "number of pixel bytes", pixels.Length, string.Create(CultureInfo.InvariantCulture, $"{labels.Length} labels x {channels} channels x {height} rows x {width} columns"));
        for (var index = 0; index < labels.Length; index++)
            if (labels[index] >= names.Count)
                throw new InvalidInputException(
                    string.Create(CultureInfo.InvariantCulture, $"label of image {index}"), labels[index], string.Create(CultureInfo.InvariantCulture, $"0 to {names.Count - 1}"));
        var order = new int[labels.Length];
        for (var index = 0; index < order.Length; index++)
            order[index] = index;
        return new ImageSet(pixels, labels, order, height, width, channels, names, provenance);
    }

    /// <summary>Number of images.</summary>
    public int Count => _order.Length;

    /// <summary>Rows of an image.</summary>
    public int Height { get; }

    /// <summary>Columns of an image.</summary>
    public int Width { get; }

    /// <summary>Channels of an image: 1 for grey, 3 for red, green, blue.</summary>
    public int Channels { get; }

    /// <summary>Bytes of an image: channels x rows x columns.</summary>
    public int ImageSize => Channels * Height * Width;

    /// <summary>Number of classes; labels are 0 to <c>Classes - 1</c>.</summary>
    public int Classes => ClassNames.Count;

    /// <summary>The name of each class, in the order of the labels.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Where the images come from and what was done to their order, in words.</summary>
    public string Provenance { get; }

    /// <summary>One image's bytes, 0 (background) to 255: channel by channel, row by row from the top, each row from the left.</summary>
    /// <param name="index">0 to <c>Count - 1</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no image with this index.</exception>
    public ReadOnlySpan<byte> Pixels(int index) => _pixels.AsSpan(Place(index) * ImageSize, ImageSize);

    /// <summary>One image's class.</summary>
    /// <param name="index">0 to <c>Count - 1</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no image with this index.</exception>
    public int Label(int index) => _labels[Place(index)];

    /// <summary>How many images each class has, in the order of the labels.</summary>
    public int[] CountsPerClass()
    {
        var counts = new int[Classes];
        foreach (var place in _order)
            counts[_labels[place]]++;
        return counts;
    }

    /// <summary>The first images.</summary>
    /// <param name="count">How many, 0 to <see cref="Count"/>.</param>
    /// <exception cref="InvalidInputException">The set has not so many images.</exception>
    public ImageSet Take(int count) => Split(count).First;

    /// <summary>The first images and the rest.</summary>
    /// <param name="count">How many go into the first part, 0 to <see cref="Count"/>.</param>
    /// <exception cref="InvalidInputException">The set has not so many images.</exception>
    public (ImageSet First, ImageSet Remainder) Split(int count)
    {
        if (count < 0 || count > Count)
            throw new InvalidInputException("number of images to take", count, string.Create(CultureInfo.InvariantCulture, $"0 to {Count}"));
        return (
            View(_order[..count], string.Create(CultureInfo.InvariantCulture, $"first {count} of {Count}")),
            View(_order[count..], string.Create(CultureInfo.InvariantCulture, $"last {Count - count} of {Count}")));
    }

    /// <summary>The same images in a random order that depends on the seed and the number of images only.</summary>
    /// <param name="seed">Any number.</param>
    public ImageSet Shuffle(ulong seed)
    {
        var order = (int[])_order.Clone();
        var random = new CounterRandom(seed, CounterRandom.Shuffling, 0);
        for (var last = order.Length - 1; last > 0; last--)
        {
            var other = random.Below(last + 1);
            (order[last], order[other]) = (order[other], order[last]);
        }
        return View(order, string.Create(CultureInfo.InvariantCulture, $"shuffled with seed {seed}"));
    }

    /// <summary>The images with the given indices, in the given order; an index may come more than once.</summary>
    /// <param name="indices">Each 0 to <c>Count - 1</c>.</param>
    /// <exception cref="InvalidInputException">There is no image with such an index.</exception>
    public ImageSet Select(ReadOnlySpan<int> indices)
    {
        var order = new int[indices.Length];
        for (var position = 0; position < order.Length; position++)
        {
            if ((uint)indices[position] >= (uint)Count)
                throw new InvalidInputException("index of an image to select", indices[position], string.Create(CultureInfo.InvariantCulture, $"0 to {Count - 1}"));
            order[position] = _order[indices[position]];
        }
        return View(order, string.Create(CultureInfo.InvariantCulture, $"{order.Length} selected of {Count}"));
    }

    /// <summary>One line: count, size, classes, provenance.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Count} images of {Height} x {Width} x {Channels} in {Classes} classes ({Provenance})");

    /// <summary>Refuses a list of class names that labels of one byte cannot mean.</summary>
    internal static void CheckClassNames(IReadOnlyList<string> names)
    {
        if (names.Count is < 1 or > 256)
            throw new InvalidInputException("number of class names", names.Count, "1 to 256");
    }

    static void AtLeastOne(string thing, int value)
    {
        if (value < 1)
            throw new InvalidInputException(thing, value, "1 or more");
    }

    int Place(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return _order[index];
    }

    ImageSet View(int[] order, string change) =>
        new(_pixels, _labels, order, Height, Width, Channels, ClassNames, $"{Provenance}; {change}");
}
