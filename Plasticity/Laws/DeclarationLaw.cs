using System.Globalization;
using System.Reflection;

namespace Lepton.Neuro.Plasticity.Laws;

/// <summary>The law that a bad declaration is refused when it is made, by an error that says which rule, which parameter, which value, and what is allowed.</summary>
static class DeclarationLaw
{
    /// <summary>What is wrong where a bad declaration is accepted, or refused by an error that does not say enough.</summary>
    public static string? Objection(SynapseRule rule)
    {
        string name = rule.GetType().Name;
        foreach (var (property, value, shown) in BadValues(rule.GetType()))
        {
            if (Refused(With(rule, property, value), 0, Modulator.Global(), [name, property.Name, shown]) is { } wrong) return $"{property.Name} = {shown}: {wrong}";
        }
        var (least, most) = rule.WeightRange;
        double outside = most + 1 + Math.Abs(most);
        if (Refused(rule, outside, Modulator.Global(), [name, "weight", ((float)outside).ToString("R", CultureInfo.InvariantCulture), most.ToString(CultureInfo.InvariantCulture)]) is { } above)
            return $"an initial weight of {outside} above {most}: {above}";
        if (Refused(rule, double.NaN, Modulator.Global(), [name, "weight", "NaN"]) is { } noNumber) return $"an initial weight that is no number: {noNumber}";
        double inside = least + ((most - least) / 2);
        if (rule.NeedsModulator && Refused(rule, inside, null, [name, "modulator"]) is { } missing) return $"without a modulator: {missing}";
        if (Refused(rule, inside, Modulator.PerTarget([0, 0, 0]), [name, "modulator", "3", "2"]) is { } size) return $"a modulator of three values for two targets: {size}";
        return Refused(rule, inside, Modulator.Global(float.NaN), [name, "modulator", "NaN"]) is { } modulator ? $"a modulator that is no number: {modulator}" : null;
    }

    static IEnumerable<(PropertyInfo Property, object Value, string Shown)> BadValues(Type rule)
    {
        foreach (var property in rule.GetProperties().Where(p => p.SetMethod is { IsPublic: true }))
        {
            if (property.PropertyType == typeof(float))
            {
                yield return (property, float.NaN, "NaN");
                yield return (property, float.PositiveInfinity, "");
            }
            else if (property.PropertyType == typeof(Time))
            {
                yield return (property, new Time(double.NaN), "NaN");
                yield return (property, new Time(-1e-3), "-1");
            }
            else if (property.PropertyType == typeof(Frequency))
            {
                yield return (property, new Frequency(double.NaN), "NaN");
                yield return (property, new Frequency(-1), "-1");
            }
            else if (property.PropertyType == typeof(Voltage))
            {
                yield return (property, new Voltage(double.NaN), "NaN");
            }
        }
    }

    // A description is a record: a copy with one value changed, whatever its type.
    static SynapseRule With(SynapseRule rule, PropertyInfo property, object value)
    {
        var copy = (SynapseRule)rule.GetType().GetMethod("<Clone>$")!.Invoke(rule, null)!;
        property.SetValue(copy, value);
        return copy;
    }

    static string? Refused(SynapseRule rule, double weight, Modulator? modulator, string[] said)
    {
        var network = new Network(1);
        var source = network.Add("source", 2, new PoissonSource(new Frequency(10)));
        var target = network.Add("target", 2, new ToldNeuron());
        try
        {
            network.Connect(source, target, Wiring.AllToAll, weight, rule: rule, receptor: "ignored", modulator: modulator);
        }
        catch (InvalidInputException error)
        {
            foreach (string word in said)
            {
                if (!error.Message.Contains(word, StringComparison.OrdinalIgnoreCase)) return $"the error does not say '{word}': {error.Message}";
            }
            return error.Message.Contains('\n', StringComparison.Ordinal) ? $"the error is more than one line: {error.Message}" : null;
        }
        return "accepted";
    }
}
