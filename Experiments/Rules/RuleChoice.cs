using System.Reflection;

namespace Lepton.Neuro.Experiments.Rules;

/// <summary>Finds the rule that a user means: one of this build by its name, or one of the user's own in a <c>.cs</c> or <c>.dll</c> file, with the
/// parameters that <c>--set</c> gives it.</summary>
internal static class RuleChoice
{
    /// <summary>What is allowed as the name of a rule.</summary>
    public const string Allowed = "The rule: a name that lepton rule list shows, or a file of your own, MyRule.cs or MyRules.dll[:name]";

    /// <summary>The key of <c>--set</c> that chooses a published set of parameters.</summary>
    public const string PresetKey = "preset";

    /// <summary>Finds a rule and sets its parameters.</summary>
    /// <param name="host">Knows the current folder.</param>
    /// <param name="text">The rule.</param>
    /// <param name="settings">What <c>--set</c> gave, <c>key=value</c> each.</param>
    /// <returns>The rule, checked.</returns>
    /// <exception cref="InvalidInputException">There is no such rule or parameter, or a value is out of range.</exception>
    public static SynapseRule Find(Host host, string text, IEnumerable<string>? settings = null) => Find(host.CurrentDirectory, text, settings, host.Cancellation);

    /// <summary>Finds a rule and sets its parameters.</summary>
    /// <param name="folder">Where a relative path begins.</param>
    /// <param name="text">The rule.</param>
    /// <param name="settings">What <c>--set</c> gave, <c>key=value</c> each.</param>
    /// <param name="cancellation">Stops a compiler.</param>
    /// <returns>The rule, checked.</returns>
    /// <exception cref="InvalidInputException">There is no such rule or parameter, or a value is out of range.</exception>
    public static SynapseRule Find(string folder, string text, IEnumerable<string>? settings, CancellationToken cancellation)
    {
        var rule = One(folder, text, cancellation);
        foreach (var setting in (settings ?? []).OrderBy(setting => setting.StartsWith(PresetKey + "=", StringComparison.Ordinal) ? 0 : 1))
        {
            var cut = setting.IndexOf('=', StringComparison.Ordinal);
            if (cut <= 0)
                throw new InvalidInputException("--set", setting, "key=value");
            rule = Set(rule, setting[..cut], setting[(cut + 1)..]);
        }
        rule.Validate(RuleCatalogue.NameOf(rule));
        return rule;
    }

    /// <summary>The rules that a text names: all of a file, or one of this build.</summary>
    /// <param name="folder">Where a relative path begins.</param>
    /// <param name="text">A name or a file.</param>
    /// <param name="cancellation">Stops a compiler.</param>
    /// <returns>The rules with their defaults.</returns>
    /// <exception cref="InvalidInputException">There is no such rule.</exception>
    public static IReadOnlyList<SynapseRule> FindAll(string folder, string text, CancellationToken cancellation)
    {
        var (file, name) = Split(text);
        if (file is null)
            return [Known(text)];
        var rules = RuleFile.Load(Path.GetFullPath(file.Replace('\0', ' '), folder), cancellation);
        if (name is null)
            return rules;
        return [rules.FirstOrDefault(rule => RuleCatalogue.NameOf(rule) == name || rule.GetType().Name == name)
            ?? throw new InvalidInputException($"There is no rule {name} in {file}: {Nearest.Hint(name, [.. rules.Select(RuleCatalogue.NameOf)])}")];
    }

    /// <summary>The published sets of parameters that a rule's type names, in small letters with dashes.</summary>
    /// <param name="rule">The rule.</param>
    /// <returns>Name and rule of each.</returns>
    public static IReadOnlyList<(string Name, SynapseRule Rule)> Presets(SynapseRule rule) =>
    [
        .. rule.GetType().GetProperties(BindingFlags.Public | BindingFlags.Static)
            .Where(property => property.PropertyType == rule.GetType())
            .OrderBy(property => property.MetadataToken)
            .Select(property => (Kebab.Of(property.Name), (SynapseRule)property.GetValue(null)!)),
    ];

    static SynapseRule One(string folder, string text, CancellationToken cancellation)
    {
        var rules = FindAll(folder, text, cancellation);
        return rules.Count == 1 ? rules[0] : throw new InvalidInputException($"{text} holds {rules.Count} rules; allowed: one of them, {text}:{string.Join($" or {text}:", rules.Select(RuleCatalogue.NameOf))}");
    }

    static SynapseRule Known(string name) =>
        RuleCatalogue.All.FirstOrDefault(rule => RuleCatalogue.NameOf(rule) == name)
        ?? throw new InvalidInputException($"There is no rule {name}: {Nearest.Hint(name, [.. RuleCatalogue.All.Select(RuleCatalogue.NameOf)])}");

    static (string? File, string? Name) Split(string text)
    {
        foreach (var ending in RuleFile.Endings)
        {
            if (text.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                return (text, null);
            var at = text.LastIndexOf(ending + ":", StringComparison.OrdinalIgnoreCase);
            if (at > 0)
                return (text[..(at + ending.Length)], text[(at + ending.Length + 1)..]);
        }
        return (null, null);
    }

    static SynapseRule Set(SynapseRule rule, string key, string value)
    {
        var presets = Presets(rule);
        if (key == PresetKey && presets.Count > 0)
        {
            return presets.FirstOrDefault(preset => preset.Name == value).Rule
                ?? throw new InvalidInputException($"There is no preset {value} of {RuleCatalogue.NameOf(rule)}: {Nearest.Hint(value, [.. presets.Select(preset => preset.Name)])}");
        }
        var parameters = RuleParameter.Of(rule);
        var parameter = parameters.FirstOrDefault(parameter => parameter.Key == key || parameter.Name == key)
            ?? throw new InvalidInputException($"There is no parameter {key} of {RuleCatalogue.NameOf(rule)}: {Nearest.Hint(key, [.. parameters.Select(parameter => parameter.Key)])}");
        return parameter.With(rule, value);
    }
}
