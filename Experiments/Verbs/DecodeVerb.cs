using System.CommandLine;
using System.Globalization;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Preprocessing;
using Lepton.Neuro.Experiments.Codes;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Verbs;

/// <summary><c>lepton decode</c>: the picture that spikes stand for.</summary>
internal sealed class DecodeVerb : IVerb
{
    readonly Argument<string?> source = new("spikes") { Description = "A table of spikes that lepton encode wrote", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<string?> output = new("--out") { HelpName = "FILE", Description = "The picture: .png or .pgm [default: decoded.png]" };
    readonly Option<string?> image = new("--image") { HelpName = "FILE", Description = "The picture that was encoded, to print the error" };

    public IReadOnlyList<string> Examples => ["lepton decode spikes.csv --out decoded.png --image camera.png"];

    public Command Build(Host host)
    {
        var command = new Command("decode", "Turn the spikes of an encoder back into a picture") { source, output, image };
        command.SetAction(parsed => Run(parsed, host));
        return command;
    }

    int Run(ParseResult parsed, Host host)
    {
        string table = RunConfiguration.ResolvePath(host, "spikes", parsed.GetValue(source) ?? throw new InvalidInputException("Name the table of spikes to decode"));
        string path = RunConfiguration.ResolvePath(host, "--out", parsed.GetValue(output) ?? "decoded.png");
        if (Path.GetExtension(path).ToUpperInvariant() is not (".PNG" or ".PGM")) throw new InvalidInputException("--out", path, "a name that ends in .png or .pgm");
        var (code, request, spikes) = SpikeFile.Read(table);
        var decoded = code.Decode(request, spikes);
        string error = "";
        if (parsed.GetValue(image) is { } original)
        {
            var picture = Picture.Read(RunConfiguration.ResolvePath(host, "--image", original)).Grey();
            if ((picture.Width, picture.Height) != (request.Width, request.Height)) picture = picture.Resize(request.Width, request.Height);
            var target = code.Target(request, picture);
            double square = decoded.Zip(target, (d, t) => ((double)d - t) * ((double)d - t)).Average();
            error = string.Create(CultureInfo.InvariantCulture, $"; off by {Math.Sqrt(square):0.####} (root mean square), at most {decoded.Zip(target, (d, t) => Math.Abs(d - t)).Max():0.####}");
        }
        Picture.Create(request.Width, request.Height, 1, decoded).Write(path);
        host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{code.Name}: {request.Width} x {request.Height} pixels from {spikes.Sum(s => (long)s.Spikes.Count):N0} spikes{error}"));
        return ExitCodes.Success;
    }
}
