using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lepton.Neuro.Experiments.Running;

/// <summary>A number or a text among the free-form results. Numbers and texts convert to it by themselves.</summary>
[JsonConverter(typeof(Converter))]
public readonly record struct ExtraValue
{
    ExtraValue(double? number, string? text)
    {
        Number = number;
        Text = text;
    }

    /// <summary>The number, where it is one.</summary>
    public double? Number { get; }

    /// <summary>The text, where it is one.</summary>
    public string? Text { get; }

    /// <summary>A number.</summary>
    /// <param name="number">Any number; one that is not finite is written as null.</param>
    public static implicit operator ExtraValue(double number) => FromDouble(number);

    /// <summary>A text.</summary>
    /// <param name="text">Any text.</param>
    public static implicit operator ExtraValue(string text) => FromString(text);

    /// <summary>A number.</summary>
    /// <param name="number">Any number.</param>
    /// <returns>The value.</returns>
    public static ExtraValue FromDouble(double number) => new(number, null);

    /// <summary>A text.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>The value.</returns>
    public static ExtraValue FromString(string text) => new(null, text);

    internal sealed class Converter : JsonConverter<ExtraValue>
    {
        public override ExtraValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
        {
            JsonTokenType.Number => reader.GetDouble(),
            JsonTokenType.String => reader.GetString()!,
            JsonTokenType.Null => new ExtraValue(null, null),
            _ => throw new JsonException("An extra value is a number or a text."),
        };

        public override bool HandleNull => true;

        public override void Write(Utf8JsonWriter writer, ExtraValue value, JsonSerializerOptions options)
        {
            if (value.Text is not null)
                writer.WriteStringValue(value.Text);
            else if (value.Number is { } number && double.IsFinite(number))
                writer.WriteNumberValue(number);
            else
                writer.WriteNullValue();
        }
    }
}
