using System.Globalization;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Experiments.Codes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Experiments.Tests;

public class CodeTests
{
    public static TheoryData<string> Codes => [.. ImageCodes.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Codes))]
    public void What_is_decoded_is_off_by_no_more_than_the_bound(string name)
    {
        var code = ImageCodes.Find(name);
        // All grey values, a few of them twice.
        var picture = Picture.Create(16, 17, 1, [.. Enumerable.Range(0, 272).Select(i => i % 256 / 255f)]);
        foreach (int steps in new[] { 60, 200 })
        {
            var request = CodeRequest.Of(code, 16, 17, steps, 1.ms, 3, []);
            var spikes = code.Encode(request, picture);
            Assert.True(spikes.Sum(s => s.Spikes.Count) > 100);
            Assert.All(spikes.SelectMany(s => s.Spikes), s => Assert.InRange(s.Step, 0, steps - 1));
            if (!code.CanDecode)
            {
                Assert.Throws<InvalidInputException>(() => code.Decode(request, spikes));
                continue;
            }
            var (decoded, target) = (code.Decode(request, spikes), code.Target(request, picture));
            double square = 0, expected = 0;
            for (int i = 0; i < target.Length; i++)
            {
                double error = decoded[i] - target[i], bound = code.Error(request, target[i]);
                if (!code.IsRandom) Assert.True(Math.Abs(error) <= bound + 1e-6, $"{steps} steps, pixel {target[i]}: decoded {decoded[i]}, bound {bound}");
                (square, expected) = (square + (error * error), expected + (bound * bound));
            }
            if (code.IsRandom) Assert.InRange(square / expected, 0.7, 1.3);
            Assert.Equal(spikes.SelectMany(s => s.Spikes), code.Encode(request, picture).SelectMany(s => s.Spikes));
        }
    }

    [Fact]
    public void A_picture_is_encoded_and_decoded_by_hand()
    {
        using var bench = new Bench();
        Picture.Create(4, 3, 1, [.. Enumerable.Range(0, 12).Select(i => i * 20 / 255f)]).Write(bench.At("small.png"));
        foreach (var code in ImageCodes.All)
        {
            Assert.Equal(0, bench.Run("encode", code.Name, "--image", "small.png", "--steps", "70", "--step", "500us", "--seed", "9", "--out", "s.csv"));
            Assert.EndsWith($", in {bench.At("s.csv")}\n", bench.Output, StringComparison.Ordinal);
            Assert.StartsWith($"{code.Name}: ", bench.Output, StringComparison.Ordinal);
            string table = bench.Read("s.csv");
            Assert.StartsWith("step,population,neuron,time_ms\n", table, StringComparison.Ordinal);
            string[] last = table.TrimEnd('\n').Split('\n')[^1].Split(',');
            Assert.Equal(int.Parse(last[0], CultureInfo.InvariantCulture) * 0.5, double.Parse(last[3], CultureInfo.InvariantCulture), 1e-9);
            int result = bench.Run("decode", "s.csv", "--out", "d.png", "--image", "small.png");
            Assert.Equal(code.CanDecode ? 0 : ExitCodes.BadInput, result);
            if (!code.CanDecode) continue;
            Assert.Contains("4 x 3 pixels", bench.Output, StringComparison.Ordinal);
            Assert.Equal((4, 3), (Picture.Read(bench.At("d.png")).Width, Picture.Read(bench.At("d.png")).Height));
            Assert.Equal(["d.png", "s.csv", "s.json", "small.png"], bench.Entries());
        }
    }

    [Theory]
    [InlineData("encode", "Name the encoder: poisson-rate")]
    [InlineData("encode poison-rate", "did you mean poisson-rate?")]
    [InlineData("encode latency", "--image is missing")]
    [InlineData("encode latency --image missing.png", "cannot be read")]
    [InlineData("encode latency --image small.png --steps 0", "--steps is 0; allowed: a whole number from 1")]
    [InlineData("encode latency --image small.png --steps 1", "Steps is 1")]
    [InlineData("encode latency --image small.png --step 0ms", "--step is 0ms; allowed: a time above 0")]
    [InlineData("encode latency --image small.png --step -1ms", "--step is -1ms")]
    [InlineData("encode latency --image small.png --size 4", "--size is 4; allowed: columns x rows")]
    [InlineData("encode latency --image small.png --size 0x4", "--size is 0x4")]
    [InlineData("encode latency --image small.png --seed x", "--seed is x")]
    [InlineData("encode latency --image small.png --set treshold=1", "did you mean threshold?")]
    [InlineData("encode latency --image small.png --set threshold=7", "Setting threshold is 7")]
    [InlineData("encode latency --image small.png --out s.txt", "allowed: a name that ends in .csv")]
    [InlineData("encode poisson-rate --image small.png --set maximum=2000", "the expected spikes of a step of an encoder of 2000 Hz")]
    [InlineData("encode weighted-phase --image small.png --steps 300 --set bits=24", "Setting bits is 24")]
    [InlineData("decode", "Name the table of spikes")]
    [InlineData("decode missing.csv", "missing.json cannot be read")]
    [InlineData("decode small.png --out x.jpg", "allowed: a name that ends in .png or .pgm")]
    public void Bad_input_is_one_line_and_nothing_is_written(string arguments, string message)
    {
        using var bench = new Bench();
        Picture.Create(2, 2, 1, [0, 0.2f, 0.7f, 1]).Write(bench.At("small.png"));
        Assert.Equal(ExitCodes.BadInput, bench.Run(arguments.Split(' ')));
        Assert.Contains(message, bench.Error, StringComparison.Ordinal);
        Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
        Assert.Equal(["small.png"], bench.Entries());
    }

    [Fact]
    public void Encoders_are_drawn_one_by_one_and_all_on_one_sheet()
    {
        using var bench = new Bench();
        Picture.Create(6, 4, 1, [.. Enumerable.Range(0, 24).Select(i => i / 23f)]).Write(bench.At("small.png"));
        Assert.Equal(0, bench.Run("plot", "encoder", "burst", "--image", "small.png", "--out", "one.svg", "--out", "one.png"));
        Assert.Contains("burst: ", bench.Output, StringComparison.Ordinal);
        Assert.Contains("error: white is", bench.Read("one.svg"), StringComparison.Ordinal);
        Assert.Equal(0, bench.Run("plot", "encoders", "--image", "small.png", "--out", "all.svg"));
        string sheet = bench.Read("all.svg");
        Assert.All(ImageCodes.All, code => Assert.Contains(code.Name, sheet, StringComparison.Ordinal));
        Assert.Equal(ImageCodes.All.Count(c => !c.CanDecode), sheet.Split("no decoding").Length - 1);
        Assert.Equal(ExitCodes.BadInput, bench.Run("plot", "encoder", "bursts", "--image", "small.png", "--out", "no.svg"));
        Assert.Equal(["all.svg", "one.png", "one.svg", "small.png"], bench.Entries());
    }

    [Fact]
    public void A_damaged_table_is_named_by_its_line()
    {
        using var bench = new Bench();
        Picture.Create(2, 2, 1, [0, 0.2f, 0.7f, 1]).Write(bench.At("small.png"));
        Assert.Equal(0, bench.Run("encode", "latency", "--image", "small.png"));
        string good = bench.Read("spikes.csv");
        foreach (string line in (string[])["100,spikes,0,0", "1,other,0,0", "1,spikes,4,0", "x,spikes,0,0", "1,spikes,0"])
        {
            File.WriteAllText(bench.At("spikes.csv"), good + line + "\n");
            Assert.Equal(ExitCodes.BadInput, bench.Run("decode", "spikes.csv"));
            Assert.Contains($"spikes.csv, line {good.Count(c => c == '\n') + 1} is '{line}'", bench.Error, StringComparison.Ordinal);
        }
        File.WriteAllText(bench.At("spikes.json"), "{}");
        Assert.Equal(ExitCodes.BadInput, bench.Run("decode", "spikes.csv"));
    }
}
