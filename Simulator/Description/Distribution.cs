namespace Lepton.Neuro;

/// <summary>How an initial value is spread over the neurons of a population: <c>low + range * u + deviation * z</c> with u uniform in (0, 1) and z standard normal.</summary>
/// <param name="Base">The constant value, the lower end, or the mean.</param>
/// <param name="Range">The width of a uniform distribution; 0 for none.</param>
/// <param name="Deviation">The standard deviation of a normal distribution; 0 for none.</param>
public readonly record struct Distribution(double Base, double Range, double Deviation)
{
    /// <summary>The same value everywhere.</summary>
    public static Distribution Constant(double value) => new(Require.Finite("an initial value", value), 0, 0);

    /// <summary>Uniform between two values.</summary>
    public static Distribution Uniform(double low, double high) =>
        new(Require.Finite("the lower end of an initial value", low), Require.InRange("the upper end of an initial value", high, low, double.MaxValue) - low, 0);

    /// <summary>Normal, cut at 5.3 standard deviations.</summary>
    public static Distribution Normal(double mean, double deviation) =>
        new(Require.Finite("the mean of an initial value", mean), 0, Require.InRange("the standard deviation of an initial value", deviation, 0, double.MaxValue));
}
