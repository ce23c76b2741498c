using FsCheck.Fluent;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Preprocessing;
using Lepton.Neuro.Testing;
using Xunit;

namespace Lepton.Neuro.Encoders.Tests;

public sealed class AugmentationTests
{
    static readonly Augmentation All = new() { Shift = 2, Rotate = 20, Scale = 0.2, Shear = 0.2, Elastic = 8, ElasticSigma = 2, Noise = 0.05, Erase = 0.3, Seed = 5 };

    [Fact]
    public void Nothing_asked_for_changes_nothing() =>
        Assert.Equal(Blob().Values.ToArray(), new Augmentation().Apply(Blob(), 3, 4).Values.ToArray());

    [Fact]
    public void A_set_is_changed_as_its_images_are_one_by_one_whatever_their_order()
    {
        var set = Glyphs.Generate(1, 30, 1).Train;
        var together = All.Apply(set, 2);
        foreach (int image in Enumerable.Range(0, set.Count).Reverse())
        {
            var alone = All.Apply(Picture.Create(set.Width, set.Height, 1, set.Pixels(image).ToArray().Select(p => p / 255f).ToArray()), (uint)image, 2);
            Assert.Equal(alone.Values.ToArray(), together.Row(image).ToArray());
            Assert.All(alone.Values.ToArray(), v => Assert.InRange(v, 0, 1));
        }
        Assert.NotEqual(together.Values.ToArray(), All.Apply(set, 3).Values.ToArray());
        Assert.NotEqual(together.Values.ToArray(), (All with { Seed = 6 }).Apply(set, 2).Values.ToArray());
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_on_every_machine()
    {
        var set = Glyphs.Generate(1, 20, 1).Train;
        var hash = System.Security.Cryptography.SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(All.Apply(set, 0).Values));
        Assert.Equal("59f45bec3749fc37", Convert.ToHexStringLower(hash)[..16]);
    }

    [Fact]
    public void A_shift_moves_the_middle_by_at_most_what_is_asked_for_and_evenly()
    {
        var shift = new Augmentation { Shift = 3 };
        var (x0, y0) = Middle(Blob());
        var moves = Enumerable.Range(0, 400).Select(i => Middle(shift.Apply(Blob(), (uint)i, 0))).Select(m => (X: m.X - x0, Y: m.Y - y0)).ToArray();
        Assert.All(moves, m => Assert.True(Math.Abs(m.X) <= 3.001 && Math.Abs(m.Y) <= 3.001));
        // Uniform in [-3, 3]: a deviation of the square root of 3, and a standard error of the mean of 0.087.
        Assert.InRange(moves.Average(m => m.X), -0.4, 0.4);
        Assert.InRange(moves.Average(m => m.Y), -0.4, 0.4);
        Assert.InRange(Math.Sqrt(moves.Average(m => m.X * m.X)), 1.5, 1.95);
        Assert.InRange(moves.Average(m => m.X * m.Y), -0.6, 0.6);
    }

    [Fact]
    public void Turning_keeps_the_middle_and_the_mass_and_turns_the_axis()
    {
        var bar = Picture.Create(31, 31, 1, Enumerable.Range(0, 961).Select(i => Math.Abs((i / 31) - 15) <= 2 && Math.Abs((i % 31) - 15) <= 9 ? 1f : 0).ToArray());
        var turn = new Augmentation { Rotate = 60 };
        var angles = Enumerable.Range(0, 200).Select(i =>
        {
            var turned = turn.Apply(bar, (uint)i, 0);
            var (x, y) = Middle(turned);
            Assert.InRange(x - 15, -0.1, 0.1);
            Assert.InRange(y - 15, -0.1, 0.1);
            Assert.InRange(turned.Values.ToArray().Sum() / bar.Values.ToArray().Sum(), 0.97, 1.03);
            double xx = 0, xy = 0, yy = 0;
            for (int p = 0; p < 961; p++)
            {
                double u = (p % 31) - x, v = (p / 31) - y, w = turned.Values[p];
                (xx, xy, yy) = (xx + (w * u * u), xy + (w * u * v), yy + (w * v * v));
            }
            return 90 / Math.PI * Math.Atan2(2 * xy, xx - yy);
        }).ToArray();
        Assert.All(angles, a => Assert.InRange(a, -61, 61));
        Assert.InRange(Math.Sqrt(angles.Average(a => a * a)), 30, 39);
    }

    [Fact]
    public void Scaling_changes_the_mass_by_the_square()
    {
        var scale = new Augmentation { Scale = 0.3 };
        double whole = Blob().Values.ToArray().Sum();
        var sizes = Enumerable.Range(0, 200).Select(i => Math.Sqrt(scale.Apply(Blob(), (uint)i, 0).Values.ToArray().Sum() / whole)).ToArray();
        Assert.All(sizes, s => Assert.InRange(s, 0.69, 1.31));
        Assert.True(sizes.Min() < 0.75 && sizes.Max() > 1.25);
    }

    [Fact]
    public void An_elastic_field_is_smooth_and_keeps_a_flat_picture_flat_inside()
    {
        var flat = Picture.Create(20, 20, 1, Enumerable.Repeat(1f, 400).ToArray());
        var bent = new Augmentation { Elastic = 5, Background = 1 }.Apply(flat, 0, 0);
        Assert.All(bent.Values.ToArray(), v => Assert.Equal(1, v, 1e-6));
        var slope = Picture.Create(64, 64, 1, Enumerable.Range(0, 4096).Select(i => i % 64 / 63f).ToArray());
        var moved = new Augmentation { Elastic = 20 }.Apply(slope, 0, 0);
        double[] by = [.. Enumerable.Range(0, 4096).Where(i => i % 64 is > 9 and < 54 && i / 64 is > 9 and < 54).Select(i => (moved.Values[i] - slope.Values[i]) * 63.0)];
        Assert.InRange(by.Max(Math.Abs), 0.3, 9);
        for (int i = 1; i < by.Length; i++)
            if (i % 44 != 0) Assert.InRange(by[i] - by[i - 1], -1, 1);
    }

    [Fact]
    public void Noise_has_the_deviation_asked_for_and_erasing_takes_one_rectangle()
    {
        var grey = Picture.Create(40, 40, 2, Enumerable.Repeat(0.5f, 3200).ToArray());
        var noisy = new Augmentation { Noise = 0.1 }.Apply(grey, 7, 0).Values.ToArray();
        Assert.InRange(noisy.Average(v => (double)v), 0.49, 0.51);
        Assert.InRange(Math.Sqrt(noisy.Average(v => (v - 0.5) * (v - 0.5))), 0.094, 0.106);
        var erase = new Augmentation { Erase = 0.5 };
        var areas = new List<int>();
        for (uint i = 0; i < 60; i++)
        {
            var values = erase.Apply(grey, i, 0).Values.ToArray();
            int[] gone = [.. Enumerable.Range(0, 1600).Where(p => values[p] == 0)];
            Assert.Equal(gone, Enumerable.Range(0, 1600).Where(p => values[1600 + p] == 0));
            areas.Add(gone.Length);
            if (gone.Length == 0) continue;
            int columns = gone.Max(p => p % 40) - gone.Min(p => p % 40) + 1, rows = gone.Max(p => p / 40) - gone.Min(p => p / 40) + 1;
            Assert.Equal(columns * rows, gone.Length);
            Assert.True(columns <= 20 && rows <= 20);
        }
        Assert.InRange(areas.Average(), 60, 140);
    }

    [Fact]
    public void Parameters_out_of_range_are_refused()
    {
        foreach (var bad in new Augmentation[]
        {
            new() { Shift = -1 }, new() { Rotate = 181 }, new() { Scale = 1 }, new() { Shear = double.NaN }, new() { Elastic = -1 }, new() { ElasticSigma = 0 }, new() { Noise = -1 }, new() { Erase = 1.1 }, new() { Background = 2 },
        })
            Assert.Throws<InvalidInputException>(() => bad.Apply(Blob(), 0, 0));
    }

    static Picture Blob() => Picture.Create(32, 32, 1, Enumerable.Range(0, 1024).Select(i => (float)Math.Exp(-(Math.Pow((i % 32) - 15.5, 2) + Math.Pow((i / 32) - 15.5, 2)) / 18)).ToArray());

    static (double X, double Y) Middle(Picture picture)
    {
        double sum = 0, x = 0, y = 0;
        for (int i = 0; i < picture.Values.Length; i++) (sum, x, y) = (sum + picture.Values[i], x + (picture.Values[i] * (i % picture.Width)), y + (picture.Values[i] * (i / picture.Width)));
        return (x / sum, y / sum);
    }
}
