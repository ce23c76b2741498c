namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>What a layer adds to each of its units, alike in every row.</summary>
static unsafe class Biases
{
    /// <summary>Sets every row to the biases, or to zero where there are none.</summary>
    public static void Fill(Parameter? bias, float* to, nint rows, int units)
    {
        if (bias is null)
        {
            for (nint row = 0; row < rows; row++) new Span<float>(to + (row * units), units).Clear();
            return;
        }
        var from = new ReadOnlySpan<float>(bias.Pointer, units);
        for (nint row = 0; row < rows; row++) from.CopyTo(new(to + (row * units), units));
    }

    /// <summary>The sums of the columns.</summary>
    public static void Gradient(int vectorBits, float* from, nint rows, int units, float* to)
    {
        new Span<float>(to, units).Clear();
        for (nint row = 0; row < rows; row++) Sums.Add(vectorBits, from + (row * units), to, units);
    }
}
