namespace Lepton.Neuro.Plasticity.Laws;

/// <summary>A backend that a rule is held to its laws on, beside the oracle.</summary>
/// <param name="Name">What it is called in a verdict.</param>
/// <param name="Load">Makes a session that learns.</param>
/// <param name="Resume">Goes on from a checkpoint, where the backend can.</param>
public sealed record LawBackend(string Name, Func<CompiledNetwork, LearningSession> Load, Func<CompiledNetwork, string, LearningSession>? Resume = null);
