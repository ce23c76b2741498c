using System.CommandLine;
using System.Globalization;
using Lepton.Neuro.Experiments.Codes;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Verbs;

/// <summary><c>lepton encode</c>: a picture becomes spikes.</summary>
internal sealed class EncodeVerb : IVerb
{
    readonly Argument<string?> encoder = new("encoder") { Description = "The encoder; lepton encode --help shows all", Arity = ArgumentArity.ZeroOrOne };
    readonly CodeOptions options = new();
    readonly Option<string?> output = new("--out") { HelpName = "FILE.csv", Description = "The table of spikes; how to decode it stands beside, under the same name with .json [default: spikes.csv]" };

    public IReadOnlyList<string> Examples =>
    [
        "lepton encode poisson-rate --image camera.png --size 64x64 --steps 200 --step 1ms --seed 7 --set maximum=200 --out spikes.csv",
        "lepton decode spikes.csv --out decoded.png",
    ];

    public Command Build(Host host)
    {
        var command = new Command("encode", "Turn a picture into spikes by one of the encoders") { encoder, output };
        options.AddTo(command);
        command.SetAction(parsed => Run(parsed, host));
        return command;
    }

    public void WriteMoreHelp(ParseResult parsed, Host host)
    {
        host.Output.WriteLine("Encoders and their settings:");
        foreach (var code in ImageCodes.All)
        {
            host.Output.WriteLine($"  {code.Name}: {code.Summary}{(code.CanDecode ? "" : " (no decoder)")}");
            foreach (var setting in code.Settings)
                host.Output.WriteLine($"    --set {setting.Key}={setting.DefaultText}  {setting.Allowed}{(setting.Unit.Length > 0 ? " " + setting.Unit : "")}  {setting.Description}");
        }
        host.Output.WriteLine();
    }

    int Run(ParseResult parsed, Host host)
    {
        var code = ImageCodes.Find(parsed.GetValue(encoder) ?? throw new InvalidInputException($"Name the encoder: {string.Join(", ", ImageCodes.All.Select(c => c.Name))}"));
        string path = RunConfiguration.ResolvePath(host, "--out", parsed.GetValue(output) ?? "spikes.csv");
        if (!Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase)) throw new InvalidInputException("--out", path, "a name that ends in .csv");
        var (request, picture) = options.Read(parsed, host, code);
        var spikes = code.Encode(request, picture);
        SpikeFile.Write(path, code, request, spikes);
        long count = spikes.Sum(s => (long)s.Spikes.Count);
        host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{code.Name}: {count:N0} spikes of {spikes.Sum(s => (long)s.Channels):N0} channels in {request.Steps:N0} steps, {count / (double)request.Pixels:0.###} a pixel, in {path}"));
        return ExitCodes.Success;
    }
}
