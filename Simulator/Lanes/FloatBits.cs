namespace Lepton.Neuro.Lanes;

/// <summary>Constants of the single-precision format that the lanes share.</summary>
static class FloatBits
{
    /// <summary>The bits of 1/sqrt 2, where exponent and mantissa are split.</summary>
    public const int RootHalf = 0x3f3504f3;

    /// <summary>2^-23.</summary>
    public const float TwoToMinus23 = 1f / (1 << 23);
}
