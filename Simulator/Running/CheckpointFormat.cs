namespace Lepton.Neuro;

/// <summary>The bytes of a checkpoint, little-endian: the magic, the version, the digest of the network (32 bytes), sections (length of the name, name, size of an item, number of
/// items, items), a length of -1, and the SHA-256 of all before.</summary>
static class CheckpointFormat
{
    /// <summary>The version that is written, and the newest that is read.</summary>
    public const int Version = 1;

    public const int DigestBytes = 32;

    public const int End = -1;

    public static ReadOnlySpan<byte> Magic => "LEPTONCP"u8;

    public static int HeaderBytes => Magic.Length + sizeof(int) + DigestBytes;
}
