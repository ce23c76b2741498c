using System.Globalization;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Plasticity.Gradients;
using static Lepton.Neuro.Plasticity.Gradients.Layers;

namespace Lepton.Neuro.Experiments.Training;

/// <summary>A convolutional network learns photographs from few of them, beside a linear classifier of the same pixels.</summary>
internal sealed class CifarExperiment : IExperiment
{
    const int DrawnSize = 32;

    static readonly WholeNumberSetting Batches = new("batches", "Batches of 10,000 training images to learn from, of a data folder", 1, 1, 5, "batches");

    static readonly WholeNumberSetting Filters = new("filters", "Filters of the first stage; each of the next two has twice as many", 32, 1, 512, "filters");

    static readonly ChoiceSetting Depth = new("depth", "Convolutions of 3 x 3 in each of the three stages: one, or two", "two", "one", "two");

    static readonly NumberSetting Dropped = new("dropout", "The part of the last stage that is left out at random", 0.4, 0, 0.9);

    static readonly NumberSetting Smoothing = new("smoothing", "The part of the target that is spread over all classes", 0.1, 0, 0.5);

    static readonly FlagSetting Mirror = new("mirror", "Whether every other training image, by chance, has left and right exchanged", true);

    static readonly NumberSetting Erase = new("erase", "The most of each side of a training image that is erased", 0.3, 0, 1);

    static readonly TrainingSettings Common = new(learningRate: 0.003, shift: 3, rotate: 8, scale: 0.1, Mirror, Erase, background: 0.5f);

    /// <inheritdoc/>
    public string Name => "cifar";

    /// <inheritdoc/>
    public string Summary => "A convolutional network learns photographs (or drawn shapes) beside a linear classifier; --data takes a folder of CIFAR-10's binary batches";

    /// <inheritdoc/>
    public IReadOnlyList<Setting> Settings { get; } = [Batches, Filters, Depth, Dropped, Smoothing, .. Common.All];

    /// <inheritdoc/>
    public int DefaultEpochs => 40;

    /// <inheritdoc/>
    public bool CanResume => true;

    /// <inheritdoc/>
    public RunResult Run(RunContext context)
    {
        int filters = context.Get(Filters);
        bool two = context.Get(Depth) == "two";
        return new TrainingRun(context, Common) { Load = () => Load(context), HasLinearBaseline = true, Smoothing = context.Get(Smoothing) }.Run((images, classes) => new(
        [
            Input(images.Height, images.Width, images.Channels), BatchNorm(),
            .. Stage(filters, two), .. Stage(2 * filters, two), .. Stage(4 * filters, two),
            Flatten(), Dropout(context.Get(Dropped)), Dense(classes, gain: 1),
        ]));
    }

    static IEnumerable<Layer> Stage(int filters, bool two)
    {
        Layer[] one = [Conv2D(filters, 3, padding: 1), BatchNorm(), Relu()];
        return [.. one, .. two ? [Conv2D(filters, 3, padding: 1), BatchNorm(), Relu()] : Array.Empty<Layer>(), MaxPool(2)];
    }

    static ImageData Load(RunContext context)
    {
        if (context.Data is not { } folder)
        {
            return Encoders.Data.Shapes.Generate(
                context.Seed,
                context.Get(Common.TrainImages) is > 0 and var train ? train : TrainingSettings.DrawnTraining,
                context.Get(Common.TestImages) is > 0 and var test ? test : TrainingSettings.DrawnTest,
                DrawnSize,
                context.Threads);
        }
        int batches = context.Get(Batches);
        var training = Cifar10File.Read([.. Enumerable.Range(1, batches).Select(b => Find(folder, string.Create(CultureInfo.InvariantCulture, $"data_batch_{b}.bin")))]);
        return new(training, Cifar10File.Read(Find(folder, "test_batch.bin")), "CIFAR-10", "Photographs of 32 x 32 pixels in ten classes.");
    }

    static string Find(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        return File.Exists(path) ? path : File.Exists(path + ".gz") ? path + ".gz" : throw new InvalidInputException($"file {name} (plain or .gz) in {folder}", null, "an existing file of the binary version");
    }
}
