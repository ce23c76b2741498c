using System.CommandLine;
using System.Globalization;
using Lepton.Neuro.Encoders.Events;
using Lepton.Neuro.Experiments.Codes;
using Lepton.Neuro.Experiments.EventFiles;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Verbs;

/// <summary><c>lepton events</c>: recordings of event cameras: what they hold, in another format, as pictures.</summary>
internal sealed class EventsVerb : IVerb
{
    readonly Argument<string?> file = new("file") { Description = "The recording", Arity = ArgumentArity.ZeroOrOne };
    readonly Argument<string?> target = new("target") { Description = "The file to write: .bin (N-MNIST), .raw (EVT 3.0), .txt or .csv", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<string?> format = new("--format") { HelpName = "nmnist|evt2|evt3|text", Description = "The format to write [default: told by the name]" };
    readonly Option<string?> size = new("--size") { HelpName = "WxH", Description = "The sensor's size, where the recording does not say it" };
    readonly Option<bool> fromZero = new("--from-zero") { Description = "Let time begin at the first event" };
    readonly Option<string?> interval = new("--interval") { HelpName = "T", Description = "The time of a frame [default: 20ms]" };
    readonly Option<string?> frames = new("--frames") { HelpName = "N", Description = "Frames at most [default: 500]" };
    readonly Option<string?> png = new("--png") { HelpName = "DIR", Description = "Write frames as PNG into a folder [default: the file's name and -frames] instead of showing them as letters", Arity = ArgumentArity.ZeroOrOne };

    public IReadOnlyList<string> Examples => ["lepton events info recording.raw", "lepton events convert recording.dat recording.raw --format evt3", "lepton events play recording.raw --png --interval 10ms"];

    public Command Build(Host host)
    {
        var info = new Command("info", "Say what a recording holds") { file, size };
        info.SetAction(parsed => Info(parsed, host));
        var convert = new Command("convert", "Write a recording in another format") { file, target, format, size, fromZero };
        convert.SetAction(parsed => Convert(parsed, host));
        var play = new Command("play", "Show a recording, frame by frame") { file, png, interval, frames, size };
        play.SetAction(parsed => Play(parsed, host));
        return new Command("events", "Look at recordings of event cameras, and convert them") { info, convert, play };
    }

    int Info(ParseResult parsed, Host host)
    {
        string path = FileOf(parsed, host);
        using var reader = Open(parsed, path);
        var summary = RecordingSummary.Of(reader);
        host.Output.WriteLine($"{Path.GetFileName(path)}: {EventFormatName.Of(EventFile.FormatOf(path))}, sensor {(reader.Width == 0 ? "of unknown size" : string.Create(CultureInfo.InvariantCulture, $"of {reader.Width} x {reader.Height}"))}");
        foreach (string line in summary.Lines()) host.Output.WriteLine("  " + line);
        return ExitCodes.Success;
    }

    int Convert(ParseResult parsed, Host host)
    {
        string path = FileOf(parsed, host);
        string to = RunConfiguration.ResolvePath(host, "target", parsed.GetValue(target) ?? throw new InvalidInputException("Name the file to write"));
        if (string.Equals(path, to, StringComparison.Ordinal)) throw new InvalidInputException("the file to write", to, "another one than is read");
        EventFormat? kind = parsed.GetValue(format) switch
        {
            null => null,
            "nmnist" => EventFormat.NMnist,
            "evt2" => EventFormat.Evt2,
            "evt3" => EventFormat.Evt3,
            "text" => EventFormat.Text,
            var other => throw new InvalidInputException("--format", other, "nmnist, evt2, evt3 or text"),
        };
        long begin = 0;
        if (parsed.GetValue(fromZero))
        {
            using var ahead = Open(parsed, path);
            begin = ahead.Events().Select(e => e.Time).FirstOrDefault();
        }
        using var reader = Open(parsed, path);
        using var writer = EventFile.Create(to, kind, reader.Width, reader.Height);
        var chunk = new Event[4096];
        long written = 0;
        for (int count = reader.Read(chunk); count > 0; count = reader.Read(chunk))
        {
            host.Cancellation.ThrowIfCancellationRequested();
            for (int i = 0; i < count; i++) chunk[i] = chunk[i] with { Time = chunk[i].Time - begin };
            writer.Write(chunk.AsSpan(0, count));
            written += count;
        }
        writer.Complete();
        host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{written:N0} events: {new FileInfo(path).Length:N0} bytes became {new FileInfo(to).Length:N0}"));
        return ExitCodes.Success;
    }

    int Play(ParseResult parsed, Host host)
    {
        string path = FileOf(parsed, host);
        long duration = (long)Math.Round(CodeOptions.ParseTime("--interval", parsed.GetValue(interval) ?? "20ms").Seconds * 1e6);
        Require.InRange("--interval in us", duration, 1, 1L << 40);
        int most = parsed.GetValue(frames) is { } text ? RunConfiguration.ParseCount("--frames", text, 1_000_000) : 500;
        bool asFiles = parsed.GetResult(png) is not null;
        string folder = asFiles ? RunConfiguration.ResolvePath(host, "--png", parsed.GetValue(png) ?? $"{Path.GetFileNameWithoutExtension(path)}-frames") : "";
        var (width, height) = RecordingFrames.SizeOf(() => Open(parsed, path));
        using var reader = Open(parsed, path);
        using var sized = reader.Width == 0 ? reader.OfSize(width, height) : reader;
        int count = 0;
        foreach (var frame in EventFrames.ByTime(sized, duration).Take(most))
        {
            host.Cancellation.ThrowIfCancellationRequested();
            count++;
            if (asFiles)
            {
                string name = string.Create(CultureInfo.InvariantCulture, $"frame-{count:D5}.png");
                var picture = RecordingFrames.Picture(frame, width, height);
                if (count == 1) RecordingFrames.Prepare(folder);
                picture.Write(Path.Combine(folder, name));
            }
            else
            {
                host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(count - 1) * duration / 1000.0:0.###} ms"));
                foreach (string line in RecordingFrames.Letters(frame, width, height)) host.Output.WriteLine(line);
            }
        }
        host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count:N0} frames of {duration / 1000.0:0.###} ms, {width} x {height} pixels{(asFiles && count > 0 ? $", in {folder}" : "")}"));
        return ExitCodes.Success;
    }

    string FileOf(ParseResult parsed, Host host) => RunConfiguration.ResolvePath(host, "file", parsed.GetValue(file) ?? throw new InvalidInputException("Name the recording"));

    EventReader Open(ParseResult parsed, string path)
    {
        (int Width, int Height)? given = parsed.GetValue(size) is { } text ? CodeOptions.ParseSize("--size", text) : null;
        var reader = EventFile.Open(path);
        return given is { } sensor ? reader.OfSize(sensor.Width, sensor.Height) : reader;
    }
}
