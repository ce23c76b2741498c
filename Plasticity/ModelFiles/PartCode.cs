using System.Reflection;

namespace Lepton.Neuro.Plasticity.ModelFiles;

/// <summary>Models, encoders and rules in a file: an id and parameters by name, of which each is a kind and numbers. Types come from <see cref="ModelParts"/> alone.</summary>
static class PartCode
{
    enum Kind : byte
    {
        None,
        Number,
        Whole,
        List,
        Part,
    }

    // Parts hold parts, as a rule with short-term dynamics does; deeper nesting is a file that means harm.
    const int MostDepth = 8, MostParameters = 256;

    public static void Write(FieldWriter writer, object part, ModelParts parts)
    {
        writer.Text(parts.IdOf(part));
        var properties = Properties(part.GetType());
        writer.Count(properties.Count);
        foreach (var property in properties)
        {
            writer.Text(property.Name);
            WriteValue(writer, property, property.GetValue(part), parts);
        }
    }

    public static TPart Read<TPart>(FieldReader reader, string field, ModelParts parts, int depth = 0)
        where TPart : class
    {
        int start = reader.Offset;
        string id = reader.Text($"{field}: its id", 64);
        if (parts.TypeOf(id) is not { } type || !type.IsAssignableTo(typeof(TPart)) || depth > MostDepth)
            throw reader.Refused(field, $"'{id}'", "a part of the right kind that this program knows", start);
        var properties = Properties(type).ToDictionary(p => p.Name, StringComparer.Ordinal);
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (int left = reader.Size($"{field}: the number of parameters", 0, MostParameters); left > 0; left--)
        {
            int at = reader.Offset;
            string name = reader.Text($"{field}: the name of a parameter", 64);
            if (!properties.TryGetValue(name, out var property) || values.ContainsKey(name)) throw reader.Refused($"{field}: a parameter of '{id}'", $"'{name}'", "one of its own, once", at);
            values[name] = ReadValue(reader, $"{field}: {name}", property, parts, depth);
        }
        return (TPart)Create(type, properties.Values, values, name => reader.Refused($"{field}: {name} of '{id}'", "missing", "a value", start));
    }

    static object Create(Type type, IEnumerable<PropertyInfo> properties, Dictionary<string, object?> values, Func<string, Exception> missing)
    {
        var constructor = type.GetConstructors().MaxBy(c => c.GetParameters().Length)!;
        var arguments = constructor.GetParameters().Select(p =>
            values.TryGetValue(p.Name!, out object? value) && (value is not null || !p.ParameterType.IsClass) ? value : p.HasDefaultValue ? p.DefaultValue : throw missing(p.Name!)).ToArray();
        object part = constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null);
        foreach (var property in properties)
        {
            if (values.TryGetValue(property.Name, out object? value)) property.SetValue(part, value, BindingFlags.DoNotWrapExceptions, null, null, null);
        }
        return part;
    }

    static List<PropertyInfo> Properties(Type type) =>
    [
        .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p is { CanRead: true, CanWrite: true, SetMethod.IsPublic: true } && p.GetIndexParameters().Length == 0)
            .OrderBy(p => p.Name, StringComparer.Ordinal),
    ];

    static void WriteValue(FieldWriter writer, PropertyInfo property, object? value, ModelParts parts)
    {
        switch (value)
        {
            case null: writer.Byte((int)Kind.None); break;
            case bool flag: Whole(flag ? 1 : 0); break;
            case Enum choice: Whole(Convert.ToInt64(choice, null)); break;
            case int or long: Whole(Convert.ToInt64(value, null)); break;
            case IReadOnlyList<(Time At, int Neuron)> spikes: List([.. spikes.SelectMany(s => (double[])[s.At.Seconds, s.Neuron])]); break;
            case Distribution spread: List([spread.Base, spread.Range, spread.Deviation]); break;
            case NeuronModel or Encoder or SynapseRule:
                writer.Byte((int)Kind.Part);
                Write(writer, value, parts);
                break;
            default:
                writer.Byte((int)Kind.Number);
                writer.Double(value switch
                {
                    float number => number,
                    double number => number,
                    Time time => time.Seconds,
                    Voltage voltage => voltage.Millivolts,
                    Current current => current.Picoamperes,
                    Capacitance capacitance => capacitance.Picofarads,
                    Frequency frequency => frequency.Hertz,
                    _ => throw new InvalidInputException($"the parameter {property.Name} of {property.DeclaringType!.Name}", value.GetType().Name, "a number, a choice, or a part, to be saved"),
                });
                break;
        }

        void Whole(long number)
        {
            writer.Byte((int)Kind.Whole);
            writer.UInt64((ulong)number);
        }

        void List(double[] numbers)
        {
            writer.Byte((int)Kind.List);
            writer.Count(numbers.Length);
            foreach (double number in numbers) writer.Double(number);
        }
    }

    static object? ReadValue(FieldReader reader, string field, PropertyInfo property, ModelParts parts, int depth)
    {
        int start = reader.Offset;
        var kind = (Kind)reader.Byte($"{field}: its kind");
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        bool optional = type != property.PropertyType || new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;
        object? value = kind switch
        {
            Kind.None when optional => null,
            Kind.Whole => Whole(type, (long)reader.UInt64(field)),
            Kind.Number => Number(type, reader.Double(field)),
            Kind.List => List(type, Numbers(reader, field)),
            Kind.Part when type.IsAssignableTo(typeof(SynapseRule)) => Part(reader, field, type, parts, depth),
            _ => Unfit,
        };
        return ReferenceEquals(value, Unfit) ? throw reader.Refused(field, $"of kind {(int)kind}, or out of range", $"a {type.Name}", start) : value;
    }

    static readonly object Unfit = new();

    static object Part(FieldReader reader, string field, Type type, ModelParts parts, int depth)
    {
        var part = Read<SynapseRule>(reader, field, parts, depth + 1);
        return part.GetType().IsAssignableTo(type) ? part : Unfit;
    }

    static object Whole(Type type, long value)
    {
        if (type == typeof(bool)) return value is 0 or 1 ? value == 1 : Unfit;
        if (type == typeof(int)) return value is >= int.MinValue and <= int.MaxValue ? (int)value : Unfit;
        if (type == typeof(long)) return value;
        if (!type.IsEnum || value is < int.MinValue or > int.MaxValue) return Unfit;
        object choice = Enum.ToObject(type, value);
        return Enum.IsDefined(type, choice) ? choice : Unfit;
    }

    static object Number(Type type, double value)
    {
        if (type == typeof(float)) return (float)value;
        if (type == typeof(double)) return value;
        if (type == typeof(Time)) return new Time(value);
        if (type == typeof(Voltage)) return new Voltage(value);
        if (type == typeof(Current)) return new Current(value);
        if (type == typeof(Capacitance)) return new Capacitance(value);
        return type == typeof(Frequency) ? new Frequency(value) : Unfit;
    }

    static double[] Numbers(FieldReader reader, string field)
    {
        int count = reader.Size($"{field}: how many numbers", 0, reader.Left / sizeof(double));
        reader.Take(field, count);
        var numbers = new double[count];
        for (int i = 0; i < count; i++) numbers[i] = reader.Double(field);
        return numbers;
    }

    static object List(Type type, double[] numbers)
    {
        if (type == typeof(Distribution)) return numbers is [var @base, var range, var deviation] ? new Distribution(@base, range, deviation) : Unfit;
        if (type != typeof(IReadOnlyList<(Time At, int Neuron)>) || numbers.Length % 2 != 0) return Unfit;
        var spikes = new (Time At, int Neuron)[numbers.Length / 2];
        for (int i = 0; i < spikes.Length; i++)
        {
            double neuron = numbers[(2 * i) + 1];
            if (!(neuron >= 0 && neuron <= int.MaxValue)) return Unfit;
            spikes[i] = (new(numbers[2 * i]), (int)neuron);
        }
        return spikes;
    }
}
