using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Xml;

namespace Lepton.Neuro.Encoders.Events;

/// <summary>AEDAT 4.0: a line of text, a FlatBuffer "IOHE" (compression, place of the table at the end, a description of the streams in XML), then packets: number of the stream, size, and a
/// FlatBuffer that for events is "EVTS", a vector of 16 bytes an event (time of 64 bits, x and y of 16, polarity). The first stream of events is read, the others (frames, inertial) are passed over.
/// Compressions: none and LZ4. A packet may have at most 64 MiB, packed and unpacked. Source: inivation, "AEDAT file formats", version 4.0.</summary>
sealed class Aedat4Reader : FileReader
{
    const int Largest = 1 << 26, Size = 16;
    readonly bool packed;
    readonly int stream;
    readonly long end;
    byte[] raw = [], unpacked = [];
    int at, left;

    public Aedat4Reader(ByteSource source)
        : base(source)
    {
        var first = source.Window(18);
        if (first.Length < 18) throw source.Truncated("the header", "a line and the size of the IO header");
        int size = BinaryPrimitives.ReadInt32LittleEndian(first[14..]);
        if (size is < 8 or > 1 << 24) throw source.Error("the size of the IO header", size, "8 to 16777216", 14);
        source.Skip(18);
        source.ReadInto(ref raw, size, "the IO header");
        var table = FlatTable.Root(raw.AsSpan(0, size), "IOHE") ?? throw Damaged("the IO header");
        int compression = table.Int32(raw, 0) ?? 0;
        packed = compression switch
        {
            0 => false,
            1 or 2 => true,
            3 or 4 => throw source.Error("the compression of an AEDAT 4 file", "Zstandard", "none or LZ4"),
            _ => throw source.Error("the compression of an AEDAT 4 file", compression, "none (0) or LZ4 (1, 2)"),
        };
        long tableAt = table.Int64(raw, 1) ?? -1;
        end = tableAt < 0 ? long.MaxValue : tableAt;
        var text = table.Text(raw.AsSpan(0, size), 2);
        if (text.IsEmpty) throw Damaged("the description of the streams");
        stream = Describe(text);
    }

    public override int Read(Span<Event> into)
    {
        int count = 0;
        while (count < into.Length)
        {
            if (left == 0 && !NextPacket()) break;
            for (; left > 0 && count < into.Length; left--, at += Size)
            {
                var e = Current.AsSpan(at, Size);
                long time = BinaryPrimitives.ReadInt64LittleEndian(e);
                int x = BinaryPrimitives.ReadInt16LittleEndian(e[8..]), y = BinaryPrimitives.ReadInt16LittleEndian(e[10..]);
                if (x < 0 || y < 0 || e[12] > 1) throw Damaged("an event of a packet before here");
                into[count++] = Ordered(time, x, y, e[12] == 1, 0);
            }
        }
        return count;
    }

    byte[] Current => packed ? unpacked : raw;

    bool NextPacket()
    {
        while (true)
        {
            if (Source.Offset >= end) return false;
            var window = Source.Window(8);
            if (window.IsEmpty) return end == long.MaxValue ? false : throw Source.Truncated("the recording", $"packets up to byte {end}");
            if (window.Length < 8) throw Source.Truncated("a packet's header", "8 bytes");
            int number = BinaryPrimitives.ReadInt32LittleEndian(window), size = BinaryPrimitives.ReadInt32LittleEndian(window[4..]);
            if (size is < 0 or > Largest) throw Source.Error("the size of a packet", size, $"0 to {Largest}", 4);
            Source.Skip(8);
            if (number != stream)
            {
                Source.SkipFar(size, "a packet");
                continue;
            }
            Source.ReadInto(ref raw, size, "a packet");
            int length = size;
            if (packed)
            {
                length = Lz4.Unpack(raw.AsSpan(0, size), ref unpacked, Largest, out string wrong);
                if (length < 0) throw Source.Error("the packet that ends here", "damaged", wrong);
            }
            // The buffer carries its own size in front.
            if (length < 4) throw Damaged("a packet of events");
            var buffer = Current.AsSpan(0, length);
            int inner = BinaryPrimitives.ReadInt32LittleEndian(buffer);
            if (inner < 0 || inner > length - 4) throw Damaged("a packet of events");
            var table = FlatTable.Root(buffer.Slice(4, inner), "EVTS") ?? throw Damaged("a packet of events");
            var (begin, elements) = table.Vector(buffer.Slice(4, inner), 0, Size);
            if (elements < 0) throw Damaged("the events of a packet");
            at = 4 + begin;
            left = elements;
            if (left > 0) return true;
        }
    }

    InvalidInputException Damaged(string what) => Source.Error(what, "damaged", "the FlatBuffer that AEDAT 4.0 defines");

    /// <summary>Finds the first stream of events, and its size.</summary>
    int Describe(ReadOnlySpan<byte> xml)
    {
        int found = -1, width = 0, height = 0;
        try
        {
            using var reader = XmlReader.Create(new StringReader(Encoding.UTF8.GetString(xml)), new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            // The nodes open at each depth; the number of a stream is the name of a child of outInfo.
            var names = new List<string>();
            while (reader.Read())
            {
                if (reader.NodeType != XmlNodeType.Element) continue;
                if (reader.Depth > 64) throw Damaged("the description of the streams");
                while (names.Count > reader.Depth) names.RemoveAt(names.Count - 1);
                if (reader.Name == "attr")
                {
                    int outer = names.LastIndexOf("outInfo");
                    string key = reader.GetAttribute("key") ?? "";
                    if (outer < 0 || outer + 1 >= names.Count || !int.TryParse(names[outer + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int number)) continue;
                    if (reader.IsEmptyElement || key is not ("typeIdentifier" or "sizeX" or "sizeY")) continue;
                    string value = reader.Read() && reader.NodeType == XmlNodeType.Text ? reader.Value : "";
                    if (key == "typeIdentifier" && value == "EVTS" && found < 0) found = number;
                    else if (key != "typeIdentifier" && number == found && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int extent) && extent is > 0 and <= 1 << 15)
                        (width, height) = key == "sizeX" ? (extent, height) : (width, extent);
                }
                else
                {
                    while (names.Count < reader.Depth) names.Add("");
                    names.Add(reader.GetAttribute("name") ?? "");
                }
            }
        }
        catch (XmlException damage)
        {
            throw new InvalidInputException($"{Source.Name}: the description of the streams is damaged ({damage.Message.ReplaceLineEndings(" ")}); allowed: XML", damage);
        }
        if (found < 0) throw Source.Error("the description of the streams", "without a stream of events", "a stream of the type EVTS");
        SetSize(width, height);
        return found;
    }
}

/// <summary>A table of a FlatBuffer, read without trusting it. Source: the FlatBuffers binary format.</summary>
readonly struct FlatTable
{
    readonly int table, fields, fieldsLength, tableLength;

    FlatTable(int table, int fields, int fieldsLength, int tableLength) => (this.table, this.fields, this.fieldsLength, this.tableLength) = (table, fields, fieldsLength, tableLength);

    /// <summary>The root table, or null where the buffer is damaged or of another kind.</summary>
    public static FlatTable? Root(ReadOnlySpan<byte> buffer, string kind)
    {
        if (buffer.Length < 12 || Encoding.Latin1.GetString(buffer.Slice(4, 4)) != kind) return null;
        long at = BinaryPrimitives.ReadUInt32LittleEndian(buffer);
        if (at + 4 > buffer.Length) return null;
        long directory = at - BinaryPrimitives.ReadInt32LittleEndian(buffer[(int)at..]);
        if (directory < 0 || directory + 4 > buffer.Length) return null;
        int length = BinaryPrimitives.ReadUInt16LittleEndian(buffer[(int)directory..]), size = BinaryPrimitives.ReadUInt16LittleEndian(buffer[(int)(directory + 2)..]);
        return length < 4 || directory + length > buffer.Length || at + size > buffer.Length ? null : new FlatTable((int)at, (int)directory, length, size);
    }

    public int? Int32(ReadOnlySpan<byte> buffer, int field) => Place(buffer, field, 4) is var place and >= 0 ? BinaryPrimitives.ReadInt32LittleEndian(buffer[place..]) : null;

    public long? Int64(ReadOnlySpan<byte> buffer, int field) => Place(buffer, field, 8) is var place and >= 0 ? BinaryPrimitives.ReadInt64LittleEndian(buffer[place..]) : null;

    public ReadOnlySpan<byte> Text(ReadOnlySpan<byte> buffer, int field)
    {
        var (begin, length) = Vector(buffer, field, 1);
        return length <= 0 ? [] : buffer.Slice(begin, length);
    }

    /// <summary>Where a vector's elements begin, and how many there are: 0 where the field is absent, -1 where it is damaged.</summary>
    public (int Begin, int Count) Vector(ReadOnlySpan<byte> buffer, int field, int size)
    {
        int place = Place(buffer, field, 4);
        if (place < 0) return (0, place == -1 ? 0 : -1);
        long begin = place + (long)BinaryPrimitives.ReadUInt32LittleEndian(buffer[place..]);
        if (begin + 4 > buffer.Length) return (0, -1);
        long count = BinaryPrimitives.ReadUInt32LittleEndian(buffer[(int)begin..]);
        return begin + 4 + (count * size) > buffer.Length ? (0, -1) : ((int)begin + 4, (int)count);
    }

    /// <summary>The place of a field; -1 where it is absent, -2 where it is damaged.</summary>
    int Place(ReadOnlySpan<byte> buffer, int field, int size)
    {
        int entry = 4 + (2 * field);
        if (entry + 2 > fieldsLength) return -1;
        int offset = BinaryPrimitives.ReadUInt16LittleEndian(buffer[(fields + entry)..]);
        return offset == 0 ? -1 : offset + size > tableLength ? -2 : table + offset;
    }
}
