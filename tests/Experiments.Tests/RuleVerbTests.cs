using System.Globalization;
using System.Text.Json;
using Lepton.Neuro.Experiments.Rules;
using Lepton.Neuro.Plasticity;

namespace Lepton.Neuro.Experiments.Tests;

public sealed class RuleVerbTests : IDisposable
{
    const string Spikes = "--pre 10,30,33,70,95 --post 12,31,36,60,100";

    readonly Bench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public void Every_rule_of_the_library_is_in_the_catalogue()
    {
        var rules = typeof(PairStdp).Assembly.GetTypes().Where(type => type.IsPublic && !type.IsAbstract && type.IsSubclassOf(typeof(SynapseRule)));
        Assert.Equal(rules.Select(rule => rule.Name).Order(StringComparer.Ordinal), RuleCatalogue.All.Select(rule => rule.GetType().Name).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(ExitCodes.Success, bench.Run("rule", "list"));
        var lines = bench.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(RuleCatalogue.All.Count, lines.Length);
        // A name, and behind it the first sentence that its author wrote.
        Assert.All(lines, line => Assert.Matches(@"^[a-z0-9-]+ +[A-Za-z].{20,}\.$", line));
    }

    [Fact]
    public void Every_rule_can_be_shown_with_its_parameters_and_what_it_costs()
    {
        foreach (var rule in RuleCatalogue.All)
        {
            Assert.Equal(ExitCodes.Success, bench.Run("rule", "show", RuleCatalogue.NameOf(rule)));
            Assert.Contains("Parameters, with their values here:", bench.Output, StringComparison.Ordinal);
            Assert.Contains("Cost in operations", bench.Output, StringComparison.Ordinal);
            foreach (var parameter in RuleParameter.Of(rule))
            {
                Assert.Contains($"--set {parameter.Key}={parameter.Value(rule)}{parameter.Unit} ", bench.Output, StringComparison.Ordinal);
                Assert.NotEqual("", parameter.Description);
                // What is shown can be typed, and is the same rule.
                Assert.Equal(rule, RuleChoice.Find(bench.Folder, RuleCatalogue.NameOf(rule), [$"{parameter.Key}={parameter.Value(rule)}{parameter.Unit}"], CancellationToken.None));
            }
        }
        Assert.Contains("above 0", RuleParameter.Of(new PairStdp()).Single(parameter => parameter.Key == "tau-pre").Allowed(new PairStdp()), StringComparison.Ordinal);
        Assert.Equal("0 to 1", RuleParameter.Of(new PairStdp()).Single(parameter => parameter.Key == "mu-plus").Allowed(new PairStdp()));
    }

    /// <summary>The values that other programs and closed sums give, in double precision.</summary>
    [Theory]
    [InlineData("pair-stdp --w0 0.5", 0.5132290913886104)]
    [InlineData("pair-stdp --w0 0.5 --set potentiation=0.01 --set depression=0.01", 0.5279234310633)]
    [InlineData("pair-stdp --w0 0.5 --set potentiation=0.01 --set depression=0.01 --set mu-plus=1 --set mu-minus=1", 0.513424830198347)]
    [InlineData("pair-stdp --w0 0.5 --set potentiation=0.01 --set depression=0.01 --set mu-minus=1", 0.54182290355315)]
    [InlineData("power-law-stdp --w0 1", 1.49995966952174)]
    public void Replay_gives_the_known_weights(string arguments, double expected)
    {
        using var result = Replay($"{arguments} {Spikes}");
        var weight = result.RootElement.GetProperty("final").GetDouble();
        Assert.Equal(1, weight / expected, 1e-12);
        // The same in single precision, within what it can hold.
        Assert.Equal(ExitCodes.Success, bench.Run(["rule", "replay", .. arguments.Split(' '), .. Spikes.Split(' '), "--json"]));
        using var single = JsonDocument.Parse(bench.Output);
        Assert.Equal(expected, single.RootElement.GetProperty("final").GetDouble(), 1e-6);
    }

    [Fact]
    public void Replay_gives_the_efficacy_of_each_spike_of_a_tiring_synapse()
    {
        using var result = Replay("tsodyks-markram --pre 0,50,100,150,200 --w0 1 --set utilisation=0.45 --set tau-facilitation=50ms --set tau-recovery=750");
        var sent = result.RootElement.GetProperty("trajectory").EnumerateArray().Where(entry => entry.TryGetProperty("sent", out _)).Select(entry => entry.GetProperty("sent").GetDouble()).ToArray();
        double[] expected = [0.45, 0.313279869209, 0.175168937341, 0.108993433803, 0.080968669109];
        Assert.Equal(expected.Length, sent.Length);
        for (var i = 0; i < sent.Length; i++)
            Assert.Equal(expected[i], sent[i], 1e-12);
    }

    [Theory]
    [InlineData("visual-cortex-all-to-all-full", 10, 0.0000, 0.1321, 0.2470, 0.5337, 0.7409)]
    [InlineData("visual-cortex-all-to-all-full", -10, -0.3122, -0.3336, -0.3516, 0.1548, 0.7272)]
    [InlineData("visual-cortex-all-to-all-minimal", 10, 0.0, 0.1186, 0.2278, 0.5321, 0.7627)]
    [InlineData("visual-cortex-all-to-all-minimal", -10, -0.3166, -0.3322, -0.3417, 0.1737, 0.7492)]
    [InlineData("visual-cortex-nearest-minimal", 10, 0.0, 0.1009, 0.3220, 0.5683, 0.6358)]
    public void Replay_gives_the_published_dependence_on_the_rate(string preset, int apart, params double[] expected)
    {
        int[] periods = [10_000, 100, 50, 25, 20];
        for (var i = 0; i < periods.Length; i++)
        {
            var arrivals = Enumerable.Range(0, 60).Select(pair => 20 + pair * periods[i]).ToArray();
            string Join(IEnumerable<int> times) => string.Join(',', times.Select(time => time.ToString(CultureInfo.InvariantCulture)));
            using var result = Replay($"triplet-stdp --set minimum=-10 --set maximum=10 --set preset={preset} --w0 0 --step 5 --pre {Join(arrivals)} --post {Join(arrivals.Select(at => at + apart))}");
            Assert.Equal(expected[i], result.RootElement.GetProperty("change").GetDouble(), 5.1e-5);
        }
    }

    [Fact]
    public void A_reward_changes_a_weight_by_the_closed_form()
    {
        // One pair leaves c = exp(-10/20) at 20 ms; one spike of dopamine of 1/200 at 300 ms; the integral of both from there to the end.
        using var result = Replay("reward-stdp --pre 10 --post 20 --reward 300 --w0 30 --until 3300");
        var rate = 1 / 1000.0 + 1 / 200.0;
        // The trace steps once more before the target's spike sees it, and a step of dopamine is a sum, not an integral: both within a step.
        var expected = Math.Exp(-0.5) * Math.Exp(-0.28) / 200 * (1 - Math.Exp(-3000 * rate)) / rate;
        Assert.Equal(1, result.RootElement.GetProperty("change").GetDouble() / expected, 0.01);
    }

    [Fact]
    public void Without_json_a_replay_is_a_table()
    {
        Assert.Equal(ExitCodes.Success, bench.Run("rule", "replay", "pair-stdp", "--pre", "10", "--post", "12,20", "--w0", "0.5", "--precision", "64"));
        var lines = bench.Output.TrimEnd('\n').Split('\n');
        Assert.StartsWith("pair-stdp: the weight goes from 0.5 to 0.5075", lines[0], StringComparison.Ordinal);
        Assert.Equal(["time", "10", "12", "20", "20"], lines.Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]));
    }

    [Theory]
    [InlineData("rule", "Name a rule: list, show, replay")]
    [InlineData("rule show pear-stdp", "There is no rule pear-stdp: did you mean pair-stdp?")]
    [InlineData("rule show pair-stdp --set tau-per=3", "There is no parameter tau-per of pair-stdp: did you mean tau-pre?")]
    [InlineData("rule show short-term --set rule.tau-pre=-3", "TauPre is -3 ms; allowed: a time above 0")]
    [InlineData("rule show pair-stdp --set tau-pre=-3", "pair-stdp: TauPre is -3 ms; allowed: a time above 0")]
    [InlineData("rule show pair-stdp --set tau-pre=NaN", "parameter tau-pre is NaN; allowed: a number of ms")]
    [InlineData("rule show pair-stdp --set pairing=some", "parameter pairing is some; allowed: all-to-all")]
    [InlineData("rule show error-modulated --set phase-length=1.5", "parameter phase-length is 1.5; allowed: a whole number")]
    [InlineData("rule show triplet-stdp --set preset=cortex", "There is no preset cortex of triplet-stdp")]
    [InlineData("rule show missing.cs", "missing.cs; allowed: a .cs or .dll file that exists")]
    [InlineData("rule show broken.dll", "broken.dll cannot be loaded")]
    [InlineData("rule replay pair-stdp", "--pre is missing; allowed: times of spikes in ms")]
    [InlineData("rule replay pair-stdp --pre ten", "--pre is ten; allowed: a number")]
    [InlineData("rule replay pair-stdp --pre -1", "--pre is -1; allowed: times in ms from 0")]
    [InlineData("rule replay pair-stdp --pre 1.5", "--pre is 1.5; allowed: multiples of the step of 1 ms")]
    [InlineData("rule replay pair-stdp --pre 1 --w0 2", "--w0 is 2; allowed: 0 to 1")]
    [InlineData("rule replay pair-stdp --pre 1 --precision 16", "--precision is 16; allowed: 32 or 64")]
    [InlineData("rule replay pair-stdp --pre 9 --until 5", "--until is 5; allowed: at least the last event, 9 ms")]
    [InlineData("laws --set tau-pre=3", "--set is tau-pre=3; allowed: only together with one rule")]
    [InlineData("laws pair-stdp --cases 0", "--cases is 0")]
    [InlineData("plot window pair-stdp --span 0", "--span is 0; allowed: 1 to 10000 ms")]
    [InlineData("plot frequency pair-stdp --interval 1.5", "--interval is 1.5; allowed: a whole number")]
    [InlineData("plot weights broken.csv", "broken.csv, line 2 is '1,x'")]
    public void Bad_input_is_one_line_and_code_2(string arguments, string message)
    {
        File.WriteAllText(bench.At("broken.dll"), "no assembly");
        File.WriteAllText(bench.At("broken.csv"), "0,1\n1,x\n");
        Assert.Equal(ExitCodes.BadInput, bench.Run(arguments.Split(' ')));
        Assert.Contains(message, bench.Error, StringComparison.Ordinal);
        Assert.Single(bench.Error.TrimEnd('\n').Split('\n'));
        Assert.Equal(["broken.csv", "broken.dll"], bench.Entries());
    }

    [Fact]
    public void Rules_are_held_to_the_laws()
    {
        Assert.Equal(ExitCodes.Success, bench.Run("laws", "pair-stdp", "--cases", "5"));
        Assert.Contains("✓ bounds", bench.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Success, bench.Run("laws", "--cases", "1"));
        Assert.Equal(RuleCatalogue.All.Count, bench.Output.TrimEnd('\n').Split('\n').Length);
        Assert.DoesNotContain("BROKEN", bench.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Success, bench.Run("laws", "tsodyks-markram", "--cases", "2", "--json"));
        using var result = JsonDocument.Parse(bench.Output);
        Assert.All(result.RootElement.GetProperty("laws").EnumerateArray(), law => Assert.True(law.GetProperty("holds").GetBoolean()));
    }

    [Fact]
    public void A_rule_is_drawn_by_its_window_and_by_the_rate_of_pairs()
    {
        Assert.Equal(ExitCodes.Success, bench.Run("plot", "window", "pair-stdp", "--span", "40", "--out", "window.svg"));
        Assert.Contains("Interval from the arrival to the target", bench.Read("window.svg"), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Success, bench.Run("plot", "frequency", "triplet-stdp", "--pairs", "60", "--out", "frequency.svg"));
        Assert.Contains("bounds left off", bench.Output, StringComparison.Ordinal);
        Assert.Contains("Measured, 10 ms before", bench.Read("frequency.svg"), StringComparison.Ordinal);
        File.WriteAllText(bench.At("weights.csv"), "0,0.1,0.2\n10,0.2,0.9\n");
        Assert.Equal(ExitCodes.Success, bench.Run("plot", "weights", ".", "--step", "0.5", "--out", "weights.svg"));
        Assert.Contains("Weights over time: 2 synapses, 2 samples", bench.Read("weights.svg"), StringComparison.Ordinal);
    }

    JsonDocument Replay(string arguments)
    {
        Assert.Equal(ExitCodes.Success, bench.Run(["rule", "replay", .. arguments.Split(' '), "--precision", "64", "--json"]));
        return JsonDocument.Parse(bench.Output);
    }
}
