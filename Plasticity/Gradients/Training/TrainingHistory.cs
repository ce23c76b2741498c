namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>What an epoch came to.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="Loss">The mean loss of the training samples, each judged before the network learned from it in this epoch.</param>
/// <param name="Accuracy">The part of them that was right.</param>
/// <param name="ValidationLoss">The mean loss of the validation samples after the epoch; NaN without any.</param>
/// <param name="ValidationAccuracy">The part of them that was right.</param>
/// <param name="LearningRate">The learning rate at its end.</param>
public readonly record struct EpochResult(int Epoch, double Loss, double Accuracy, double ValidationLoss, double ValidationAccuracy, double LearningRate);

/// <summary>What training came to.</summary>
/// <param name="Epochs">Epoch by epoch.</param>
/// <param name="Updates">Updates in all.</param>
/// <param name="StoppedEarly">Whether patience ran out.</param>
/// <param name="Warnings">What a user should know, a sentence each.</param>
/// <param name="Changes">What <see cref="AdaptiveStrategy"/> changed, in order.</param>
public sealed record TrainingHistory(IReadOnlyList<EpochResult> Epochs, long Updates, bool StoppedEarly, IReadOnlyList<string> Warnings, IReadOnlyList<StrategyChange> Changes);

/// <summary>What a network made of some samples.</summary>
/// <param name="Answers">What it took each for.</param>
/// <param name="Right">How many were right.</param>
/// <param name="Accuracy">The part that was right.</param>
/// <param name="Loss">The mean loss.</param>
public sealed record EvaluationResult(int[] Answers, int Right, double Accuracy, double Loss);
