namespace Lepton.Neuro.Experiments.Running;

/// <summary>Shows nothing.</summary>
internal sealed class QuietProgress : IProgressReporter, IProgressPhase
{
    public IProgressPhase Start(string name, long total, string unit) => this;

    public void Note(string text)
    {
    }

    public void Advance(long units = 1)
    {
    }

    public void Dispose()
    {
    }
}
