using System.Text;

namespace Lepton.Neuro.Experiments.Rules;

/// <summary>Names of types and properties as the command line writes them.</summary>
internal static class Kebab
{
    /// <summary>Small letters, with a dash before each word.</summary>
    /// <param name="name">Such as <c>TauPre</c> or <c>A2Plus</c>.</param>
    /// <returns>Such as <c>tau-pre</c> or <c>a2-plus</c>.</returns>
    public static string Of(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsAsciiLetterUpper(name[i]) && (!char.IsAsciiLetterUpper(name[i - 1]) || (i + 1 < name.Length && char.IsAsciiLetterLower(name[i + 1]))))
                text.Append('-');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }
}
