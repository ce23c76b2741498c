using Lepton.Neuro.Random;

namespace Lepton.Neuro.Backends.Kernels;

/// <summary>The key of a stream of random numbers.</summary>
/// <param name="A">Its first word.</param>
/// <param name="B">Its second word.</param>
readonly record struct DeviceKey(uint A, uint B)
{
    /// <summary>The key of a stream.</summary>
    public static DeviceKey Of(RandomStream stream) => new(stream.Key.A, stream.Key.B);

    /// <summary>A word of a step of a presentation.</summary>
    public uint Word(uint index, long step, ulong presentation) => Word(index, step, presentation, Philox.Fourth(step, presentation));

    /// <summary>The four words at an index and 16, 32 and 48 after it, of which the first is among the first 16 of a group.</summary>
    public (uint A, uint B, uint C, uint D) Words(uint index, long step, ulong presentation, uint fourth) =>
        Philox.Block((A, B), ((index / Philox.Group * 16) + (index % 16), (uint)step, (uint)presentation, fourth));

    /// <summary>A word whose fourth counter word is given.</summary>
    public uint Word(uint index, long step, ulong presentation, uint fourth)
    {
        var (a, b, c, d) = Words(index, step, presentation, fourth);
        uint which = (index >> 4) & 3;
        return which == 0 ? a : which == 1 ? b : which == 2 ? c : d;
    }
}
