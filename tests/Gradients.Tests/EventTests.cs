using FsCheck.Fluent;
using Lepton.Neuro.Plasticity.Gradients;
using Lepton.Neuro.Testing;

namespace Lepton.Neuro.Gradients.Tests;

/// <summary>Spikes multiplied one by one against the matrix product: the same bits.</summary>
public sealed unsafe class EventTests
{
    sealed record Case(int Rows, int Depth, int Columns, int Percent, int Seed);

    [Fact]
    public void Adding_the_rows_that_spikes_pick_gives_the_bits_of_the_product()
    {
        var cases =
            from rows in Gen.Choose(1, 40)
            from depth in Gen.Choose(1, 300)
            from columns in Gen.Choose(1, 300)
            from percent in Gen.Choose(0, 60)
            from seed in Gen.Choose(0, 1000)
            select new Case(rows, depth, columns, percent, seed);
        Properties.Holds(cases, Check, 40);

        static void Check(Case c)
        {
            var random = new System.Random(c.Seed);
            float[] spikes = [.. Enumerable.Range(0, c.Rows * c.Depth).Select(_ => random.Next(100) < c.Percent ? 1f : 0f)];
            float[] weights = [.. Enumerable.Range(0, c.Depth * c.Columns).Select(_ => random.NextSingle() - 0.5f)];
            float[] errors = [.. Enumerable.Range(0, c.Rows * c.Columns).Select(_ => random.NextSingle() - 0.5f)];
            float[] forth = new float[c.Rows * c.Columns], back = new float[c.Depth * c.Columns];
            var right = new MatrixFactor();
            right.Set(weights, c.Depth, c.Columns);
            MatrixProduct.Multiply(spikes, c.Rows, right, forth);
            right.Set(errors, c.Rows, c.Columns);
            MatrixProduct.MultiplyTransposed(spikes, c.Depth, right, back);
            foreach (int bits in new[] { 32, 128, 256, 512 })
            {
                var events = new SpikeEvents();
                float[] result = new float[forth.Length], resultBack = new float[back.Length];
                fixed (float* s = spikes, w = weights, e = errors, r = result, b = resultBack)
                {
                    Assert.True(events.TryRead(bits, s, c.Rows, c.Depth, int.MaxValue));
                    Assert.Equal(spikes.Count(x => x != 0), events.Count);
                    RowSums.Add(bits, events.Starts, c.Rows, events.Columns, w, c.Columns, r, add: true);
                    events.Transpose(c.Depth);
                    RowSums.Add(bits, events.ColumnStarts, c.Depth, events.RowsByColumn, e, c.Columns, b, add: false);
                }
                Assert.Equal(forth, result);
                Assert.Equal(back, resultBack);
            }
        }
    }
}
