using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Preprocessing;
using Lepton.Neuro.Plasticity.Gradients;

namespace Lepton.Neuro.Experiments.Training;

/// <summary>What a network made of test rows.</summary>
/// <param name="Parameters">How many parameters it has.</param>
/// <param name="History">Its training.</param>
/// <param name="Scores">Its scores: by how much more positive than negative.</param>
/// <param name="Plain">Its answers, whichever class scores more.</param>
/// <param name="Chosen">Its answers by the threshold of the highest F1 on validation rows.</param>
/// <param name="AveragePrecision">The area under precision over recall.</param>
internal sealed record TabularJudgement(long Parameters, TrainingHistory History, BinaryScores Scores, DetectionQuality Plain, DetectionQuality Chosen, double AveragePrecision);

/// <summary>What a run on a table came to.</summary>
/// <param name="Table">The table.</param>
/// <param name="Positive">The name of the positive class: the rarer one.</param>
/// <param name="Repair">What was repaired.</param>
/// <param name="Labels">The labels of training, validation and test rows.</param>
/// <param name="Network">The network.</param>
/// <param name="Logistic">The logistic regression.</param>
internal sealed record TabularOutcome(Table Table, string Positive, RepairReport Repair, int[][] Labels, TabularJudgement Network, TabularJudgement Logistic)
{
    /// <summary>How many test rows are positive.</summary>
    public int TestPositives => Labels[2].Count(l => l == 1);
}
