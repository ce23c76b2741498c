using System.CommandLine;
using System.Globalization;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Experiments.Codes;
using Lepton.Neuro.Experiments.Plots;

namespace Lepton.Neuro.Experiments.Plotting;

/// <summary><c>lepton plot encoder</c>: a picture, the spikes of one encoder, what they decode to, and the error.</summary>
internal sealed class EncoderPlot : IPlot
{
    readonly Argument<string> encoder = new("encoder") { Description = $"The encoder: {string.Join(", ", ImageCodes.All.Select(c => c.Name))}" };
    readonly CodeOptions options = new();

    public IReadOnlyList<string> Examples => ["lepton plot encoder poisson-rate --image camera.png --steps 200 --set maximum=200 --out encoder.png"];

    public Command Build()
    {
        var command = new Command("encoder", "A picture, its spikes by one encoder, their decoding and its error") { encoder };
        options.AddTo(command);
        return command;
    }

    public Figure Draw(ParseResult parsed, Host host)
    {
        var code = ImageCodes.Find(parsed.GetValue(encoder)!);
        var (request, picture) = options.Read(parsed, host, code, CodePictures.Fit);
        var shown = CodePictures.Of(code, request, picture);
        var images = new List<SmallImage> { new("the picture", picture.Values.ToArray()), new("its spikes", shown.Spikes) };
        string found = "no decoding";
        if (shown.Decoded is not null)
        {
            float most = Math.Max(1e-6f, shown.Errors!.Max());
            images.Add(new("decoded", shown.Decoded));
            images.Add(new(string.Create(CultureInfo.InvariantCulture, $"error: white is {most:0.###}"), Array.ConvertAll(shown.Errors!, e => e / most)));
            found = string.Create(CultureInfo.InvariantCulture, $"off by {shown.RootMeanSquare:0.####} (root mean square)");
        }
        string title = string.Create(CultureInfo.InvariantCulture, $"{code.Name}: {shown.Count:N0} spikes in {request.Steps} steps, {found}");
        return ImageGrid.OfGrey(title, images, request.Height, request.Width, images.Count);
    }
}

/// <summary>What an encoder makes of a picture, to look at.</summary>
/// <param name="Count">How many spikes.</param>
/// <param name="Spikes">A picture of the spikes, in [0, 1]: grey is none where there are two signs, else black.</param>
/// <param name="Decoded">The decoding; null where there is none.</param>
/// <param name="Errors">Its absolute errors.</param>
/// <param name="RootMeanSquare">Their root mean square.</param>
internal sealed record CodePictures(long Count, float[] Spikes, float[]? Decoded, float[]? Errors, double RootMeanSquare)
{
    const int Most = 256;

    /// <summary>The size in which a picture is shown: its own, or as much smaller that no side has more than 256 pixels.</summary>
    /// <param name="picture">The picture.</param>
    public static (int Width, int Height) Fit(Picture picture)
    {
        double scale = Math.Min(1, Most / (double)Math.Max(picture.Width, picture.Height));
        return (Math.Max(1, (int)Math.Round(picture.Width * scale)), Math.Max(1, (int)Math.Round(picture.Height * scale)));
    }

    /// <summary>Encodes and decodes.</summary>
    /// <param name="code">The encoder.</param>
    /// <param name="request">How.</param>
    /// <param name="picture">The picture.</param>
    /// <exception cref="InvalidInputException">The settings do not go together.</exception>
    public static CodePictures Of(ImageCode code, CodeRequest request, Picture picture)
    {
        var spikes = code.Encode(request, picture);
        float[] view = code.Show(request, spikes);
        float most = Math.Max(1e-6f, view.Max(Math.Abs));
        view = view.Any(v => v < 0) ? Array.ConvertAll(view, v => 0.5f + (0.5f * v / most)) : Array.ConvertAll(view, v => v / most);
        long count = spikes.Sum(s => (long)s.Spikes.Count);
        if (!code.CanDecode) return new(count, view, null, null, 0);
        float[] decoded = code.Decode(request, spikes), errors = [.. decoded.Zip(code.Target(request, picture), (d, t) => Math.Abs(d - t))];
        return new(count, view, Array.ConvertAll(decoded, d => Math.Clamp(d, 0, 1)), errors, Math.Sqrt(errors.Average(e => (double)e * e)));
    }
}
