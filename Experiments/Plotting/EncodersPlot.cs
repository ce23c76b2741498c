using System.CommandLine;
using System.Globalization;
using Lepton.Neuro.Experiments.Codes;
using Lepton.Neuro.Experiments.Plots;

namespace Lepton.Neuro.Experiments.Plotting;

/// <summary><c>lepton plot encoders</c>: one picture through every encoder and its decoder.</summary>
internal sealed class EncodersPlot : IPlot
{
    const int Across = 8, Side = 128;
    readonly CodeOptions options = new();

    public IReadOnlyList<string> Examples => ["lepton plot encoders --image camera.png --steps 100 --out encoders.png"];

    public Command Build()
    {
        var command = new Command("encoders", "One picture through every encoder and its decoder, on one sheet");
        options.AddTo(command);
        return command;
    }

    public Figure Draw(ParseResult parsed, Host host)
    {
        var images = new List<SmallImage>();
        int width = 0, height = 0, steps = 0;
        foreach (var code in ImageCodes.All)
        {
            host.Cancellation.ThrowIfCancellationRequested();
            var (request, picture) = options.Read(parsed, host, code, p =>
            {
                var (columns, rows) = CodePictures.Fit(p);
                return columns <= Side && rows <= Side ? (columns, rows) : (Math.Max(1, columns * Side / Math.Max(columns, rows)), Math.Max(1, rows * Side / Math.Max(columns, rows)));
            });
            (width, height, steps) = (picture.Width, picture.Height, request.Steps);
            var empty = new float[width * height];
            Array.Fill(empty, float.NaN);
            if (images.Count == 0)
            {
                images.Add(new("the picture", picture.Values.ToArray()));
                images.Add(new("", empty));
            }
            var shown = CodePictures.Of(code, request, picture);
            images.Add(new(code.Name, shown.Spikes));
            images.Add(shown.Decoded is null
                ? new("no decoding", empty)
                : new(string.Create(CultureInfo.InvariantCulture, $"off by {shown.RootMeanSquare:0.###}"), shown.Decoded));
        }
        string title = string.Create(CultureInfo.InvariantCulture, $"Every encoder in {steps} steps: its spikes, and beside them their decoding (error: root mean square)");
        return ImageGrid.OfGrey(title, images, height, width, Across);
    }
}
