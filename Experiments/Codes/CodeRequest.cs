using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Codes;

/// <summary>How a picture is encoded. Everything in it has been checked.</summary>
internal sealed record CodeRequest
{
    /// <summary>The most pixels of a picture that is encoded.</summary>
    public const int MostPixels = 1 << 22;

    /// <summary>Columns of the picture.</summary>
    public required int Width { get; init; }

    /// <summary>Rows of the picture.</summary>
    public required int Height { get; init; }

    /// <summary>For how many steps it is shown; at least 1.</summary>
    public required int Steps { get; init; }

    /// <summary>The length of a step.</summary>
    public required Time Step { get; init; }

    /// <summary>The seed of what is random.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The values of the encoder's settings, by key.</summary>
    public required IReadOnlyDictionary<string, object> Values { get; init; }

    /// <summary>Pixels of the picture.</summary>
    public int Pixels => Width * Height;

    /// <summary>How long the picture is shown.</summary>
    public Time Duration => Steps * Step;

    /// <summary>The value of a setting.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="setting">One of the encoder's.</param>
    public T Get<T>(Setting<T> setting)
        where T : notnull => (T)Values[setting.Key];

    /// <summary>Checks what a user gave.</summary>
    /// <param name="code">The encoder.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="steps">Steps.</param>
    /// <param name="step">The length of a step.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="assignments">Settings, key and text; where a key comes twice the later one holds.</param>
    /// <exception cref="InvalidInputException">Something cannot be used.</exception>
    public static CodeRequest Of(ImageCode code, int width, int height, int steps, Time step, ulong seed, IEnumerable<KeyValuePair<string, string>> assignments)
    {
        Require.InRange("the pixels of the picture to encode", (long)width * height, 1, MostPixels);
        Require.InRange("--steps", (long)steps, 1, 1 << 20);
        Require.InRange("--step in ms", step.Milliseconds, 1e-3, 1e6);
        var values = code.Settings.ToDictionary(s => s.Key, s => s.DefaultValue, StringComparer.Ordinal);
        foreach (var (key, text) in assignments)
        {
            var setting = code.Settings.FirstOrDefault(s => s.Key == key)
                ?? throw new InvalidInputException($"Encoder {code.Name} has no setting {key}: {Nearest.Hint(key, [.. code.Settings.Select(s => s.Key)])}");
            values[key] = setting.ParseValue(text);
        }
        return new() { Width = width, Height = height, Steps = steps, Step = step, Seed = seed, Values = values };
    }
}
