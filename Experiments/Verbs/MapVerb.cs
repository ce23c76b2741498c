using System.CommandLine;
using System.Globalization;
using System.Text;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Experiments.Compressing;
using Lepton.Neuro.Experiments.Digits;
using Lepton.Neuro.Experiments.Energy;
using Lepton.Neuro.Experiments.Reporting;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Experiments.Training;
using Lepton.Neuro.Plasticity.ModelFiles;
using Spectre.Console;
using ImageSet = Lepton.Neuro.Encoders.Data.ImageSet;

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

    public IReadOnlyList<string> Examples => ["lepton map digits --machine loihi --partition multilevel --placement annealing --dead-cores 5% --set train-images=2000", "lepton map out/compress/bits8-pruned0.lepton --data mnist --partition multilevel"];

    public Command Build(Host host)
    {
        var command = new Command("map", "Train a network, or take one from a model file, and map it to a machine: mapping.csv and mapping.yaml, which --mapping reads, appear when it has succeeded") { machine, partition, placement, routing, deadCores, deadLinks };
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
        var (found, console) = options.ModelFile(parsed, host) is { } file ? MapModel(file, parsed, host, hardware, wanted, cores, links) : options.Run(parsed, host, "map", (context, trained) =>
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
            AddFiles(mapping, context.AddFile);
            return new Found(mapping, MappingCertificate.Of(mapping, session.Activity), images, context.OutputFolder);
        });
        var table = new Table { Border = TableBorder.Rounded }.AddColumn("");
        foreach (string heading in (ReadOnlySpan<string>)["reached", "proven lower bound"]) table.AddColumn(new TableColumn(heading).RightAligned());
        table.AddRow("packets", Quantity.Count(found.Certificate.Packets), Quantity.Count(found.Certificate.LeastPackets));
        table.AddRow("hops, of these cores", Quantity.Count(found.Certificate.Hops), Quantity.Count(found.Certificate.LeastHopsOfPartition));
        table.AddRow("hops, of any mapping", Quantity.Count(found.Certificate.Hops), Quantity.Count(found.Certificate.LeastHops));
        console.Write(table);
        host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{found.Mapping.Neurons:N0} neurons and {found.Mapping.Synapses:N0} synapses on {found.Mapping.CoresUsed} of {hardware.Cores} cores of {hardware.Name}, for the spikes of {found.Images} images; the fullest core is filled to {found.Mapping.Cores.Max(c => c.Fill) * 100:0.#} %."));
        host.Output.WriteLine($"mapping.csv and mapping.yaml are in {found.Folder}");
        host.Output.Flush();
        return ExitCodes.Success;
    }

    // A network of a model file as it is: its weights are those that the machine is to hold.
    (Found Result, IAnsiConsole Console) MapModel(string file, ParseResult parsed, Host host, TileMachine hardware, MappingOptions wanted, double deadCores, double deadLinks)
    {
        options.RefuseTraining(parsed);
        var model = ModelImages.Load(host, file);
        if (TrainedModel.Is(model) && !new TrainedModel(model).IsSpiking) throw new InvalidInputException("the model to be mapped", file, "a spiking network; this one is a rate network");
        ulong seed = options.Seed(parsed);
        var test = ModelImages.Test(host, model, options.Data(parsed), null, 1);
        int images = Math.Min(MostRecorded, test.Count);
        var (plan, learned, recorded) = TrainedModel.Is(model) ? RecordTrained(model, test.Images.Take(images), host.Cancellation) : RecordClassifier(model, test, images, host.Cancellation);
        var mapping = Tiles.Map(plan, hardware, wanted with
        {
            Learned = learned,
            Traffic = recorded,
            Faults = deadCores + deadLinks > 0 ? RandomFaults.Draw(hardware, deadCores, deadLinks, seed) : null,
            MapperSeed = seed,
        });
        using var folder = RunFolder.Open(options.Folder(parsed, host, "map-" + Path.GetFileNameWithoutExtension(file)));
        AddFiles(mapping, folder.Add);
        folder.Commit();
        return (new(mapping, MappingCertificate.Of(mapping, recorded), images, folder.Path), ExperimentRun.CreateConsole(host));
    }

    // What the network does with images, as the traffic that is mapped.
    static (CompiledNetwork Plan, Learned? Learned, Activity Recorded) RecordTrained(Model model, ImageSet images, CancellationToken cancellation)
    {
        var plan = model.Compile();
        Activity recorded = null!;
        TrainedModel.Ask(ExportedModel.Read(model), new ImageSamples(images), 1, () => Cpu.Evaluate(plan, new() { Threads = 1 }), cancellation, s => recorded = s.Activity);
        return (plan, null, recorded);
    }

    static (CompiledNetwork Plan, Learned? Learned, Activity Recorded) RecordClassifier(Model model, PreparedImages images, int count, CancellationToken cancellation)
    {
        // Synapses of weight zero take no room on a machine, and energy maps it without them.
        var read = ClassifierModel.Read(model, images.Images);
        var classifier = read.WithWeights(read.Weights);
        using var session = Cpu.Evaluate(classifier.Plan, new() { Threads = 1 }, classifier.Learned);
        classifier.Show(session, images, count, cancellation);
        return (classifier.Plan, classifier.Learned, session.Activity);
    }

    static void AddFiles(Mapping mapping, Action<string, Action<Stream>> add)
    {
        add("mapping.csv", stream => stream.Write(Encoding.UTF8.GetBytes(Csv(mapping))));
        add(StudyOptions.MapFile, stream => stream.Write(Encoding.UTF8.GetBytes(mapping.ToYaml())));
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

    sealed record Found(Mapping Mapping, MappingCertificate Certificate, int Images, string Folder);
}
