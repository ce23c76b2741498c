using System.Buffers.Binary;

namespace Lepton.Neuro.Plasticity.ModelFiles;

/// <summary>Codes bytes in nearly as many bits as their frequencies allow: range asymmetric numeral systems with fixed frequencies.</summary>
/// <remarks>
/// <para>Frequencies are scaled to sum to 2^14. The state x starts at 2^23; a symbol of frequency f that begins at c takes it to <c>floor(x / f) 2^14 + c + x mod f</c>, after its lowest bytes have
/// been given out until <c>x &lt; 2^17 f</c>. Symbols are coded last to first, so that they are decoded first to last. Whole numbers only: the bytes are the same on every machine.</para>
/// <para>Bytes: the number of symbols that occur less 1 (a byte); of each, ascending, the symbol (a byte) and its frequency (a count), but for the last one's frequency, which is what is left;
/// the final state (4 bytes); the bytes given out, last to first. A decoder must end in the state 2^23 with all bytes read, and so notices most damage.</para>
/// <para>Source: J. Duda, "Asymmetric numeral systems: entropy coding combining speed of Huffman coding with compression rate of arithmetic coding", arXiv:1311.2540 (2013).</para>
/// </remarks>
static class EntropyCode
{
    const int ScaleBits = 14;
    const uint Scale = 1 << ScaleBits, LeastState = 1 << 23;

    public static byte[] Encode(ReadOnlySpan<byte> symbols)
    {
        var frequencies = Frequencies(symbols);
        var writer = new FieldWriter();
        int[] present = [.. Enumerable.Range(0, 256).Where(s => frequencies[s] > 0)];
        writer.Byte(present.Length - 1);
        for (int k = 0; k < present.Length; k++)
        {
            writer.Byte(present[k]);
            if (k + 1 < present.Length) writer.Count(frequencies[present[k]]);
        }
        var starts = Starts(frequencies);
        var given = new List<byte>();
        uint state = LeastState;
        for (int i = symbols.Length - 1; i >= 0; i--)
        {
            uint frequency = frequencies[symbols[i]];
            while (state >= (ulong)frequency << 17)
            {
                given.Add((byte)state);
                state >>= 8;
            }
            state = (state / frequency << ScaleBits) + (state % frequency) + starts[symbols[i]];
        }
        writer.UInt32(state);
        given.Reverse();
        writer.Bytes(given.ToArray());
        return writer.ToArray();
    }

    /// <summary>Decodes.</summary>
    /// <param name="reader">Where from.</param>
    /// <param name="length">How many bytes the code has.</param>
    /// <param name="field">What it is.</param>
    /// <param name="symbols">Where to.</param>
    public static void Decode(FieldReader reader, int length, string field, Span<byte> symbols)
    {
        int start = reader.Offset;
        var frequencies = new uint[256];
        int present = reader.Byte(field) + 1, last = -1;
        uint sum = 0;
        for (int k = 0; k < present; k++)
        {
            int symbol = reader.Byte(field);
            if (symbol <= last) throw reader.Refused($"{field}: a symbol", symbol, "symbols that ascend", start);
            last = symbol;
            uint frequency = k + 1 < present ? (uint)reader.Count($"{field}: a frequency", 1, Scale) : Scale - sum;
            if (sum + frequency > Scale || frequency == 0) throw reader.Refused($"{field}: the sum of frequencies", sum + frequency, $"{Scale}", start);
            frequencies[symbol] = frequency;
            sum += frequency;
        }
        var starts = Starts(frequencies);
        var symbolAt = new byte[Scale];
        for (int symbol = 0; symbol < 256; symbol++) symbolAt.AsSpan((int)starts[symbol], (int)frequencies[symbol]).Fill((byte)symbol);
        uint state = reader.UInt32(field);
        int rest = start + length - reader.Offset;
        if (rest < 0) throw reader.Refused($"{field}: its length", length, "room for its table", start);
        var code = reader.Bytes(rest, field);
        int at = 0;
        for (int i = 0; i < symbols.Length; i++)
        {
            uint slot = state & (Scale - 1);
            byte symbol = symbolAt[slot];
            symbols[i] = symbol;
            state = (frequencies[symbol] * (state >> ScaleBits)) + slot - starts[symbol];
            for (; state < LeastState; state = state << 8 | code[at++])
            {
                if (at == code.Length) throw reader.Refused(field, "a code that ends too early", "the bytes that were coded", reader.Offset);
            }
        }
        if (state != LeastState || at != code.Length) throw reader.Refused(field, "a code that does not end as it should", "the bytes that were coded", reader.Offset);
    }

    /// <summary>The least bits that any code with fixed frequencies takes: the entropy times the number.</summary>
    /// <param name="counts">How often each symbol occurs.</param>
    public static double IdealBits(IEnumerable<long> counts)
    {
        long[] all = [.. counts];
        double sum = all.Sum();
        return all.Where(c => c > 0).Sum(c => -c * Math.Log2(c / sum));
    }

    static uint[] Frequencies(ReadOnlySpan<byte> symbols)
    {
        var counts = new long[256];
        foreach (byte symbol in symbols) counts[symbol]++;
        var frequencies = new uint[256];
        long sum = 0;
        for (int s = 0; s < 256; s++)
        {
            if (counts[s] == 0) continue;
            frequencies[s] = (uint)Math.Max(1, counts[s] * Scale / symbols.Length);
            sum += frequencies[s];
        }
        if (symbols.IsEmpty) (frequencies[0], sum) = (Scale, Scale);
        // What rounding left over goes to the most frequent symbol, what it took too much is taken from those that are most frequent then.
        for (; sum != Scale; sum += Math.Sign(Scale - sum))
        {
            int most = 0;
            for (int s = 1; s < 256; s++)
            {
                if (frequencies[s] > frequencies[most]) most = s;
            }
            if (sum < Scale)
            {
                frequencies[most] += (uint)(Scale - sum);
                sum = Scale;
                break;
            }
            frequencies[most]--;
        }
        return frequencies;
    }

    static uint[] Starts(uint[] frequencies)
    {
        var starts = new uint[frequencies.Length];
        for (int s = 1; s < starts.Length; s++) starts[s] = starts[s - 1] + frequencies[s - 1];
        return starts;
    }
}
