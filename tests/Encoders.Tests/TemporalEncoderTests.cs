using FsCheck.Fluent;
using Lepton.Neuro.Testing;
using Xunit;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Encoders.Tests;

public sealed class TemporalEncoderTests
{
    [Fact]
    public void Signed_Poisson_has_the_rate_and_Fano_factor_of_its_sign_and_is_silent_for_the_other()
    {
        const int channels = 400, steps = 2000;
        foreach (float signal in new[] { -0.8f, -0.1f, 0.3f })
        {
            var shown = Enumerable.Repeat(signal, channels).ToArray();
            var up = Fired(new SignedPoissonRate(900.Hz), shown, steps);
            var down = Fired(new SignedPoissonRate(900.Hz) { Negative = true }, shown, steps);
            Assert.All(signal > 0 ? down : up, Assert.Empty);
            double p = Math.Abs(signal) * 0.9;
            double[] counts = [.. (signal > 0 ? up : down).Select(f => (double)f.Count)];
            double mean = counts.Average(), error = 5 * Math.Sqrt(p * (1 - p) / (channels * (double)steps));
            Assert.InRange(mean / steps, p - error, p + error);
            Assert.InRange(counts.Sum(c => (c - mean) * (c - mean)) / (channels - 1) / mean / (1 - p), 0.7, 1.3);
            double decoded = Enumerable.Range(0, channels).Average(c => new SignedPoissonRate(900.Hz).Decode(up[c].Count, down[c].Count, steps, 1.ms));
            Assert.InRange(decoded - signal, -error / 0.9, error / 0.9);
        }
    }

    [Fact]
    public void Phase_digits_are_those_of_the_signal_and_give_it_back() =>
        Properties.Holds(
            from bits in Gen.Choose(1, 16)
            from x in Gen.Choose(0, 1 << 16)
            select (bits, x: x / 65536f),
            given =>
            {
                var code = new WeightedPhase(given.bits);
                var fired = Fired(code, [given.x], 3 * given.bits)[0];
                long whole = Math.Min((long)(given.x * (1 << given.bits)), (1L << given.bits) - 1);
                Assert.Equal(
                    Enumerable.Range(0, 3 * given.bits).Where(t => (whole >> (given.bits - 1 - (t % given.bits)) & 1) != 0).Select(t => (long)t), fired);
                Assert.Equal(whole / (double)(1 << given.bits), code.Decode(fired, 3));
            });

    [Fact]
    public void Bursts_have_the_count_and_the_spacing_of_the_definition() =>
        Properties.Holds(
            from most in Gen.Choose(1, 8)
            from shortest in Gen.Choose(1, 4)
            from longer in Gen.Choose(0, 9)
            from x in Gen.Choose(0, 256)
            select (most, shortest, longest: shortest + longer, x: x / 256f),
            given =>
            {
                var code = new Burst(given.longest) { Most = given.most, Shortest = given.shortest };
                int count = (int)Math.Ceiling(given.most * given.x), interval = (int)Math.Ceiling(given.longest - ((given.longest - given.shortest) * given.x));
                var fired = Fired(code, [given.x], 120)[0];
                Assert.Equal(Enumerable.Range(0, count).Select(k => (long)k * interval), fired);
                Assert.InRange(Math.Abs(code.Decode(fired.Count) - given.x), 0, 0.5 / given.most);
            });

    [Fact]
    public void Delta_fires_where_the_signal_changes_by_the_threshold() =>
        Properties.Holds(
            from levels in Gen.NonEmptyListOf(Gen.Choose(-20, 20))
            from padded in Gen.Elements(true, false)
            select (signal: levels.Select(l => l / 8f).ToArray(), padded),
            given =>
            {
                var changes = given.signal.Select((x, t) => t == 0 ? given.padded ? 0 : x : x - given.signal[t - 1]).ToArray();
                Assert.Equal(
                    Where(changes, c => c >= 0.5f),
                    Shown(new Delta(0.5f) { FromFirst = given.padded }, given.signal));
                Assert.Equal(
                    Where(changes, c => c <= -0.5f),
                    Shown(new Delta(0.5f) { FromFirst = given.padded, Negative = true }, given.signal));
            });

    [Fact]
    public void Sigma_delta_stays_within_its_threshold_of_a_signal_that_moves_no_faster() =>
        Properties.Holds(
            from threshold in Gen.Choose(1, 1000).Select(n => n / 1000f)
            from moves in Gen.NonEmptyListOf(Gen.Choose(-1000, 1000))
            select (threshold, moves),
            given =>
            {
                float x = 0;
                var signal = given.moves.Select(m => x += m / 1000f * given.threshold).ToArray();
                var code = new SigmaDelta(given.threshold);
                var up = Shown(code, signal);
                var down = Shown(code with { Negative = true }, signal);
                Assert.Empty(up.Intersect(down));
                for (int t = 0; t < signal.Length; t++)
                    Assert.InRange(Math.Abs(code.Decode(up.Count(s => s <= t), down.Count(s => s <= t)) - signal[t]), 0, given.threshold * (1 + 1e-5));
            }, 60);

    [Fact]
    public void Sigma_delta_catches_up_with_a_picture_that_is_shown_at_once()
    {
        var code = new SigmaDelta(0.125f);
        float[] picture = [0, 0.1f, 0.3f, 0.77f, 1];
        var up = Fired(code, picture, 50);
        var down = Fired(code with { Negative = true }, picture, 50);
        for (int c = 0; c < picture.Length; c++) Assert.InRange(picture[c] - code.Decode(up[c].Count, down[c].Count), 0, 0.12499);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], up[4]);
    }

    [Fact]
    public void A_constant_current_fires_at_the_intervals_of_the_closed_form() =>
        Properties.Holds(
            from x in Gen.Choose(0, 1000).Select(n => n / 1000f)
            from tau in Gen.Choose(2, 50)
            select (x, tau),
            given =>
            {
                var code = new ConstantCurrent(((double)given.tau).ms) { Gain = 2 };
                var fired = Fired(code, [given.x], 400)[0];
                if (given.x <= 0.5f)
                {
                    Assert.Empty(fired);
                    return;
                }
                double exact = -given.tau * Math.Log(1 - (1 / (2.0 * given.x)));
                // Where the closed form is a whole number of steps, rounding decides.
                if (Math.Abs(exact - Math.Round(exact)) < 1e-3 || exact > 300) return;
                long interval = (long)Math.Ceiling(exact);
                Assert.Equal(Enumerable.Range(1, (int)(400 / interval)).Select(k => (k * interval) - 1), fired);
                var (least, below) = code.Decode(interval, 1.ms);
                Assert.InRange(given.x, least - 1e-5, below + 1e-5);
            });

    [Fact]
    public void Time_to_first_spike_is_the_integer_formula_for_every_grey_value()
    {
        foreach (int steps in new[] { 1, 7, 255, 256, 1000 })
        {
            var code = new TimeToFirstSpike(steps);
            var fired = Fired(code, [.. Enumerable.Range(0, 256).Select(g => g / 255f)], steps + 2);
            for (int g = 0; g < 256; g++)
            {
                Assert.Equal(g == 0 ? [] : [(255L - g) * steps / 255], fired[g]);
                double decoded = code.Decode(fired[g].Count == 0 ? null : fired[g][0]);
                Assert.InRange(Math.Abs(decoded - (g / 255.0)), 0, (0.5 / steps) + 1e-9);
                if (steps >= 256) Assert.Equal(g, Math.Round(255 * decoded));
            }
        }
    }

    [Fact]
    public void Rank_order_is_unchanged_by_monotone_changes_and_gives_the_ranks_back() =>
        Properties.Holds(
            from signal in Gen.NonEmptyListOf(Gen.Choose(0, 50).Select(n => n / 50f))
            from more in Gen.Choose(0, 20)
            select (signal: signal.ToArray(), more),
            given =>
            {
                int n = given.signal.Length;
                var code = new RankOrder(n + given.more);
                var fired = Fired(code, code.Times(given.signal), n + given.more);
                var bent = Fired(code, code.Times([.. given.signal.Select(x => x * x * 7)]), n + given.more);
                Assert.Equal(fired, bent);
                var order = Enumerable.Range(0, n).OrderByDescending(c => given.signal[c]).ToArray();
                for (int rank = 0; rank < n; rank++)
                {
                    int channel = order[rank];
                    Assert.Equal(given.signal[channel] > 0 ? 1 : 0, fired[channel].Count);
                    Assert.Equal(given.signal[channel] > 0 ? rank : n, code.Decode(fired[channel].Count > 0 ? fired[channel][0] : null, n));
                }
                Assert.Equal(fired.Sum(f => f.Count), fired.SelectMany(f => f).Distinct().Count());
            }, 60);

    [Fact]
    public void Population_responses_are_Gaussian_and_give_the_value_back() =>
        Properties.Holds(
            from count in Gen.Choose(4, 20)
            from x in Gen.Choose(-1000, 3000).Select(n => n / 1000f)
            select (count, x),
            given =>
            {
                var bohte = GaussianPopulation.Between(given.count, -1, 3);
                Assert.Equal(-1 - (0.5 * 4 / (given.count - 2)), bohte.Centres[0], 1e-12);
                Assert.Equal(4 / (1.5 * (given.count - 2)), bohte.Sigma, 1e-12);
                foreach (var fields in new[] { bohte, GaussianPopulation.Evenly(given.count, -1, 3, 1) })
                {
                    var responses = fields.Respond([0, given.x]);
                    for (int k = 0; k < given.count; k++)
                        Assert.Equal(Math.Exp(-Math.Pow(given.x - fields.Centres[k], 2) / (2 * fields.Sigma * fields.Sigma)), responses[given.count + k], 1e-6);
                    Assert.Equal(given.x, fields.Decode(responses.AsSpan(given.count)), 1e-4);
                }
            });

    [Fact]
    public void Parameters_out_of_range_are_refused()
    {
        foreach (Encoder encoder in new Encoder[]
        {
            new WeightedPhase(0), new Burst(1), new Burst(5) { Most = 0 }, new Delta(0), new SigmaDelta(float.NaN), new ConstantCurrent(0.ms), new TimeToFirstSpike(0), new RankOrder(0), new SignedPoissonRate(2000.Hz),
        })
        {
            Assert.Throws<InvalidInputException>(() =>
            {
                var network = new Network(1);
                network.Add("source", 3, encoder);
                Reference.Load(network.Compile(1.ms)).Dispose();
            });
        }
        Assert.Throws<InvalidInputException>(() => new RankOrder(3).Times([1, -1]));
        Assert.Throws<InvalidInputException>(() => GaussianPopulation.Between(2, 0, 1));
        Assert.Throws<InvalidInputException>(() => GaussianPopulation.Evenly(3, 1, 1, 1));
    }

    static IEnumerable<long> Where(float[] values, Func<float, bool> test) => Enumerable.Range(0, values.Length).Where(t => test(values[t])).Select(t => (long)t);

    /// <summary>The steps in which each channel fires while one signal is shown.</summary>
    static List<long>[] Fired(Encoder encoder, float[] signal, int steps)
    {
        var network = new Network(11);
        var source = network.Add("source", signal.Length, encoder);
        using var session = Reference.Load(network.Compile(1.ms));
        session.Begin(3);
        session.Present(source, signal);
        var recorder = session.Record(source, new SpikeRecorder());
        session.Advance((long)steps);
        var fired = signal.Select(_ => new List<long>()).ToArray();
        foreach (var (step, neuron) in recorder.Spikes) fired[neuron].Add(step);
        return fired;
    }

    /// <summary>The steps in which a channel fires whose signal changes from step to step.</summary>
    static List<long> Shown(Encoder encoder, float[] signal)
    {
        var network = new Network(11);
        var source = network.Add("source", 1, encoder);
        using var session = Reference.Load(network.Compile(1.ms));
        session.Begin(3);
        var recorder = session.Record(source, new SpikeRecorder());
        foreach (float x in signal)
        {
            session.Present(source, [x]);
            session.Advance(1L);
        }
        return [.. recorder.Spikes.Select(s => s.Step)];
    }
}
