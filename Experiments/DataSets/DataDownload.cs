using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.DataSets;

/// <summary>Downloads data sets: what was begun is gone on with, and nothing appears under its name whose digest is not the published one.</summary>
/// <param name="progress">Shows how far it is.</param>
/// <param name="cancellation">Stops it; what has come so far is kept.</param>
internal sealed class DataDownload(IProgressReporter progress, CancellationToken cancellation)
{
    const string Partial = ".part";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Fetches what is not there yet.</summary>
    /// <param name="set">The data set.</param>
    /// <param name="addresses">Where from, tried one after the other.</param>
    /// <param name="folder">Where to.</param>
    /// <exception cref="InvalidInputException">What came is not what was published, or cannot be written.</exception>
    /// <exception cref="IOException">No address could be reached, or the connection broke.</exception>
    public void Fetch(PublicDataSet set, IReadOnlyList<Uri> addresses, string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"folder {folder} cannot be made ({failure.Message.ReplaceLineEndings(" ")}); allowed: a folder in a writable place, by --to or $LEPTON_DATA", failure);
        }
        using var handler = new SocketsHttpHandler { ConnectTimeout = Patience };
        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.Add(new("lepton", BuildInformation.Version.Split('+')[0]));
        foreach (var file in set.Files)
        {
            string path = Path.Combine(folder, file.Name);
            if (File.Exists(path) && Digest(path, file) == file.Digest)
            {
                progress.Note($"{file.Name} is there already");
                continue;
            }
            Fetch(client, set, file, addresses, path);
            progress.Note($"{file.Name}: {file.Algorithm} {file.Digest}, as published");
        }
        foreach (var archive in set.Files.Where(f => f.Name.EndsWith(".tar.gz", StringComparison.Ordinal))) Unpack(Path.Combine(folder, archive.Name), folder);
    }

    void Fetch(HttpClient client, PublicDataSet set, PublicFile file, IReadOnlyList<Uri> addresses, string path)
    {
        var failures = new List<string>();
        foreach (var address in addresses)
        {
            try
            {
                Fetch(client, new(address, file.Name), path + Partial, file).GetAwaiter().GetResult();
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                failures.Add($"{address.Host}: {(failure is OperationCanceledException ? "no answer" : failure.Message.ReplaceLineEndings(" "))}");
                continue;
            }
            string digest = Digest(path + Partial, file);
            if (digest != file.Digest)
            {
                long length = new FileInfo(path + Partial).Length;
                File.Delete(path + Partial);
                throw new InvalidInputException($"{file.Algorithm} of {file.Name} from {address.Host} ({length} bytes)", digest, $"{file.Digest}, as published; the file was deleted");
            }
            File.Move(path + Partial, path, overwrite: true);
            return;
        }
        throw new IOException(
            $"{file.Name} could not be fetched ({string.Join("; ", failures)}). What has come is kept, and the same command goes on with it. "
            + $"Without a connection, copy {string.Join(", ", set.Files.Select(f => f.Name))} from another machine to {Path.GetDirectoryName(path)}, or give their folder with --data.");
    }

    async Task Fetch(HttpClient client, Uri address, string path, PublicFile file)
    {
        long have = File.Exists(path) ? new FileInfo(path).Length : 0;
        if (file.Bytes > 0 && have == file.Bytes) return;
        if (file.Bytes > 0 && have > file.Bytes) have = 0;
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (have > 0) request.Headers.Range = new RangeHeaderValue(have, null);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // What is there is as long as the file or longer: its digest will tell, or it is begun anew next time.
            if (response.Content.Headers.ContentRange?.Length == have) return;
            File.Delete(path);
            throw new IOException("the part that was there does not fit; it was deleted");
        }
        response.EnsureSuccessStatusCode();
        // A server that does not know ranges sends all of it; one that sends another part than asked for cannot be gone on with.
        bool goOn = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
        if (response.StatusCode == HttpStatusCode.PartialContent && !goOn) throw new IOException("another part came than was asked for");
        long start = goOn ? have : 0, total = response.Content.Headers.ContentLength is { } left ? start + left : file.Bytes;
        using var phase = progress.Start(file.Name, Math.Max(1, (total + 1023) / 1024), "KiB");
        phase.Advance(start / 1024);
        using var content = await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
        using var target = new FileStream(path, goOn ? FileMode.Append : FileMode.Create, FileAccess.Write);
        var buffer = new byte[1 << 16];
        long done = start;
        while (true)
        {
            patience.CancelAfter(Patience);
            int count = await content.ReadAsync(buffer, patience.Token).ConfigureAwait(false);
            if (count == 0) break;
            await target.WriteAsync(buffer.AsMemory(0, count), cancellation).ConfigureAwait(false);
            phase.Advance(((done + count) / 1024) - (done / 1024));
            done += count;
        }
        if (total > 0 && done != total) throw new IOException(string.Create(CultureInfo.InvariantCulture, $"the connection ended after {done} of {total} bytes"));
    }

    /// <summary>The files of an archive, without its folders.</summary>
    void Unpack(string path, string folder)
    {
        try
        {
            using var reader = new TarReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
            while (reader.GetNextEntry() is { } entry)
            {
                cancellation.ThrowIfCancellationRequested();
                string name = Path.GetFileName(entry.Name);
                if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || name.Length == 0 || entry.DataStream is not { } data) continue;
                WholeFile.Write(Path.Combine(folder, name), data.CopyTo);
            }
        }
        catch (InvalidDataException damage)
        {
            throw new InvalidInputException($"{Path.GetFileName(path)} is damaged ({damage.Message.ReplaceLineEndings(" ")}); allowed: the published archive", damage);
        }
    }

#pragma warning disable CA5351 // MD5 is what the publisher gives; it guards against accidents, not against enemies.
    static string Digest(string path, PublicFile file)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(file.Algorithm == "MD5" ? MD5.HashData(stream) : SHA256.HashData(stream));
    }
#pragma warning restore CA5351
}
