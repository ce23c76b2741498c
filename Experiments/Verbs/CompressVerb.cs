using System.CommandLine;
using System.Globalization;
using System.Numerics;
using System.Text;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Experiments.Compressing;
using Lepton.Neuro.Experiments.Digits;
using Lepton.Neuro.Experiments.Energy;
using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Plasticity.Compression;

namespace Lepton.Neuro.Experiments.Verbs;

/// <summary><c>lepton compress</c>: prunes and quantizes a trained model in many ways and judges each.</summary>
internal sealed class CompressVerb : IVerb
{
    readonly Argument<string?> source = new("model") { Description = "The folder of a run, or a model file", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<string?> bits = Text("--bits", "2..8|list", "Bits of a weight [default: 2..8]");
    readonly Option<string?> sparsity = Text("--sparsity", "list", "Percentages of the weights that are pruned, the smallest ones [default: 0,50,80,90,95]");
    readonly Option<string?> calibration = Text("--calibration", "min-max|percentile|error", "How ranges of grids are found [default: error, the least mean squared error]");
    readonly Option<bool> perChannel = new("--per-channel") { Description = "A grid for each neuron, and not one for a layer" };
    readonly Option<bool> asymmetric = new("--asymmetric") { Description = "Grids that need not have as many values below zero as above" };
    readonly Option<string?> pruning = Text("--pruning", "magnitude|movement|structured", "Which weights go: the smallest; those that fine-tuning draws to zero; whole units [default: magnitude]");
    readonly Option<string?> shared = Text("--shared-weights", "K", "Weights of a layer share K values, in place of grids; --bits is then the bits of an index");
    readonly Option<string?> fineTuning = Text("--fine-tune", "E", "Epochs of training while weights are pruned and rounded, for models of training experiments [default: 0]");
    readonly Option<string?> trainImages = Text("--train-images", "N", "The first N training images only, for --fine-tune [default: all, or 12000 that are drawn]");
    readonly Option<string?> data = Text("--data", "DIR", "The folder with test images, in IDX files [default: drawn ones, for a model that learned from such]");
    readonly Option<string?> images = Text("--test-images", "N", "The first N test images only [default: all, or 2000 that are drawn]");
    readonly Option<string?> machine = Text("--machine", "NAME|FILE", "The machine that prices an image [default: loihi]");
    readonly Option<string?> neurons = Text("--neurons-per-core", "N", "The most neurons that a core is given [default: 8]");
    readonly Option<string?> threads = Text("--threads", "N", "Threads [default: all cores]");
    readonly Option<string?> output = Text("--out", "DIR", "The folder for table.csv, pareto.svg, pareto.png and the compressed models [default: out/compress]");
    readonly Option<bool> quiet = new("--quiet") { Description = "Print nothing" };

    public IReadOnlyList<string> Examples =>
    [
        "lepton compress out/digits",
        "lepton compress out/digits/model.lepton --bits 2,4,8 --sparsity 0,80 --per-channel --data mnist",
        "lepton compress out/lnn --bits 4,8 --sparsity 0,80 --fine-tune 3 --data mnist",
    ];

    public Command Build(Host host)
    {
        var command = new Command("compress", "Prune and quantize a trained model in many ways: accuracy, file size, synaptic operations and energy of each, and the Pareto front")
        {
            source, bits, sparsity, calibration, perChannel, asymmetric, pruning, shared, fineTuning, trainImages, data, images, machine, neurons, threads, output, quiet,
        };
        command.SetAction(parsed => Run(parsed, host));
        return command;
    }

    int Run(ParseResult parsed, Host host)
    {
        int? values = parsed.GetValue(shared) is { } k ? Math.Max(2, RunConfiguration.ParseCount("--shared-weights", k, 65_536)) : null;
        if (values is not null && parsed.GetValue(bits) is { } both) throw new InvalidInputException("--bits", both, "nothing beside --shared-weights");
        var plan = new CompressionPlan
        {
            Bits = values is { } of ? [BitOperations.Log2((uint)of - 1) + 1] : ParseBits(parsed.GetValue(bits) ?? "2..8"),
            SharedWeights = values,
            FineTuning = parsed.GetValue(fineTuning) is null or "0" ? 0 : RunConfiguration.ParseCount("--fine-tune", parsed.GetValue(fineTuning)!, 10_000),
            Pruning = (parsed.GetValue(pruning) ?? "magnitude") switch
            {
                "magnitude" => PruningMethod.Magnitude,
                "movement" => PruningMethod.Movement,
                "structured" => PruningMethod.Structured,
                var other => throw new InvalidInputException("--pruning", other, "magnitude, movement, structured"),
            },
            Sparsities = ParseSparsities(parsed.GetValue(sparsity) ?? "0,50,80,90,95"),
            Calibration = (parsed.GetValue(calibration) ?? "error") switch
            {
                "min-max" => Calibration.MinMax,
                "percentile" => Calibration.Percentile,
                "error" => Calibration.MeanSquaredError,
                var other => throw new InvalidInputException("--calibration", other, "min-max, percentile, error"),
            },
            IsPerChannel = parsed.GetValue(perChannel),
            IsSymmetric = !parsed.GetValue(asymmetric),
            Machine = StudyOptions.Machine(host, parsed.GetValue(machine) ?? "loihi"),
            NeuronsPerCore = RunConfiguration.ParseCount("--neurons-per-core", parsed.GetValue(neurons) ?? "8", 1_000_000),
        };
        int workers = parsed.GetValue(threads) is { } given ? RunConfiguration.ParseCount("--threads", given, 1024) : Math.Max(1, Environment.ProcessorCount);
        if (plan.Pruning == PruningMethod.Movement && plan.FineTuning == 0) throw new InvalidInputException("--pruning", "movement", "magnitude or structured without --fine-tune: movement is what training does");
        var model = ModelImages.Load(host, parsed.GetValue(source));
        if (plan.FineTuning > 0 && !TrainedModel.Is(model)) throw new InvalidInputException("--fine-tune", plan.FineTuning, "0 for a model that no training experiment made");
        bool silent = parsed.GetValue(quiet);
        var test = ModelImages.Test(host, model, parsed.GetValue(data), parsed.GetValue(images), workers);
        var evaluation = new Evaluation(workers, VectorBits.Auto, new QuietProgress(), host.Cancellation);
        string folderPath = RunConfiguration.ResolvePath(host, "--out", parsed.GetValue(output) ?? "out/compress");
        using var folder = RunFolder.Open(folderPath);
        Action<CompressionPoint, byte[]> found = (point, file) =>
            folder.Add(string.Create(CultureInfo.InvariantCulture, $"bits{point.Bits}-pruned{point.Sparsity * 100:0.##}.lepton"), stream => stream.Write(file));
        var points = TrainedModel.Is(model)
            ? new TrainedSweep(plan, model, plan.FineTuning > 0 ? ModelImages.Training(host, model, parsed.GetValue(data), parsed.GetValue(trainImages), workers) : null, test.Images, workers, host.Cancellation).Run(found)
            : new CompressionSweep(plan, model, test, evaluation).Run(found);
        string table = ResultFiles.Csv(CompressionReport.Rows(points).Prepend(CompressionReport.Header));
        folder.Add("table.csv", stream => stream.Write(Encoding.UTF8.GetBytes(table)));
        folder.Commit();
        var picture = CompressionReport.Picture(points);
        foreach (string ending in FigureFile.Endings) FigureFile.Write(picture, Path.Combine(folderPath, "pareto" + ending));
        if (silent) return ExitCodes.Success;
        ModelImages.Remark(host, model, test);
        host.Output.Write(CompressionReport.Table(points));
        host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Judged on {test.Count:N0} test images; models, table.csv and pareto.png are in {folderPath}"));
        return ExitCodes.Success;
    }

    static int[] ParseBits(string text)
    {
        string[] ends = text.Split("..");
        int[] found = ends.Length == 2
            ? Range(One(ends[0]), One(ends[1]))
            : [.. text.Split(',').Select(One)];
        return found.Distinct().Count() == found.Length ? found : throw new InvalidInputException("--bits", text, "each number once");

        int One(string part) => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value is >= 1 and <= 16 ? value : throw new InvalidInputException("--bits", text, "1 to 16, as in 2..8 or 2,4,8");

        int[] Range(int from, int to) => from <= to ? [.. Enumerable.Range(from, to - from + 1)] : throw new InvalidInputException("--bits", text, "a range that ascends");
    }

    static double[] ParseSparsities(string text)
    {
        double[] found = [.. text.Split(',').Select(part => double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value < 100
            ? value / 100
            : throw new InvalidInputException("--sparsity", text, "percentages from 0 to below 100, as in 0,50,90"))];
        return found.Distinct().Count() == found.Length ? found : throw new InvalidInputException("--sparsity", text, "each number once");
    }

    static Option<string?> Text(string name, string value, string description) => new(name) { HelpName = value, Description = description, Arity = ArgumentArity.ExactlyOne };
}
