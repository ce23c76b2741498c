using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Events;
using Lepton.Neuro.Experiments.DataSets;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Tests;

public class DataVerbTests
{
    [Fact]
    public void A_set_is_fetched_once_and_checked()
    {
        using var bench = new Bench();
        using var server = new Server();
        var set = server.Publish(("a.gz", Noise(300_000, 1)), ("b.gz", Noise(10, 2)));
        Fetch(set, server, bench);
        Assert.Equal(["a.gz", "b.gz"], bench.Entries());
        Assert.Equal(server.Files["a.gz"], File.ReadAllBytes(bench.At("a.gz")));
        int asked = server.Requests.Count;
        Fetch(set, server, bench);
        Assert.Equal(asked, server.Requests.Count);
    }

    [Fact]
    public void A_broken_connection_leaves_a_part_and_the_next_try_asks_for_the_rest()
    {
        using var bench = new Bench();
        using var server = new Server();
        var set = server.Publish(("a.gz", Noise(400_000, 3)));
        server.BreakAfter = 150_000;
        var failure = Assert.Throws<IOException>(() => Fetch(set, server, bench));
        Assert.Contains("What has come is kept", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["a.gz.part"], bench.Entries());
        long have = new FileInfo(bench.At("a.gz.part")).Length;
        Assert.InRange(have, 1, 150_000);
        server.BreakAfter = null;
        Fetch(set, server, bench);
        Assert.Equal($"bytes={have}-", server.Requests[^1]);
        Assert.Equal(server.Files["a.gz"], File.ReadAllBytes(bench.At("a.gz")));
        Assert.Equal(["a.gz"], bench.Entries());
    }

    [Fact]
    public void A_server_without_ranges_is_asked_for_all_of_it()
    {
        using var bench = new Bench();
        using var server = new Server { KnowsRanges = false };
        var set = server.Publish(("a.gz", Noise(50_000, 4)));
        File.WriteAllBytes(bench.At("a.gz.part"), Noise(1000, 9));
        Fetch(set, server, bench);
        Assert.Equal(server.Files["a.gz"], File.ReadAllBytes(bench.At("a.gz")));
    }

    [Fact]
    public void What_is_not_as_published_is_refused_and_removed()
    {
        using var bench = new Bench();
        using var server = new Server();
        var set = server.Publish(("a.gz", Noise(5000, 5)));
        server.Files["a.gz"] = Noise(5000, 6);
        string message = Assert.Throws<InvalidInputException>(() => Fetch(set, server, bench)).Message;
        Assert.StartsWith("SHA-256 of a.gz", message, StringComparison.Ordinal);
        Assert.Empty(bench.Entries());
        // A part that is not of this file is found out the same way.
        server.Files["a.gz"] = Noise(5000, 5);
        File.WriteAllBytes(bench.At("a.gz.part"), Noise(100, 7));
        Assert.Throws<InvalidInputException>(() => Fetch(set, server, bench));
        Fetch(set, server, bench);
        Assert.Equal(["a.gz"], bench.Entries());
    }

    [Fact]
    public void Without_a_connection_the_message_says_what_to_do()
    {
        using var bench = new Bench();
        using (var server = new Server()) bench.Run("data", "get", "mnist", "--to", "here", "--from", server.Address.ToString());
        Assert.Contains("train-images-idx3-ubyte.gz could not be fetched", bench.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Failure, bench.Run("data", "get", "fashion-mnist", "--to", "here", "--from", "http://127.0.0.1:9/"));
        Assert.Contains("Without a connection, copy train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz from another machine to", bench.Error, StringComparison.Ordinal);
        Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void An_archive_is_unpacked()
    {
        using var bench = new Bench();
        using var server = new Server();
        using var archive = new MemoryStream();
        using (var gzip = new GZipStream(archive, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "cifar-10-batches-bin/"));
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "cifar-10-batches-bin/test_batch.bin") { DataStream = new MemoryStream([4, .. new byte[3072]]) });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "../../escaped.html") { DataStream = new MemoryStream([1]) });
        }
        Fetch(server.Publish(("set.tar.gz", archive.ToArray())), server, bench);
        Assert.Equal(["escaped.html", "set.tar.gz", "test_batch.bin"], bench.Entries());
        Assert.Equal(0, bench.Run("data", "info", "."));
        Assert.Contains("test_batch.bin: 1 images of 32 x 32, 3 channels", bench.Output, StringComparison.Ordinal);
        Assert.Contains("deer: 1", bench.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_and_files_are_described()
    {
        using var bench = new Bench();
        IdxFolder.Save(bench.At("idx"), Glyphs.Generate(1, 30, 20));
        Directory.CreateDirectory(bench.At("pictures/cats"));
        Picture.Create(3, 2, 1, new float[6]).Write(bench.At("pictures/cats/tom.png"));
        File.WriteAllText(bench.At("iris.csv"), "5.1,3.5,setosa\n4.9,?,setosa\n7,3.2,versicolor\n");
        Directory.CreateDirectory(bench.At("n-mnist"));
        File.WriteAllText(bench.At("n-mnist/train1K.txt"), "#\n1 5\n");
        File.WriteAllText(bench.At("n-mnist/test100.txt"), "#\n1 5\n");
        File.WriteAllBytes(bench.At("n-mnist/1.bs2"), [5, 7, 0x80, 0x03, 0xE8, 6, 7, 0, 0x03, 0xEB]);
        Says("idx", "training: 30 images of 28 x 28, grey");
        Says("pictures", "all: 1 images of 3 x 2, grey");
        Says("pictures/cats/tom.png", "A picture of 3 x 2 pixels and 1 channels");
        Says("iris.csv", "A table of 3 rows and 2 columns of numbers, 1 values missing; the label is column 2");
        Says("iris.csv", "setosa: 2, versicolor: 1");
        Says("n-mnist", "training: 1 recordings, 2 events, the longest 1 ms");
        Says("n-mnist/1.bs2", "A recording of events (N-MNIST)");

        // Half of a description before an error would be taken for one.
        Directory.CreateDirectory(bench.At("pictures/empty"));
        Assert.Equal(ExitCodes.BadInput, bench.Run("data", "info", "pictures"));
        Assert.Equal("", bench.Output);
        Assert.Contains("pictures/empty", bench.Error, StringComparison.Ordinal);

        void Says(string path, string part)
        {
            Assert.Equal(0, bench.Run("data", "info", path));
            Assert.Contains(part, bench.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("data", "Name a")]
    [InlineData("data get", "Name the data set to fetch: mnist, fashion-mnist, cifar-10")]
    [InlineData("data get mnisst", "There is no data set mnisst: did you mean mnist?")]
    [InlineData("data get mnist --from ftp://x", "--from is ftp://x; allowed: an address that begins with http:// or https://")]
    [InlineData("data info", "Name the folder or file")]
    [InlineData("data info nowhere", "allowed: a folder or file that exists")]
    [InlineData("data info .", "is nothing; allowed: the four IDX files")]
    [InlineData("events info", "Name the recording")]
    [InlineData("events info nowhere.bin", "nowhere.bin cannot be read")]
    [InlineData("events convert a.bin", "Name the file to write")]
    [InlineData("events convert a.bin a.bin", "allowed: another one than is read")]
    [InlineData("events convert a.bin b.raw --format evt4", "--format is evt4; allowed: nmnist, evt2, evt3 or text")]
    [InlineData("events play a.bin --interval 0", "--interval is 0; allowed: a time above 0")]
    public void Bad_input_is_one_line(string arguments, string message)
    {
        using var bench = new Bench();
        Assert.Equal(ExitCodes.BadInput, bench.Run(arguments.Split(' ')));
        Assert.Contains(message, bench.Error, StringComparison.Ordinal);
        Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
        Assert.Empty(bench.Entries());
    }

    [Fact]
    public void Recordings_are_described_converted_and_played()
    {
        using var bench = new Bench();
        using (var writer = EventFile.Create(bench.At("a.raw"), EventFormat.Evt2, 20, 10))
        {
            writer.Write([new Event(1_000_000, 3, 2, true), new(1_000_100, 3, 2, false), new(1_045_000, 19, 9, true)]);
            writer.Complete();
        }
        Assert.Equal(0, bench.Run("events", "info", "a.raw"));
        Assert.Contains("a.raw: EVT 2.0, sensor of 20 x 10", bench.Output, StringComparison.Ordinal);
        Assert.Contains("3 events, 2 ON (66.7 %) and 1 OFF", bench.Output, StringComparison.Ordinal);
        Assert.Contains("2 pixels had events, the busiest (3, 2) 2", bench.Output, StringComparison.Ordinal);
        Assert.Equal(0, bench.Run("events", "convert", "a.raw", "b.bin", "--from-zero"));
        using (var reader = EventFile.Open(bench.At("b.bin")))
            Assert.Equal([new Event(0, 3, 2, true), new(100, 3, 2, false), new(45_000, 19, 9, true)], reader.ReadAll());
        Assert.Equal(0, bench.Run("events", "convert", "b.bin", "c.csv"));
        Assert.Equal("time,x,y,polarity\n0,3,2,1\n100,3,2,0\n45000,19,9,1\n", bench.Read("c.csv"));
        Assert.Equal(0, bench.Run("events", "play", "a.raw", "--png", "--interval", "20ms"));
        Assert.Equal(["a-frames/frame-00001.png", "a-frames/frame-00002.png", "a-frames/frame-00003.png"], bench.Entries().Where(e => e.EndsWith("png", StringComparison.Ordinal)));
        var last = Picture.Read(bench.At("a-frames/frame-00003.png"));
        Assert.Equal((20, 10, 3), (last.Width, last.Height, last.Channels));
        Assert.Equal(1, last.Channel(0)[199]);
        Assert.True(last.Channel(1)[199] < 0.6f && last.Channel(1)[198] == 1);
        Assert.Equal(0, bench.Run("events", "play", "b.bin", "--interval", "40ms", "--frames", "1", "--size", "20x10"));
        Assert.Contains("1 frames of 40 ms, 20 x 10 pixels", bench.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_recordings_is_learned_from_without_an_encoder()
    {
        using var bench = new Bench();
        string folder = Directory.CreateDirectory(bench.At("events")).FullName;
        var random = new System.Random(4);
        for (int n = 1; n <= 30; n++)
        {
            // Two classes that a network must tell apart: a bar in the upper or in the lower half, and noise.
            using var writer = EventFile.Create(Path.Combine(folder, $"{n}.bs2"));
            writer.Write([.. Enumerable.Range(0, 900).Select(k => k % 6 == 0
                ? new Event(k * 170, (ushort)random.Next(34), (ushort)random.Next(34), random.Next(2) == 0)
                : new Event(k * 170, (ushort)(4 + (k * 7 % 24)), (ushort)((n % 2 * 17) + 6 + (k * 5 % 4)), k % 2 == 0))]);
            writer.Complete();
        }
        File.WriteAllLines(Path.Combine(folder, "train1K.txt"), Enumerable.Range(1, 24).Select(n => $"{n} {n % 2}"));
        File.WriteAllLines(Path.Combine(folder, "test100.txt"), Enumerable.Range(25, 6).Select(n => $"{n} {n % 2}"));
        string[] arguments = ["run", "digits", "--data", "events", "--epochs", "8", "--set", "hidden=20", "--set", "steps=16", "--set", "learning-rate=0.005", "--quiet", "--json"];
        Assert.Equal(0, bench.Run(new Digits.DigitsExperiment(), [.. arguments, "--threads", "1"]));
        string first = Hash(bench.Output);
        using var result = System.Text.Json.JsonDocument.Parse(bench.Output.TrimEnd('\n').Split('\n')[^1]);
        Assert.Equal(1, result.RootElement.GetProperty("accuracy").GetProperty("full").GetDouble());
        Assert.Contains("out/digits-42/report.html", bench.Entries());
        Assert.Equal(0, bench.Run(new Digits.DigitsExperiment(), [.. arguments, "--threads", "3", "--out", "again"]));
        Assert.Equal(first, Hash(bench.Output));
        Assert.Equal(ExitCodes.BadInput, bench.Run(new Digits.DigitsExperiment(), "run", "digits", "--data", "events", "--set", "rule=stdp"));

        static string Hash(string output)
        {
            using var json = System.Text.Json.JsonDocument.Parse(output.TrimEnd('\n').Split('\n')[^1]);
            return json.RootElement.GetProperty("spikeHash").GetString()!;
        }
    }

    static void Fetch(PublicDataSet set, Server server, Bench bench) => new DataDownload(new QuietProgress(), CancellationToken.None).Fetch(set, [server.Address], bench.Folder);

    static byte[] Noise(int length, int seed)
    {
        var bytes = new byte[length];
        new System.Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Serves files on this machine, badly where it is told to.</summary>
    sealed class Server : IDisposable
    {
        readonly HttpListener listener = new();

        public Server()
        {
            // A port that was free a moment ago.
            using (var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
            {
                probe.Start();
                Address = new($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
            }
            listener.Prefixes.Add(Address.ToString());
            listener.Start();
            new Thread(Serve) { IsBackground = true }.Start();
        }

        public Uri Address { get; }

        public Dictionary<string, byte[]> Files { get; } = [];

        /// <summary>The Range header of each request.</summary>
        public List<string> Requests { get; } = [];

        public bool KnowsRanges { get; init; } = true;

        public int? BreakAfter { get; set; }

        public PublicDataSet Publish(params (string Name, byte[] Bytes)[] files)
        {
            foreach (var (name, bytes) in files) Files[name] = bytes;
            return new("test", "a test", [Address], [.. files.Select(f => new PublicFile(f.Name, f.Bytes.Length, "SHA-256", Convert.ToHexStringLower(SHA256.HashData(f.Bytes))))], ["0"]);
        }

        public void Dispose() => listener.Abort();

        void Serve()
        {
            while (listener.IsListening)
            {
                try
                {
                    Answer(listener.GetContext());
                }
                catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException or InvalidOperationException or IOException)
                {
                    // The client went away, or the test is over.
                }
            }
        }

        void Answer(HttpListenerContext context)
        {
            Requests.Add(context.Request.Headers["Range"] ?? "");
            using var response = context.Response;
            if (!Files.TryGetValue(context.Request.Url!.AbsolutePath.TrimStart('/'), out var bytes))
            {
                response.StatusCode = 404;
                return;
            }
            int start = 0;
            if (KnowsRanges && context.Request.Headers["Range"] is { } range)
            {
                start = int.Parse(range["bytes=".Length..^1], null);
                response.StatusCode = 206;
                response.Headers["Content-Range"] = $"bytes {start}-{bytes.Length - 1}/{bytes.Length}";
            }
            response.ContentLength64 = bytes.Length - start;
            if (BreakAfter is { } most)
            {
                response.OutputStream.Write(bytes, start, most);
                response.OutputStream.Flush();
                Thread.Sleep(100);
                response.Abort();
                return;
            }
            response.OutputStream.Write(bytes, start, bytes.Length - start);
        }
    }
}
