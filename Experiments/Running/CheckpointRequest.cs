namespace Lepton.Neuro.Experiments.Running;

/// <summary>What a user asked about checkpoints of a run.</summary>
/// <param name="Path">The full path of the file to go on from, where it exists, and to write.</param>
/// <param name="Every">The wall time between two checkpoints.</param>
/// <param name="IsAutomatic">Whether the file is the frame's own: it goes when the run has succeeded, and no one needs to be told of it.</param>
public sealed record CheckpointRequest(string Path, TimeSpan Every, bool IsAutomatic = false)
{
    /// <summary>The wall time between two checkpoints when the user gives none, in seconds.</summary>
    public const double DefaultSeconds = 60;
}
