using System.CommandLine;

namespace Lepton.Neuro.Experiments.Plotting;

/// <summary>A picture that <c>lepton plot</c> can draw, such as <c>raster</c>. A new one is one file and one line in <see cref="PlotList.All"/>;
/// <c>--out</c>, <c>--theme</c> and <c>--width</c> are the verb's.</summary>
public interface IPlot
{
    /// <summary>Commands to show at the end of the help, complete and working.</summary>
    IReadOnlyList<string> Examples { get; }

    /// <summary>The subcommand with its name, description, arguments and options, without an action.</summary>
    /// <returns>The subcommand.</returns>
    Command Build();

    /// <summary>Draws.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="host">The world around.</param>
    /// <returns>The figure, for the caller to write.</returns>
    /// <exception cref="InvalidInputException">What was typed cannot be drawn.</exception>
    Plots.Figure Draw(ParseResult parsed, Host host);
}
