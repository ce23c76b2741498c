using System.Globalization;
using System.Numerics;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Preprocessing;
using Lepton.Neuro.Experiments.Compressing;
using Lepton.Neuro.Experiments.Digits;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Plasticity.ModelFiles;

namespace Lepton.Neuro.Experiments.Energy;

/// <summary>A network of a model file in place of one that is trained: what <c>lepton run</c> or <c>lepton compress</c> wrote.</summary>
internal static class SavedNetwork
{
    // Where an experiment has no such setting: as lepton compress has it.
    const int NeuronsPerCore = 8;

    // What may be chosen anew for a network that has learned: training images are those of the baseline and of learned samples. All else made it what it is.
    static readonly string[] OfRun = ["bits", "sparsity", "neurons-per-core", "train-images", "test-images"], OfCompressed = OfRun[2..];

    /// <summary>What the run of a model was, with what is chosen anew.</summary>
    /// <param name="host">The world around.</param>
    /// <param name="file">The model file, for messages.</param>
    /// <param name="model">The model.</param>
    /// <param name="typed">What was typed.</param>
    /// <exception cref="InvalidInputException">Something typed says how to train, or what the file says of its run cannot be used.</exception>
    public static RunConfiguration Configuration(Host host, string file, Model model, RunRequest typed)
    {
        foreach (var (option, value) in new[] { ("--epochs", typed.Epochs), ("--seed", typed.Seed) })
        {
            if (value is not null) throw new InvalidInputException(option, value, "nothing beside a model file, which is not trained again");
        }
        bool isCompressed = model.Quantization.Count > 0;
        string[] free = isCompressed ? OfCompressed : OfRun;
        if (typed.Settings.FirstOrDefault(s => !free.Contains(s.Key, StringComparer.Ordinal)) is { Key: { } key } setting)
        {
            throw new InvalidInputException($"--set {key}", setting.Value,
                $"nothing beside a model file{(OfRun.Contains(key, StringComparer.Ordinal) ? " whose weights are compressed already" : ", which is not trained again")}; {string.Join(", ", free)} may be set");
        }
        string said = $"the configuration in {file}";
        if (model.Provenance.Configuration.Length == 0) throw new InvalidInputException(said, "missing", "that of the run that trained it, as lepton run and lepton compress write it");
        var run = ConfigurationFile.Parse(model.Provenance.Configuration, said);
        return RunConfiguration.Resolve(host, typed, run with { Threads = null, VectorBits = null });
    }

    /// <summary>The network of a run that learned without gradients.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The images of its experiment.</param>
    /// <param name="training">What it learned from.</param>
    /// <param name="test">What it is judged by.</param>
    /// <param name="evaluation">How it runs.</param>
    /// <param name="bits">The bits of a weight that are asked for.</param>
    /// <param name="sparsity">The part of the weights that is pruned.</param>
    /// <param name="neuronsPerCore">The most neurons a core.</param>
    /// <exception cref="InvalidInputException">The model is of other images.</exception>
    public static TrainedClassifier Of(Model model, ImageData data, PreparedImages training, PreparedImages test, Evaluation evaluation, int bits, double sparsity, int neuronsPerCore)
    {
        var full = ClassifierModel.Read(model, test.Images);
        if (full is RateClassifier && full.Output.Count != data.Train.Classes) throw new InvalidInputException("the classes of the images", data.Train.Classes, string.Create(CultureInfo.InvariantCulture, $"{full.Output.Count}, as the model tells apart"));
        return new(full, training, test, evaluation, Bits(model) ?? bits, sparsity, neuronsPerCore, null) { IsLoaded = true, IsCompressed = model.Quantization.Count > 0 };
    }

    /// <summary>A spiking network that gradients trained, and <c>lepton compress</c> rounded.</summary>
    /// <param name="host">The world around.</param>
    /// <param name="file">The model file, for messages.</param>
    /// <param name="model">The model.</param>
    /// <param name="configuration">What its run was.</param>
    /// <param name="context">The study.</param>
    /// <exception cref="InvalidInputException">It does not spike, its weights are as learned, or it is of other images.</exception>
    public static TrainedClassifier Exported(Host host, string file, Model model, RunConfiguration configuration, RunContext context)
    {
        var trained = new TrainedModel(model);
        if (!trained.IsSpiking) throw new InvalidInputException("the model to be priced", file, "a spiking network; this one is a rate network, which lepton run convert makes one of");
        if (Bits(model) is not { } bits) throw new InvalidInputException("the weights of the model to be priced", $"as learned, in {file}", "rounded, as lepton compress writes them: a core stores whole multiples of a step");
        trained.RequireBytes();
        int Setting(string key, int otherwise) => configuration.Settings.TryGetValue(key, out object? value) && value is int number && number > 0 ? number : otherwise;
        string? Count(string key) => Setting(key, 0) is > 0 and var count ? count.ToString(CultureInfo.InvariantCulture) : null;
        var test = ModelImages.Test(host, model, configuration.Data, Count("test-images"), configuration.Threads).Images;
        var training = ModelImages.Training(host, model, configuration.Data, Count("train-images"), configuration.Threads);
        var full = ExportedClassifier.Read(model, test);
        var evaluation = new Evaluation(context.Threads, context.VectorBits, context.Progress, context.Cancellation);
        return new(full, AsBytes(training), AsBytes(test), evaluation, bits, 0, Setting("neurons-per-core", NeuronsPerCore), null) { IsLoaded = true, IsCompressed = true };
    }

    /// <summary>What a network of a file learned, as the plan of a learner of its kind holds it.</summary>
    /// <param name="plan">The learner's plan.</param>
    /// <param name="full">The network.</param>
    public static Learned LearnedIn(CompiledNetwork plan, Classifier full)
    {
        Population[] chain = [full.Input, .. full.Layers];
        float[]? Weights(CompiledProjection projection)
        {
            if (!projection.IsPlastic) return null;
            for (int layer = 0; layer < full.Weights.Count; layer++)
            {
                if (chain[layer].Name == projection.Description.From.Name && chain[layer + 1].Name == projection.Description.To.Name) return full.Weights[layer];
            }
            return null;
        }
        float[][]? States(CompiledPopulation population) =>
            full.Plan.Populations.FirstOrDefault(p => p.Description.Name == population.Description.Name) is { } same ? full.Learned?.States[same.Index] : null;
        return new([.. plan.Projections.Select(Weights)], [.. plan.Populations.Select(States)]);
    }

    // The bits of the finest grid; null where weights are on none.
    static int? Bits(Model model) => model.Quantization.Count == 0 ? null : model.Quantization.Values.SelectMany(q => q.Grids).Max(g => BitOperations.Log2((uint)(g.Most - g.Least)) + 1);

    static PreparedImages AsBytes(ImageSet images) => new(images, new Unchanged(images.ImageSize));

    /// <summary>Pixels as they are read, bytes in [0, 1]: the training engine's.</summary>
    sealed class Unchanged(int size) : PixelTransform(size)
    {
        protected override void Transform(ReadOnlySpan<float> image, Span<float> result) => image.CopyTo(result);
    }
}
