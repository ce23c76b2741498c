namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>A spike in continuous time.</summary>
/// <param name="Time">When, in milliseconds.</param>
/// <param name="Neuron">Whose.</param>
public readonly record struct TimedSpike(double Time, int Neuron);
