using System.Globalization;

namespace Lepton.Neuro.Lanes;

/// <summary>A lane that does not compute: it writes down on a <see cref="Tape"/> what was asked. Running a kernel once over it yields the kernel's
/// text, and the same list, counted, is the kernel's cost in operations. Kernels are branch-free, so the list is the same for every input.</summary>
public readonly struct Traced : ILane<Traced>, IEquatable<Traced>
{
    [ThreadStatic]
    static Tape? current;

    readonly int id;

    internal Traced(int id) => this.id = id;

    /// <summary>The number of the tape's line that holds this value.</summary>
    public int Id => id;

    /// <inheritdoc/>
    public static int Width => 1;

    /// <summary>Opens a tape, runs the body, and closes it. Constants are written down as kernels are built, so lower inside the body.</summary>
    /// <param name="body">What to write down.</param>
    /// <returns>The tape.</returns>
    public static Tape Record(Action<Tape> body)
    {
        var outer = current;
        var tape = new Tape();
        current = tape;
        try
        {
            body(tape);
        }
        finally
        {
            current = outer;
        }
        return tape;
    }

    /// <inheritdoc/>
    public static implicit operator Traced(float value) => Open.Constant(value);

    /// <summary>A constant, as a float lane would hold it.</summary>
    public static Traced FromDouble(double value) => Open.Constant((float)value);

    /// <inheritdoc/>
    public static Traced operator +(Traced left, Traced right) => Open.Add(Operation.Add, $"{left} + {right}", left, right);

    /// <inheritdoc/>
    public static Traced operator -(Traced left, Traced right) => Open.Add(Operation.Subtract, $"{left} - {right}", left, right);

    /// <inheritdoc/>
    public static Traced operator *(Traced left, Traced right) => Open.Add(Operation.Multiply, $"{left} * {right}", left, right);

    /// <inheritdoc/>
    public static Traced operator /(Traced left, Traced right) => Open.Add(Operation.Divide, $"{left} / {right}", left, right);

    /// <inheritdoc/>
    public static Traced operator -(Traced value) => Open.Add(Operation.Negate, $"-{value}", value);

    /// <inheritdoc/>
    public static Traced operator >(Traced left, Traced right) => Open.Add(Operation.Compare, $"mask({left} > {right})", left, right);

    /// <inheritdoc/>
    public static Traced operator <(Traced left, Traced right) => Open.Add(Operation.Compare, $"mask({left} < {right})", left, right);

    /// <inheritdoc/>
    public static Traced operator >=(Traced left, Traced right) => Open.Add(Operation.Compare, $"mask({left} >= {right})", left, right);

    /// <inheritdoc/>
    public static Traced operator <=(Traced left, Traced right) => Open.Add(Operation.Compare, $"mask({left} <= {right})", left, right);

    /// <inheritdoc/>
    public static Traced operator ==(Traced left, Traced right) => Open.Add(Operation.Compare, $"mask({left} == {right})", left, right);

    /// <inheritdoc/>
    public static Traced operator !=(Traced left, Traced right) => Open.Add(Operation.Compare, $"mask({left} != {right})", left, right);

    /// <inheritdoc/>
    public static Traced operator &(Traced left, Traced right) => Open.Add(Operation.Logic, $"bits(word({left}) & word({right}))", left, right);

    /// <inheritdoc/>
    public static Traced operator |(Traced left, Traced right) => Open.Add(Operation.Logic, $"bits(word({left}) | word({right}))", left, right);

    /// <inheritdoc/>
    public static Traced operator ^(Traced left, Traced right) => Open.Add(Operation.Logic, $"bits(word({left}) ^ word({right}))", left, right);

    /// <inheritdoc/>
    public static Traced operator ~(Traced value) => Open.Add(Operation.Logic, $"bits(~word({value}))", value);

    /// <inheritdoc/>
    public static Traced Select(Traced mask, Traced ifTrue, Traced ifFalse) =>
        Open.Add(Operation.Select, $"word({mask}) ? {ifTrue} : {ifFalse}", mask, ifTrue, ifFalse);

    /// <inheritdoc/>
    public static Traced Min(Traced a, Traced b) => Open.Add(Operation.Compare, $"{a} < {b} ? {a} : {b}", a, b);

    /// <inheritdoc/>
    public static Traced Max(Traced a, Traced b) => Open.Add(Operation.Compare, $"{a} > {b} ? {a} : {b}", a, b);

    /// <inheritdoc/>
    public static Traced FusedMultiplyAdd(Traced a, Traced b, Traced c) => Open.Add(Operation.FusedMultiplyAdd, $"fma({a}, {b}, {c})", a, b, c);

    /// <inheritdoc/>
    public static Traced Sqrt(Traced x) => Open.Add(Operation.SquareRoot, $"sqrt({x})", x);

    /// <inheritdoc/>
    public static Traced Abs(Traced x) => Open.Add(Operation.Logic, $"abs({x})", x);

    /// <inheritdoc/>
    public static Traced Round(Traced x) => Open.Add(Operation.Round, $"round({x})", x);

    /// <inheritdoc/>
    public static Traced Exp(Traced x) => Open.Add(Operation.Exponential, $"exp({x})", x);

    /// <inheritdoc/>
    public static Traced Log(Traced x) => Open.Add(Operation.Logarithm, $"log({x})", x);

    /// <inheritdoc/>
    public static Traced ScaleByPowerOfTwo(Traced x, Traced n) => Open.Add(Operation.Logic, $"ldexp({x}, {n})", x, n);

    /// <inheritdoc/>
    public static Traced Exponent(Traced x) => Open.Add(Operation.Logic, $"exponent({x})", x);

    /// <inheritdoc/>
    public static Traced Mantissa(Traced x) => Open.Add(Operation.Logic, $"mantissa({x})", x);

    /// <summary>Not to be had: a traced number has no value.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public static bool Identical(Traced a, Traced b) => throw NoValue();

    /// <summary>Not to be had: a traced mask has no value.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public static uint MaskBits(Traced mask) => throw NoValue();

    /// <summary>Not to be had: a traced mask has no value.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public static Traced MaskFromBits(uint bits) => throw NoValue();

    /// <summary>Not to be had: a tape has inputs, not memory; see <see cref="Tape.Input"/>.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public static Traced Load(ref readonly float source) => throw NoValue();

    /// <summary>Not to be had: a tape has outputs, not memory; see <see cref="Tape.Output"/>.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public static void Store(Traced value, ref float destination) => throw NoValue();

    /// <summary>Not to be had: a tape has inputs, not memory.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public static Traced Gather(ref readonly float origin, ref readonly int offsets) => throw NoValue();

    /// <summary>Not to be had: a tape has inputs, not memory.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public static Traced LoadScaled(ref readonly int source, float quantum) => throw NoValue();

    /// <summary>Not to be had: a tape has outputs, not memory.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public static void AddScaled(Traced value, float factor, ref int destination) => throw NoValue();

    /// <summary>Not to be had: a tape has outputs, not memory.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public static void StoreScaled(Traced value, float factor, ref int destination) => throw NoValue();

    /// <summary>Not to be had: a tape has inputs, not random words.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public static Traced Uniform(ref readonly uint words) => throw NoValue();

    /// <inheritdoc/>
    public bool Equals(Traced other) => other.id == id;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Traced other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => id;

    /// <inheritdoc/>
    public override string ToString() => "r" + id.ToString(CultureInfo.InvariantCulture);

    static Tape Open => current ?? throw new InvalidOperationException("Traced numbers exist only inside Traced.Record.");

    static NotSupportedException NoValue() => new("A traced number has no value: it is a line of a tape.");
}
