namespace Lepton.Neuro.Experiments.Running;

/// <summary>Shows a person how far a run is. Safe to call from any thread.</summary>
public interface IProgressReporter
{
    /// <summary>Starts a phase of known length. Dispose it when it is done; phases may follow each other or nest.</summary>
    /// <param name="name">What is being done, such as <c>Learning, epoch 2 of 3</c>.</param>
    /// <param name="total">How many units there are.</param>
    /// <param name="unit">What is counted, in the plural, such as <c>images</c>.</param>
    /// <returns>The phase.</returns>
    IProgressPhase Start(string name, long total, string unit);

    /// <summary>Prints one line that stays.</summary>
    /// <param name="text">The line, such as an accuracy after an epoch.</param>
    void Note(string text);

    /// <summary>Shows a picture made of characters, in place of the one before where the output can redraw.</summary>
    /// <param name="text">Lines.</param>
    void Picture(string text)
    {
    }
}

/// <summary>A phase of a run.</summary>
public interface IProgressPhase : IDisposable
{
    /// <summary>Counts units as done. Safe to call from any thread.</summary>
    /// <param name="units">How many more are done.</param>
    void Advance(long units = 1);

    /// <summary>Says how it goes, beside how far it is: an accuracy, spikes a second.</summary>
    /// <param name="text">A few words; they replace those before.</param>
    void Status(string text)
    {
    }
}
