using Lepton.Neuro.Lanes;

namespace Lepton.Neuro;

/// <summary>A duration.</summary>
/// <param name="Seconds">In seconds.</param>
public readonly record struct Time(double Seconds) : IComparable<Time>
{
    /// <summary>In milliseconds.</summary>
    public double Milliseconds => Seconds * 1e3;

    /// <summary>Scales a duration.</summary>
    public static Time operator *(double factor, Time time) => new(factor * time.Seconds);

    /// <summary>Adds durations.</summary>
    public static Time operator +(Time left, Time right) => new(left.Seconds + right.Seconds);

    /// <summary>The ratio of two durations.</summary>
    public static double operator /(Time left, Time right) => left.Seconds / right.Seconds;

    /// <summary>Whether the left one is shorter.</summary>
    public static bool operator <(Time left, Time right) => left.Seconds < right.Seconds;

    /// <summary>Whether the left one is longer.</summary>
    public static bool operator >(Time left, Time right) => left.Seconds > right.Seconds;

    /// <summary>Whether the left one is not longer.</summary>
    public static bool operator <=(Time left, Time right) => left.Seconds <= right.Seconds;

    /// <summary>Whether the left one is not shorter.</summary>
    public static bool operator >=(Time left, Time right) => left.Seconds >= right.Seconds;

    /// <summary>The factor by which an exponential of time constant <paramref name="tau"/> shrinks over this time: computed once, in double precision,
    /// by functions that are the same bits everywhere.</summary>
    /// <param name="tau">The time constant; infinite gives 1.</param>
    public double Decay(Time tau) => double.IsPositiveInfinity(tau.Seconds) ? 1 : ExactMath.Exp(-Seconds / tau.Seconds);

    /// <summary>How many steps of the given length this duration is, rounded to the nearest.</summary>
    /// <param name="step">The length of a step.</param>
    public long Steps(Time step) => (long)Math.Round(Seconds / step.Seconds, MidpointRounding.AwayFromZero);

    /// <inheritdoc/>
    public int CompareTo(Time other) => Seconds.CompareTo(other.Seconds);

    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Milliseconds} ms");
}

/// <summary>A voltage.</summary>
/// <param name="Millivolts">In millivolts.</param>
public readonly record struct Voltage(double Millivolts)
{
    /// <summary>Changes the sign.</summary>
    public static Voltage operator -(Voltage voltage) => new(-voltage.Millivolts);

    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Millivolts} mV");
}

/// <summary>A current.</summary>
/// <param name="Picoamperes">In picoamperes.</param>
public readonly record struct Current(double Picoamperes)
{
    /// <summary>Changes the sign.</summary>
    public static Current operator -(Current current) => new(-current.Picoamperes);

    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Picoamperes} pA");
}

/// <summary>A capacitance.</summary>
/// <param name="Picofarads">In picofarads.</param>
public readonly record struct Capacitance(double Picofarads)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Picofarads} pF");
}

/// <summary>A rate of events.</summary>
/// <param name="Hertz">In events a second.</param>
public readonly record struct Frequency(double Hertz)
{
    /// <summary>The expected number of events in a time.</summary>
    public static double operator *(Frequency frequency, Time time) => frequency.Hertz * time.Seconds;

    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Hertz} Hz");
}

/// <summary>Units behind numbers: <c>20.ms</c>, <c>-50.mV</c>, <c>87.8.pA</c>, <c>8.Hz</c>. Bring them in with <c>using static Lepton.Neuro.Units;</c>.</summary>
public static class Units
{
    extension(double value)
    {
        /// <summary>Seconds.</summary>
        public Time s => new(value);

        /// <summary>Milliseconds.</summary>
        public Time ms => new(value * 1e-3);

        /// <summary>Microseconds.</summary>
        public Time us => new(value * 1e-6);

        /// <summary>Millivolts.</summary>
        public Voltage mV => new(value);

        /// <summary>Picoamperes.</summary>
        public Current pA => new(value);

        /// <summary>Picofarads.</summary>
        public Capacitance pF => new(value);

        /// <summary>Events a second.</summary>
        public Frequency Hz => new(value);
    }

    extension(int value)
    {
        /// <summary>Seconds.</summary>
        public Time s => new(value);

        /// <summary>Milliseconds.</summary>
        public Time ms => new(value * 1e-3);

        /// <summary>Microseconds.</summary>
        public Time us => new(value * 1e-6);

        /// <summary>Millivolts.</summary>
        public Voltage mV => new(value);

        /// <summary>Picoamperes.</summary>
        public Current pA => new(value);

        /// <summary>Picofarads.</summary>
        public Capacitance pF => new(value);

        /// <summary>Events a second.</summary>
        public Frequency Hz => new(value);
    }
}
