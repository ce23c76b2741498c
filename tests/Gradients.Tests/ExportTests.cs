using Lepton.Neuro.Backends;
using Lepton.Neuro.Encoders;
using Lepton.Neuro.Plasticity.Gradients;
using Lepton.Neuro.Plasticity.ModelFiles;
using static Lepton.Neuro.Plasticity.Gradients.Layers;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Gradients.Tests;

/// <summary>What was trained against the network that it becomes, run by the CPU backend.</summary>
public sealed class ExportTests
{
    static readonly DeterministicRate Code = new() { Phase = RateCodeLayer.Phase };

    static readonly Func<Sequential>[] Networks =
    [
        () => new(Input(5, 7, 1), Flatten(), RateCode(8), Dense(40), Lif(), Dropout(0.1), Dense(20), Lif(0.8, 0.7, ResetMode.ToZero), Dense(4), Last()),
        () => new(Input(5, 7, 1), Flatten(), RateCode(8), Dense(30), RecurrentLif(), Dense(20), SynapticLif(threshold: 0.5), Dense(4), MaxMembrane()),
        () => new(Input(5, 7, 1), Flatten(), RateCode(8), Dense(40), Lif(), Dense(20), AdaptiveLif(threshold: 0.5), Dense(4), Lif(threshold: 0.5), Rate()),
        () => new(Input(5, 7, 1), Flatten(), RateCode(8), Dense(40), Lif(), Dense(4), Lif(threshold: 0.7), FirstSpike()),
        () => new(Input(5, 7, 1), RateCode(8), Conv2D(6, 3, padding: 1), BatchNorm(), Lif(), MaxPool(2), Conv2D(5, 2), Lif(), Flatten(), Dense(4), Last()),
        () => new(Input(5, 7, 1), RateCode(8), Conv2D(10, 2), BatchNorm(), Lif(threshold: 0.5), AvgPool(2), Conv2D(10, 2, padding: 1), Lif(threshold: 0.5), Flatten(), Dense(4), Last()),
        () => new(Input(5, 7, 1), RateCode(8), Conv2D(8, 3, padding: 1), Lif(threshold: 0.5), AvgPool(2), Dropout(0.1), Flatten(), Dense(4), Last()),
        () => new(Input(5, 7, 1), Rows(threshold: 0.5), Dense(30), RecurrentLif(), Dense(20), Lif(), Dense(4), Last()),
    ];

    [Fact]
    public void The_exported_network_answers_as_the_trained_one()
    {
        Samples samples = new(300, 35, 4, 1, 0.8), test = new(200, 35, 4, 2, 0.8);
        foreach (var make in Networks)
        {
            var trained = make();
            using var trainer = new Trainer(trained, new() { Epochs = 6, BatchSize = 32, LearningRate = 0.005, Threads = 2 });
            trainer.Fit(samples);
            var expected = trainer.Evaluate(test);
            var exported = NetworkExport.Export(trained, trained.Layers[1] is SequenceLayer ? new OutsideSpikes() : Code);
            using var session = Cpu.Evaluate(exported.Network.Compile(1.ms), new() { Threads = 1 });
            float[] sample = new float[35], scores = new float[4];
            int same = 0;
            for (int i = 0; i < test.Count; i++)
            {
                test.Read(i, sample);
                exported.Show(session, sample, (ulong)i, scores);
                if (scores.IndexOf(scores.Max()) == expected.Answers[i]) same++;
            }
            // Weights of 16 bits may tip a spike now and then.
            Assert.InRange(same, (int)(0.97 * test.Count), test.Count);
            Assert.InRange(expected.Accuracy, 0.4, 1);
        }
    }

    [Fact]
    public void What_a_model_file_says_of_an_exported_network_is_how_it_is_asked()
    {
        foreach (var make in Networks)
        {
            var trained = make();
            var exported = NetworkExport.Export(trained, trained.Layers[1] is SequenceLayer ? new OutsideSpikes() : Code);
            var read = ExportedModel.Read(new(exported.Network, 1.ms) { Readout = ExportedModel.Note(exported) });
            Assert.Same(exported.Network, read.Network);
            Assert.Equal(
                (exported.Input, exported.Output, exported.Latency, exported.Sample, exported.OutputSteps, exported.RowThreshold, exported.Readout, exported.Gain),
                (read.Input, read.Output, read.Latency, read.Sample, read.OutputSteps, read.RowThreshold, read.Readout, read.Gain));
        }
    }

    [Theory]
    [InlineData("input", new double[] { 1 }, "a source and neurons")]
    [InlineData("input", new double[] { 99 }, "'input' of 'classify.exported' in the model file is 99")]
    [InlineData("output", new double[] { 0.5 }, "'output' of the model's readout is 0.5; allowed: a whole number")]
    [InlineData("sample", new double[] { 5, 7 }, "'sample' of 'classify.exported' in the model file is 2 numbers; allowed: at least 3 numbers")]
    [InlineData("sample", new double[] { 5, 0, 1 }, "a size of the model's samples is 0")]
    [InlineData("sample", new double[] { 5, 7.5, 1 }, "the sizes of the model's samples is 5 x 7.5 x 1; allowed: whole numbers")]
    [InlineData("sample", new double[] { 65536, 65536, 2 }, "of at most 2^28 numbers")]
    [InlineData("sample", new double[] { 5, 8, 1 }, "the samples of the model is ")]
    [InlineData("what", new double[] { 99 }, "'what' of 'classify.exported' in the model file is 99")]
    [InlineData("gain", new double[] { 0 }, "'gain' of 'classify.exported' in the model file is 0")]
    public void A_model_whose_readout_does_not_fit_is_refused_by_the_number(string name, double[] value, string part)
    {
        var exported = NetworkExport.Export(Networks[0](), Code);
        var note = ExportedModel.Note(exported);
        var wrong = note with { Numbers = new Dictionary<string, double[]>(note.Numbers, StringComparer.Ordinal) { [name] = value } };
        Assert.Contains(part, Message(new(exported.Network, 1.ms) { Readout = wrong }), StringComparison.Ordinal);
        Assert.Contains("the readout of the model is missing; allowed: classify.exported", Message(new(exported.Network, 1.ms)), StringComparison.Ordinal);

        static string Message(Model model) => Assert.Throws<InvalidInputException>(() => ExportedModel.Read(model)).Message;
    }

    [Fact]
    public void What_cannot_be_exported_is_refused_by_the_layers_name()
    {
        static string Error(params Layer[] layers) => Assert.Throws<InvalidInputException>(() => NetworkExport.Export(new(layers), Code)).Message;
        Assert.Contains("'relu 3'", Error(Input(4), RateCode(4), Dense(5), Relu(), Dense(3), Last()), StringComparison.Ordinal);
        Assert.Contains("'dense 3'", Error(Input(4), RateCode(4), Dense(5), Dense(3), Last()), StringComparison.Ordinal);
        Assert.Contains("'average pool 4'", Error(Input(4, 4, 1), RateCode(4), Conv2D(2, 1), Lif(), AvgPool(2), Flatten(), Rate()), StringComparison.Ordinal);
        Assert.Contains("'average pool 3'", Error(Input(4, 4, 1), RateCode(4), AvgPool(2), AvgPool(2), Flatten(), Dense(3), Last()), StringComparison.Ordinal);
        Assert.Contains("'conv2d 3'", Error(Input(5, 5, 1), RateCode(4), AvgPool(2), Conv2D(2, 2, padding: 1), Lif(), Flatten(), Dense(3), Last()), StringComparison.Ordinal);
        Assert.Contains("'dense 1'", Error(Input(4), Dense(5), Lif(), Dense(3)), StringComparison.Ordinal);
    }
}

static class FloatArrays
{
    public static int IndexOf(this float[] values, float value) => Array.IndexOf(values, value);
}
