using System.Security.Cryptography;
using Lepton.Neuro.Plasticity.Compression;
using Lepton.Neuro.Plasticity.Gradients;

namespace Lepton.Neuro.Plasticity.ModelFiles;

/// <summary>A network with what it learned, as one file: weights, topology, quantization, preprocessing, how answers are read, provenance. The format is in docs/model-file.md.</summary>
/// <remarks>A file may come from a stranger. It holds numbers and ids, no code and no names of types; all of it is checked, sizes before memory is taken, and what does not fit is refused with one
/// error that names the field and its offset. What is loaded compiles to the same plan as what was saved and gives the same spikes.</remarks>
/// <param name="network">The network.</param>
/// <param name="step">The length of a step.</param>
public sealed class Model(Network network, Time step)
{
    /// <summary>The network.</summary>
    public Network Network => network;

    /// <summary>The length of a step.</summary>
    public Time Step { get; } = Require.Positive("the step of a model", step);

    /// <summary>What a session learned that the network's description does not hold: weights of plastic projections, states of neurons; null where nothing.</summary>
    public Learned? Learned { get; init; }

    /// <summary>How explicit weights were quantized, by the index of their projection. Saved where the weights are those values to the bit; then files are smaller.</summary>
    public IReadOnlyDictionary<int, QuantizedTensor> Quantization { get; init; } = new Dictionary<int, QuantizedTensor>();

    /// <summary>Layers with their parameters: of a rate network, what answers; of a spiking one, what <see cref="Network"/> was exported from, to be trained further. Null where there are none.</summary>
    public Sequential? Layers { get; init; }

    /// <summary>How parameters of <see cref="Layers"/> were quantized, by their place among <see cref="Sequential.Parameters"/>. Saved where the numbers are those values to the bit.</summary>
    public IReadOnlyDictionary<int, QuantizedTensor> LayerQuantization { get; init; } = new Dictionary<int, QuantizedTensor>();

    /// <summary>What is done to data before they are shown, in order; at most 64 steps.</summary>
    public IReadOnlyList<ModelNote> Preprocessing { get; init; } = [];

    /// <summary>How data are shown and answers read; null where the file says nothing of it.</summary>
    public ModelNote? Readout { get; init; }

    /// <summary>Where it comes from.</summary>
    public ModelProvenance Provenance { get; init; } = new();

    /// <summary>Makes the plan that backends run.</summary>
    /// <exception cref="InvalidInputException">The network cannot be met.</exception>
    public CompiledNetwork Compile() => Network.Compile(Step);

    /// <summary>Writes the file: to another name first, so that the one before stands whatever happens.</summary>
    /// <param name="path">The file.</param>
    /// <param name="parts">The parts that have ids; <see cref="ModelParts.Standard"/> where null.</param>
    /// <exception cref="InvalidInputException">The file cannot be written, or a part of the network has no id.</exception>
    public void Save(string path, ModelParts? parts = null)
    {
        var bytes = ToBytes(parts);
        string partial = path + ".partial";
        try
        {
            using (var file = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException($"the model file '{path}' cannot be written ({e.Message.ReplaceLineEndings(" ")}); allowed: a path in a folder that exists and may be written to", e);
        }
    }

    /// <summary>The bytes of the file.</summary>
    /// <param name="parts">The parts that have ids; <see cref="ModelParts.Standard"/> where null.</param>
    /// <exception cref="InvalidInputException">A part of the network has no id.</exception>
    public byte[] ToBytes(ModelParts? parts = null)
    {
        var writer = new FieldWriter();
        new ModelWriter(writer, parts ?? ModelParts.Standard).Write(this);
        var body = writer.ToArray();
        return [.. body, .. SHA256.HashData(body)];
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="parts">The parts that it may name; <see cref="ModelParts.Standard"/> where null.</param>
    /// <param name="limits">The largest sizes that it may state; the defaults where null.</param>
    /// <returns>The model.</returns>
    /// <exception cref="InvalidInputException">It cannot be read, is no model file, was written by a newer version, is damaged or cut off, or states what does not fit.</exception>
    public static Model Load(string path, ModelParts? parts = null, ModelLimits? limits = null)
    {
        limits ??= new();
        byte[] bytes;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            if (file.Length > Math.Min(limits.Bytes, int.MaxValue)) throw new InvalidInputException($"the model file '{path}'", $"{file.Length} bytes", $"at most {limits.Bytes}");
            bytes = new byte[file.Length];
            file.ReadExactly(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException($"the model file '{path}' cannot be read ({e.Message.ReplaceLineEndings(" ")}); allowed: a model file that exists and may be read", e);
        }
        return FromBytes(bytes, parts, limits, $"the model file '{path}'");
    }

    /// <summary>Reads the bytes of a file.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="parts">The parts that it may name; <see cref="ModelParts.Standard"/> where null.</param>
    /// <param name="limits">The largest sizes that it may state; the defaults where null.</param>
    /// <param name="name">How the file is called in an error's message.</param>
    /// <returns>The model.</returns>
    /// <exception cref="InvalidInputException">As of <see cref="Load"/>.</exception>
    public static Model FromBytes(ReadOnlyMemory<byte> bytes, ModelParts? parts = null, ModelLimits? limits = null, string name = "the model file")
    {
        limits ??= new();
        var reader = new FieldReader(bytes, name, limits);
        int body = bytes.Length - SHA256.HashSizeInBytes;
        if (body < ModelFormat.HeaderBytes) throw reader.Refused("the end", "the end already", "a whole model file", bytes.Length);
        if (!reader.Bytes(ModelFormat.Magic.Length, "the mark").SequenceEqual(ModelFormat.Magic)) throw reader.Refused("the mark", "another one", "that of a model file", 0);
        uint version = reader.UInt32("the version");
        if (version is 0 or > ModelFormat.Version) throw reader.Refused("the version", version, $"1 to {ModelFormat.Version}; a newer program may have written it", ModelFormat.Magic.Length);
        if (!SHA256.HashData(bytes.Span[..body]).AsSpan().SequenceEqual(bytes.Span[body..])) throw reader.Refused("the checksum", "not that of the content", "a whole model file, unaltered", body);
        return new ModelReader(new(bytes[..body], name, limits), parts ?? ModelParts.Standard, limits).Read(hasLayers: version >= ModelFormat.Layers);
    }
}

/// <summary>What all versions of model files have in common.</summary>
static class ModelFormat
{
    /// <summary>The newest version that is read; a file without layers is written as the first one.</summary>
    public const uint Version = 2;

    /// <summary>The first version with layers.</summary>
    public const uint Layers = 2;

    public const int MostText = 1 << 20, MostNotes = 64, MostLists = 1024;

    public static ReadOnlySpan<byte> Magic => "LEPTONMF"u8;

    public static int HeaderBytes => Magic.Length + sizeof(uint);

    /// <summary>The kinds of wirings, in the order of their numbers.</summary>
    public static Type[] Wirings { get; } =
    [
        typeof(AllToAllWiring), typeof(OneToOneWiring), typeof(ProbabilityWiring), typeof(InDegreeWiring), typeof(TotalWiring), typeof(EdgesWiring), typeof(ConvolutionWiring), typeof(TransposeWiring),
    ];

    public static string[] Weights { get; } = ["constant", "uniform", "normal", "lognormal", "explicit"];

    public static string[] Delays { get; } = ["constant", "uniform", "normal", "explicit"];
}
