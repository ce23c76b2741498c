using System.Security.Cryptography;
using System.Text;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>The parameters of a trained network in a file, by the names of layers and parameters: what fine-tuning begins with.</summary>
/// <remarks>All little-endian: the bytes <c>LNPARAMS</c>; int32 version (1); int32 count; for each parameter a layer's name and its own (int32 bytes and UTF-8 each), int32 count, float32 numbers; at the end the
/// SHA-256 of all before it. A network's form is not in it: who reads it builds the network first.</remarks>
public static class ParameterFile
{
    const int Version = 1, DigestBytes = 32, LongestName = 1024;

    static ReadOnlySpan<byte> Magic => "LNPARAMS"u8;

    /// <summary>Writes a network's parameters.</summary>
    /// <param name="network">The network.</param>
    /// <param name="stream">Where to; stays open.</param>
    public static void Write(Sequential network, Stream stream)
    {
        using var memory = new MemoryStream();
        using (var writer = new BinaryWriter(memory, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Magic);
            writer.Write(Version);
            writer.Write(network.Parameters.Count());
            foreach (var layer in network.Layers)
            {
                foreach (var parameter in layer.Parameters)
                {
                    WriteText(writer, layer.Name);
                    WriteText(writer, parameter.Name);
                    writer.Write(parameter.Count);
                    foreach (float value in parameter.Values) writer.Write(value);
                }
            }
        }
        stream.Write(memory.GetBuffer(), 0, (int)memory.Length);
        stream.Write(SHA256.HashData(memory.GetBuffer().AsSpan(0, (int)memory.Length)));
    }

    /// <summary>Takes over each parameter that the file has under the same names and of the same size; the others stay as they are.</summary>
    /// <param name="network">The network, built and drawn.</param>
    /// <param name="path">The file.</param>
    /// <returns>The layers that have parameters but did not get all of them, in order: those that must be learned anew.</returns>
    /// <exception cref="InvalidInputException">The file cannot be read, is none of parameters, of a newer version, cut off or altered, or nothing in it fits the network.</exception>
    public static IReadOnlyList<Layer> Read(Sequential network, string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Refused(path, $"cannot be read ({e.Message.ReplaceLineEndings(" ")})", "a file of parameters that exists and may be read", e);
        }
        if (bytes.Length < Magic.Length + (2 * sizeof(int)) + DigestBytes || !bytes.AsSpan().StartsWith(Magic)) throw Refused(path, "is no file of parameters", "one that a training has written");
        int at = Magic.Length, version = Int(path, bytes, ref at);
        if (version is < 1 or > Version) throw Refused(path, $"is of version {version}, newer than this program or damaged", $"versions 1 to {Version}");
        if (!SHA256.HashData(bytes.AsSpan(0, bytes.Length - DigestBytes)).AsSpan().SequenceEqual(bytes.AsSpan(bytes.Length - DigestBytes))) throw Refused(path, "is damaged or cut off: its checksum is not that of its content", "a whole file, unaltered");
        var found = new Dictionary<(string Layer, string Parameter), (int Start, int Count)>();
        for (int left = Int(path, bytes, ref at); left > 0; left--)
        {
            var name = (Text(path, bytes, ref at), Text(path, bytes, ref at));
            int count = Int(path, bytes, ref at);
            if (count < 0 || count > (bytes.Length - DigestBytes - at) / sizeof(float)) throw Broken(path);
            found[name] = (at, count);
            at += count * sizeof(float);
        }
        if (at != bytes.Length - DigestBytes) throw Broken(path);
        var anew = new List<Layer>();
        bool any = false;
        foreach (var layer in network.Layers)
        {
            var fits = layer.Parameters.Select(p => found.TryGetValue((layer.Name, p.Name), out var place) && place.Count == p.Count).ToArray();
            if (Array.IndexOf(fits, false) >= 0)
            {
                // Half a layer is none: weights and biases belong together.
                anew.Add(layer);
                continue;
            }
            foreach (var parameter in layer.Parameters)
            {
                var (start, count) = found[(layer.Name, parameter.Name)];
                for (int i = 0; i < count; i++) parameter.Values[i] = System.Buffers.Binary.BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(start + (i * sizeof(float))));
                any = true;
            }
        }
        if (!any) throw Refused(path, $"has no layer of this network ({string.Join(", ", found.Keys.Select(k => k.Layer).Distinct(StringComparer.Ordinal))})", $"at least one of {string.Join(", ", anew.Select(l => l.Name))}, of the same size");
        network.ParametersChanged();
        return anew;
    }

    static void WriteText(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    static string Text(string path, byte[] bytes, ref int at)
    {
        int length = Int(path, bytes, ref at);
        if (length is < 0 or > LongestName || length > bytes.Length - DigestBytes - at) throw Broken(path);
        at += length;
        return Encoding.UTF8.GetString(bytes, at - length, length);
    }

    static int Int(string path, byte[] bytes, ref int at)
    {
        if (at + sizeof(int) > bytes.Length - DigestBytes) throw Broken(path);
        at += sizeof(int);
        return System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at - sizeof(int)));
    }

    static InvalidInputException Broken(string path) => Refused(path, "does not hold together: a length leads out of it", "a file that a training has written");

    static InvalidInputException Refused(string path, string what, string allowed, Exception? inner = null)
    {
        string message = $"the parameters '{path}': the file {what}; allowed: {allowed}";
        return inner is null ? new(message) : new(message, inner);
    }
}
