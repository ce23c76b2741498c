using Lepton.Neuro.Encoders.Data;

namespace Lepton.Neuro.Experiments.DataSets;

/// <summary>A file of a public data set.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its length; 0 where it is not published.</param>
/// <param name="Algorithm">How it is checked: <c>SHA-256</c> or <c>MD5</c>.</param>
/// <param name="Digest">The published digest, in hexadecimal digits.</param>
internal sealed record PublicFile(string Name, long Bytes, string Algorithm, string Digest);

/// <summary>A data set that <c>lepton data get</c> can fetch.</summary>
/// <param name="Name">What the user types.</param>
/// <param name="Summary">What it is, with its source.</param>
/// <param name="Addresses">The folders where it is published; the first that answers is taken.</param>
/// <param name="Files">Its files.</param>
/// <param name="ClassNames">Its classes.</param>
internal sealed record PublicDataSet(string Name, string Summary, IReadOnlyList<Uri> Addresses, IReadOnlyList<PublicFile> Files, IReadOnlyList<string> ClassNames)
{
    /// <summary>Those that are known. Digests: of the files that the publishers' own MD5 sums prove to be theirs; of CIFAR-10 the MD5 sum on its page.</summary>
    public static IReadOnlyList<PublicDataSet> All { get; } =
    [
        new(
            "mnist", "Handwritten digits: Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, Proc. IEEE 86, 2278 (1998)",
            [new("https://ossci-datasets.s3.amazonaws.com/mnist/"), new("https://storage.googleapis.com/cvdf-datasets/mnist/")],
            [
                new("train-images-idx3-ubyte.gz", 9912422, "SHA-256", "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
                new("train-labels-idx1-ubyte.gz", 28881, "SHA-256", "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
                new("t10k-images-idx3-ubyte.gz", 1648877, "SHA-256", "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
                new("t10k-labels-idx1-ubyte.gz", 4542, "SHA-256", "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
            ],
            IdxFolder.MnistClassNames),
        new(
            "fashion-mnist", "Pieces of clothing: H. Xiao, K. Rasul and R. Vollgraf, arXiv:1708.07747 (2017)",
            [new("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"), new("https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/")],
            [
                new("train-images-idx3-ubyte.gz", 26421880, "SHA-256", "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
                new("train-labels-idx1-ubyte.gz", 29515, "SHA-256", "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
                new("t10k-images-idx3-ubyte.gz", 4422102, "SHA-256", "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
                new("t10k-labels-idx1-ubyte.gz", 5148, "SHA-256", "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
            ],
            IdxFolder.FashionMnistClassNames),
        new(
            "cifar-10", "Small photographs: A. Krizhevsky, \"Learning multiple layers of features from tiny images\" (2009)",
            [new("https://www.cs.toronto.edu/~kriz/")],
            [new("cifar-10-binary.tar.gz", 0, "MD5", "c32a1d4ab5d03f1284b67883e8d87530")],
            Cifar10File.ClassNames),
    ];

    /// <summary>The set of a name.</summary>
    /// <param name="name">What the user typed.</param>
    /// <exception cref="InvalidInputException">There is none.</exception>
    public static PublicDataSet Find(string name) =>
        All.FirstOrDefault(d => d.Name == name) ?? throw new InvalidInputException($"There is no data set {name}: {Nearest.Hint(name, [.. All.Select(d => d.Name)])}");
}
