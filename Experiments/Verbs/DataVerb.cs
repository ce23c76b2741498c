using System.CommandLine;
using Lepton.Neuro.Experiments.DataSets;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Verbs;

/// <summary><c>lepton data</c>: fetches public data sets, and says what a folder holds.</summary>
internal sealed class DataVerb : IVerb
{
    readonly Argument<string?> name = new("name") { Description = $"The data set: {string.Join(", ", PublicDataSet.All.Select(d => d.Name))}", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<string?> to = new("--to") { HelpName = "DIR", Description = "The folder to put it in [default: a folder of its name in $LEPTON_DATA or in the platform's cache]" };
    readonly Option<string?> from = new("--from") { HelpName = "URL", Description = "Another address of the same files [default: where they are published]" };
    readonly Option<bool> quiet = new("--quiet") { Description = "Print nothing but where it is" };
    readonly Argument<string?> folder = new("path") { Description = "A folder or a file", Arity = ArgumentArity.ZeroOrOne };

    public IReadOnlyList<string> Examples => ["lepton data get mnist", "lepton data info mnist", "lepton run digits --data mnist"];

    public Command Build(Host host)
    {
        var get = new Command("get", "Fetch a public data set; what was begun is gone on with, and checksums are checked") { name, to, from, quiet };
        get.SetAction(parsed => Get(parsed, host));
        var info = new Command("info", "Say what a folder or file of data holds") { folder };
        info.SetAction(parsed => Info(parsed, host));
        return new Command("data", "Fetch public data sets, and say what data there is") { get, info };
    }

    public void WriteMoreHelp(ParseResult parsed, Host host)
    {
        host.Output.WriteLine("Data sets:");
        foreach (var set in PublicDataSet.All) host.Output.WriteLine($"  {set.Name}: {set.Summary}");
        host.Output.WriteLine($"They go to {DataCache.Folder}");
        host.Output.WriteLine();
    }

    int Get(ParseResult parsed, Host host)
    {
        var set = PublicDataSet.Find(parsed.GetValue(name) ?? throw new InvalidInputException($"Name the data set to fetch: {string.Join(", ", PublicDataSet.All.Select(d => d.Name))}"));
        string target = parsed.GetValue(to) is { } given ? RunConfiguration.ResolvePath(host, "--to", given) : Path.Combine(DataCache.Folder, set.Name);
        var addresses = set.Addresses;
        if (parsed.GetValue(from) is { } address)
        {
            addresses = Uri.TryCreate(address.EndsWith('/') ? address : address + "/", UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
                ? [uri] : throw new InvalidInputException("--from", address, "an address that begins with http:// or https://");
        }
        bool silent = parsed.GetValue(quiet);
        _ = silent ? Fetch(new QuietProgress()) : host.IsTerminal ? TerminalProgress.Show(ExperimentRun.CreateConsole(host), Fetch) : Fetch(new PlainProgress(host.Output));
        host.Output.WriteLine(target);
        return ExitCodes.Success;

        bool Fetch(IProgressReporter progress)
        {
            new DataDownload(progress, host.Cancellation).Fetch(set, addresses, target);
            return true;
        }
    }

    int Info(ParseResult parsed, Host host)
    {
        string given = parsed.GetValue(folder) ?? throw new InvalidInputException("Name the folder or file to look at");
        string path = RunConfiguration.ResolvePath(host, "path", given);
        if (!Directory.Exists(path) && !File.Exists(path)) path = DataCache.Find(given) ?? path;
        if (!Directory.Exists(path) && !File.Exists(path))
            throw new InvalidInputException("the data", given, PublicDataSet.All.Any(set => set.Name == given) ? $"a folder or file that exists; lepton data get {given} fetches one" : "a folder or file that exists");
        // All of it first: half of a description before an error would be taken for one.
        foreach (string line in DataDescription.Of(path).ToArray()) host.Output.WriteLine(line);
        return ExitCodes.Success;
    }
}
