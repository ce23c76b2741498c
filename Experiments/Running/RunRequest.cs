namespace Lepton.Neuro.Experiments.Running;

/// <summary>What a user asked for, as typed and not yet checked: on the command line or in a configuration file. Null is what was left out.</summary>
public sealed record RunRequest
{
    /// <summary>The experiment's name.</summary>
    public string? Experiment { get; init; }

    /// <summary>The data folder.</summary>
    public string? Data { get; init; }

    /// <summary>The seed.</summary>
    public string? Seed { get; init; }

    /// <summary>The number of threads.</summary>
    public string? Threads { get; init; }

    /// <summary>The width of vectors.</summary>
    public string? VectorBits { get; init; }

    /// <summary>The number of epochs.</summary>
    public string? Epochs { get; init; }

    /// <summary>Settings in the order given; where a key comes twice the later one holds.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Settings { get; init; } = [];

    /// <summary>Splits what follows a <c>--set</c>.</summary>
    /// <param name="text">Such as <c>hidden-neurons=400</c>.</param>
    /// <returns>The key and the value, which may itself hold equals signs.</returns>
    /// <exception cref="InvalidInputException">There is no key or no equals sign.</exception>
    public static KeyValuePair<string, string> ParseAssignment(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        return at > 0
            ? new(text[..at].Trim(), text[(at + 1)..])
            : throw new InvalidInputException("--set", text.ReplaceLineEndings(" "), "key=value");
    }
}
