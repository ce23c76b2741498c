using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Lepton.Neuro.Experiments.Rules;

/// <summary>What the author of a type wrote about it: the XML that the compiler puts beside an assembly. Where there is none, texts are empty.</summary>
internal static partial class Documentation
{
    static readonly ConcurrentDictionary<Assembly, IReadOnlyDictionary<string, XElement>> Members = new();

    /// <summary>The summary of a type or property, on one line.</summary>
    /// <param name="member">The member.</param>
    /// <returns>The text; empty where nobody wrote one.</returns>
    public static string Summary(MemberInfo member) => Find(member)?.Element("summary") is { } summary ? Plain(summary) : "";

    /// <summary>The paragraphs of a type's remarks: equations, conventions, sources. A table of parameters is left out.</summary>
    /// <param name="type">The type.</param>
    /// <returns>A line of text each.</returns>
    public static IReadOnlyList<string> Remarks(Type type) =>
        Find(type)?.Element("remarks") is not { } remarks ? []
        : remarks.Elements("para").Any() ? [.. remarks.Elements("para").Select(Plain)]
        : [Plain(remarks)];

    static XElement? Find(MemberInfo member)
    {
        var (owner, key) = member is Type type ? (type, $"T:{type.FullName}") : (member.DeclaringType!, $"P:{member.DeclaringType!.FullName}.{member.Name}");
        return Members.GetOrAdd(owner.Assembly, Read).GetValueOrDefault(key.Replace('+', '.'));
    }

    static IReadOnlyDictionary<string, XElement> Read(Assembly assembly)
    {
        var members = new Dictionary<string, XElement>(StringComparer.Ordinal);
        try
        {
            var path = Path.ChangeExtension(assembly.Location, ".xml");
            if (assembly.Location.Length == 0 || !File.Exists(path))
                path = Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".xml");
            if (!File.Exists(path))
                return members;
            foreach (var member in XDocument.Load(path).Descendants("member"))
            {
                if (member.Attribute("name") is { } name)
                    members[name.Value] = member;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or XmlException or NotSupportedException)
        {
            // Texts are a help and no more: a rule without them can still be run.
            members.Clear();
        }
        return members;
    }

    static string Plain(XElement element)
    {
        var text = new StringBuilder();
        foreach (var node in element.Nodes())
        {
            switch (node)
            {
                case XText words:
                    text.Append(words.Value);
                    break;
                case XElement { Name.LocalName: "see" or "seealso" or "paramref" or "typeparamref" } reference:
                    var target = reference.Attributes().FirstOrDefault()?.Value ?? "";
                    text.Append(reference.Value.Length > 0 ? reference.Value : target[(target.Split('(')[0].LastIndexOfAny(['.', ':']) + 1)..].Split('(')[0]);
                    break;
                case XElement { Name.LocalName: "list" }:
                    break;
                case XElement inner:
                    text.Append(Plain(inner));
                    break;
                default:
                    break;
            }
        }
        return Spaces().Replace(text.ToString(), " ").Trim();
    }

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Spaces();
}
