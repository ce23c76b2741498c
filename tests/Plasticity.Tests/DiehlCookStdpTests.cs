using FsCheck;
using FsCheck.Fluent;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity.Tests;

public class DiehlCookStdpTests
{
    static readonly Gen<int[]> Trains =
        from steps in Gen.Choose(2, 120).ArrayOf()
        select steps.Distinct().Order().Take(12).ToArray();

    [Fact]
    public void Every_run_equals_the_equations_in_double_precision() =>
        Properties.Holds(
            from arrivals in Trains
            from spikes in Trains
            select (Arrivals: arrivals, Spikes: spikes),
            c =>
            {
                var rule = new DiehlCookStdp { PreRate = 0.02f, PostRate = 0.1f, TauPre = 17.ms, TauPostFast = 23.ms };
                Assert.Equal(Exact(rule, c.Arrivals, c.Spikes, 0.4f), SynapseBench.Run(rule, c.Arrivals, c.Spikes, 0.4f), 1e-5);
            },
            80);

    [Fact]
    public void The_first_spike_of_a_target_strengthens_nothing_and_the_second_does()
    {
        Assert.Equal(0.4f, SynapseBench.Run(new DiehlCookStdp(), [10], [12], 0.4f));
        Assert.Equal(0.4 + (0.01 * Math.Exp(-10 / 20.0) * Math.Exp(-8 / 40.0)), SynapseBench.Run(new DiehlCookStdp(), [10], [12, 20], 0.4f), 1e-7);
    }

    [Fact]
    public void Only_the_nearest_spikes_count()
    {
        float one = SynapseBench.Run(new DiehlCookStdp(), [14], [12, 20], 0.4f);
        Assert.NotEqual(0.4f, one);
        Assert.Equal(one, SynapseBench.Run(new DiehlCookStdp(), [5, 14], [12, 20], 0.4f));
    }

    [Fact]
    public void Weights_stay_within_their_bounds()
    {
        int[] every = [.. Enumerable.Range(2, 100)];
        Assert.Equal(1f, SynapseBench.Run(new DiehlCookStdp { PreRate = 0, PostRate = 5 }, every, every, 0.4f));
        Assert.Equal(0f, SynapseBench.Run(new DiehlCookStdp { PreRate = 5, PostRate = 0 }, every, every, 0.4f));
        Assert.Equal(0.4f, SynapseBench.Run(new DiehlCookStdp { PreRate = 0, PostRate = 0 }, every, every, 0.4f));
    }

    [Fact]
    public void The_tape_has_no_product_that_a_compiler_could_fuse() =>
        Assert.All(KernelTapes.Of(new DiehlCookStdp(), 0.5.ms).Methods.Values, tape => Assert.Empty(tape.UnfusedProducts()));

    [Fact]
    public void Parameters_out_of_range_are_refused_by_name()
    {
        Assert.Contains("PostRate", Assert.Throws<InvalidInputException>(() => new DiehlCookStdp { PostRate = -1 }.Validate("it")).Message, StringComparison.Ordinal);
        Assert.Contains("TauPostSlow", Assert.Throws<InvalidInputException>(() => new DiehlCookStdp { TauPostSlow = 0.ms }.Validate("it")).Message, StringComparison.Ordinal);
    }

    static double Exact(DiehlCookStdp rule, int[] arrivals, int[] spikes, double w)
    {
        double x = 0, fast = 0, slow = 0;
        for (int t = 0; t < 130; t++)
        {
            bool arrival = arrivals.Contains(t), spike = spikes.Contains(t);
            if (arrival) w = Math.Max(0, w - (rule.PreRate * fast));
            if (spike) w = Math.Min(1, w + (rule.PostRate * x * slow));
            x = (arrival ? 1 : x) * Math.Exp(-1 / rule.TauPre.Milliseconds);
            fast = (spike ? 1 : fast) * Math.Exp(-1 / rule.TauPostFast.Milliseconds);
            slow = (spike ? 1 : slow) * Math.Exp(-1 / rule.TauPostSlow.Milliseconds);
        }
        return w;
    }
}
