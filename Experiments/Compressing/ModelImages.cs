using System.Globalization;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Preprocessing;
using Lepton.Neuro.Experiments.Digits;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Experiments.Training;
using Lepton.Neuro.Plasticity.ModelFiles;

namespace Lepton.Neuro.Experiments.Compressing;

/// <summary>The file and the test images that verbs about models are given.</summary>
internal static class ModelImages
{
    const int Drawn = 2000, MostImages = 10_000_000;

    static readonly string[] DrawnDigits = ["digits", "lnn", "cnn", "snn-mlp", "snn-cnn", "snn-rnn", "convert", "synaptic"];

    /// <summary>Reads a model.</summary>
    /// <param name="host">The world around.</param>
    /// <param name="given">What was typed: the folder of a run, or a model file.</param>
    /// <exception cref="InvalidInputException">It is neither.</exception>
    public static Model Load(Host host, string? given)
    {
        string path = RunConfiguration.ResolvePath(host, "the model", given ?? throw new InvalidInputException("the model", null, "the folder of a run, or a model file"));
        string file = Directory.Exists(path) ? Path.Combine(path, ImagePipeline.ModelFile) : path;
        if (!File.Exists(file)) throw new InvalidInputException("the model", given, $"a model file, or the folder of a run with its {ImagePipeline.ModelFile}: experiments that learn classes of images write one");
        return Model.Load(file, ClassifierModel.Parts);
    }

    /// <summary>The images that a model is judged on.</summary>
    /// <param name="host">The world around.</param>
    /// <param name="model">The model.</param>
    /// <param name="data">The folder of IDX files; null for drawn digits.</param>
    /// <param name="images">How many, the first ones; null for all, or 2,000 that are drawn.</param>
    /// <param name="threads">Threads that draw.</param>
    /// <exception cref="InvalidInputException">There are no such images, or not as many.</exception>
    public static PreparedImages Test(Host host, Model model, string? data, string? images, int threads)
    {
        int? count = images is null ? null : RunConfiguration.ParseCount("--test-images", images, MostImages);
        var set = data is null ? Draw(model, 1, count ?? Drawn, threads).Test : Folder(host, data).Test;
        if (count > set.Count) throw new InvalidInputException("--test-images", count.Value, string.Create(CultureInfo.InvariantCulture, $"at most {set.Count}, the test images there are"));
        if (count is { } first) set = set.Take(first);
        return new(set, new Normalize(NormalizeTo.ImageRange).Fit(set));
    }

    /// <summary>Says in a line where images are not those of the model's run: once it has answered them, for an error is a line by itself.</summary>
    /// <param name="host">The world around.</param>
    /// <param name="model">The model.</param>
    /// <param name="test">The images.</param>
    public static void Remark(Host host, Model model, PreparedImages test)
    {
        if (model.Provenance.DataDigests.TryGetValue("test", out string? digest) && digest != Convert.ToHexStringLower(test.Digest()))
            host.Error.WriteLine("the test images are not those that the model was judged on in its run");
    }

    /// <summary>The images that a model is trained further on.</summary>
    /// <param name="host">The world around.</param>
    /// <param name="model">The model.</param>
    /// <param name="data">The folder of IDX files; null for drawn digits.</param>
    /// <param name="images">How many, the first ones; null for all, or as many as are drawn in a run.</param>
    /// <param name="threads">Threads that draw.</param>
    /// <exception cref="InvalidInputException">There are no such images, or not as many.</exception>
    public static ImageSet Training(Host host, Model model, string? data, string? images, int threads)
    {
        int? count = images is null ? null : RunConfiguration.ParseCount("--train-images", images, MostImages);
        var set = data is null ? Draw(model, count ?? TrainingSettings.DrawnTraining, 1, threads).Train : Folder(host, data).Train;
        if (count > set.Count) throw new InvalidInputException("--train-images", count.Value, string.Create(CultureInfo.InvariantCulture, $"at most {set.Count}, the training images there are"));
        return count is { } first ? set.Take(first) : set;
    }

    static ImageData Folder(Host host, string data)
    {
        string folder = RunConfiguration.ResolvePath(host, "--data", data);
        if (!Directory.Exists(folder)) folder = DataSets.DataCache.Find(data) ?? throw new InvalidInputException("--data", data, "a folder that exists");
        return IdxFolder.Load(folder);
    }

    static ImageData Draw(Model model, int training, int test, int threads) =>
        model.Provenance.DataDigests.ContainsKey(ImagePipeline.FolderDigest) || !DrawnDigits.Contains(model.Provenance.Experiment)
            ? throw new InvalidInputException("--data", null, "a folder of images such as the model learned from; only drawn digits can be drawn again")
            : Glyphs.Generate(model.Provenance.Seed, training, test, threads);
}
