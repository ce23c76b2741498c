using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Plasticity.Gradients;

namespace Lepton.Neuro.Experiments.Training;

/// <summary>What the simulator made of the test images.</summary>
/// <param name="Answers">What it took each for.</param>
/// <param name="Accuracy">The part that is right.</param>
/// <param name="Steps">The steps of an inference.</param>
/// <param name="Spikes">Spikes of an inference, the input's included.</param>
/// <param name="Neurons">Neurons.</param>
/// <param name="Synapses">Synapses.</param>
/// <param name="Notes">What the export left out, a sentence each.</param>
internal sealed record SimulatedAnswers(int[] Answers, double Accuracy, int Steps, double Spikes, long Neurons, long Synapses, IReadOnlyList<string> Notes);

/// <summary>What a training came to.</summary>
/// <param name="Data">The images.</param>
/// <param name="Network">The trained network.</param>
/// <param name="History">Epoch by epoch.</param>
/// <param name="TrainingCount">How many images it learned from.</param>
/// <param name="Test">The test images.</param>
/// <param name="Engine">What the training engine made of them: with the network that the simulator ran, where there is one.</param>
/// <param name="Rate">What the training engine made of them with the rate network that a spiking one was made of; null where none was.</param>
/// <param name="Simulated">What the simulator made of them; null for a network that does not spike.</param>
/// <param name="EpochSeconds">The processor's time up to the end of each epoch that was trained in this run, in seconds.</param>
internal sealed record TrainingOutcome(
    ImageData Data,
    Sequential Network,
    TrainingHistory History,
    int TrainingCount,
    ImageSamples Test,
    EvaluationResult Engine,
    EvaluationResult? Rate,
    SimulatedAnswers? Simulated,
    IReadOnlyList<double> EpochSeconds)
{
    /// <summary>What a linear classifier of the same images is judged as; null where none was trained.</summary>
    public double? LinearAccuracy { get; init; }

    /// <summary>What fine-tuning began with, a sentence; empty where training began anew.</summary>
    public string Beginning { get; init; } = "";

    /// <summary>Whether gradients were made step by step.</summary>
    public bool Online { get; init; }

    /// <summary>What the training engine holds at the end of training, in bytes: outputs, potentials and gradients of the samples under way, the optimizer's memory; neither images nor parameters.</summary>
    public long WorkingBytes { get; init; }

    /// <summary>The answers that count: the simulator's where there are any.</summary>
    public int[] Answers => Simulated?.Answers ?? Engine.Answers;

    /// <summary>The part of them that is right.</summary>
    public double Accuracy => Simulated?.Accuracy ?? Engine.Accuracy;

    /// <summary>How many images the simulator answered otherwise than the training engine did; 0 where there is no simulation.</summary>
    public int AnswersOtherwise => Simulated is null ? 0 : Simulated.Answers.Zip(Engine.Answers).Count(a => a.First != a.Second);
}
