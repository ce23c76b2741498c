using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments;

/// <summary>What the command line needs from the world around it: where to print, where it stands, what it can run. Tests give their own.</summary>
public sealed record Host
{
    /// <summary>Where progress, tables and results go.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Where messages about errors go.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>The experiments that <c>run</c> and <c>list</c> know.</summary>
    public required IReadOnlyList<IExperiment> Experiments { get; init; }

    /// <summary>The folder against which relative paths are resolved.</summary>
    public required string CurrentDirectory { get; init; }

    /// <summary>Whether the output is a terminal that can redraw lines and show colours.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>Cancelled by Ctrl-C.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>The host of an ordinary process: the console and the current directory.</summary>
    /// <param name="experiments">The experiments to offer.</param>
    /// <param name="cancellation">Cancelled by Ctrl-C.</param>
    /// <returns>The host.</returns>
    public static Host ForProcess(IReadOnlyList<IExperiment> experiments, CancellationToken cancellation) => new()
    {
        Output = Console.Out,
        Error = Console.Error,
        Experiments = experiments,
        CurrentDirectory = Environment.CurrentDirectory,
        IsTerminal = !Console.IsOutputRedirected,
        Cancellation = cancellation,
    };
}
