using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Lepton.Neuro.Experiments.Compressing;
using Lepton.Neuro.Experiments.Digits;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Verbs;

/// <summary><c>lepton evaluate</c>: shows test images to a model file.</summary>
internal sealed class EvaluateVerb : IVerb
{
    readonly Argument<string?> source = new("model") { Description = "The folder of a run, or a model file", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<string?> data = Text("--data", "DIR", "The folder with test images, in IDX files [default: drawn ones, for a model that learned from such]");
    readonly Option<string?> images = Text("--test-images", "N", "The first N test images only [default: all, or 2000 that are drawn]");
    readonly Option<string?> threads = Text("--threads", "N", "Threads; the result does not depend on them [default: all cores]");

    public IReadOnlyList<string> Examples => ["lepton evaluate out/digits", "lepton evaluate out/compress/bits4-pruned80.lepton --data mnist"];

    public Command Build(Host host)
    {
        var command = new Command("evaluate", "Show test images to a saved model: its accuracy, and a hash of its spikes") { source, data, images, threads };
        command.SetAction(parsed =>
        {
            int workers = parsed.GetValue(threads) is { } given ? RunConfiguration.ParseCount("--threads", given, 1024) : Math.Max(1, Environment.ProcessorCount);
            var model = ModelImages.Load(host, parsed.GetValue(source));
            var test = ModelImages.Test(host, model, parsed.GetValue(data), parsed.GetValue(images), workers);
            if (TrainedModel.Is(model))
            {
                int[] answers = new TrainedModel(model).Answers(test.Images, workers, host.Cancellation);
                double accuracy = answers.Index().Count(a => a.Item == test.Label(a.Index)) / (double)test.Count;
                byte[] all = [.. answers.SelectMany(a => BitConverter.GetBytes((ushort)a))];
                host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{accuracy * 100:0.00} % of {test.Count} test images, answer hash {Convert.ToHexStringLower(SHA256.HashData(all))[..16]}"));
                ModelImages.Remark(host, model, test);
                return ExitCodes.Success;
            }
            var classifier = ClassifierModel.Read(model, test.Images);
            var verdict = new Evaluation(workers, VectorBits.Auto, new QuietProgress(), host.Cancellation).Run("Testing", classifier, test);
            host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{verdict.Accuracy * 100:0.00} % of {test.Count} test images, spike hash {verdict.Hash}"));
            ModelImages.Remark(host, model, test);
            return ExitCodes.Success;
        });
        return command;
    }

    static Option<string?> Text(string name, string value, string description) => new(name) { HelpName = value, Description = description, Arity = ArgumentArity.ExactlyOne };
}
