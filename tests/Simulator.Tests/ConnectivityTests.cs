using FsCheck.Fluent;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Simulator.Tests;

public sealed class ConnectivityTests
{
    static CompiledProjection Plan(Wiring wiring, int sources, int targets, ulong seed = 1, Weight? weight = null, Delay? delay = null)
    {
        var network = new Network(seed);
        var from = network.Add("from", sources, new PoissonSource(1.Hz));
        var to = network.Add("to", targets, new Lif());
        network.Connect(from, to, wiring, weight ?? 1.0, delay);
        return network.Compile(0.1.ms).Projections[0];
    }

    static int[][] SourcesOf(CompiledProjection plan) => Rows(plan, SynapseParts.Sources, row => row.Sources.ToArray());

    static long[][] SlotsOf(CompiledProjection plan) => Rows(plan, SynapseParts.Slots, row => row.Slots.ToArray());

    static T[][] Rows<T>(CompiledProjection plan, SynapseParts parts, Func<SynapseRow, T[]> part)
    {
        var row = new SynapseRow();
        return [.. Enumerable.Range(0, plan.Connectivity.Targets).Select(target =>
        {
            plan.Read(target, row, parts);
            Assert.Equal(plan.Connectivity.InDegree(target), row.Count);
            return part(row);
        })];
    }

    [Fact]
    public void Every_wiring_keeps_its_own_counts() =>
        Properties.Holds(
            from kind in Gen.Choose(0, 5)
            from sources in Gen.Choose(1, 90)
            from targets in Gen.Choose(1, 40)
            from amount in Gen.Choose(0, 700)
            from seed in Gen.Choose(0, int.MaxValue)
            select (kind, sources, targets, amount, seed),
            given =>
            {
                var (kind, sources, targets, amount, seed) = given;
                if (kind == 1) targets = sources;
                var random = new System.Random(seed);
                Wiring wiring = kind switch
                {
                    0 => Wiring.AllToAll,
                    1 => Wiring.OneToOne,
                    2 => Wiring.Probability(amount / 700.0),
                    3 => Wiring.InDegree(amount),
                    4 => Wiring.Total(amount),
                    _ => Wiring.Edges([.. Enumerable.Range(0, amount).Select(_ => (random.Next(sources), random.Next(targets)))]),
                };
                var plan = Plan(wiring, sources, targets, (ulong)seed);
                var connectivity = plan.Connectivity;
                var rows = SourcesOf(plan);
                Assert.Equal(connectivity.Count, rows.Sum(r => (long)r.Length));
                Assert.Equal(connectivity.Slots, connectivity.Count);
                Assert.Equal(connectivity.LargestInDegree, rows.Max(r => r.Length));
                Assert.All(rows.SelectMany(r => r), source => Assert.InRange(source, 0, sources - 1));
                Assert.Equal(Enumerable.Range(0, (int)connectivity.Count).Select(s => (long)s), SlotsOf(plan).SelectMany(s => s).Order());
                Assert.Equal((sources, targets), (connectivity.Sources, connectivity.Targets));
                Assert.Equal(kind == 0, connectivity.IsAllToAll);
                switch (kind)
                {
                    case 0: Assert.All(rows, r => Assert.Equal(Enumerable.Range(0, sources), r)); break;
                    case 1: Assert.Equal(Enumerable.Range(0, sources), rows.Select(Assert.Single)); break;
                    case 2: Assert.All(rows, r => Assert.Equal(r.Distinct().Order(), r)); break;
                    case 3: Assert.All(rows, r => Assert.Equal(amount, r.Length)); break;
                    default: Assert.Equal(amount, connectivity.Count); break;
                }
            }, 200);

    [Fact]
    public void Slots_are_the_documented_order()
    {
        var full = SlotsOf(Plan(Wiring.AllToAll, 3, 4));
        for (int source = 0; source < 3; source++)
        {
            for (int target = 0; target < 4; target++) Assert.Equal((source * 4) + target, full[target][source]);
        }
        (int Source, int Target)[] edges = [(2, 1), (0, 0), (2, 1), (1, 0), (0, 2)];
        var plan = Plan(Wiring.Edges(edges), 3, 4);
        var sources = SourcesOf(plan);
        var slots = SlotsOf(plan);
        for (int target = 0; target < 4; target++)
        {
            Assert.Equal(Enumerable.Range(0, edges.Length).Where(e => edges[e].Target == target).Select(e => (long)e), slots[target]);
            Assert.Equal(slots[target].Select(s => edges[s].Source), sources[target]);
        }
    }

    [Fact]
    public void Probability_joins_each_pair_independently()
    {
        const int n = 1000;
        const double p = 0.07;
        var rows = SourcesOf(Plan(Wiring.Probability(p), n, n));
        AssertBinomial(rows.Select(r => r.Length), n, p);
        var outDegrees = new int[n];
        foreach (int source in rows.SelectMany(r => r)) outDegrees[source]++;
        AssertBinomial(outDegrees, n, p);
        Assert.Equal(0, Plan(Wiring.Probability(0), 50, 50).Connectivity.Count);
        Assert.Equal(2500, Plan(Wiring.Probability(1), 50, 50).Connectivity.Count);

        static void AssertBinomial(IEnumerable<int> degrees, int n, double p)
        {
            double mean = degrees.Average(), variance = degrees.Average(d => (d - mean) * (d - mean));
            Assert.InRange(mean, (n * p) - (5 * Math.Sqrt(p * (1 - p))), (n * p) + (5 * Math.Sqrt(p * (1 - p))));
            // A sample variance of 1000 degrees has a relative standard error of 4.5 %: a Poisson or a fixed degree is far outside.
            Assert.InRange(variance / (n * p * (1 - p)), 0.8, 1.2);
        }
    }

    [Fact]
    public void A_population_joined_to_itself_can_leave_out_autapses()
    {
        var network = new Network(3);
        var neurons = network.Add("neurons", 60, new Lif());
        network.Connect(neurons, neurons, Wiring.Probability(0.9, allowSelf: false), 1.0);
        network.Connect(neurons, neurons, Wiring.Probability(0.9), 1.0);
        var plan = network.Compile(1.ms);
        Assert.DoesNotContain(SourcesOf(plan.Projections[0]).Index(), row => row.Item.Contains(row.Index));
        Assert.Contains(SourcesOf(plan.Projections[1]).Index(), row => row.Item.Contains(row.Index));
    }

    [Fact]
    public void A_fixed_in_degree_draws_its_sources_uniformly_with_repetition()
    {
        const int sources = 100;
        var rows = SourcesOf(Plan(Wiring.InDegree(500), sources, 400));
        AssertUniform([.. rows.SelectMany(r => r)], sources);
        // In a row, a repetition of the last source happens once in 100 times.
        double repeats = rows.Average(r => r.Zip(r.Skip(1)).Count(pair => pair.First == pair.Second) / 499.0);
        Assert.InRange(repeats, 0.0088, 0.0112);
    }

    [Fact]
    public void A_fixed_total_draws_both_ends_uniformly()
    {
        const int total = 150_000, sources = 70, targets = 300;
        var rows = SourcesOf(Plan(Wiring.Total(total), sources, targets));
        Assert.Equal(total, rows.Sum(r => r.Length));
        AssertUniform([.. rows.SelectMany(r => r)], sources);
        AssertUniform([.. rows.Index().SelectMany(r => Enumerable.Repeat(r.Index, r.Item.Length))], targets);
    }

    static void AssertUniform(int[] draws, int count)
    {
        double expected = (double)draws.Length / count;
        double chi = draws.CountBy(d => d).Sum(c => (c.Value - expected) * (c.Value - expected) / expected);
        // Too even is as wrong as too uneven: mean count - 1, deviation sqrt(2 (count - 1)).
        Assert.Equal(count, draws.Distinct().Count());
        Assert.InRange(chi, count - 1 - (5 * Math.Sqrt(2 * (count - 1))), count - 1 + (5.5 * Math.Sqrt(2 * (count - 1))));
    }

    [Fact]
    public void The_seed_and_the_place_in_the_network_determine_a_wiring_and_nothing_else_does()
    {
        foreach (var wiring in new[] { Wiring.Probability(0.2), Wiring.InDegree(9), Wiring.Total(333) })
        {
            var once = SourcesOf(Plan(wiring, 40, 30, 5));
            Assert.Equal(once, SourcesOf(Plan(wiring, 40, 30, 5)));
            Assert.NotEqual(once, SourcesOf(Plan(wiring, 40, 30, 6)));
            var plan = Plan(wiring, 40, 30, 5);
            var row = new SynapseRow();
            for (int target = 29; target >= 0; target--)
            {
                plan.Read(target, row, SynapseParts.Sources | SynapseParts.Weights | SynapseParts.Delays | SynapseParts.Slots);
                Assert.Equal(once[target], row.Sources.ToArray());
            }
        }
        var network = new Network(5);
        var from = network.Add("from", 40, new PoissonSource(1.Hz));
        var to = network.Add("to", 30, new Lif());
        for (int i = 0; i < 2; i++) network.Connect(from, to, Wiring.InDegree(9), Weight.Uniform(0, 1));
        var two = network.Compile(1.ms).Projections;
        Assert.NotEqual(SourcesOf(two[0]), SourcesOf(two[1]));
        Assert.NotEqual(Rows(two[0], SynapseParts.Weights, r => r.Weights.ToArray()), Rows(two[1], SynapseParts.Weights, r => r.Weights.ToArray()));
    }

    [Fact]
    public void A_convolution_is_the_convolution() =>
        Properties.Holds(
            from height in Gen.Choose(1, 8)
            from width in Gen.Choose(1, 8)
            from channels in Gen.Choose(1, 3)
            from filters in Gen.Choose(1, 3)
            from stride in Gen.Choose(1, 3)
            from padding in Gen.Choose(0, 3)
            from kernel in Gen.Choose(1, Math.Min(height, width) + (2 * padding))
            select (height, width, channels, filters, stride, padding, kernel),
            given =>
            {
                var (height, width, channels, filters, stride, padding, kernel) = given;
                var wiring = (ConvolutionWiring)Wiring.Convolution(height, width, channels, filters, kernel, stride, padding);
                var expected = new List<(int Target, int Source, long Slot)>();
                int rows = wiring.OutputHeight, columns = wiring.OutputWidth;
                for (int filter = 0; filter < filters; filter++)
                    for (int row = 0; row < rows; row++)
                        for (int column = 0; column < columns; column++)
                            for (int channel = 0; channel < channels; channel++)
                                for (int i = 0; i < kernel; i++)
                                    for (int j = 0; j < kernel; j++)
                                    {
                                        int y = (row * stride) + i - padding, x = (column * stride) + j - padding;
                                        if (y < 0 || y >= height || x < 0 || x >= width) continue;
                                        expected.Add(((((filter * rows) + row) * columns) + column, (((channel * height) + y) * width) + x, (((((long)filter * channels) + channel) * kernel) + i) * kernel + j));
                                    }
                var plan = Plan(wiring, channels * height * width, filters * rows * columns, weight: Weight.Normal(0, 1));
                var sources = SourcesOf(plan);
                var slots = SlotsOf(plan);
                Assert.Equal(expected.Order(), sources.Index().SelectMany(r => r.Item.Zip(slots[r.Index], (s, slot) => (r.Index, s, slot))).Order());
                Assert.Equal(expected.Count, plan.Connectivity.Count);
                Assert.True(plan.Connectivity.LargestInDegree >= sources.Max(r => r.Length));
                // The kernel is shared: a place has one weight, wherever it is used.
                var weights = Rows(plan, SynapseParts.Weights, r => r.Weights.ToArray());
                var bySlot = weights.Zip(slots).SelectMany(r => r.First.Zip(r.Second)).GroupBy(p => p.Second, p => p.First);
                Assert.All(bySlot, slot => Assert.Single(slot.Distinct()));
            });

    static double[] Weights(Weight weight) =>
        [.. Rows(Plan(Wiring.AllToAll, 500, 400, 8, weight), SynapseParts.Weights, r => r.Weights.ToArray()).SelectMany(w => w).Select(w => (double)w)];

    static void AssertMoments(double[] values, double mean, double deviation, double slack = 1)
    {
        double average = values.Average(), spread = Math.Sqrt(values.Average(v => (v - average) * (v - average)));
        Assert.InRange(average, mean - (slack * 5 * deviation / Math.Sqrt(values.Length)), mean + (slack * 5 * deviation / Math.Sqrt(values.Length)));
        Assert.InRange(spread / deviation, 1 - (0.012 * slack), 1 + (0.012 * slack));
    }

    [Fact]
    public void Weights_have_their_distributions_and_stay_in_their_bounds()
    {
        double[] uniform = Weights(Weight.Uniform(-2, 5));
        AssertMoments(uniform, 1.5, 7 / Math.Sqrt(12));
        Assert.All(uniform, w => Assert.InRange(w, -2, 5));
        Assert.True(uniform.Min() < -1.99 && uniform.Max() > 4.99);

        double[] normal = Weights(Weight.Normal(87.8, 8.78));
        AssertMoments(normal, 87.8, 8.78);
        Assert.InRange(normal.Average(w => Math.Pow((w - 87.8) / 8.78, 4)), 2.9, 3.1);
        Assert.InRange(normal.Average(w => Math.Pow((w - 87.8) / 8.78, 3)), -0.03, 0.03);

        double[] clipped = Weights(Weight.Normal(0, 1, least: 0, most: 1.5));
        Assert.InRange(clipped.Count(w => w == 0) / (double)clipped.Length, 0.494, 0.506);
        Assert.InRange(clipped.Count(w => w == 1.5) / (double)clipped.Length, 0.0638, 0.0698);
        Assert.All(clipped, w => Assert.InRange(w, 0, 1.5));

        double[] lognormal = Weights(Weight.Lognormal(-0.7, 0.9, -1));
        Assert.All(lognormal, w => Assert.True(w < 0));
        AssertMoments([.. lognormal.Select(w => Math.Log(-w))], -0.7, 0.9);

        Assert.All(Weights(0.25), w => Assert.Equal(0.25, w));
        foreach (var weight in new[] { Weight.Uniform(-2, 5), Weight.Normal(87.8, 8.78), Weight.Normal(0, 1, 0, 1.5), Weight.Lognormal(-0.7, 0.9, -1), Weight.Lognormal(1, 2) })
        {
            var (least, most) = weight.Bounds;
            Assert.All(Weights(weight), w => Assert.InRange(w, least, most));
        }
    }

    [Fact]
    public void Explicit_weights_and_delays_lie_where_they_were_put()
    {
        float[] weights = [1, 2, 3, 4, 5, 6];
        Time[] delays = [1.ms, 2.ms, 3.ms, 4.ms, 5.ms, 6.ms];
        var plan = Plan(Wiring.AllToAll, 2, 3, weight: Weight.Explicit(weights), delay: Delay.Explicit(delays));
        Assert.Equal([[1f, 4f], [2f, 5f], [3f, 6f]], Rows(plan, SynapseParts.Weights, r => r.Weights.ToArray()));
        Assert.Equal([[10, 40], [20, 50], [30, 60]], Rows(plan, SynapseParts.Delays, r => r.Delays.ToArray()));
        Assert.Equal((10, 60), (plan.LeastDelay, plan.MostDelay));
        weights[0] = 99;
        Assert.Equal(1f, Rows(plan, SynapseParts.Weights, r => r.Weights.ToArray())[0][0]);
    }

    static double[] Delays(Delay delay) => [.. Rows(Plan(Wiring.AllToAll, 500, 400, 8, delay: delay), SynapseParts.Delays, r => r.Delays.ToArray()).SelectMany(d => d).Select(d => (double)d)];

    [Fact]
    public void Delays_have_their_distributions_in_steps()
    {
        // Rounding to steps adds the variance 1/12.
        AssertMoments(Delays(Delay.Normal(15.ms, 2.5.ms)), 150, Math.Sqrt((25 * 25) + (1 / 12.0)));
        AssertMoments(Delays(Delay.Uniform(1.05.ms, 9.05.ms)), 50.5, Math.Sqrt((80 * 80 / 12.0) + (1 / 12.0)));
        double[] clipped = Delays(Delay.Normal(0.2.ms, 0.2.ms));
        Assert.Equal(1, clipped.Min());
        // At most 1.5 steps, where the mean and the deviation are 2 steps: P(z < -0.25) = 0.4013.
        Assert.InRange(clipped.Count(d => d == 1) / (double)clipped.Length, 0.395, 0.408);
        Assert.All(Delays(Delay.OneStep), d => Assert.Equal(1, d));
        Assert.All(Delays(0.04.ms), d => Assert.Equal(1, d));
        Assert.All(Delays(1.5.ms), d => Assert.Equal(15, d));
    }

    [Fact]
    public void A_delay_without_spread_is_the_constant_delay()
    {
        for (int half = 1; half < 40; half++)
        {
            foreach (double nudge in new[] { 0, 1e-13, -1e-13 })
            {
                Time delay = new((half * 0.5e-4) + nudge);
                int expected = Rows(Plan(Wiring.AllToAll, 1, 1, delay: delay), SynapseParts.Delays, r => r.Delays.ToArray())[0][0];
                foreach (var same in new[] { Delay.Uniform(delay, delay), Delay.Normal(delay, 0.ms), Delay.Explicit([delay]) })
                {
                    var plan = Plan(Wiring.AllToAll, 1, 1, delay: same);
                    Assert.Equal(expected, Rows(plan, SynapseParts.Delays, r => r.Delays.ToArray())[0][0]);
                    Assert.Equal((expected, expected), (plan.LeastDelay, plan.MostDelay));
                }
            }
        }
    }

    [Fact]
    public void No_delay_leaves_the_range_that_the_plan_states() =>
        Properties.Holds(
            from low in Gen.Choose(0, 400)
            from range in Gen.Choose(0, 60)
            from nudge in Gen.Choose(-2, 2)
            from normal in Gen.Elements(true, false)
            select (low, range, nudge, normal),
            given =>
            {
                // In quarters of a step, and next to them: halves are where two ways to round can disagree.
                Time low = new(Math.Max(1e-6, (given.low * 0.25e-4) + (given.nudge * 1e-13))), width = new(given.range * 0.25e-4);
                var plan = Plan(Wiring.AllToAll, 200, 5, 9, delay: given.normal ? Delay.Normal(low, width) : Delay.Uniform(low, low + width));
                var delays = Rows(plan, SynapseParts.Delays, r => r.Delays.ToArray()).SelectMany(d => d).ToArray();
                Assert.InRange(delays.Min(), plan.LeastDelay, plan.MostDelay);
                Assert.InRange(delays.Max(), plan.LeastDelay, plan.MostDelay);
                if (given.range > 0) return;
                Assert.All(delays, d => Assert.Equal(Math.Max(1, low.Steps(0.1.ms)), d));
            }, 300);
}
