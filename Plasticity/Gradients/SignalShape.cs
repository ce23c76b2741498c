namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>The shape of what goes from layer to layer for one sample: so many time steps, each a picture of rows, columns and channels. A plain vector has one row and one column.</summary>
/// <remarks>In memory a batch is <c>[step, sample, row, column, channel]</c>, the channel fastest. (A <see cref="Network"/>'s convolutions have the channel slowest: the export reorders.)</remarks>
/// <param name="Steps">Time steps, at least 1.</param>
/// <param name="Height">Rows, at least 1.</param>
/// <param name="Width">Columns, at least 1.</param>
/// <param name="Channels">Channels, at least 1.</param>
public readonly record struct SignalShape(int Steps, int Height, int Width, int Channels)
{
    /// <summary>A vector, in one time step.</summary>
    /// <param name="features">Its length.</param>
    public static SignalShape Vector(int features) => new(1, 1, 1, features);

    /// <summary>Numbers of one step.</summary>
    public int Features => Height * Width * Channels;

    /// <summary>Whether there is but one row and column.</summary>
    public bool IsVector => Height == 1 && Width == 1;

    /// <summary>The shape as messages show it.</summary>
    public override string ToString() =>
        (IsVector ? $"{Channels}" : Height == 1 ? $"{Width} x {Channels}" : $"{Height} x {Width} x {Channels}") + (Steps == 1 ? "" : $" in {Steps} steps");
}
