using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lepton.Neuro.Experiments.Running;

/// <summary>JSON has no word for NaN and infinities: they are written as null, which reads as "not measured".</summary>
internal sealed class FiniteDoubleConverter : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        if (double.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            writer.WriteNullValue();
    }
}
