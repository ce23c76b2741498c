namespace Lepton.Neuro.Encoders.Events;

/// <summary>Opens recordings to read and to write.</summary>
public static class EventFile
{
    /// <summary>Opens a recording. What it is is told by how it begins, and by the ending of its name where the format has no header (<c>.bin</c>, <c>.bs2</c>, <c>.txt</c>, <c>.csv</c>).</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">The format, where it cannot be told or is to be required.</param>
    /// <returns>A reader; close it after use.</returns>
    /// <exception cref="InvalidInputException">The file cannot be read, is of no known format or of another one than required, or its header is damaged.</exception>
    public static EventReader Open(string path, EventFormat? format = null)
    {
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException($"{path} cannot be read ({failure.Message.ReplaceLineEndings(" ")}); allowed: a recording of events", failure);
        }
        return Open(stream, Path.GetFileName(path), format);
    }

    /// <summary>Opens a recording that is read from a stream.</summary>
    /// <param name="stream">The stream; the reader closes it, and it is closed if this throws.</param>
    /// <param name="name">The name of the file, for messages and for its ending.</param>
    /// <param name="format">The format, where it cannot be told or is to be required.</param>
    /// <exception cref="InvalidInputException">As for a file.</exception>
    public static EventReader Open(Stream stream, string name, EventFormat? format = null)
    {
        var source = new ByteSource(stream, name);
        try
        {
            return Open(source, format);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Begins to write a recording, to a temporary file that is renamed by <see cref="EventWriter.Complete"/>.</summary>
    /// <param name="path">The file to write or replace.</param>
    /// <param name="format"><see cref="EventFormat.NMnist"/>, <see cref="EventFormat.Evt2"/>, <see cref="EventFormat.Evt3"/> or <see cref="EventFormat.Text"/>; null to tell it by the name: <c>.bin</c>
    /// and <c>.bs2</c> are N-MNIST, <c>.raw</c> is EVT 3.0, <c>.txt</c> and <c>.csv</c> are text.</param>
    /// <param name="width">Columns of the sensor; 0 for unknown.</param>
    /// <param name="height">Rows of the sensor; 0 for unknown.</param>
    /// <exception cref="InvalidInputException">The format cannot be written or told, the size is out of the format's range, or the file cannot be written.</exception>
    public static EventWriter Create(string path, EventFormat? format = null, int width = 0, int height = 0)
    {
        var kind = format ?? Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".BIN" or ".BS2" => EventFormat.NMnist,
            ".RAW" => EventFormat.Evt3,
            ".TXT" or ".CSV" => EventFormat.Text,
            var ending => throw new InvalidInputException($"the ending of {Path.GetFileName(path)}", ending, ".bin, .bs2, .raw, .txt or .csv, or a format"),
        };
        return kind switch
        {
            EventFormat.NMnist => new NMnistWriter(path),
            EventFormat.Evt2 => new Evt2Writer(path, width, height),
            EventFormat.Evt3 => new Evt3Writer(path, width, height),
            EventFormat.Text => new TextEventWriter(path),
            _ => throw new InvalidInputException("the format to write", kind, "NMnist, Evt2, Evt3 or Text"),
        };
    }

    /// <summary>The format of a recording.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidInputException">The file cannot be read, is of no known format, or its header is damaged.</exception>
    public static EventFormat FormatOf(string path)
    {
        using var reader = (FileReader)Open(path);
        return reader.Format;
    }

    static FileReader Open(ByteSource source, EventFormat? format)
    {
        var told = Tell(source) ?? format ?? throw source.Error(
            "how the file begins", "not that of a known format", "AEDAT 2.0, 3.1 or 4.0, EVT 2.0, 2.1 or 3.0, DAT or Event Stream, or a name that ends in .bin, .bs2, .txt or .csv");
        PropheseeHeader? header = null;
        if (told is EventFormat.Dat)
        {
            header = PropheseeHeader.Read(source);
            told = header.Format ?? EventFormat.Dat;
        }
        if (format is { } wanted && wanted != told) throw new InvalidInputException($"the format of {source.Name}", told, $"{wanted}");
        FileReader reader = told switch
        {
            EventFormat.NMnist => new NMnistReader(source),
            EventFormat.Aedat2 => new Aedat2Reader(source),
            EventFormat.Aedat31 => new Aedat31Reader(source),
            EventFormat.Aedat4 => new Aedat4Reader(source),
            EventFormat.Evt2 => new Evt2Reader(source, header ?? new()),
            EventFormat.Evt21 => new Evt21Reader(source, header ?? new()),
            EventFormat.Evt3 => new Evt3Reader(source, header ?? new()),
            EventFormat.Dat => new DatReader(source, header ?? new()),
            EventFormat.EventStream => new EventStreamReader(source),
            _ => new TextEventReader(source),
        };
        reader.Format = told;
        return reader;
    }

    /// <summary>What the file says it is; DAT for everything with the header of Prophesee.</summary>
    static EventFormat? Tell(ByteSource source)
    {
        // What has no header is told by its name first: any bytes may begin it.
        switch (Path.GetExtension(source.Name).ToUpperInvariant())
        {
            case ".BIN" or ".BS2":
                return EventFormat.NMnist;
            case ".TXT" or ".CSV":
                return EventFormat.Text;
        }
        var window = source.Window(64);
        if (window.StartsWith("#!AER-DAT"u8))
        {
            var version = window[9..];
            return version.StartsWith("2.0"u8) ? EventFormat.Aedat2
                : version.StartsWith("3.1\r\n"u8) || version.StartsWith("3.1\n"u8) ? EventFormat.Aedat31
                : version.StartsWith("4.0\r\n"u8) ? EventFormat.Aedat4
                : throw source.Error("the version of an AEDAT file", "not known", "2.0, 3.1 or 4.0", 9);
        }
        return window.StartsWith("Event Stream"u8) ? EventFormat.EventStream
            : window.StartsWith("%"u8) ? EventFormat.Dat
            : null;
    }
}
