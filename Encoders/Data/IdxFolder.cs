using System.Globalization;

namespace Lepton.Neuro.Encoders.Data;

/// <summary>A folder with the four IDX files under which MNIST, Fashion-MNIST and their relatives are published: <c>train-images-idx3-ubyte</c>,
/// <c>train-labels-idx1-ubyte</c>, <c>t10k-images-idx3-ubyte</c>, <c>t10k-labels-idx1-ubyte</c>, each plain or with <c>.gz</c>.</summary>
public static class IdxFolder
{
    const string TrainImages = "train-images-idx3-ubyte", TrainLabels = "train-labels-idx1-ubyte";
    const string TestImages = "t10k-images-idx3-ubyte", TestLabels = "t10k-labels-idx1-ubyte";

    /// <summary>The classes of MNIST: <c>0</c> to <c>9</c>.</summary>
    public static IReadOnlyList<string> MnistClassNames { get; } =
        Array.AsReadOnly(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);

    /// <summary>The classes of Fashion-MNIST. Source: Xiao, Rasul, Vollgraf, arXiv:1708.07747, table 2.</summary>
    public static IReadOnlyList<string> FashionMnistClassNames { get; } =
        Array.AsReadOnly(["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]);

    /// <summary>Loads the training and the test images. Where a file is there both plain and gzipped, the plain one is read.</summary>
    /// <param name="directory">The folder; its name becomes the name of the data.</param>
    /// <param name="classNames">1 to 256 names; <see cref="MnistClassNames"/> if left out.</param>
    /// <exception cref="InvalidInputException">The folder or a file is missing, a file is truncated, damaged or of another kind, files do not belong
    /// together, or training and test images differ in size.</exception>
    public static ImageData Load(string directory, IReadOnlyList<string>? classNames = null)
    {
        if (!Directory.Exists(directory))
            throw new InvalidInputException($"folder {directory}", null, $"an existing folder with {TrainImages} and its three companions");
        string trainImages = Find(directory, TrainImages), trainLabels = Find(directory, TrainLabels);
        string testImages = Find(directory, TestImages), testLabels = Find(directory, TestLabels);
        var names = classNames ?? MnistClassNames;
        var train = IdxFile.ReadImages(trainImages, trainLabels, names);
        var test = IdxFile.ReadImages(testImages, testLabels, names);
        if (train.Height != test.Height || train.Width != test.Width)
            throw new InvalidInputException(
                $"{Path.GetFileName(testImages)}: size of the images",
                string.Create(CultureInfo.InvariantCulture, $"{test.Height} x {test.Width}"),
                string.Create(CultureInfo.InvariantCulture, $"{train.Height} x {train.Width}, that of {Path.GetFileName(trainImages)}"));
        var name = new DirectoryInfo(directory).Name;
        return new ImageData(
            train,
            test,
            name,
            string.Create(CultureInfo.InvariantCulture, $"{train.Count} training and {test.Count} test images of {train.Height} x {train.Width} in {train.Classes} classes from the IDX files in {name}."));
    }

    /// <summary>Writes the four files, creating the folder if need be; each is written under a temporary name and renamed.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="images">Grey images.</param>
    /// <param name="gzip">Whether the files are gzipped and named <c>.gz</c>.</param>
    /// <exception cref="InvalidInputException">The images have more than one channel, or something cannot be written.</exception>
    public static void Save(string directory, ImageData images, bool gzip = true)
    {
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException($"folder {directory} cannot be created ({failure.Message.ReplaceLineEndings(" ")}); allowed: a folder in a writable place", failure);
        }
        var ending = gzip ? ".gz" : "";
        IdxFile.WriteImages(Path.Combine(directory, TrainImages + ending), images.Train);
        IdxFile.WriteLabels(Path.Combine(directory, TrainLabels + ending), images.Train);
        IdxFile.WriteImages(Path.Combine(directory, TestImages + ending), images.Test);
        IdxFile.WriteLabels(Path.Combine(directory, TestLabels + ending), images.Test);
    }

    static string Find(string directory, string name)
    {
        foreach (var candidate in (string[])[name, name + ".gz"])
        {
            var path = Path.Combine(directory, candidate);
            if (File.Exists(path))
                return path;
        }
        throw new InvalidInputException($"file {name} in {directory}", null, $"{name} or {name}.gz");
    }
}
