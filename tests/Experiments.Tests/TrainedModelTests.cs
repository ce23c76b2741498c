using System.Globalization;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Experiments.Compressing;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Experiments.Training;
using Lepton.Neuro.Plasticity.Gradients;
using Lepton.Neuro.Plasticity.ModelFiles;

namespace Lepton.Neuro.Experiments.Tests;

public sealed class TrainedModelTests
{
    static readonly string[] Small = ["--quiet", "--set", "train-images=300", "--set", "test-images=60", "--epochs", "1"];

    static readonly (IExperiment Experiment, string[] How)[] All =
    [
        (new LnnExperiment(), []), (new CnnExperiment(), ["--set", "size=large"]), (new SnnMlpExperiment(), []), (new SnnCnnExperiment(), ["--set", "filters=3", "--set", "steps=4"]),
        (new SnnRnnExperiment(), ["--set", "neurons=32"]), (new ConvertExperiment(), []), (new SynapticExperiment(), ["--set", "units=8"]),
    ];

    [Fact]
    public void Every_experiments_file_answers_as_its_run_did()
    {
        foreach (var (experiment, how) in All)
        {
            using var bench = new Bench();
            Assert.True(bench.Run(experiment, ["run", experiment.Name, .. Small, .. how, "--out", "o"]) == ExitCodes.Success, bench.Error);
            var result = ResultFiles.FromJson(bench.Read("o/results.json"));
            Assert.True(bench.Run(experiment, ["evaluate", "o", "--test-images", "60"]) == ExitCodes.Success, bench.Error);
            // The images are those of the run, or it would say so.
            Assert.Equal("", bench.Error);
            Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"{result.Accuracy.Full * 100:0.00} % of 60 test images"), bench.Output, StringComparison.Ordinal);
            // What was read is written again as the same bytes, and its layers are the same to the bit.
            byte[] file = File.ReadAllBytes(Path.Combine(bench.Folder, "o", "model.lepton"));
            var model = Model.FromBytes(file, ClassifierModel.Parts);
            Assert.Equal(file, model.ToBytes(ClassifierModel.Parts));
            Assert.Equal(model.Readout!.Id == ExportedModel.Id, TrainedModel.Spikes(model.Layers!));
        }
    }

    [Fact]
    public void A_loaded_network_gives_the_same_numbers_to_the_bit()
    {
        var images = Glyphs.Generate(5, 200, 40, 1);
        foreach (bool spiking in (bool[])[false, true])
        {
            var network = spiking
                ? SnnMlpExperiment.Network(images.Train.Height, images.Train.Width, images.Train.Channels, 10, steps: 5)
                : new Sequential(
                    Layers.Input(images.Train.Height, images.Train.Width, images.Train.Channels), Layers.Conv2D(3, 5, padding: 1), Layers.BatchNorm(), Layers.Relu(), Layers.AvgPool(2),
                    Layers.Flatten(), Layers.Dense(20), Layers.ClippedRelu(3), Layers.Dropout(0.2), Layers.Dense(10));
            network.Initialize(3);
            using (var trainer = new Trainer(network, new() { Epochs = 1, BatchSize = 32 })) trainer.Fit(new ImageSamples(images.Train));
            var model = Model.FromBytes(TrainedModel.Of(network, 1, new()).ToBytes(ClassifierModel.Parts), ClassifierModel.Parts);
            Assert.Equal(network.GetParameters().Select(BitConverter.SingleToInt32Bits), model.Layers!.GetParameters().Select(BitConverter.SingleToInt32Bits));
            Assert.Equal(network.ToString(), model.Layers.ToString());
            var test = new ImageSamples(images.Test);
            using (Trainer one = new(network), other = new(model.Layers)) Assert.Equal(one.Evaluate(test).Loss, other.Evaluate(test).Loss);
            if (!spiking) continue;
            var (before, after) = (TrainedModel.Export(network, 1), ExportedModel.Read(model));
            Assert.Equal(Scores(before), Scores(after));
            float[] Scores(ExportedNetwork exported)
            {
                using var session = Backends.Cpu.Evaluate(exported.Network.Compile(new Time(1e-3)));
                float[] sample = new float[exported.Sample.Features], scores = new float[exported.Output.Count], all = [];
                for (int i = 0; i < test.Count; i++)
                {
                    test.Read(i, sample);
                    exported.Show(session, sample, (ulong)i, scores);
                    all = [.. all, .. scores];
                }
                return all;
            }
        }
    }

    [Fact]
    public void What_gradients_trained_is_compressed_and_each_file_answers_as_the_table_says()
    {
        (IExperiment, string[], string[])[] cases =
        [
            (new SnnMlpExperiment(), [], ["--bits", "4,8", "--sparsity", "0,80", "--fine-tune", "1", "--train-images", "200", "--pruning", "movement"]),
            (new CnnExperiment(), ["--set", "size=large"], ["--bits", "8", "--sparsity", "50", "--pruning", "structured", "--per-channel"]),
            (new LnnExperiment(), [], ["--sparsity", "80", "--shared-weights", "5"]),
            (new SnnCnnExperiment(), ["--set", "filters=3", "--set", "steps=4"], ["--bits", "6", "--sparsity", "0", "--per-channel"]),
        ];
        foreach (var (experiment, how, compress) in cases)
        {
            using var bench = new Bench();
            Assert.True(bench.Run(experiment, ["run", experiment.Name, .. Small, .. how, "--out", "o"]) == ExitCodes.Success, bench.Error);
            Assert.True(bench.Run(experiment, ["compress", "o", .. compress, "--test-images", "60", "--out", "c"]) == ExitCodes.Success, bench.Error);
            var rows = bench.Read("c/table.csv").TrimEnd().Split('\n').Skip(1).Select(line => line.Split(',').Select(v => v.Length == 0 ? double.NaN : double.Parse(v, CultureInfo.InvariantCulture)).ToArray()).ToArray();
            Assert.True(rows.Skip(1).All(r => r[3] < rows[0][3]), "what is compressed is smaller");
            foreach (var row in rows)
            {
                string name = string.Create(CultureInfo.InvariantCulture, $"c/bits{row[0]}-pruned{row[1] * 100}.lepton");
                Assert.Equal(row[3], new FileInfo(Path.Combine(bench.Folder, name)).Length);
                Assert.True(bench.Run(experiment, ["evaluate", name, "--test-images", "60"]) == ExitCodes.Success, bench.Error);
                Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"{row[2] * 100:0.00} % of 60 test images"), bench.Output, StringComparison.Ordinal);
                // Pruned are at least as many as asked for.
                Assert.True(row[6] <= Math.Ceiling(rows[0][6] * (1 - row[1])), $"{name}: {row[6]} of {rows[0][6]}");
                bool priced = experiment is SnnMlpExperiment && row[0] < 32;
                Assert.Equal(priced, row[8] > 0);
            }
            if (experiment is SnnMlpExperiment)
            {
                Assert.True(bench.Run(experiment, ["map", "c/bits8-pruned0.lepton", "--partition", "multilevel", "--out", "m"]) == ExitCodes.Success, bench.Error);
                Assert.Contains("neurons and ", bench.Output, StringComparison.Ordinal);
                Assert.StartsWith("core,tile,neurons", bench.Read("m/mapping.csv"), StringComparison.Ordinal);
                Assert.Contains("partition: Multilevel", bench.Read("m/mapping.yaml"), StringComparison.Ordinal);
                Assert.Equal(ExitCodes.BadInput, bench.Run(experiment, ["map", "c/bits8-pruned0.lepton", "--epochs", "2"]));
                Assert.Contains("--epochs is given; allowed: nothing beside a model file", bench.Error, StringComparison.Ordinal);
            }
            else if (experiment is LnnExperiment)
            {
                Assert.Equal(ExitCodes.BadInput, bench.Run(experiment, ["map", "o/model.lepton"]));
                Assert.Contains("allowed: a spiking network", bench.Error, StringComparison.Ordinal);
            }
            if (experiment is SnnMlpExperiment) Assert.True(rows[3][7] < rows[1][7] && rows[3][8] < rows[1][8], "fewer weights, fewer operations and less energy");
        }
    }

    [Theory]
    [InlineData("without --fine-tune", "--pruning", "movement")]
    [InlineData("magnitude, movement, structured", "--pruning", "random")]
    [InlineData("nothing beside", "--shared-weights", "4", "--bits", "4")]
    public void Options_that_do_not_go_together_end_in_one_line(string allowed, params string[] options)
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.BadInput, bench.Run(new LnnExperiment(), ["compress", "model.lepton", .. options]));
        Assert.Contains(allowed, bench.Error, StringComparison.Ordinal);
        Assert.Single(bench.Error.TrimEnd().Split('\n'));
    }
}
