using System.CommandLine;

namespace Lepton.Neuro.Experiments.Verbs;

/// <summary>A verb of the command line, such as <c>run</c>. A new one is one file and one line in <see cref="VerbList.All"/>.</summary>
public interface IVerb
{
    /// <summary>Commands to show at the end of the verb's help, complete and working.</summary>
    IReadOnlyList<string> Examples { get; }

    /// <summary>The verb with its arguments, options and action. An action that throws <see cref="InvalidInputException"/> ends in one line
    /// and exit code 2.</summary>
    /// <param name="host">The world around.</param>
    /// <returns>The command; help is added by the caller.</returns>
    Command Build(Host host);

    /// <summary>Prints what help should say beyond the options.</summary>
    /// <param name="parsed">What was typed together with <c>--help</c>.</param>
    /// <param name="host">The world around.</param>
    void WriteMoreHelp(ParseResult parsed, Host host)
    {
    }
}
