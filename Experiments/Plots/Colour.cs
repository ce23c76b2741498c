using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lepton.Neuro.Experiments.Plots;

/// <summary>A colour or a colour scale of the <see cref="Theme"/>, by name. The page looks it up, so figures follow light and dark mode.</summary>
[JsonConverter(typeof(Converter))]
public readonly record struct Colour
{
    Colour(string name) => Name = name;

    /// <summary>The name in the theme.</summary>
    public string Name { get; }

    /// <summary>Text.</summary>
    public static Colour Ink => new("ink");

    /// <summary>Text of less weight.</summary>
    public static Colour Muted => new("muted");

    /// <summary>Grid lines.</summary>
    public static Colour Rule => new("rule");

    /// <summary>The background of a figure.</summary>
    public static Colour Surface => new("surface");

    /// <summary>A scale from nothing to much.</summary>
    public static Colour Sequential => new("sequential");

    /// <summary>A scale from negative over zero to positive.</summary>
    public static Colour Diverging => new("diverging");

    /// <summary>A scale from black to white, in both modes: for images.</summary>
    public static Colour Grey => new("grey");

    /// <summary>The colour of a series.</summary>
    /// <param name="index">The number of the series, from 0.</param>
    /// <returns>The colour.</returns>
    public static Colour Series(int index) => new($"series{index % Theme.SeriesCount}");

    /// <summary>A scale from transparent to the colour of a series.</summary>
    /// <param name="index">The number of the series, from 0.</param>
    /// <returns>The scale.</returns>
    public static Colour Density(int index) => new($"density{index % Theme.SeriesCount}");

    internal sealed class Converter : JsonConverter<Colour>
    {
        public override Colour Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Figures are written, never read.");

        public override void Write(Utf8JsonWriter writer, Colour value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            writer.WriteString("$theme", value.Name);
            writer.WriteEndObject();
        }
    }
}
