namespace Lepton.Neuro.Experiments.Energy;

/// <summary>How a network does on a machine with faults.</summary>
/// <param name="Fault">What is faulty.</param>
/// <param name="Rate">The share that is, or seconds for drift.</param>
/// <param name="Draws">How often faults were drawn.</param>
/// <param name="Accuracy">The part of the test images that is right, on average over draws; null where the network does not fit what is left.</param>
/// <param name="Least">The least of the draws.</param>
/// <param name="Most">The most of the draws.</param>
/// <param name="Energy">Joules an inference; null where the network does not fit or the fault does not change it.</param>
/// <param name="Remark">What was done about it.</param>
internal sealed record FaultPoint(string Fault, double Rate, int Draws, double? Accuracy, double? Least, double? Most, double? Energy, string Remark);
