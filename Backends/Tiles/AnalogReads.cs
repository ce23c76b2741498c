namespace Lepton.Neuro.Backends;

/// <summary>How a session reads the analog arrays of a machine: they were programmed once, and each step reads them anew, with noise of its own.</summary>
/// <param name="Seconds">Seconds since the arrays were programmed, 0 or more.</param>
/// <param name="Seed">The arrays: it decides how each cell was programmed and drifts, and the noise of every read.</param>
public sealed record AnalogReads(double Seconds, ulong Seed)
{
    /// <summary>The output range of the IBM analog hardware acceleration kit's default converter.</summary>
    public const double DefaultOutputRange = 12;

    /// <summary>The greatest sum that an output's converter tells apart, in greatest weights of its array; greater ones are cut off. Above 0.</summary>
    /// <remarks>The default, 12, is that of the IBM analog hardware acceleration kit (M. J. Rasch et al., AICAS 2021).</remarks>
    public double OutputRange { get; init; } = DefaultOutputRange;

    /// <summary>What delivers the spikes of static projections from the arrays of a machine.</summary>
    /// <exception cref="InvalidInputException">The machine has no analog arrays, or a number is out of its range.</exception>
    internal Func<CompiledProjection, IDelivery?> On(TileMachine machine)
    {
        var array = machine.Analog ?? throw new InvalidInputException($"the analog arrays of machine '{machine.Name}'", null, "a machine that has some, such as crossbar");
        AnalogArray.RequireTime(Seconds);
        if (!(OutputRange > 0 && double.IsFinite(OutputRange))) throw new InvalidInputException("the output range of analog arrays", OutputRange, "a finite number above 0, in greatest weights");
        return projection => projection.IsPlastic ? null : new ArrayDelivery(array, projection, this);
    }
}
