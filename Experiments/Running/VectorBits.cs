namespace Lepton.Neuro.Experiments.Running;

/// <summary>The width of the processor's vectors that a run asks for. Results do not depend on it.</summary>
public enum VectorBits
{
    /// <summary>The widest that this machine runs well.</summary>
    Auto = 0,

    /// <summary>128-bit vectors (SSE4.2, Neon).</summary>
    Bits128 = 128,

    /// <summary>256-bit vectors (AVX2).</summary>
    Bits256 = 256,

    /// <summary>512-bit vectors (AVX-512).</summary>
    Bits512 = 512,
}
