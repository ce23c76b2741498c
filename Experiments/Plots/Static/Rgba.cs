using System.Globalization;

namespace Lepton.Neuro.Experiments.Plots.Static;

/// <summary>A colour with opacity; each part is 0 to 255.</summary>
internal readonly record struct Rgba(byte R, byte G, byte B, byte A = 255)
{
    /// <summary>Nothing at all.</summary>
    public static Rgba Clear => default;

    /// <summary>The colour as <c>#rrggbb</c>.</summary>
    public string Hex => string.Create(CultureInfo.InvariantCulture, $"#{R:x2}{G:x2}{B:x2}");

    /// <summary>How bright a person sees it, 0 to 1 (the weights of ITU-R BT.709).</summary>
    public double Luminance => (0.2126 * R + 0.7152 * G + 0.0722 * B) / 255;

    /// <summary>Reads <c>#rrggbb</c> or <c>#rrggbbaa</c>.</summary>
    /// <param name="hex">The text.</param>
    /// <returns>The colour.</returns>
    public static Rgba Parse(string hex)
    {
        var bytes = Convert.FromHexString(hex.AsSpan(1));
        return new(bytes[0], bytes[1], bytes[2], bytes.Length > 3 ? bytes[3] : (byte)255);
    }

    /// <summary>The same colour, less opaque.</summary>
    /// <param name="opacity">0 to 1.</param>
    /// <returns>The colour.</returns>
    public Rgba Fade(double opacity) => this with { A = (byte)Math.Round(A * Math.Clamp(opacity, 0, 1)) };

    /// <summary>A colour between two.</summary>
    /// <param name="from">At 0.</param>
    /// <param name="to">At 1.</param>
    /// <param name="part">0 to 1.</param>
    /// <returns>The colour.</returns>
    public static Rgba Mix(Rgba from, Rgba to, double part)
    {
        byte Between(byte a, byte b) => (byte)Math.Round(a + (b - a) * part);
        return new(Between(from.R, to.R), Between(from.G, to.G), Between(from.B, to.B), Between(from.A, to.A));
    }
}
