using System.Globalization;
using System.Text;

namespace Lepton.Neuro.Encoders.Events;

/// <summary>The lines of text, each beginning with '%', with which the recordings of Prophesee begin: what they say of the format and of the sensor's size.
/// Source: Prophesee, "RAW file format" and "DAT file format".</summary>
sealed class PropheseeHeader
{
    const int Longest = 1 << 12, Lines = 1 << 10;

    /// <summary>The format of events the header names; null where it names none (DAT).</summary>
    public EventFormat? Format { get; private set; }

    /// <summary>Columns; 0 where the header does not say.</summary>
    public int Width { get; private set; }

    /// <summary>Rows; 0 where the header does not say.</summary>
    public int Height { get; private set; }

    /// <summary>The version that a DAT file states; 0 where it states none.</summary>
    public int Version { get; private set; }

    /// <summary>Whether the two halves of a word of EVT 2.1 are the other way round, as the IMX636 sends them.</summary>
    public bool HalvesSwapped { get; private set; } = true;

    /// <summary>Reads the lines and leaves the window behind them.</summary>
    public static PropheseeHeader Read(ByteSource source)
    {
        var header = new PropheseeHeader();
        for (int line = 0; ; line++)
        {
            var window = source.Window(Longest);
            if (window.IsEmpty || window[0] != (byte)'%') return header;
            if (line == Lines) throw source.Error("the header", $"more than {Lines} lines", $"at most {Lines} lines");
            int end = window[..Math.Min(window.Length, Longest)].IndexOf((byte)'\n');
            if (end < 0) throw source.Truncated("a header line", $"a line of at most {Longest} bytes with an end");
            string text = Encoding.Latin1.GetString(window[1..end]).Trim();
            if (text != "end") header.Take(text, source);
            source.Skip(end + 1);
            if (text == "end") return header;
        }
    }

    void Take(string line, ByteSource source)
    {
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        string key = (space < 0 ? line : line[..space]).ToUpperInvariant(), value = space < 0 ? "" : line[(space + 1)..].Trim();
        switch (key)
        {
            case "EVT":
                Format = value switch
                {
                    "2.0" => EventFormat.Evt2,
                    "2.1" => EventFormat.Evt21,
                    "3.0" => EventFormat.Evt3,
                    _ => throw source.Error("the format that the header names", $"evt {value}", "evt 2.0, 2.1 or 3.0"),
                };
                break;
            case "FORMAT":
                var parts = value.Split(';', StringSplitOptions.TrimEntries);
                Format = parts[0].ToUpperInvariant() switch
                {
                    "EVT2" => EventFormat.Evt2,
                    "EVT21" => EventFormat.Evt21,
                    "EVT3" => EventFormat.Evt3,
                    _ => throw source.Error("the format that the header names", parts[0], "EVT2, EVT21 or EVT3"),
                };
                foreach (string part in parts.AsSpan(1))
                {
                    if (part.StartsWith("width=", StringComparison.OrdinalIgnoreCase)) Width = Extent(part[6..], source);
                    else if (part.StartsWith("height=", StringComparison.OrdinalIgnoreCase)) Height = Extent(part[7..], source);
                    else if (part.StartsWith("endianness=", StringComparison.OrdinalIgnoreCase)) HalvesSwapped = part[11..].Equals("legacy", StringComparison.OrdinalIgnoreCase);
                }
                break;
            case "GEOMETRY":
                string[] size = value.Split('x');
                if (size.Length != 2) throw source.Error("the geometry that the header states", value, "columns x rows, as 640x480");
                (Width, Height) = (Extent(size[0], source), Extent(size[1], source));
                break;
            case "WIDTH":
                Width = Extent(value, source);
                break;
            case "HEIGHT":
                Height = Extent(value, source);
                break;
            case "VERSION":
                Version = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int version) ? version : throw source.Error("the version that the header states", value, "a number");
                break;
        }
    }

    static int Extent(string text, ByteSource source) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int extent) && extent is > 0 and <= 1 << 14 ? extent : throw source.Error("a size in the header", text, "1 to 16384");
}
