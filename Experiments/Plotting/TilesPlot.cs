using System.CommandLine;
using System.Globalization;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Experiments.Energy;
using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Plotting;

/// <summary><c>lepton plot tiles</c>: how full the tiles of a machine are with a trained network, or where its packets go.</summary>
internal sealed class TilesPlot : IPlot
{
    const int MostLabelledColumns = 16;

    readonly StudyOptions options = new();
    readonly Option<string?> machine = StudyOptions.Text("--machine", "NAME", $"The machine: {string.Join(", ", TileMachine.Presets)}, or a YAML file [default: loihi]");
    readonly Option<string?> mapping = StudyOptions.Text("--mapping", "FILE", "A mapping that lepton map wrote for the same network, instead of filling in order");
    readonly Option<string?> images = StudyOptions.Text("--images", "N", "How many test images are shown [default: 100]");
    readonly Option<string?> show = StudyOptions.Text("--show", "load|traffic", "How full the tiles are, or how many packets an image pass each tile and its links [default: load]");

    public IReadOnlyList<string> Examples => ["lepton plot tiles digits --machine loihi --show traffic --set train-images=2000 --out tiles.png --out tiles.html"];

    public Command Build()
    {
        var command = new Command("tiles", "The load of a machine's tiles with a trained network, or the traffic between them") { machine, mapping, images, show };
        options.AddTo(command, withOutput: false);
        return command;
    }

    public Figure Draw(ParseResult parsed, Host host)
    {
        bool isTraffic = (parsed.GetValue(show) ?? "load") switch
        {
            "load" => false,
            "traffic" => true,
            var other => throw new InvalidInputException("--show", other, "load, traffic"),
        };
        var hardware = StudyOptions.Machine(host, parsed.GetValue(machine) ?? "loihi");
        string? file = StudyOptions.MappingFile(host, parsed.GetValue(mapping));
        if (file is not null) Mapping.RequireMachine(file, hardware);
        int wanted = RunConfiguration.ParseCount("--images", parsed.GetValue(images) ?? "100", 1_000_000);
        var configuration = options.Configuration(parsed, host);
        // What training writes beside the figure is of no use here.
        string scratch = Path.Combine(Path.GetTempPath(), $"lepton-plot-{Guid.NewGuid():N}");
        try
        {
            using var folder = RunFolder.Open(scratch);
            return StudyOptions.Train(host, configuration, folder, new QuietProgress(), (_, trained) =>
            {
                var classifier = trained.For(hardware);
                var mapped = file is not null
                    ? Mapping.Load(file, classifier.Plan, hardware, classifier.Learned)
                    : Tiles.Map(classifier.Plan, hardware, new() { Learned = classifier.Learned, NeuronsPerCore = trained.NeuronsPerCore });
                using var session = Tiles.Evaluate(mapped, TileOptions.On(trained.Evaluation.Cpu) with { TimeEachStep = false });
                int count = Math.Min(wanted, trained.Test.Count);
                trained.Show(classifier, session, count);
                var map = MachineMap.Of(session.Tiles);
                return isTraffic ? Traffic(map, count) : Load(map);
            });
        }
        finally
        {
            if (Directory.Exists(scratch)) Directory.Delete(scratch, recursive: true);
        }
    }

    static Figure Load(MachineMap map) => TileMap.Of(
        $"How full the tiles of {map.Machine.Name} are; in them, how many neurons they hold",
        new("Fill of the fullest core", IsShare: true),
        map.Grid(t => t.Cores.Count == 0 ? 0 : t.Cores.Max(c => c.Load.Fill)),
        Labels(map, t => t.Neurons == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{t.Neurons}")));

    static Figure Traffic(MachineMap map, int images)
    {
        var leaving = map.Links.ToLookup(l => l.From);
        double Passing(TileCell tile) => (tile.PacketsIn + leaving[tile.Tile].Sum(l => l.Packets)) / (double)images;
        // Each link by its direction in the picture, where rows count downwards.
        string Links(TileCell tile) => string.Join('\n', leaving[tile.Tile].Select(l => string.Create(CultureInfo.InvariantCulture, $"{Way(map.Machine, l)} {l.Packets / (double)images:0}")));
        return TileMap.Of(
            string.Create(CultureInfo.InvariantCulture, $"Packets that pass the tiles of {map.Machine.Name}, an image"),
            new("Packets received and sent on"),
            map.Grid(Passing),
            Labels(map, Links));
    }

    static string Way(TileMachine machine, LinkCell link)
    {
        var hops = machine.Route(link.From, link.To);
        return hops.East > 0 ? "right" : hops.West > 0 ? "left" : hops.North > 0 ? "down" : "up";
    }

    static string[,]? Labels(MachineMap map, Func<TileCell, string> text)
    {
        if (map.Machine.Columns > MostLabelledColumns) return null;
        var labels = new string[map.Machine.Rows, map.Machine.Columns];
        foreach (var tile in map.Tiles) labels[tile.Row, tile.Column] = text(tile);
        return labels;
    }
}
