using System.Runtime.InteropServices;
using Lepton.Neuro.Plasticity.Compression;

namespace Lepton.Neuro.Plasticity.ModelFiles;

/// <summary>Weights in as few bytes as they can be told in, bit for bit: what was quantized, shared or pruned takes little more than its entropy.</summary>
/// <remarks>
/// <para>A byte says how values are written, and, by 128 added to it, that zeros are left out: then the number of other weights follows (a count) and the gaps between their positions (an integer code;
/// of the first one, its position; of another, the distance to the one before less 1). Values are 0, floats, 4 bytes each; 1, a codebook: the number of values (a count), the values, and an integer code
/// of indices; 2, grids: their number (a count), their layout (a count: twice the
/// weights of a channel that lie side by side, or twice the columns and 1 where each column is a channel), of each grid its step (4 bytes), zero, and the number of values less 1 (2 bytes each), and an integer code of
/// <c>q - Least</c>, with <c>Zero - Least</c> written as zero.</para>
/// <para>Weights that are told to be on grids are written so; of floats and codebook, and of with and without zeros, the shortest is taken.</para>
/// </remarks>
public static class WeightCode
{
    const int Floats = 0, Codebook = 1, Grids = 2, Sparse = 128, MostValues = 1 << 16;

    /// <summary>Codes weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="quantized">How they were quantized, where they were; left aside where the weights are not those values, to the bit.</param>
    /// <returns>The bytes.</returns>
    public static byte[] Encode(ReadOnlySpan<float> weights, QuantizedTensor? quantized = null)
    {
        var writer = new FieldWriter();
        Write(writer, weights.ToArray(), quantized);
        return writer.ToArray();
    }

    /// <summary>Decodes weights.</summary>
    /// <param name="code">The bytes.</param>
    /// <param name="count">How many weights there are.</param>
    /// <returns>The weights, to the bit.</returns>
    /// <exception cref="InvalidInputException">The bytes are no code of so many weights.</exception>
    public static float[] Decode(ReadOnlyMemory<byte> code, int count)
    {
        var reader = new FieldReader(code, "the weight code", new());
        Require.InRange("the number of coded weights", count, 0L, new ModelLimits().Weights);
        var weights = Read(reader, count, "the weights", out _);
        if (reader.Left > 0) throw reader.Refused("the end", $"followed by {reader.Left} bytes", "nothing more", reader.Offset);
        return weights;
    }

    /// <summary>What weights take when each is coded by how often its value occurs, without any table: the ideal that a code comes near to. Where zeros cluster, their gaps can take less.</summary>
    /// <param name="weights">The weights.</param>
    /// <returns>Bytes.</returns>
    public static double IdealBytes(ReadOnlySpan<float> weights) =>
        EntropyCode.IdealBits(weights.ToArray().CountBy(w => w).Select(p => (long)p.Value)) / 8;

    /// <summary>The same for weights on grids: of a weight, what occurs is how many steps it is from zero.</summary>
    /// <param name="weights">The weights.</param>
    /// <returns>Bytes.</returns>
    public static double IdealBytes(QuantizedTensor weights) =>
        EntropyCode.IdealBits(weights.Integers.Select((q, place) => q - weights.GridAt(place).Zero).CountBy(q => q).Select(p => (long)p.Value)) / 8;

    internal static void Write(FieldWriter writer, float[] weights, QuantizedTensor? quantized = null)
    {
        int[] places = [.. Enumerable.Range(0, weights.Length).Where(i => BitConverter.SingleToInt32Bits(weights[i]) != 0)];
        var ways = Ways(weights, null, quantized).ToList();
        if (places.Length < weights.Length) ways.AddRange(Ways(Array.ConvertAll(places, p => weights[p]), places, quantized));
        writer.Bytes(ways.MinBy(w => w.Length)!);
    }

    internal static float[] Read(FieldReader reader, int count, string field, out QuantizedTensor? quantized)
    {
        quantized = null;
        int start = reader.Offset, form = reader.Byte($"{field}: their form");
        reader.Take(field, count);
        int[]? places = (form & Sparse) != 0 ? Places(reader, count, field) : null;
        int values = places?.Length ?? count;
        var read = (form & ~Sparse) switch
        {
            Floats => MemoryMarshal.Cast<byte, float>(reader.Bytes((long)values * sizeof(float), field)).ToArray(),
            Codebook => ReadCodebook(reader, values, field),
            Grids => ReadGrids(reader, count, places, field, out quantized),
            _ => throw reader.Refused($"{field}: their form", form, "0 to 2, and 128 more where zeros are left out", start),
        };
        if (places is null || quantized is not null) return read;
        var weights = new float[count];
        for (int i = 0; i < places.Length; i++) weights[places[i]] = read[i];
        return weights;
    }

    static IEnumerable<byte[]> Ways(float[] values, int[]? places, QuantizedTensor? quantized)
    {
        if (quantized is not null && OnGrids(values, places, quantized))
        {
            yield return Start(Grids, places, w => WriteGrids(w, values, places, quantized));
            yield break;
        }
        yield return Start(Floats, places, w => w.Bytes(MemoryMarshal.AsBytes(values.AsSpan())));
        int[] book = [.. values.Select(BitConverter.SingleToInt32Bits).Distinct().Order().Take(MostValues + 1)];
        if (book.Length <= MostValues)
        {
            yield return Start(Codebook, places, w =>
            {
                w.Count(book.Length);
                foreach (int bits in book) w.UInt32((uint)bits);
                IntegerCode.Write(w, Array.ConvertAll(values, v => Array.BinarySearch(book, BitConverter.SingleToInt32Bits(v))));
            });
        }
    }

    static void WriteGrids(FieldWriter writer, float[] values, int[]? places, QuantizedTensor quantized)
    {
        writer.Count(quantized.Grids.Length);
        writer.Count(Layout(quantized));
        foreach (var grid in quantized.Grids)
        {
            writer.Single(grid.Step);
            writer.UInt16((ushort)(grid.Zero - grid.Least));
            writer.UInt16((ushort)(grid.Most - grid.Least));
        }
        IntegerCode.Write(writer, [.. values.Select((_, i) => quantized.Integers[places?[i] ?? i] - quantized.GridAt(places?[i] ?? i).Least)]);
    }

    static long Layout(QuantizedTensor quantized) => quantized.Columns > 0 ? (quantized.Columns * 2L) + 1 : quantized.Values.Length / Math.Max(1, quantized.Grids.Length) * 2L;

    static bool OnGrids(float[] values, int[]? places, QuantizedTensor quantized)
    {
        for (int i = 0; i < values.Length; i++)
        {
            int place = places?[i] ?? i;
            if (place >= quantized.Values.Length || BitConverter.SingleToInt32Bits(values[i]) != BitConverter.SingleToInt32Bits(quantized.GridAt(place).Value(quantized.Integers[place]))) return false;
        }
        return values.Length > 0;
    }

    static byte[] Start(int form, int[]? places, Action<FieldWriter> rest)
    {
        var writer = new FieldWriter();
        writer.Byte(form | (places is null ? 0 : Sparse));
        if (places is not null)
        {
            writer.Count(places.Length);
            IntegerCode.Write(writer, [.. places.Select((p, i) => i == 0 ? p : p - places[i - 1] - 1)]);
        }
        rest(writer);
        return writer.ToArray();
    }

    static int[] Places(FieldReader reader, int count, string field)
    {
        int start = reader.Offset;
        int kept = reader.Size($"{field}: how many are not zero", 0, count);
        var places = IntegerCode.Read(reader, kept, $"{field}: the gaps");
        long at = -1;
        for (int i = 0; i < kept; i++)
        {
            at += places[i] + 1L;
            if (at >= count) throw reader.Refused($"{field}: a position", at, $"below {count}", start);
            places[i] = (int)at;
        }
        return places;
    }

    static float[] ReadCodebook(FieldReader reader, int count, string field)
    {
        int start = reader.Offset;
        var bytes = reader.Bytes(sizeof(float) * reader.Count($"{field}: the values of the codebook", 0, MostValues), $"{field}: the codebook");
        var book = MemoryMarshal.Cast<byte, float>(bytes).ToArray();
        var codes = IntegerCode.Read(reader, count, field);
        var values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = codes[i] < book.Length ? book[codes[i]] : throw reader.Refused($"{field}: an index into the codebook", codes[i], $"below {book.Length}", start);
        return values;
    }

    static float[] ReadGrids(FieldReader reader, int count, int[]? places, string field, out QuantizedTensor quantized)
    {
        int start = reader.Offset;
        const int GridBytes = 8;
        int number = reader.Size($"{field}: the number of grids", 1, Math.Max(1, reader.Left / GridBytes));
        long layout = reader.Count($"{field}: the layout of the grids", 0, int.MaxValue * 2L);
        int unit = (int)Math.Max(1, layout / 2);
        var grids = new QuantizationGrid[number];
        for (int g = 0; g < number; g++)
        {
            float step = reader.Single($"{field}: the step of a grid");
            int zero = reader.UInt16($"{field}: the zero of a grid"), most = reader.UInt16($"{field}: the values of a grid");
            if (!(step > 0 && float.IsFinite(step)) || zero > most) throw reader.Refused($"{field}: a grid", step, "a finite step above 0, and a zero among the values", start);
            grids[g] = new(step, zero, 0, most);
        }
        var coded = IntegerCode.Read(reader, places?.Length ?? count, field);
        var integers = new int[count];
        var values = new float[count];
        for (int i = 0, next = 0; i < count; i++)
        {
            int channel = layout % 2 == 1 ? i % unit : i / unit;
            if (channel >= number) throw reader.Refused($"{field}: the grid of a weight", channel, $"below {number}", start);
            bool told = places is null || (next < places.Length && places[next] == i);
            integers[i] = told ? coded[next++] : grids[channel].Zero;
            if (integers[i] > grids[channel].Most) throw reader.Refused($"{field}: a weight on its grid", integers[i], $"at most {grids[channel].Most}", start);
            values[i] = grids[channel].Value(integers[i]);
        }
        quantized = new(values, integers, grids, layout % 2 == 1 ? unit : 0);
        return values;
    }
}
