using System.CommandLine;
using System.Globalization;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Preprocessing;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Codes;

/// <summary>The options that say which picture is encoded and how.</summary>
internal sealed class CodeOptions
{
    readonly Option<string?> image = Text("--image", "FILE", "The picture: PNG or netpbm; colours become grey");
    readonly Option<string?> size = Text("--size", "WxH", "The size that the picture is brought to first [default: its own]");
    readonly Option<string?> steps = Text("--steps", "N", "For how many steps it is shown [default: 100]");
    readonly Option<string?> step = Text("--step", "T", "The length of a step, such as 1ms or 500us [default: 1ms]");
    readonly Option<string?> seed = Text("--seed", "N", "The seed of what is random [default: 42]");
    readonly Option<string[]> set = new("--set")
    {
        HelpName = "key=value",
        Description = "Change a setting of the encoder; may be repeated",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[image, size, steps, step, seed, set]) command.Options.Add(option);
    }

    /// <summary>The picture, made grey, cut to [0, 1] and of the size asked for.</summary>
    /// <exception cref="InvalidInputException">There is no picture, or the size is none.</exception>
    public Picture ReadPicture(ParseResult parsed, Host host, Func<Picture, (int Width, int Height)>? otherwise = null)
    {
        var picture = Picture.Read(RunConfiguration.ResolvePath(host, "--image", parsed.GetValue(image) ?? throw new InvalidInputException("--image", null, "a PNG or netpbm file"))).Grey();
        var wanted = otherwise?.Invoke(picture);
        if (parsed.GetValue(size) is { } text)
        {
            wanted = ParseSize("--size", text);
        }
        if (wanted is { } target && target != (picture.Width, picture.Height)) picture = picture.Resize(target.Width, target.Height);
        var values = picture.Values.ToArray();
        for (int i = 0; i < values.Length; i++) values[i] = Math.Clamp(values[i], 0, 1);
        return Picture.Create(picture.Width, picture.Height, 1, values);
    }

    /// <summary>All of it.</summary>
    /// <exception cref="InvalidInputException">Something cannot be used.</exception>
    public (CodeRequest Request, Picture Picture) Read(ParseResult parsed, Host host, ImageCode code, Func<Picture, (int Width, int Height)>? otherwise = null)
    {
        int count = parsed.GetValue(steps) is { } text ? RunConfiguration.ParseCount("--steps", text, 1 << 20) : 100;
        var length = ParseTime("--step", parsed.GetValue(step) ?? "1ms");
        ulong number = parsed.GetValue(seed) is { } given ? RunConfiguration.ParseSeed(given) : RunConfiguration.DefaultSeed;
        var assignments = (parsed.GetValue(set) ?? []).Select(RunRequest.ParseAssignment).ToArray();
        // Checked before the picture is read, which may take longer.
        _ = CodeRequest.Of(code, 1, 1, count, length, number, assignments);
        var picture = ReadPicture(parsed, host, otherwise);
        return (CodeRequest.Of(code, picture.Width, picture.Height, count, length, number, assignments), picture);
    }

    /// <summary>A time with its unit: s, ms or us; a number alone is in ms.</summary>
    /// <param name="option">The option, for the message.</param>
    /// <param name="text">What the user typed.</param>
    /// <exception cref="InvalidInputException">It is no time above 0.</exception>
    public static Time ParseTime(string option, string text)
    {
        foreach (var (unit, seconds) in ((string, double)[])[("us", 1e-6), ("ms", 1e-3), ("s", 1), ("", 1e-3)])
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(text[..^unit.Length].TrimEnd(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number * seconds > 0 && double.IsFinite(number))
                return new(number * seconds);
        }
        throw new InvalidInputException(option, text, "a time above 0, such as 1ms, 500us or 0.1s");
    }

    /// <summary>A size, such as 64x48.</summary>
    /// <param name="option">The option, for the message.</param>
    /// <param name="text">What the user typed.</param>
    /// <exception cref="InvalidInputException">It is no size.</exception>
    public static (int Width, int Height) ParseSize(string option, string text)
    {
        string[] parts = text.Split('x', 'X');
        return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int width) && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int height)
            && width is > 0 and <= 65536 && height is > 0 and <= 65536
            ? (width, height) : throw new InvalidInputException(option, text, "columns x rows, each 1 to 65536, such as 64x64");
    }

    static Option<string?> Text(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description, Arity = ArgumentArity.ExactlyOne };
}
