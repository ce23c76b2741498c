using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lepton.Neuro.Experiments.Plots;

/// <summary>The values along an axis of a trace: numbers, sent as the bytes of a typed array, or names.</summary>
[JsonConverter(typeof(Converter))]
public sealed class PlotData
{
    readonly string? dtype;
    readonly byte[] bytes = [];
    readonly int[]? shape;
    readonly IReadOnlyList<string>? names;

    PlotData(string dtype, ReadOnlySpan<byte> bytes, int[]? shape)
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("Typed arrays are little-endian.");
        this.dtype = dtype;
        this.bytes = bytes.ToArray();
        this.shape = shape;
    }

    PlotData(IReadOnlyList<string> names) => this.names = names;

    /// <summary>Numbers in single precision. NaN is a gap.</summary>
    /// <param name="values">The numbers.</param>
    /// <returns>The data.</returns>
    public static PlotData Of(ReadOnlySpan<float> values) => new("f4", MemoryMarshal.AsBytes(values), null);

    /// <summary>Numbers in double precision. NaN is a gap.</summary>
    /// <param name="values">The numbers.</param>
    /// <returns>The data.</returns>
    public static PlotData Of(ReadOnlySpan<double> values) => new("f8", MemoryMarshal.AsBytes(values), null);

    /// <summary>Whole numbers.</summary>
    /// <param name="values">The numbers.</param>
    /// <returns>The data.</returns>
    public static PlotData Of(ReadOnlySpan<int> values) => new("i4", MemoryMarshal.AsBytes(values), null);

    /// <summary>A matrix, row after row. NaN is a gap.</summary>
    /// <param name="values">The numbers; rows times columns of them.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <returns>The data.</returns>
    /// <exception cref="ArgumentException">The sizes do not agree.</exception>
    public static PlotData Matrix(ReadOnlySpan<float> values, int rows, int columns) =>
        values.Length == rows * columns
            ? new("f4", MemoryMarshal.AsBytes(values), [rows, columns])
            : throw new ArgumentException($"{rows} x {columns} is not {values.Length} values.", nameof(values));

    /// <summary>Names, for an axis of categories. They are shown as they are: markup in them has no effect.</summary>
    /// <param name="names">The names.</param>
    /// <returns>The data.</returns>
    public static PlotData Of(IEnumerable<string> names) => new([.. names.Select(PlotText.Escape)]);

    /// <summary>The names of categories, escaped, or null where these are numbers.</summary>
    internal IReadOnlyList<string>? Names => names;

    /// <summary>Rows and columns of a matrix, or null.</summary>
    internal (int Rows, int Columns)? Shape => shape is [var rows, var columns] ? (rows, columns) : null;

    /// <summary>The numbers in double precision; none where these are names.</summary>
    /// <returns>The numbers.</returns>
    internal double[] ToNumbers() => dtype switch
    {
        "f4" => Cast<float>(value => value),
        "f8" => Cast<double>(value => value),
        "i4" => Cast<int>(value => value),
        _ => [],
    };

    double[] Cast<T>(Func<T, double> convert) where T : unmanaged
    {
        var values = MemoryMarshal.Cast<byte, T>(bytes);
        var numbers = new double[values.Length];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = convert(values[i]);
        return numbers;
    }

    internal sealed class Converter : JsonConverter<PlotData>
    {
        public override PlotData Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Figures are written, never read.");

        public override void Write(Utf8JsonWriter writer, PlotData value, JsonSerializerOptions options)
        {
            if (value.names is not null)
            {
                writer.WriteStartArray();
                foreach (var name in value.names)
                    writer.WriteStringValue(name);
                writer.WriteEndArray();
                return;
            }
            writer.WriteStartObject();
            writer.WriteString("dtype", value.dtype);
            writer.WriteBase64String("bdata", value.bytes);
            if (value.shape is [var rows, var columns])
                writer.WriteString("shape", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{rows}, {columns}"));
            writer.WriteEndObject();
        }
    }
}
