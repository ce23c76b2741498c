using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Plasticity.Compression;
using Lepton.Neuro.Testing;

namespace Lepton.Neuro.Plasticity.Tests;

public sealed class CompressionMethodsTests
{
    static readonly Gen<float[]> AnyWeights = Gen.Choose(-1000, 1000).Select(i => i * 0.0037f).ListOf().Select(l => l.ToArray());

    static readonly Gen<(float[] Weights, int Columns)> Matrices =
        from rows in Gen.Choose(1, 12)
        from columns in Gen.Choose(1, 12)
        from weights in Gen.Choose(-1000, 1000).ArrayOf(rows * columns)
        select (Array.ConvertAll(weights, w => w * 0.0013f * (1 + (Math.Abs(w) % columns))), columns);

    static readonly Gen<UniformQuantization> Quantizations =
        from bits in Gen.Choose(1, 9)
        from symmetric in Gen.Elements(true, false)
        from calibration in Gen.Elements(Enum.GetValues<Calibration>())
        from percentile in Gen.Choose(50, 100)
        select new UniformQuantization(bits) { IsSymmetric = symmetric, Calibration = calibration, Percentile = percentile };

    [Fact]
    public void Inside_the_range_the_error_is_bounded_and_zero_is_exact() => Properties.Holds(
        from weights in AnyWeights
        from quantization in Quantizations
        select (weights, quantization), one =>
        {
            var quantized = one.quantization.PerTensor(one.weights);
            var grid = quantized.Grids[0];
            Assert.Equal(0, grid.Nearest(0));
            Assert.Equal((1 << one.quantization.Bits) - (one.quantization.IsSymmetric && one.quantization.Bits > 1 ? 2 : one.quantization.IsSymmetric ? 0 : 1), grid.Most - grid.Least);
            for (int i = 0; i < one.weights.Length; i++)
            {
                float weight = one.weights[i];
                Assert.InRange(quantized.Integers[i], grid.Least, grid.Most);
                Assert.Equal(grid.Value(quantized.Integers[i]), quantized.Values[i]);
                if (weight >= grid.Low && weight <= grid.High) Assert.True(MathF.Abs(quantized.Values[i] - weight) <= grid.Step * 0.50001f + MathF.Abs(weight) * 2.4e-7f);
                else Assert.Equal(weight < grid.Low ? grid.Low : grid.High, quantized.Values[i]);
                if (one.quantization.Calibration == Calibration.MinMax) Assert.True(MathF.Abs(quantized.Values[i] - weight) <= grid.Step * 1.00001f);
            }
        });

    [Fact]
    public void Rounding_to_a_grid_twice_is_rounding_once() => Properties.Holds(
        from weights in AnyWeights
        from quantization in Quantizations
        select (weights, quantization), one =>
        {
            var quantized = one.quantization.PerTensor(one.weights);
            var again = new float[one.weights.Length];
            FakeQuantization.Forward(quantized.Values, quantized.Grids[0], again);
            Assert.Equal(quantized.Values, again);
        });

    [Fact]
    public void Calibration_by_error_is_never_worse_and_channels_never_worse_than_one_grid() => Properties.Holds(
        from matrix in Matrices
        from quantization in Quantizations
        from row in Gen.Elements(PruningGroup.Row, PruningGroup.Column)
        select (matrix.Weights, matrix.Columns, quantization, row), one =>
        {
            var best = one.quantization with { Calibration = Calibration.MeanSquaredError };
            double tensor = best.PerTensor(one.Weights).MeanSquaredError(one.Weights);
            Assert.True(tensor <= (one.quantization with { Calibration = Calibration.MinMax }).PerTensor(one.Weights).MeanSquaredError(one.Weights));
            var channels = best.PerChannel(one.Weights, one.Columns, one.row);
            Assert.True(channels.MeanSquaredError(one.Weights) <= tensor * (1 + 1e-12));
            Assert.Equal(one.row == PruningGroup.Row ? one.Weights.Length / one.Columns : one.Columns, channels.Grids.Length);
            for (int i = 0; i < one.Weights.Length; i++)
                Assert.Equal(channels.Values[i], channels.Grids[one.row == PruningGroup.Row ? i / one.Columns : i % one.Columns].Nearest(one.Weights[i]));
        });

    [Fact]
    public void Gradients_pass_where_nothing_is_clipped() => Properties.Holds(
        from weights in AnyWeights
        from quantization in Quantizations
        select (weights, quantization), one =>
        {
            var grid = one.quantization.GridFor(one.weights);
            var gradient = Enumerable.Range(1, one.weights.Length).Select(i => (float)i).ToArray();
            FakeQuantization.MaskGradient(one.weights, grid, gradient);
            for (int i = 0; i < gradient.Length; i++) Assert.Equal(one.weights[i] >= grid.Low && one.weights[i] <= grid.High ? i + 1 : 0, gradient[i]);
        });

    [Fact]
    public void The_gradient_of_a_step_is_that_of_finite_differences_where_rounding_does_not_change()
    {
        // Above the range a rounded weight is a multiple of the step, inside it moves against it by its rounding error.
        var grid = QuantizationGrid.Symmetric(4, 7);
        float[] weights = [20, -20, 3, 2.25f], gradient = [1, 2, 3, 4];
        double expected = ((7 * 1) + (-7 * 2) + (0 * 3) + (-0.25 * 4)) / Math.Sqrt(4 * 7);
        Assert.Equal(expected, FakeQuantization.StepGradient(weights, grid, gradient), 12);
    }

    [Fact]
    public void Movement_keeps_what_grew_and_its_sparsity_is_exact() => Properties.Holds(
        from pairs in Gen.Choose(-100, 100).Two().ListOf()
        from sparsity in Gen.Choose(0, 100)
        select (Before: pairs.Select(p => p.Item1 / 8f).ToArray(), After: pairs.Select(p => p.Item2 / 8f).ToArray(), Sparsity: sparsity / 100.0), one =>
        {
            var left = MovementPruning.Apply(one.Before, one.After, one.Sparsity);
            int wanted = (int)Math.Round(one.Sparsity * left.Length, MidpointRounding.AwayFromZero);
            Assert.Equal(Math.Max(one.After.Count(w => w == 0), wanted), left.Count(w => w == 0));
            float mostGone = float.MinValue, leastKept = float.MaxValue;
            for (int i = 0; i < left.Length; i++)
            {
                float grew = one.After[i] * one.After[i] - one.Before[i] * one.Before[i];
                if (left[i] != 0) leastKept = MathF.Min(leastKept, grew);
                else if (one.After[i] != 0) mostGone = MathF.Max(mostGone, grew);
                Assert.True(left[i] == 0 || left[i] == one.After[i]);
            }
            Assert.True(mostGone <= leastKept);
        });

    [Fact]
    public void Movement_by_gradients_agrees_with_movement_by_weights_for_small_steps()
    {
        // Gradient descent on a parabola for each weight, to its own end.
        var random = new System.Random(1);
        float[] before = [.. Enumerable.Range(0, 50).Select(_ => (float)random.NextDouble() - 0.5f)], end = [.. Enumerable.Range(0, 50).Select(_ => (float)random.NextDouble() - 0.5f)];
        var weights = (float[])before.Clone();
        var scores = new float[50];
        for (int step = 0; step < 2000; step++)
        {
            var gradient = weights.Zip(end, (w, e) => w - e).ToArray();
            MovementPruning.Accumulate(scores, weights, gradient);
            for (int i = 0; i < weights.Length; i++) weights[i] -= 0.001f * gradient[i];
        }
        for (int i = 0; i < 50; i++) Assert.Equal((weights[i] * weights[i] - before[i] * before[i]) / 0.002, scores[i], 0.5);
        Assert.Equal(20, MovementPruning.ApplyScores([weights], [scores], 0.4)[0].Count(w => w == 0));
    }

    [Fact]
    public void Whole_groups_go_and_the_compact_matrix_holds_the_rest() => Properties.Holds(
        from matrix in Matrices
        from sparsity in Gen.Choose(0, 100)
        from byRow in Gen.Elements(true, false)
        from squares in Gen.Elements(true, false)
        select (matrix.Weights, matrix.Columns, Sparsity: sparsity / 100.0, byRow, squares), one =>
        {
            var group = one.byRow ? PruningGroup.Row : PruningGroup.Column;
            int rows = one.Weights.Length / one.Columns, groups = one.byRow ? rows : one.Columns;
            var left = StructuredPruning.Apply(one.Weights, one.Columns, group, one.Sparsity, one.squares);
            Assert.Equal(groups - (int)Math.Round(one.Sparsity * groups, MidpointRounding.AwayFromZero), left.Kept.Length);
            double Norm(int g) => Enumerable.Range(0, one.Weights.Length).Where(i => (one.byRow ? i / one.Columns : i % one.Columns) == g).Sum(i => one.squares ? (double)one.Weights[i] * one.Weights[i] : Math.Abs((double)one.Weights[i]));
            var gone = Enumerable.Range(0, groups).Except(left.Kept).ToArray();
            if (gone.Length > 0 && left.Kept.Length > 0) Assert.True(gone.Max(Norm) <= left.Kept.Min(Norm));
            for (int i = 0; i < one.Weights.Length; i++) Assert.Equal(gone.Contains(one.byRow ? i / one.Columns : i % one.Columns) ? 0 : one.Weights[i], left.Weights[i]);
            var small = StructuredPruning.Compact(one.Weights, one.Columns, group, left.Kept);
            Assert.Equal(Enumerable.Range(0, one.Weights.Length).Where(i => left.Kept.Contains(one.byRow ? i / one.Columns : i % one.Columns)).Select(i => one.Weights[i]), small);
        });

    [Fact]
    public void The_cubic_schedule_begins_ends_and_never_falls() => Properties.Holds(
        from begin in Gen.Choose(0, 50)
        from length in Gen.Choose(0, 200)
        from final in Gen.Choose(0, 100)
        from initial in Gen.Choose(0, 100)
        from every in Gen.Choose(1, 20)
        from exponent in Gen.Elements(0.5, 1.0, 3.0)
        select new PruningSchedule(final / 100.0, begin, begin + length) { Initial = final * initial / 10000.0, Every = every, Exponent = exponent }, schedule =>
        {
            double last = 0;
            for (long step = 0; step <= schedule.End + 3; step++)
            {
                double now = schedule.At(step);
                Assert.InRange(now, last - 1e-12, schedule.Final + 1e-12);
                if (step < schedule.Begin) Assert.Equal(0, now);
                if (step == schedule.Begin && schedule.End > schedule.Begin) Assert.Equal(schedule.Initial, now, 12);
                last = now;
            }
            Assert.Equal(schedule.Final, last);
        });

    [Fact]
    public void The_cubic_schedule_has_the_papers_values() =>
        Assert.Equal(0.9 - 0.9 * 0.125, new PruningSchedule(0.9, 0, 100).At(50), 12);

    [Fact]
    public void Shared_weights_are_the_nearest_values_and_zero_stays() => Properties.Holds(
        from weights in AnyWeights
        from values in Gen.Choose(2, 40)
        select (weights, values), one =>
        {
            var shared = WeightSharing.Apply(one.weights, one.values);
            Assert.True(shared.Codebook.Length <= one.values);
            for (int i = 0; i < one.weights.Length; i++)
            {
                Assert.Equal(shared.Codebook[shared.Codes[i]], shared.Values[i]);
                if (one.weights[i] == 0) Assert.Equal(0, shared.Values[i]);
                else Assert.All(shared.Codebook, v => Assert.True(Math.Abs((double)shared.Values[i] - one.weights[i]) <= Math.Abs((double)v - one.weights[i])));
            }
            if (one.weights.Distinct().Count() <= one.values) Assert.Equal(one.weights, shared.Values);
            Assert.Equal(shared.Values, WeightSharing.Apply(shared.Values, one.values).Values);
        });

    [Fact]
    public void Bad_input_is_refused_by_name()
    {
        Refused("the bits of a weight", () => new UniformQuantization(0).PerTensor([1f]));
        Refused("Percentile", () => new UniformQuantization(8) { Percentile = 0 }.PerTensor([1f]));
        Refused("a weight that is quantized", () => new UniformQuantization(8).PerTensor([float.NaN]));
        Refused("a multiple of 2", () => new UniformQuantization(8).PerChannel([1f, 2, 3], 2, PruningGroup.Row));
        Refused("the weights before training", () => MovementPruning.Apply([1f], [1f, 2f], 0.5));
        Refused("the sparsity", () => StructuredPruning.Apply([1f], 1, PruningGroup.Row, 2));
        Refused("Initial", () => new PruningSchedule(0.5, 0, 10) { Initial = 0.6 }.At(1));
        Refused("at least 2", () => WeightSharing.Apply([0f, 1f], 1));
        Refused("a column that is kept", () => StructuredPruning.Compact([1f, 2f], 2, PruningGroup.Column, [2]));

        static void Refused(string what, Action act) => Assert.Contains(what, Assert.Throws<InvalidInputException>(act).Message, StringComparison.Ordinal);
    }
}
