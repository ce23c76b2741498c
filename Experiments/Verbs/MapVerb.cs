using System.CommandLine;
using System.Globalization;
using System.Text;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Experiments.Energy;
using Lepton.Neuro.Experiments.Reporting;
using Lepton.Neuro.Experiments.Running;
using Spectre.Console;

namespace Lepton.Neuro.Experiments.Verbs;

/// <summary><c>lepton map</c>: maps a trained network to a machine, and says what was reached beside what is proven to be needed.</summary>
internal sealed class MapVerb : IVerb
{
    const int MostRecorded = 200;

    readonly StudyOptions options = new();
    readonly Option<string?> machine = StudyOptions.Text("--machine", "NAME", $"The machine: {string.Join(", ", TileMachine.Presets)}, or a YAML file [default: loihi]");
    readonly Option<string?> partition = Choice<PartitionMethod>("--partition", "How neurons are divided among cores [default: sequential]");
    readonly Option<string?> placement = Choice<PlacementMethod>("--placement", "Where the cores lie [default: inorder]");
    readonly Option<string?> routing = Choice<RoutingMethod>("--routing", "How packets find their way [default: unicast, or the machine's multicast]");
    readonly Option<string?> deadCores = StudyOptions.Text("--dead-cores", "SHARE", "The share of cores that are dead, as a number or percentage [default: 0]");
    readonly Option<string?> deadLinks = StudyOptions.Text("--dead-links", "SHARE", "The share of links that are dead [default: 0]");

    public IReadOnlyList<string> Examples => ["lepton map digits --machine loihi --partition multilevel --placement annealing --dead-cores 5% --set train-images=2000"];

    public Command Build(Host host)
    {
        var command = new Command("map", "Train a network, and map it to a machine: mapping.csv and mapping.yaml, which --mapping reads, appear when it has succeeded") { machine, partition, placement, routing, deadCores, deadLinks };
        options.AddTo(command);
        command.SetAction(parsed => Run(parsed, host));
        return command;
    }

    int Run(ParseResult parsed, Host host)
    {
        var hardware = StudyOptions.Machine(host, parsed.GetValue(machine) ?? "loihi");
        var wanted = new MappingOptions
        {
            Partition = Chosen<PartitionMethod>(parsed, partition),
            Placement = Chosen<PlacementMethod>(parsed, placement),
            Routing = Chosen<RoutingMethod>(parsed, routing),
        };
        double cores = StudyOptions.Share("--dead-cores", parsed.GetValue(deadCores) ?? "0"), links = StudyOptions.Share("--dead-links", parsed.GetValue(deadLinks) ?? "0");
        var (found, console) = options.Run(parsed, host, "map", (context, trained) =>
        {
            var classifier = trained.For(hardware);
            int images = Math.Min(MostRecorded, trained.Test.Count);
            using var session = Cpu.Evaluate(classifier.Plan, trained.Evaluation.Cpu, classifier.Learned);
            trained.Show(classifier, session, images);
            var mapping = Tiles.Map(classifier.Plan, hardware, wanted with
            {
                Learned = classifier.Learned,
                NeuronsPerCore = trained.NeuronsPerCore,
                Traffic = session.Activity,
                Faults = cores + links > 0 ? RandomFaults.Draw(hardware, cores, links, context.Seed) : null,
                MapperSeed = context.Seed,
            });
            context.AddFile("mapping.csv", stream => stream.Write(Encoding.UTF8.GetBytes(Csv(mapping))));
            context.AddFile(StudyOptions.MapFile, stream => stream.Write(Encoding.UTF8.GetBytes(mapping.ToYaml())));
            return (Mapping: mapping, Certificate: MappingCertificate.Of(mapping, session.Activity), Images: images);
        });
        var table = new Table().AddColumns("", "reached", "proven lower bound");
        table.AddRow("packets", Quantity.Count(found.Certificate.Packets), Quantity.Count(found.Certificate.LeastPackets));
        table.AddRow("hops, of these cores", Quantity.Count(found.Certificate.Hops), Quantity.Count(found.Certificate.LeastHopsOfPartition));
        table.AddRow("hops, of any mapping", Quantity.Count(found.Certificate.Hops), Quantity.Count(found.Certificate.LeastHops));
        console.Write(table);
        host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{found.Mapping.Neurons} neurons and {found.Mapping.Synapses} synapses on {found.Mapping.CoresUsed} of {hardware.Cores} cores of {hardware.Name}, for the spikes of {found.Images} images; the fullest core is filled to {found.Mapping.Cores.Max(c => c.Fill) * 100:0.#} %."));
        host.Output.Flush();
        return ExitCodes.Success;
    }

    static string Csv(Mapping mapping)
    {
        var text = new StringBuilder("core,tile,neurons,synapses,synapse_bits,axons_in,axons_out,fill\n");
        foreach (var c in mapping.Cores) text.Append(CultureInfo.InvariantCulture, $"{c.Core},{c.Tile},{c.Neurons},{c.Synapses},{c.SynapseBits},{c.AxonsIn},{c.AxonsOut},{c.Fill:R}\n");
        return text.ToString();
    }

    static Option<string?> Choice<T>(string name, string description)
        where T : struct, Enum => StudyOptions.Text(name, string.Join('|', Enum.GetNames<T>()).ToLowerInvariant(), description);

    static T Chosen<T>(ParseResult parsed, Option<string?> option)
        where T : struct, Enum
    {
        if (parsed.GetValue(option) is not { } text) return default;
        string? name = Array.Find(Enum.GetNames<T>(), n => string.Equals(n, text, StringComparison.OrdinalIgnoreCase));
        return name is not null ? Enum.Parse<T>(name) : throw new InvalidInputException(option.Name, text, string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant());
    }
}
