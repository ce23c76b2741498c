using System.Globalization;
using System.Text;

namespace Lepton.Neuro.Encoders.Events;

/// <summary>One event a line: time, x, y, polarity, separated by commas, semicolons or white space. A time without a point is in microseconds, one with a point in seconds. Polarity is 1 for ON and 0
/// or -1 for OFF. Empty lines and lines that begin with '#' are passed over, and so is a first line that begins with a letter (names of columns). Times must not run backwards.</summary>
sealed class TextEventReader(ByteSource source) : FileReader(source)
{
    const int Longest = 1 << 10;
    const string Form = "time (us, or s with a point), x, y, polarity (1, 0 or -1)";
    bool begun;

    public override int Read(Span<Event> into)
    {
        int count = 0;
        while (count < into.Length)
        {
            var window = Source.Window(Longest + 1);
            if (window.IsEmpty) break;
            int end = window[..Math.Min(window.Length, Longest + 1)].IndexOf((byte)'\n');
            if (end < 0 && window.Length > Longest) throw Source.Error("a line", "too long", $"at most {Longest} bytes");
            int length = end < 0 ? window.Length : end;
            string line = Encoding.Latin1.GetString(window[..length]).Trim();
            if (line.Length > 0 && line[0] != '#' && (begun || !char.IsAsciiLetter(line[0]))) into[count++] = Parse(line);
            begun |= line.Length > 0 && line[0] != '#';
            Source.Skip(end < 0 ? length : end + 1);
        }
        return count;
    }

    Event Parse(string line)
    {
        string[] parts = line.Split([',', ';', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 4
            || Microseconds(parts[0]) is not { } time
            || !ushort.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort x)
            || !ushort.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out ushort y)
            || parts[3] is not ("0" or "1" or "-1"))
            throw Source.Error("a line", $"'{(line.Length > 60 ? line[..60] + "..." : line).Replace("\0", "\\0", StringComparison.Ordinal)}'".ReplaceLineEndings(" "), Form);
        return Ordered(time, x, y, parts[3] == "1", 0);
    }

    static long? Microseconds(string text) =>
        !text.Contains('.', StringComparison.Ordinal)
            ? long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) ? whole : null
            : decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds) && Math.Abs(seconds) < 1e12m
                ? (long)Math.Round(seconds * 1_000_000m) : null;
}
