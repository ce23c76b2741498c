using System.Globalization;
using System.Text;

namespace Lepton.Neuro.Lanes;

/// <summary>What one line of a <see cref="Tape"/> does.</summary>
public enum Operation
{
    /// <summary>A value that comes from outside: a state, an input.</summary>
    Input,

    /// <summary>A constant of the kernel.</summary>
    Constant,

    /// <summary>Addition.</summary>
    Add,

    /// <summary>Subtraction.</summary>
    Subtract,

    /// <summary>Multiplication.</summary>
    Multiply,

    /// <summary>Division.</summary>
    Divide,

    /// <summary>A change of sign.</summary>
    Negate,

    /// <summary>A product and a sum, rounded once.</summary>
    FusedMultiplyAdd,

    /// <summary>A comparison, minimum or maximum.</summary>
    Compare,

    /// <summary>A choice by a mask.</summary>
    Select,

    /// <summary>An operation on bits.</summary>
    Logic,

    /// <summary>Rounding to an integer.</summary>
    Round,

    /// <summary>A square root.</summary>
    SquareRoot,

    /// <summary>An exponential.</summary>
    Exponential,

    /// <summary>A logarithm.</summary>
    Logarithm,
}

/// <summary>One line of a tape.</summary>
/// <param name="Operation">What it does.</param>
/// <param name="Text">Its expression, with the names of earlier lines.</param>
/// <param name="Arguments">The lines it reads.</param>
public sealed record TapeLine(Operation Operation, string Text, IReadOnlyList<int> Arguments);

/// <summary>What a kernel did when it ran once over <see cref="Traced"/>: printed, it explains the kernel; counted, it is its cost.</summary>
public sealed class Tape
{
    readonly List<TapeLine> lines = [];
    readonly List<(string Name, int Line)> outputs = [];

    /// <summary>All lines, in order; a line's index is its name (<c>r0</c>, <c>r1</c>, …).</summary>
    public IReadOnlyList<TapeLine> Lines => lines;

    /// <summary>What was written back, with the line whose value it got.</summary>
    public IReadOnlyList<(string Name, int Line)> Outputs => outputs;

    /// <summary>How often each operation occurs among the lines that some output needs, inputs and constants left out.</summary>
    public IReadOnlyDictionary<Operation, int> Counts
    {
        get
        {
            var counts = new SortedDictionary<Operation, int>();
            var needed = Needed();
            for (int i = 0; i < lines.Count; i++)
            {
                var operation = lines[i].Operation;
                if (needed[i] && operation is not (Operation.Input or Operation.Constant))
                    counts[operation] = counts.GetValueOrDefault(operation) + 1;
            }
            return counts;
        }
    }

    /// <summary>All operations that some output needs.</summary>
    public int Total => Counts.Values.Sum();

    /// <summary>A value that comes from outside.</summary>
    /// <param name="name">Its name in the printed text.</param>
    /// <returns>The traced value.</returns>
    public Traced Input(string name) => Append(new(Operation.Input, name, []));

    /// <summary>Writes a value back.</summary>
    /// <param name="name">Where to, in the printed text.</param>
    /// <param name="value">The value.</param>
    public void Output(string name, Traced value) => outputs.Add((name, value.Id));

    /// <summary>The lines where a product (not a fused one) feeds a sum: a compiler could contract them, and the bits would differ. A sound kernel has none.</summary>
    /// <returns>The indices of the offending sums.</returns>
    public IReadOnlyList<int> UnfusedProducts()
    {
        var found = new List<int>();
        for (int i = 0; i < lines.Count; i++)
        {
            bool sum = lines[i].Operation is Operation.Add or Operation.Subtract;
            if (sum && lines[i].Arguments.Any(IsProduct)) found.Add(i);
        }
        return found;

        bool IsProduct(int line) => lines[line].Operation switch
        {
            Operation.Multiply => true,
            Operation.Negate => IsProduct(lines[line].Arguments[0]),
            _ => false,
        };
    }

    /// <summary>The kernel's text, one line an operation, lines that no output needs left out.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        var needed = Needed();
        for (int i = 0; i < lines.Count; i++)
        {
            if (needed[i])
                text.Append(CultureInfo.InvariantCulture, $"r{i} = {lines[i].Text}\n");
        }
        foreach (var (name, line) in outputs)
            text.Append(CultureInfo.InvariantCulture, $"{name} <- r{line}\n");
        return text.ToString();
    }

    internal Traced Constant(float value) => Append(new(Operation.Constant, value.ToString("R", CultureInfo.InvariantCulture), []));

    internal Traced Add(Operation operation, string text, Traced a) => Append(new(operation, text, [a.Id]));

    internal Traced Add(Operation operation, string text, Traced a, Traced b) => Append(new(operation, text, [a.Id, b.Id]));

    internal Traced Add(Operation operation, string text, Traced a, Traced b, Traced c) => Append(new(operation, text, [a.Id, b.Id, c.Id]));

    Traced Append(TapeLine line)
    {
        lines.Add(line);
        return new(lines.Count - 1);
    }

    bool[] Needed()
    {
        var needed = new bool[lines.Count];
        foreach (var (_, line) in outputs) needed[line] = true;
        for (int i = lines.Count - 1; i >= 0; i--)
        {
            if (!needed[i]) continue;
            foreach (int argument in lines[i].Arguments) needed[argument] = true;
        }
        return needed;
    }
}
