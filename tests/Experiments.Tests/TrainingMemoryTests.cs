using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Experiments.Training;

namespace Lepton.Neuro.Experiments.Tests;

/// <summary>What a training holds is read off the whole process: nothing else may run meanwhile.</summary>
[Collection(nameof(Alone))]
public sealed class TrainingMemoryTests
{
    [Fact]
    public void Gradients_made_step_by_step_teach_in_less_memory()
    {
        foreach (IExperiment experiment in (IExperiment[])[new SnnMlpExperiment(), new SnnRnnExperiment()])
        {
            using Bench online = new(), back = new();
            string[] more = experiment is SnnMlpExperiment ? ["--set", "steps=40", "--threads", "1"] : ["--threads", "1"];
            var learned = TrainingTests.Run(online, experiment, [.. more, "--set", "gradient=online"]);
            TrainingTests.Run(back, experiment, more);
            Assert.True(learned.Accuracy.Full > 0.3, $"{experiment.Name}: {learned.Accuracy.Full}");
            Assert.InRange(Math.Abs(learned.Accuracy.Full!.Value - TrainingTests.Number(online, "engineAccuracy")), 0, 0.02);
            Assert.True(TrainingTests.Number(online, "trainWorkingBytes") < 0.8 * TrainingTests.Number(back, "trainWorkingBytes"), $"{experiment.Name}: {TrainingTests.Number(online, "trainWorkingBytes")} {TrainingTests.Number(back, "trainWorkingBytes")}");
            Assert.Contains("step by step, from three factors", online.Read("o/report.html"), StringComparison.Ordinal);
        }
    }
}

/// <summary>Tests that run one after another, after all others.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
