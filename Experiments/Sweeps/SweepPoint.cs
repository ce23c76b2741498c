using System.Security.Cryptography;
using System.Text;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Sweeps;

/// <summary>A place in the space that a sweep looks at: a value for each thing that is varied.</summary>
/// <param name="Values">Keys and values as they are typed, in the order of the axes.</param>
internal sealed record SweepPoint(IReadOnlyList<KeyValuePair<string, string>> Values)
{
    const int LongestName = 120;

    /// <summary>The values as they are read: <c>hidden=100, epochs=2</c>.</summary>
    public string Text => Values.Count == 0 ? "defaults" : string.Join(", ", Values.Select(v => $"{v.Key}={v.Value}"));

    /// <summary>The name of its folder: the same for the same values, so that a sweep finds again what it has done.</summary>
    public string FolderName
    {
        get
        {
            string name = Values.Count == 0 ? "defaults" : string.Join(',', Values.Select(v => $"{v.Key}={v.Value}"));
            string plain = string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) || "=,.+-_".Contains(letter, StringComparison.Ordinal) ? letter : '_'));
            if (plain == name && name.Length <= LongestName) return name;
            return $"{plain[..Math.Min(plain.Length, LongestName)]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..8]}";
        }
    }

    /// <summary>Its value of a key; nothing where it has none.</summary>
    /// <param name="key">The key.</param>
    public string? ValueOf(string key) => Values.FirstOrDefault(v => v.Key == key).Value;

    /// <summary>The same place with another value, or one more.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value.</param>
    public SweepPoint With(string key, string value) => new([.. Values.Where(v => v.Key != key), new(key, value)]);

    /// <summary>What is to be run there.</summary>
    /// <param name="request">What all runs of the sweep have in common.</param>
    /// <param name="seed">The seed.</param>
    public RunRequest Request(RunRequest request, ulong seed) => request with
    {
        Seed = seed.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Epochs = ValueOf(GridAxis.Epochs) ?? request.Epochs,
        Settings = [.. request.Settings, .. Values.Where(v => v.Key != GridAxis.Epochs)],
    };
}
