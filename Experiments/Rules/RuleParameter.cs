using System.Globalization;
using System.Reflection;

namespace Lepton.Neuro.Experiments.Rules;

/// <summary>A parameter of a rule as the command line reads and shows it.</summary>
internal sealed class RuleParameter
{
    /// <summary>How a type of parameter is read from a number in its unit, and shown.</summary>
    sealed record Form(string Unit, Func<double, object> Read, Func<object, double> Show);

    static readonly Dictionary<Type, Form> Forms = new()
    {
        [typeof(float)] = new("", value => (float)value, value => double.Parse(((float)value).ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)),
        [typeof(double)] = new("", value => value, value => (double)value),
        [typeof(int)] = new("", value => checked((int)value), value => (int)value),
        [typeof(long)] = new("", value => checked((long)value), value => (long)value),
        [typeof(Time)] = new("ms", value => new Time(value * 1e-3), value => Math.Round(((Time)value).Milliseconds, 9)),
        [typeof(Voltage)] = new("mV", value => new Voltage(value), value => ((Voltage)value).Millivolts),
        [typeof(Current)] = new("pA", value => new Current(value), value => ((Current)value).Picoamperes),
        [typeof(Frequency)] = new("Hz", value => new Frequency(value), value => ((Frequency)value).Hertz),
    };

    readonly PropertyInfo property;
    readonly Form? form;
    readonly PropertyInfo[] path;

    RuleParameter(PropertyInfo property, PropertyInfo[] path)
    {
        this.property = property;
        this.path = path;
        form = Forms.GetValueOrDefault(property.PropertyType);
        Key = string.Join('.', path.Append(property).Select(part => Kebab.Of(part.Name)));
        Name = string.Join('.', path.Append(property).Select(part => part.Name));
    }

    /// <summary>The name on the command line.</summary>
    public string Key { get; }

    /// <summary>The name in C#.</summary>
    public string Name { get; }

    /// <summary>The unit of the number, or nothing.</summary>
    public string Unit => form?.Unit ?? "";

    /// <summary>What it is, from the documentation.</summary>
    public string Description => Documentation.Summary(property);

    /// <summary>The parameters of a rule that a text can set.</summary>
    /// <param name="rule">The rule.</param>
    /// <returns>The parameters in the order in which they are declared.</returns>
    public static IReadOnlyList<RuleParameter> Of(SynapseRule rule) => Of(rule, []);

    static RuleParameter[] Of(SynapseRule rule, PropertyInfo[] path) =>
    [
        .. rule.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property is { CanWrite: true, CanRead: true } && property.GetIndexParameters().Length == 0)
            .OrderBy(property => property.MetadataToken)
            // A rule made of rules has theirs too.
            .SelectMany(property => property.GetValue(rule) is SynapseRule inner ? Of(inner, [.. path, property])
                : Forms.ContainsKey(property.PropertyType) || property.PropertyType.IsEnum || property.PropertyType == typeof(bool) ? [new RuleParameter(property, path)]
                : []),
    ];

    /// <summary>The value that a rule has.</summary>
    /// <param name="rule">The rule.</param>
    /// <returns>The text, without the unit.</returns>
    public string Value(SynapseRule rule) => property.GetValue(path.Aggregate((object)rule, (owner, part) => part.GetValue(owner)!)) switch
    {
        bool value => value ? "true" : "false",
        Enum value => Kebab.Of(value.ToString()),
        { } value => form!.Show(value).ToString("R", CultureInfo.InvariantCulture),
        null => "",
    };

    /// <summary>A copy of a rule with another value, which is not checked yet.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="text">The value, with or without its unit.</param>
    /// <returns>The copy.</returns>
    /// <exception cref="InvalidInputException">The text is no such value.</exception>
    public SynapseRule With(SynapseRule rule, string text) => With(rule, Parse(text));

    /// <summary>What values are allowed, as the rule's own check says it.</summary>
    /// <param name="rule">The rule.</param>
    /// <returns>Such as <c>0 to 1</c>.</returns>
    public string Allowed(SynapseRule rule)
    {
        if (property.PropertyType == typeof(bool))
            return "true | false";
        if (property.PropertyType.IsEnum)
            return string.Join(" | ", Enum.GetNames(property.PropertyType).Select(Kebab.Of));
        // No check lets such a number pass, and its message says what would have passed.
        double[] wrong = property.PropertyType == typeof(int) || property.PropertyType == typeof(long) ? [int.MinValue] : [double.NaN];
        foreach (var value in wrong)
        {
            try
            {
                With(rule, form!.Read(value)).Validate("");
            }
            catch (InvalidInputException error) when (error.Message.Contains(property.Name, StringComparison.Ordinal) && error.Message.Contains("allowed: ", StringComparison.Ordinal))
            {
                return error.Message[(error.Message.IndexOf("allowed: ", StringComparison.Ordinal) + "allowed: ".Length)..]
                    .Replace(" to " + float.MaxValue.ToString(CultureInfo.InvariantCulture), " or more", StringComparison.Ordinal)
                    .Replace(" to " + ((double)float.MaxValue).ToString(CultureInfo.InvariantCulture), " or more", StringComparison.Ordinal);
            }
        }
        return "a number";
    }

    object Parse(string text)
    {
        if (property.PropertyType == typeof(bool))
            return bool.TryParse(text, out var flag) ? flag : throw new InvalidInputException($"parameter {Key}", text, "true or false");
        if (property.PropertyType.IsEnum)
        {
            var name = Enum.GetNames(property.PropertyType).FirstOrDefault(known => Kebab.Of(known) == text || known.Equals(text, StringComparison.OrdinalIgnoreCase));
            return name is null ? throw new InvalidInputException($"parameter {Key}", text, string.Join(", ", Enum.GetNames(property.PropertyType).Select(Kebab.Of))) : Enum.Parse(property.PropertyType, name);
        }
        var number = Unit.Length > 0 && text.EndsWith(Unit, StringComparison.Ordinal) ? text[..^Unit.Length].TrimEnd() : text;
        if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || double.IsNaN(value))
            throw new InvalidInputException($"parameter {Key}", text, Unit.Length > 0 ? $"a number of {Unit}" : "a number");
        try
        {
            if ((property.PropertyType == typeof(int) || property.PropertyType == typeof(long)) && value != Math.Floor(value))
                throw new OverflowException();
            return form!.Read(value);
        }
        catch (OverflowException)
        {
            throw new InvalidInputException($"parameter {Key}", text, "a whole number");
        }
    }

    SynapseRule With(SynapseRule rule, object value) => With(rule, path, value);

    SynapseRule With(SynapseRule rule, ReadOnlySpan<PropertyInfo> inside, object value)
    {
        // What "with" calls; the language has no way to say it of a rule whose type is not known.
        var copy = (SynapseRule)rule.GetType().GetMethod("<Clone>$")!.Invoke(rule, null)!;
        if (inside.IsEmpty)
            property.SetValue(copy, value);
        else
            inside[0].SetValue(copy, With((SynapseRule)inside[0].GetValue(rule)!, inside[1..], value));
        return copy;
    }
}
