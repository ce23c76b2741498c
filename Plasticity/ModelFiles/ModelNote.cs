namespace Lepton.Neuro.Plasticity.ModelFiles;

/// <summary>Something that a model file says by a stable id and numbers with names: a step of preprocessing, or how an answer is read. What it means is up to the program that knows the id.</summary>
/// <param name="Id">The id, such as <c>normalize.image-range</c>: at most 256 bytes.</param>
/// <param name="Numbers">Lists of numbers by name, at most 1,024 of them.</param>
public sealed record ModelNote(string Id, IReadOnlyDictionary<string, double[]> Numbers)
{
    /// <summary>A list of numbers.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="least">How many numbers it must have at least.</param>
    /// <exception cref="InvalidInputException">There is no such list, or it has too few.</exception>
    public double[] List(string name, int least = 0) =>
        Numbers.TryGetValue(name, out var list) && list.Length >= least ? list : throw new InvalidInputException($"'{name}' of '{Id}' in the model file", list is null ? "missing" : $"{list.Length} numbers", $"at least {least} numbers");

    /// <summary>A number.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="least">The least that it may be.</param>
    /// <param name="most">The most that it may be.</param>
    /// <exception cref="InvalidInputException">There is no such number, or it is out of its range.</exception>
    public double Number(string name, double least, double most) => Require.InRange($"'{name}' of '{Id}' in the model file", List(name, 1)[0], least, most);
}

/// <summary>Where a model comes from.</summary>
public sealed record ModelProvenance
{
    /// <summary>The program and version that wrote the file.</summary>
    public string Program { get; init; } = "";

    /// <summary>What was run, such as the name of an experiment.</summary>
    public string Experiment { get; init; } = "";

    /// <summary>The seed of that run.</summary>
    public ulong Seed { get; init; }

    /// <summary>Its configuration as text, at most 1 MiB.</summary>
    public string Configuration { get; init; } = "";

    /// <summary>Digests (SHA-256) of the data that it learned from and was judged on, by name, at most 64; in hexadecimal.</summary>
    public IReadOnlyDictionary<string, string> DataDigests { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
