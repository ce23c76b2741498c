using System.CommandLine;
using System.Globalization;
using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Plotting;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Verbs;

/// <summary><c>lepton plot</c>: draws a picture of a run, a table or a rule, without a browser.</summary>
internal sealed class PlotVerb : IVerb
{
    readonly IReadOnlyList<IPlot> plots = PlotList.All;

    readonly Option<string[]> output = new("--out")
    {
        HelpName = "FILE",
        Description = "The picture: a name that ends in .svg, .png or .html; may be repeated [default: <plot>.svg]",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    readonly Option<string?> theme = new("--theme") { HelpName = "light|dark", Description = "The colours of .svg and .png [default: light]" };
    readonly Option<string?> width = new("--width") { HelpName = "PIXELS", Description = $"The width of .svg and .png [default: {FigureFile.DefaultWidth}]" };

    public IReadOnlyList<string> Examples => [.. plots.SelectMany(plot => plot.Examples)];

    public Command Build(Host host)
    {
        var command = new Command("plot", "Draw a picture as .svg, .png or a page");
        foreach (var plot in plots)
        {
            var subcommand = plot.Build();
            subcommand.Options.Add(output);
            subcommand.Options.Add(theme);
            subcommand.Options.Add(width);
            subcommand.SetAction(parsed => Run(parsed, host, plot));
            command.Subcommands.Add(subcommand);
        }
        return command;
    }

    int Run(ParseResult parsed, Host host, IPlot plot)
    {
        string[] given = parsed.GetValue(output) is { Length: > 0 } names ? names : [$"{parsed.CommandResult.Command.Name}.svg"];
        string[] paths = [.. given.Select(name => RunConfiguration.ResolvePath(host, "--out", name))];
        foreach (var path in paths)
            FigureFile.CheckPath(path);
        var colours = parsed.GetValue(theme) switch
        {
            null or "light" => Theme.Light,
            "dark" => Theme.Dark,
            var other => throw new InvalidInputException("--theme", other, "light or dark"),
        };
        var columns = FigureFile.DefaultWidth;
        if (parsed.GetValue(width) is { } text && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out columns) && columns is >= FigureFile.SmallestWidth and <= FigureFile.LargestWidth))
            throw new InvalidInputException("--width", text, $"a whole number from {FigureFile.SmallestWidth} to {FigureFile.LargestWidth}");
        var figure = plot.Draw(parsed, host);
        for (var i = 0; i < paths.Length; i++)
        {
            FigureFile.Write(figure, paths[i], colours, columns);
            host.Output.WriteLine($"{figure.Title}: {given[i]}");
        }
        return ExitCodes.Success;
    }
}
