using System.CommandLine;
using System.CommandLine.Completions;

namespace Lepton.Neuro.Experiments.Verbs;

/// <summary>What shells complete for verbs that run experiments: their names and the keys of their settings.</summary>
internal static class Suggestions
{
    /// <summary>Adds them.</summary>
    /// <param name="host">Knows the experiments.</param>
    /// <param name="experiment">The argument that names one.</param>
    /// <param name="assignments">Options of the form key=value.</param>
    public static void Add(Host host, Argument<string?> experiment, params IReadOnlyList<Option<string[]>> assignments)
    {
        experiment.CompletionSources.Add(_ => host.Experiments.Select(known => new CompletionItem(known.Name)));
        foreach (var option in assignments)
        {
            option.CompletionSources.Add(context =>
            {
                string? name = context.ParseResult.GetResult(experiment)?.Tokens is [var token, ..] ? token.Value : null;
                return host.Experiments.Where(known => name is null || known.Name == name).SelectMany(known => known.Settings).Select(s => $"{s.Key}=").Distinct(StringComparer.Ordinal).Select(key => new CompletionItem(key));
            });
        }
    }
}
