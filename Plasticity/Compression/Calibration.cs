namespace Lepton.Neuro.Plasticity.Compression;

/// <summary>How the range of a grid is found.</summary>
public enum Calibration
{
    /// <summary>From the least to the greatest weight: nothing is clipped.</summary>
    MinMax,

    /// <summary>Without the share of weights that lies farthest out: these are clipped (H. Wu et al., "Integer quantization for deep learning inference", arXiv:2004.09602, 2020).</summary>
    Percentile,

    /// <summary>The range at which the squares of the errors sum to the least, of 100 that are tried (M. Nagel et al., "A white paper on neural network quantization", arXiv:2106.08295, 2021).</summary>
    MeanSquaredError,
}
