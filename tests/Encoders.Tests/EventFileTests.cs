using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Events;
using Lepton.Neuro.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Lepton.Neuro.Encoders.Tests;

public sealed class EventFileTests(ITestOutputHelper output) : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("lepton-events-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_EVT2_sample_decodes_to_the_published_digests()
    {
        if (Shared("events/samples/evt2.raw") is not { } path) return;
        using var reader = EventFile.Open(path);
        var events = reader.ReadAll();
        Assert.Equal((521252, 185861), (events.Length, events.Count(e => e.On)));
        Assert.Equal((913716224, 913812095), (events.Min(e => e.Time), events.Max(e => e.Time)));
        Assert.Equal("9855ba39c1baea316ae623b72466e420df60a7510248391856eb4eaf", Sha3(events, 8, (e, b) => BinaryPrimitives.WriteInt64LittleEndian(b, e.Time)));
        Assert.Equal("93fc6cff19b483fd48ca53345c6c1cf05123681d7b7272a1717e9303", Sha3(events, 2, (e, b) => BinaryPrimitives.WriteUInt16LittleEndian(b, e.X)));
        Assert.Equal("07cfaef58e5fa71ce9910ed5b88fb7e9fcf71e4a8654cc2c4666f1ae", Sha3(events, 2, (e, b) => BinaryPrimitives.WriteUInt16LittleEndian(b, e.Y)));
        Assert.Equal("d2b5e9c4047f4c431937b24cd46c8b504e055372b0ded1df77f0ffa1", Sha3(events, 1, (e, b) => b[0] = e.On ? (byte)1 : (byte)0));
    }

    [Fact]
    public void The_DAT_and_N_MNIST_samples_have_the_published_counts()
    {
        if (Shared("events/samples") is not { } samples) return;
        using var cars = EventFile.Open(Path.Combine(samples, "sample_ncars.dat"));
        var car = cars.ReadAll();
        Assert.Equal((2009, 1350, 0L, 99952L, 77, 41), (car.Length, car.Count(e => e.On), car[0].Time, car[^1].Time, car.Max(e => e.X), car.Max(e => e.Y)));
        using var digits = EventFile.Open(Path.Combine(samples, "sample_nmnist.bin"));
        var digit = digits.ReadAll();
        Assert.Equal((4325, 2145, 654L, 311175L), (digit.Length, digit.Count(e => e.On), digit[0].Time, digit[^1].Time));
    }

    [Fact]
    public void The_AEDAT4_sample_decodes_whole()
    {
        if (Shared("events/samples/sample.aedat4") is not { } path) return;
        using var reader = EventFile.Open(path);
        Assert.Equal((320, 240), (reader.Width, reader.Height));
        var events = reader.ReadAll();
        output.WriteLine($"{events.Length} events, {events.Count(e => e.On)} ON, {events[0].Time} to {events[^1].Time} us");
        Assert.Equal(events.Select(e => e.Time).Order(), events.Select(e => e.Time));
        // An independent decoder over LZ4's own tool gave these.
        Assert.Equal((111954, 55023, 1605537493718345L, 1605537494308262L), (events.Length, events.Count(e => e.On), events[0].Time, events[^1].Time));
    }

    [Fact]
    public void N_MNIST_is_read_whole_and_its_labels_are_those_of_MNIST()
    {
        if (Shared("events/n-mnist-small") is not { } recordings) return;
        long total = 0;
        foreach (string path in Directory.EnumerateFiles(recordings, "*.bs2"))
        {
            using var reader = EventFile.Open(path).OfSize(34, 34);
            var chunk = new Event[4096];
            for (int count = reader.Read(chunk); count > 0; count = reader.Read(chunk)) total += count;
        }
        Assert.Equal(4518827, total);
        if (Shared("mnist") is not { } mnist) return;
        var images = IdxFolder.Load(mnist);
        foreach (string line in File.ReadLines(Path.Combine(recordings, "train1K.txt")).Skip(1))
        {
            var parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(images.Train.Label(int.Parse(parts[0], null) - 1), int.Parse(parts[1], null));
        }
        var lists = EventFolder.Load(recordings);
        Assert.Equal((1000, 100), (lists.Train.Count, lists.Test.Count));
        Assert.All(lists.Train.Index(), r => Assert.Equal(images.Train.Label(r.Index), r.Item.Label));
        Assert.All(lists.Test.Index(), r => Assert.Equal(images.Test.Label(r.Index), r.Item.Label));
    }

    [Fact]
    public void Folders_of_recordings_are_listed_and_damage_in_their_lists_is_named()
    {
        foreach (string part in (string[])["Train", "Test"])
        {
            for (int digit = 0; digit < 10; digit++) Directory.CreateDirectory(Path.Combine(folder, "published", part, $"{digit}"));
        }
        File.WriteAllBytes(Path.Combine(folder, "published", "Train", "7", "00002.bin"), []);
        File.WriteAllBytes(Path.Combine(folder, "published", "Train", "3", "00009.bin"), []);
        var published = EventFolder.Load(Path.Combine(folder, "published"));
        Assert.Equal([3, 7], published.Train.Select(r => r.Label));
        Assert.Empty(published.Test);
        string listed = Directory.CreateDirectory(Path.Combine(folder, "listed")).FullName;
        File.WriteAllBytes(Path.Combine(listed, "4.bs2"), []);
        File.WriteAllText(Path.Combine(listed, "train1K.txt"), "#sample #class\n4\t9\n");
        File.WriteAllText(Path.Combine(listed, "test100.txt"), "#sample #class\n");
        Assert.Equal(9, Assert.Single(EventFolder.Load(listed).Train).Label);
        foreach (var (line, part) in new[] { ("4 10", "train1K.txt, line 1 is '4 10'"), ("four 1", "line 1 is 'four 1'"), ("5 1", "the file 5.bs2 is missing") })
        {
            File.WriteAllText(Path.Combine(listed, "train1K.txt"), line);
            Assert.Contains(part, Assert.Throws<InvalidInputException>(() => EventFolder.Load(listed)).Message, StringComparison.Ordinal);
        }
        Assert.Throws<InvalidInputException>(() => EventFolder.Load(Path.Combine(folder, "missing")));
        Directory.Delete(listed, recursive: true);
        Directory.Delete(Path.Combine(folder, "published"), recursive: true);
    }

    [Fact]
    public void Bytes_of_each_format_are_read_as_its_specification_says()
    {
        Event[] expected = [new(1000, 5, 7, true), new(1003, 6, 7, false), new(5000, 2, 1, true)];
        foreach (var (name, bytes, events) in Examples())
        {
            using var reader = EventFile.Open(new MemoryStream(bytes), name);
            Assert.Equal((name, string.Join(' ', events ?? expected)), (name, string.Join(' ', reader.ReadAll())));
            // A reader that is given one place at a time reads the same.
            using var again = EventFile.Open(new MemoryStream(bytes), name);
            var one = new Event[1];
            var slowly = new List<Event>();
            while (again.Read(one) == 1) slowly.Add(one[0]);
            Assert.Equal(events ?? expected, slowly);
        }
    }

    [Fact]
    public void Written_recordings_are_read_back() =>
        Properties.Holds(
            from format in Gen.Elements(EventFormat.NMnist, EventFormat.Evt2, EventFormat.Evt3, EventFormat.Text)
            from events in Recordings(format == EventFormat.NMnist ? 1 << 12 : 1L << 26, format == EventFormat.NMnist ? 239 : 2047)
            select (format, events),
            given =>
            {
                string path = Path.Combine(folder, $"{Guid.NewGuid():N}.raw");
                bool sized = given.format is EventFormat.Evt2 or EventFormat.Evt3;
                using (var writer = EventFile.Create(path, given.format, sized ? 2048 : 0, sized ? 2048 : 0))
                {
                    writer.Write(EventReader.Of(given.events));
                    Assert.False(File.Exists(path));
                    writer.Complete();
                }
                byte[] bytes = File.ReadAllBytes(path);
                using var reader = EventFile.Open(new MemoryStream(bytes), given.format switch { EventFormat.NMnist => "x.bin", EventFormat.Text => "x.txt", _ => "x.raw" }, given.format);
                Assert.Equal(sized ? 2048 : 0, reader.Width);
                Assert.Equal(given.events, reader.ReadAll());
                File.Delete(path);
                Assert.Empty(Directory.GetFiles(folder));
            }, 200);

    [Fact]
    public void A_time_that_runs_backwards_is_refused_with_its_place()
    {
        foreach (var (name, bytes) in new (string, byte[])[]
        {
            ("a.bin", [1, 1, 0, 0, 9, 2, 2, 0, 0, 8]),
            ("a.dat", [.. "% Version 2\n"u8, 0, 8, 9, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0]),
            ("a.txt", [.. "9 1 1 0\n8 1 1 0\n"u8]),
            ("a.raw", [.. "% evt 2.0\n"u8, 9, 0, 0, 0x80, 8, 0, 0, 0x80]),
            ("b.raw", [.. "% evt 3.0\n"u8, 9, 0x80, 8, 0x80]),
        })
        {
            using var reader = EventFile.Open(new MemoryStream(bytes), name);
            string message = Assert.Throws<InvalidInputException>(reader.ReadAll).Message;
            Assert.StartsWith($"{name}, byte ", message, StringComparison.Ordinal);
            Assert.Contains("time must not run backwards", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_cannot_be_read_or_written_is_refused_by_name()
    {
        Refused("a.raw", "nonsense"u8, "not that of a known format");
        Refused("a.aedat4", "#!AER-DAT5.0\r\n"u8, "the version of an AEDAT file");
        Refused("a.raw", "% evt 4.0\n"u8, "evt 4.0");
        Refused("a.bin", [1, 2, 3], "truncated");
        Refused("a.es", [.. "Event Stream"u8, 2, 0, 0, 2, 1, 0, 1, 0], "the kind of an Event Stream is 2");
        Refused("a.txt", "1 2 3\n"u8, "'1 2 3'");
        var (zstandard, at) = (Aedat4([], 0).Bytes, Aedat4([], 0).CompressionAt);
        zstandard[at] = 3;
        Refused("a.aedat4", zstandard, "the compression of an AEDAT 4 file is Zstandard; allowed: none or LZ4");
        Assert.Throws<InvalidInputException>(() => EventFile.Open(Path.Combine(folder, "missing.bin")));
        Assert.Throws<InvalidInputException>(() => EventFile.Create(Path.Combine(folder, "a.dat")));
        Assert.Throws<InvalidInputException>(() => EventFile.Create(Path.Combine(folder, "a.raw"), EventFormat.Evt2, 4096, 1));
        using (var writer = EventFile.Create(Path.Combine(folder, "a.bin")))
        {
            Assert.Throws<InvalidInputException>(() => writer.Write([new Event(0, 1, 240, true)]));
            Assert.Throws<InvalidInputException>(() => writer.Write([new Event(1 << 23, 1, 1, true)]));
        }
        Assert.Empty(Directory.GetFiles(folder));

        static void Refused(string name, ReadOnlySpan<byte> bytes, string part)
        {
            var copy = bytes.ToArray();
            string message = Assert.Throws<InvalidInputException>(() =>
            {
                using var reader = EventFile.Open(new MemoryStream(copy), name);
                reader.ReadAll();
            }).Message;
            Assert.Contains(part, message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', message);
        }
    }

    [Fact]
    public void Compressed_packets_are_unpacked() =>
        Properties.Holds(
            Recordings(1 << 20, 319),
            events =>
            {
                events = [.. events.Select(e => e with { X = (ushort)(e.X % 320), Y = (ushort)(e.Y % 240) })];
                byte[] packed = Aedat4(events, 1, Packed).Bytes;
                using var reader = EventFile.Open(new MemoryStream(packed), "a.aedat4");
                Assert.Equal(events, reader.ReadAll());
            }, 200);

    [Fact]
    public void A_frame_that_is_none_is_refused_with_what_was_expected()
    {
        foreach (var (at, value, expected) in new[]
        {
            (0, 5, "an LZ4 frame (magic number 184D2204)"), (4, 0x20, "an LZ4 frame of version 1 without a dictionary"), (4, 0x61, "an LZ4 frame of version 1 without a dictionary"),
            (8, 200, "whole LZ4 blocks and an end mark"), (11, 15, "sound LZ4 blocks of at most"),
        })
        {
            byte[] bytes = Aedat4([new(1, 2, 3, true)], 1, whole =>
            {
                byte[] packed = Packed(whole);
                packed[at] = (byte)value;
                return packed;
            }).Bytes;
            using var reader = EventFile.Open(new MemoryStream(bytes), "a.aedat4");
            Assert.Contains(expected, Assert.Throws<InvalidInputException>(reader.ReadAll).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>An LZ4 frame of one block: at each place the longest match of those that begin 16 and 1 bytes before, else a literal.</summary>
    static byte[] Packed(byte[] bytes)
    {
        var block = new List<byte>();
        int begin = 0, at = 0;
        while (at < bytes.Length)
        {
            var (distance, length) = new[] { 16, 1 }.Where(d => d <= at).Select(d => (d, Matching(d))).DefaultIfEmpty((1, 0)).MaxBy(m => m.Item2);
            if (length < 4)
            {
                at++;
                continue;
            }
            Sequence(at - begin, length - 4);
            block.AddRange([(byte)distance, 0]);
            Extend(length - 4);
            begin = at += length;
        }
        Sequence(at - begin, 0);
        return [0x04, 0x22, 0x4D, 0x18, 0x60, 0x40, 0x82, .. Words((uint)block.Count), .. block, 0, 0, 0, 0];

        int Matching(int distance)
        {
            int length = 0;
            while (at + length < bytes.Length && bytes[at + length] == bytes[at + length - distance]) length++;
            return length;
        }

        void Sequence(int literals, int match)
        {
            block.Add((byte)((Math.Min(literals, 15) << 4) | Math.Min(match, 15)));
            Extend(literals);
            block.AddRange(bytes.AsSpan(begin, literals));
        }

        void Extend(int length)
        {
            if (length < 15) return;
            for (length -= 15; length >= 255; length -= 255) block.Add(255);
            block.Add((byte)length);
        }
    }

    [Fact]
    public void Events_outside_the_sensor_are_refused_with_their_place()
    {
        // Row 3, column 9 of 10: inside; then column 10, alone and as the second of a vector.
        Refused("the pixel of an event is (10, 3); allowed: within 10 x 5", Shorts(0x8000, 0x6001, 3, 0x2809, 0x280A));
        Refused("the pixel of an event is (10, 3); allowed: within 10 x 5", Shorts(0x8000, 0x6001, 3, 0x3809, 0x4003));
        Refused("the pixel of an event is (9, 5); allowed: within 10 x 5", Shorts(0x8000, 0x6001, 5, 0x2809));

        static void Refused(string part, byte[] words)
        {
            using var reader = EventFile.Open(new MemoryStream([.. "% evt 3.0\n% geometry 10x5\n% end\n"u8, .. words]), "a.raw");
            string message = Assert.Throws<InvalidInputException>(reader.ReadAll).Message;
            Assert.StartsWith("a.raw, byte ", message, StringComparison.Ordinal);
            Assert.Contains(part, message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_recording_that_cannot_be_written_leaves_nothing_behind()
    {
        string Message(Action write)
        {
            string message = Assert.Throws<InvalidInputException>(write).Message;
            Assert.DoesNotContain('\n', message);
            return message;
        }
        Assert.Contains("cannot be written", Message(() => EventFile.Create(Path.Combine(folder, "missing", "a.bin"))), StringComparison.Ordinal);
        Assert.Contains("the sensor's size is 10 x 0; allowed: both columns and rows, or neither", Message(() => EventFile.Create(Path.Combine(folder, "a.raw"), EventFormat.Evt3, 10, 0)), StringComparison.Ordinal);
        Assert.Contains("the sensor's rows is 4096", Message(() => EventFile.Create(Path.Combine(folder, "a.raw"), EventFormat.Evt3, 10, 4096)), StringComparison.Ordinal);
        Assert.Contains("NMnist, Evt2, Evt3 or Text", Message(() => EventFile.Create(Path.Combine(folder, "a.dat"), EventFormat.Dat)), StringComparison.Ordinal);
        // A folder stands where the file shall appear.
        Directory.CreateDirectory(Path.Combine(folder, "taken.bin", "full"));
        using (var writer = EventFile.Create(Path.Combine(folder, "taken.bin")))
        {
            Assert.Contains("the time of an event is 3; allowed: 5 us or later: time must not run backwards", Message(() => writer.Write([new Event(5, 1, 1, true), new Event(3, 1, 1, true)])), StringComparison.Ordinal);
            Assert.Contains("cannot be written", Message(writer.Complete), StringComparison.Ordinal);
        }
        Assert.Empty(Directory.GetFiles(folder));
        Directory.Delete(Path.Combine(folder, "taken.bin"), recursive: true);
    }

    [Fact]
    public void Damaged_files_give_events_or_one_clear_error()
    {
        var examples = AllExamples().ToArray();
        Properties.Holds(
            from which in Gen.Choose(0, examples.Length - 1)
            from cut in Gen.Choose(0, 4 * examples[which].Item2.Length)
            from changes in Gen.ListOf(Gen.Choose(0, examples[which].Item2.Length - 1).SelectMany(at => Gen.Choose(0, 255).Select(value => (at, value))))
            select (which, cut, changes),
            given =>
            {
                var (name, bytes, _) = examples[given.which];
                bytes = bytes[..Math.Min(bytes.Length, Math.Max(1, given.cut))];
                foreach (var (at, value) in given.changes.Take(6))
                    if (at < bytes.Length) bytes[at] = (byte)value;
                long before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    using var reader = EventFile.Open(new MemoryStream(bytes), name);
                    var chunk = new Event[64];
                    long read = 0;
                    for (int count = reader.Read(chunk); count > 0; count = reader.Read(chunk)) read += count;
                    Assert.InRange(read, 0, 12 * bytes.Length);
                }
                catch (InvalidInputException refusal)
                {
                    Assert.DoesNotContain('\n', refusal.Message);
                }
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 24);
            }, 3000);
    }

    /// <summary>One small file of every format and kind.</summary>
    internal static IEnumerable<(string Name, byte[] Bytes, Event[]? Events)> AllExamples() =>
        Examples().Append(("lz4.aedat4", Aedat4([new(1, 2, 3, true), new(2, 3, 4, false)], 1).Bytes, null))
            .Append(("packed.aedat4", Aedat4([.. Enumerable.Range(0, 30).Select(i => new Event(i, (ushort)(i / 9), 4, true))], 1, Packed).Bytes, null));

    /// <summary>The same three events in every format, written by hand from the specifications; null where a format shows them as they are.</summary>
    static IEnumerable<(string Name, byte[] Bytes, Event[]? Events)> Examples()
    {
        yield return ("a.bin", [5, 7, 0x80, 0x03, 0xE8, 6, 7, 0, 0x03, 0xEB, 2, 1, 0x80, 0x13, 0x88], null);
        yield return ("overflow.bin", [5, 7, 0x80, 0x03, 0xE8, 0, 240, 0, 0, 0, 6, 7, 0, 0x03, 0xE8], [new(1000, 5, 7, true), new(1000 + 8192, 6, 7, false)]);
        yield return ("a.aedat", [.. "#!AER-DAT2.0\r\n# AEChip: ch.unizh.ini.jaer.chip.retina.DVS128\r\n"u8,
            0, 0, 7, 11, 0, 0, 0x03, 0xE8, 0, 0, 7, 12, 0, 0, 0x03, 0xEB, 0, 0, 1, 5, 0, 0, 0x13, 0x88], null);
        uint davis = (259u - 7) << 22 | (345u - 5) << 12 | 0x800;
        yield return ("davis.aedat", [.. "#!AER-DAT2.0\r\n# AEChip: eu.seebetter.ini.chips.davis.DAVIS346red\r\n"u8,
            0x80, 0, 0, 0, 0, 0, 0, 1, (byte)(davis >> 24), (byte)(davis >> 16), (byte)(davis >> 8), (byte)davis, 0, 0, 0x03, 0xE8], [new(1000, 5, 7, true)]);
        byte[] packet = [1, 0, 0, 0, 8, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0];
        byte[] other = [2, 0, 0, 0, 12, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, .. new byte[12]];
        byte[] polarities = [.. A3(1000, 5, 7, 3), .. A3(1003, 6, 7, 1), .. A3(1004, 9, 9, 0), .. A3(5000, 2, 1, 3)];
        yield return ("b.aedat", [.. "#!AER-DAT3.1\r\n#Format: RAW\r\n#!END-HEADER\r\n"u8, .. other, .. packet, .. polarities, .. new byte[8], .. other], null);
        yield return ("a.aedat4", Aedat4([new(1000, 5, 7, true), new(1003, 6, 7, false), new(5000, 2, 1, true)], 0).Bytes, null);
        yield return ("a.raw", [.. "% evt 2.0\n% geometry 640x480\n% end\n"u8, .. Words(1u << 28, 8u << 28 | 15, 1u << 28 | 40u << 22 | 5 << 11 | 7, 43u << 22 | 6 << 11 | 7, 10u << 28, 8u << 28 | 78, 1u << 28 | 8u << 22 | 2 << 11 | 1)], null);
        uint[] evt21 = [8u << 28 | 15, 0, 1u << 28 | 40u << 22 | 5 << 11 | 7, 1, 43u << 22 | 7, 1 << 6, 14u << 28, 9, 8u << 28 | 78, 0, 1u << 28 | 8u << 22 | 0 << 11 | 1, 4];
        yield return ("b.raw", [.. "% evt 2.1\n"u8, .. Words(evt21)], null);
        yield return ("c.raw", [.. "% format EVT21;height=480;width=640;endianness=little\n% end\n"u8, .. Words([.. evt21.Chunk(2).SelectMany(pair => pair.Reverse())])], null);
        yield return ("d.raw", [.. "% evt 3.0\n"u8, .. Shorts(0x2805, 0x8000, 0x6000 | 1000, 7, 0x2805, 0x6000 | 1003, 0x2006, 0xA000, 0x8001, 0x6000 | (5000 - 4096), 1, 0x2802)], null);
        yield return ("vectors.raw", [.. "% evt 3.0\n"u8, .. Shorts(0x8000, 0x600A, 3, 0x3800 | 100, 0x4801, 0x5081, 0x8FFF, 0x8001, 0x2001)],
            [new(10, 100, 3, true), new(10, 111, 3, true), new(10, 112, 3, true), new(10, 119, 3, true), new((1 << 24) + (1 << 12) + 10, 1, 3, false)]);
        yield return ("a.dat", [.. "% Version 2\n% Width 304\n% Height 240\n"u8, 12, 8, .. Words(1000, 1u << 28 | 7 << 14 | 5, 1003, 7 << 14 | 6, 5000, 1u << 28 | 1 << 14 | 2)], null);
        yield return ("a.es", [.. "Event Stream"u8, 2, 0, 0, 1, 64, 1, 240, 0,
            255, 255, 255, 255, 255, 255, 255, 111 << 1 | 1, 5, 0, 7, 0, 254, 3 << 1, 6, 0, 7, 0, .. Enumerable.Repeat((byte)255, 31), (3997 - (31 * 127)) << 1 | 1, 2, 0, 1, 0], null);
        yield return ("a.txt", [.. "# by hand\nt x y p\n1000 5 7 1\n\n0.001003,6,7,0\r\n5000\t2 1 1"u8], null);

        static byte[] A3(int time, uint x, uint y, uint flags) => Words(x << 17 | y << 2 | flags, (uint)time);
    }

    static byte[] Words(params uint[] words) => [.. words.SelectMany(BitConverter.GetBytes)];

    static byte[] Shorts(params int[] words) => [.. words.SelectMany(w => BitConverter.GetBytes((ushort)w))];

    /// <summary>A recording of AEDAT 4, its FlatBuffers laid out by hand: one packet of another stream, one of events.</summary>
    static (byte[] Bytes, int CompressionAt) Aedat4(Event[] events, int compression, Func<byte[], byte[]>? pack = null)
    {
        byte[] xml = Encoding.UTF8.GetBytes(
            "<dv version=\"2.0\"><node name=\"outInfo\" path=\"/\"><node name=\"0\" path=\"/0/\"><attr key=\"typeIdentifier\" type=\"string\">FRME</attr></node>"
            + "<node name=\"1\" path=\"/1/\"><attr key=\"typeIdentifier\" type=\"string\">EVTS</attr><node name=\"info\" path=\"/1/info/\">"
            + "<attr key=\"sizeX\" type=\"int\">320</attr><attr key=\"sizeY\" type=\"int\">240</attr></node></node></node></dv>");
        byte[] header = [20, 0, 0, 0, .. "IOHE"u8, 10, 0, 20, 0, 4, 0, 12, 0, 8, 0, 0, 0, 12, 0, 0, 0, (byte)compression, 0, 0, 0, 12, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, .. Words((uint)xml.Length), .. xml];
        byte[] inner = [16, 0, 0, 0, .. "EVTS"u8, 6, 0, 8, 0, 4, 0, 0, 0, 8, 0, 0, 0, 4, 0, 0, 0, .. Words((uint)events.Length), .. events.SelectMany(e => (byte[])[.. BitConverter.GetBytes(e.Time), .. Shorts(e.X, e.Y), e.On ? (byte)1 : (byte)0, 0, 0, 0])];
        byte[] packet = [.. Words((uint)inner.Length), .. inner];
        if (pack is not null) packet = pack(packet);
        else if (compression == 1) packet = [0x04, 0x22, 0x4D, 0x18, 0x60, 0x40, 0x82, .. Words((uint)packet.Length | 0x8000_0000), .. packet, 0, 0, 0, 0];
        byte[] begin = [.. "#!AER-DAT4.0\r\n"u8, .. Words((uint)header.Length)];
        return ([.. begin, .. header, .. Words(0, 3), 1, 2, 3, .. Words(1, (uint)packet.Length), .. packet], begin.Length + 24);
    }

    static Gen<Event[]> Recordings(long longestGap, int most) =>
        from seeds in Gen.ListOf(
            from gap in Gen.Frequency((3, Gen.Constant(0)), (3, Gen.Choose(0, 100)), (1, Gen.Choose(0, (int)longestGap)))
            from x in Gen.Frequency((3, Gen.Choose(-1, -1)), (1, Gen.Choose(0, Math.Min(most, 255))), (1, Gen.Choose(0, most == 239 ? 255 : most)))
            from y in Gen.Frequency((3, Gen.Constant(-1)), (1, Gen.Choose(0, most)))
            from rising in Gen.Frequency((4, Gen.Constant(true)), (1, Gen.Constant(false)))
            select (gap, x, y, rising))
        select Chain(seeds, most == 239 ? 255 : most, most);

    /// <summary>Events of which many stand side by side at one time, so that vectors arise.</summary>
    static Event[] Chain(IEnumerable<(int Gap, int X, int Y, bool On)> seeds, int mostX, int mostY)
    {
        var events = new List<Event>();
        long time = 0;
        int x = 0, y = 0;
        foreach (var seed in seeds)
        {
            time += seed.Gap;
            x = seed.X < 0 ? Math.Min(x + 1, mostX) : seed.X;
            y = seed.Y < 0 ? y : Math.Min(seed.Y, mostY);
            events.Add(new(time, (ushort)x, (ushort)y, seed.On));
        }
        return [.. events];
    }

    /// <summary>SHA3-224, which the library does not have: the Keccak sponge of FIPS 202 with a capacity of 448 bits.</summary>
    static string Sha3(Event[] events, int size, FieldWriter write)
    {
        var data = new byte[events.Length * size];
        for (int i = 0; i < events.Length; i++) write(events[i], data.AsSpan(i * size, size));
        return Convert.ToHexStringLower(Keccak.Sha3224(data));
    }

    delegate void FieldWriter(Event e, Span<byte> bytes);

    static class Keccak
    {
        const int Rate = 144;

        public static byte[] Sha3224(ReadOnlySpan<byte> data)
        {
            var state = new ulong[25];
            Span<byte> block = stackalloc byte[Rate];
            for (int at = 0; ; at += Rate)
            {
                var part = data[Math.Min(at, data.Length)..Math.Min(at + Rate, data.Length)];
                block.Clear();
                part.CopyTo(block);
                bool end = part.Length < Rate;
                if (end)
                {
                    block[part.Length] ^= 0x06;
                    block[Rate - 1] ^= 0x80;
                }
                for (int i = 0; i < Rate / 8; i++) state[i] ^= BinaryPrimitives.ReadUInt64LittleEndian(block[(8 * i)..]);
                Permute(state);
                if (end) break;
            }
            var digest = new byte[32];
            for (int i = 0; i < 4; i++) BinaryPrimitives.WriteUInt64LittleEndian(digest.AsSpan(8 * i), state[i]);
            return digest[..28];
        }

        static void Permute(ulong[] a)
        {
            Span<ulong> c = stackalloc ulong[5];
            byte register = 1;
            for (int round = 0; round < 24; round++)
            {
                for (int x = 0; x < 5; x++) c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
                for (int x = 0; x < 5; x++)
                {
                    ulong d = c[(x + 4) % 5] ^ ulong.RotateLeft(c[(x + 1) % 5], 1);
                    for (int y = 0; y < 25; y += 5) a[y + x] ^= d;
                }
                ulong moving = a[1];
                for (int t = 0, x = 1, y = 0; t < 24; t++)
                {
                    (x, y) = (y, ((2 * x) + (3 * y)) % 5);
                    (moving, a[(5 * y) + x]) = (a[(5 * y) + x], ulong.RotateLeft(moving, (t + 1) * (t + 2) / 2 % 64));
                }
                for (int y = 0; y < 25; y += 5)
                {
                    a.AsSpan(y, 5).CopyTo(c);
                    for (int x = 0; x < 5; x++) a[y + x] = c[x] ^ (~c[(x + 1) % 5] & c[(x + 2) % 5]);
                }
                for (int j = 0; j < 7; j++)
                {
                    if ((register & 1) != 0) a[0] ^= 1UL << ((1 << j) - 1);
                    register = (byte)((register << 1) ^ ((register >> 7) * 0x71));
                }
            }
        }
    }

    string? Shared(string name)
    {
        var root = Environment.GetEnvironmentVariable("LEPTON_DATA");
        for (var parent = new DirectoryInfo(AppContext.BaseDirectory); root is null && parent is not null; parent = parent.Parent)
            if (Directory.Exists(Path.Combine(parent.FullName, "shared", "data")))
                root = Path.Combine(parent.FullName, "shared", "data");
        string path = Path.Combine(root ?? "", name);
        if (root is not null && (Directory.Exists(path) || File.Exists(path))) return path;
        output.WriteLine($"Not checked: no {name}; set LEPTON_DATA to the folder that holds it.");
        return null;
    }
}
