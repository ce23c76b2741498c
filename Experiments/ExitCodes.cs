namespace Lepton.Neuro.Experiments;

/// <summary>The exit codes of <c>lepton</c>.</summary>
public static class ExitCodes
{
    /// <summary>All went well.</summary>
    public const int Success = 0;

    /// <summary>Something failed that is not the user's doing: a full disk, a bug.</summary>
    public const int Failure = 1;

    /// <summary>What the user gave cannot be used; one line on the error stream says why.</summary>
    public const int BadInput = 2;

    /// <summary>Stopped by Ctrl-C.</summary>
    public const int Cancelled = 130;
}
