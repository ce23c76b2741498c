using System.Text;
using FsCheck.Fluent;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Testing;
using Xunit;

namespace Lepton.Neuro.Encoders.Tests;

public sealed class DataNpyTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("lepton-npy-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Every_type_and_order_gives_the_numbers_that_were_packed()
    {
        double[] numbers = [0, 1, 2, 100, 5, 7];
        foreach (var (type, pack) in new (string, Func<double, byte[]>)[]
        {
            ("|u1", v => [(byte)v]), ("|i1", v => [(byte)v]), ("<u2", v => BitConverter.GetBytes((ushort)v)), ("<i2", v => BitConverter.GetBytes((short)v)), ("<u4", v => BitConverter.GetBytes((uint)v)),
            ("<i4", v => BitConverter.GetBytes((int)v)), ("<u8", v => BitConverter.GetBytes((ulong)v)), ("<i8", v => BitConverter.GetBytes((long)v)), ("<f2", v => BitConverter.GetBytes((Half)v)),
            ("<f4", v => BitConverter.GetBytes((float)v)), ("<f8", v => BitConverter.GetBytes(v)),
        })
        {
            byte[] data = [.. numbers.SelectMany(pack)], turned = [.. numbers.SelectMany(v => pack(v).Reverse())];
            var read = NpyFile.Parse(Npy(type, "False", "(2, 3)", data), "a.npy");
            Assert.Equal([2, 3], read.Shape);
            Assert.Equal(numbers, read.Values);
            Assert.Equal([0, 2, 5, 1, 100, 7], NpyFile.Parse(Npy(type, "True", "(2, 3)", data), "a.npy").Values);
            if (type[0] == '<') Assert.Equal(numbers, NpyFile.Parse(Npy('>' + type[1..], "False", "(6,)", turned, 2), "a.npy").Values);
        }
        Assert.Equal([-3.5], NpyFile.Parse(Npy("<f8", "False", "()", BitConverter.GetBytes(-3.5)), "a.npy").Values);
        Assert.Equal([-1, -2], NpyFile.Parse(Npy("|i1", "False", "(2,)", [255, 254]), "a.npy").Values);
    }

    [Fact]
    public void Wrong_and_damaged_files_give_numbers_or_one_clear_error()
    {
        foreach (var wrong in new[] { Npy("<c8", "False", "(1,)", new byte[8]), Npy("<f8", "Maybe", "(1,)", new byte[8]), Npy("<f8", "False", "(2,)", new byte[8]), Npy("<f8", "False", "(99999999, 99999999, 99999999)", []), Npy("<f8", "False", "(-1,)", []), "nonsense"u8.ToArray(), [] })
            Assert.StartsWith("a.npy", Assert.Throws<InvalidInputException>(() => NpyFile.Parse(wrong, "a.npy")).Message, StringComparison.Ordinal);
        byte[] good = Npy("<f4", "True", "(2, 3)", new byte[24]);
        Properties.Holds(
            from cut in Gen.Choose(0, 3 * good.Length)
            from changes in Gen.ListOf(Gen.Choose(0, good.Length - 1).SelectMany(at => Gen.Choose(0, 255).Select(value => (at, value))))
            select (cut, changes),
            given =>
            {
                byte[] file = good[..Math.Min(good.Length, given.cut)];
                foreach (var (at, value) in given.changes.Take(4))
                    if (at < file.Length) file[at] = (byte)value;
                try
                {
                    Assert.InRange(NpyFile.Parse(file, "a.npy").Values.Count, 0, 24);
                }
                catch (InvalidInputException refusal)
                {
                    Assert.DoesNotContain('\n', refusal.Message);
                }
            }, 2000);
    }

    [Fact]
    public void A_folder_of_classes_becomes_a_set()
    {
        foreach (var (name, bytes) in new (string, byte[])[] { ("dog/b.pgm", [1, 2]), ("dog/a.pgm", [3, 4]), ("cat/z.pgm", [5, 6]) })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, name))!);
            File.WriteAllBytes(Path.Combine(folder, name), [.. "P5 2 1 255\n"u8, .. bytes]);
        }
        File.WriteAllText(Path.Combine(folder, "dog", "notes.txt"), "not a picture");
        var set = ImageFolder.Read(folder);
        Assert.Equal(["cat", "dog"], set.ClassNames);
        Assert.Equal([(0, 5, 6), (1, 3, 4), (1, 1, 2)], Enumerable.Range(0, set.Count).Select(i => (set.Label(i), (int)set.Pixels(i)[0], (int)set.Pixels(i)[1])));
        File.WriteAllBytes(Path.Combine(folder, "dog", "c.pgm"), [.. "P5 1 1 255\n"u8, 1]);
        Assert.Contains("c.pgm is 1 x 1 x 1", Assert.Throws<InvalidInputException>(() => ImageFolder.Read(folder)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidInputException>(() => ImageFolder.Read(Path.Combine(folder, "dog")));
        Assert.Throws<InvalidInputException>(() => ImageFolder.Read(Path.Combine(folder, "missing")));
    }

    static byte[] Npy(string type, string fortran, string shape, byte[] data, byte version = 1)
    {
        byte[] header = Encoding.ASCII.GetBytes($"{{'descr': '{type}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n");
        byte[] length = BitConverter.GetBytes(header.Length);
        return [0x93, .. "NUMPY"u8, version, 0, .. version == 1 ? length[..2] : length, .. header, .. data];
    }
}
