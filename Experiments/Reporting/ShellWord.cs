namespace Lepton.Neuro.Experiments.Reporting;

/// <summary>Words of a shell command.</summary>
public static class ShellWord
{
    /// <summary>Quotes a word where a POSIX shell would otherwise read it differently.</summary>
    /// <param name="word">The word.</param>
    /// <returns>The word as it can be pasted into a shell.</returns>
    public static string Quote(string word) =>
        word.Length > 0 && word.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_./=:,+@%".Contains(letter, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
