using FsCheck.Fluent;
using Lepton.Neuro.Plasticity.Gradients;
using Lepton.Neuro.Testing;

namespace Lepton.Neuro.Gradients.Tests;

public sealed class MatrixProductTests
{
    static readonly int[] Widths = [32, 128, 256, 512];

    /// <summary>The sizes around tiles, panels and blocks, where edges are.</summary>
    sealed record Sizes(int Rows, int Depth, int Columns, bool Add, int Seed);

    [Fact]
    public void Every_width_gives_the_bits_of_the_definition()
    {
        var sizes =
            from rows in Gen.OneOf(Gen.Choose(1, 30), Gen.Choose(90, 130))
            from depth in Gen.OneOf(Gen.Choose(1, 40), Gen.Choose(250, 300))
            from columns in Gen.Choose(1, 70)
            from add in Gen.Elements(false, true)
            from seed in Gen.Choose(0, 1000)
            select new Sizes(rows, depth, columns, add, seed);
        Properties.Holds(sizes, Check, 40);

        static void Check(Sizes size)
        {
            var (rows, depth, columns) = (size.Rows, size.Depth, size.Columns);
            var random = new System.Random(size.Seed);
            float[] a = Draw(random, rows * depth), b = Draw(random, depth * columns), before = Draw(random, rows * columns);
            float[] expected = Definition(a, b, size.Add ? before : new float[before.Length], rows, depth, columns);
            foreach (int bits in Widths)
            {
                var right = new MatrixFactor(bits);
                right.Set(b, depth, columns);
                var result = before.ToArray();
                MatrixProduct.Multiply(a, rows, right, result, size.Add);
                Assert.Equal(expected, result);
                result = before.ToArray();
                MatrixProduct.MultiplyTransposed(Transpose(a, rows, depth), rows, right, result, size.Add);
                Assert.Equal(expected, result);
                right.SetTransposed(Transpose(b, depth, columns), depth, columns);
                result = before.ToArray();
                MatrixProduct.Multiply(a, rows, right, result, size.Add);
                Assert.Equal(expected, result);
            }
        }
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        var right = new MatrixFactor();
        Assert.Contains("6", Assert.Throws<InvalidInputException>(() => right.Set(new float[5], 2, 3)).Message, StringComparison.Ordinal);
        right.Set(new float[6], 2, 3);
        Assert.Contains("left factor", Assert.Throws<InvalidInputException>(() => MatrixProduct.Multiply(new float[3], 2, right, new float[6])).Message, StringComparison.Ordinal);
        Assert.Contains("product", Assert.Throws<InvalidInputException>(() => MatrixProduct.Multiply(new float[4], 2, right, new float[5])).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidInputException>(() => new MatrixFactor(64));
    }

    [Fact]
    public void A_product_allocates_nothing()
    {
        var right = new MatrixFactor();
        right.Set(new float[50 * 40], 50, 40);
        float[] left = new float[100 * 50], result = new float[100 * 40];
        MatrixProduct.Multiply(left, 100, right, result);
        long before = GC.GetAllocatedBytesForCurrentThread();
        MatrixProduct.Multiply(left, 100, right, result);
        MatrixProduct.MultiplyTransposed(left, 100, right, result);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    static float[] Definition(float[] a, float[] b, float[] start, int rows, int depth, int columns)
    {
        var result = start.ToArray();
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                for (int k = 0; k < depth; k++) result[(i * columns) + j] = MathF.FusedMultiplyAdd(a[(i * depth) + k], b[(k * columns) + j], result[(i * columns) + j]);
            }
        }
        return result;
    }

    static float[] Transpose(float[] values, int rows, int columns)
    {
        var result = new float[values.Length];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++) result[(j * rows) + i] = values[(i * columns) + j];
        }
        return result;
    }

    static float[] Draw(System.Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
}
