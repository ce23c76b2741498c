using FsCheck.Fluent;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Simulator.Tests;

public sealed class CompilationTests
{
    [Fact]
    public void No_sum_of_quantised_weights_can_overflow() =>
        Properties.Holds(
            from projections in Gen.NonEmptyListOf(
                from inDegree in Gen.Choose(1, 1 << 24)
                from exponent in Gen.Choose(0, 4)
                from mantissa in Gen.Choose(1 << 20, 1 << 21)
                from sign in Gen.Elements(-1, 1)
                select (inDegree, weight: sign * mantissa * Math.Pow(10, exponent - 2)))
            from drives in Gen.ListOf(
                from mean in Gen.Choose(0, 100)
                from mantissa in Gen.Choose(1 << 20, 1 << 21)
                select (mean, weight: mantissa * 0.01))
            select (projections: projections.Take(5).ToArray(), drives: drives.Take(3).ToArray()),
            given =>
            {
                var network = new Network(1);
                var from = network.Add("from", 3, new PoissonSource(1.Hz));
                var to = network.Add("to", 1, new Lif());
                foreach (var (inDegree, weight) in given.projections) network.Connect(from, to, Wiring.InDegree(inDegree), weight);
                foreach (var (mean, weight) in given.drives) network.Drive(to, new(mean * 1000), weight);
                CompiledNetwork plan;
                try
                {
                    plan = network.Compile(1.ms);
                }
                catch (InvalidInputException e)
                {
                    Assert.Contains("so that it can be told from zero", e.Message, StringComparison.Ordinal);
                    return;
                }
                double sum = 0;
                foreach (var projection in plan.Projections)
                {
                    float weight = projection.Description.Weight.Bounds.Most;
                    double exact = Math.Round((double)weight / projection.Quantum);
                    Assert.InRange(Math.Abs(exact), 64, short.MaxValue);
                    Assert.Equal(exact, projection.Quantize(weight));
                    sum += Math.Abs(exact) * projection.Connectivity.LargestInDegree;
                }
                foreach (var drive in plan.Drives)
                {
                    if (drive.Description.Rate.Hertz > 0) Assert.InRange(Math.Abs(drive.Quantized), 64, short.MaxValue);
                    sum += Math.Abs((double)drive.Quantized) * MostEvents(drive.Description.Rate.Hertz / 1000);
                }
                Assert.InRange(sum, 0, int.MaxValue);
                Assert.True(IsPowerOfTwo(plan.Populations[1].Quanta[0]));
                // Not coarser than needed: half the quantum would break one of the limits.
                double worst = plan.Projections.Max(p => Math.Abs((double)p.Description.Weight.Bounds.Most) / p.Quantum);
                foreach (var drive in plan.Drives) worst = Math.Max(worst, Math.Abs((double)drive.Description.Weight) / plan.Populations[1].Quanta[0]);
                Assert.True(2 * worst > short.MaxValue || 2.05 * sum > int.MaxValue, $"{worst} {sum}");
            }, 300);

    [Fact]
    public void A_quantised_weight_is_off_by_at_most_half_a_quantum_and_2_to_minus_15_of_the_largest() =>
        Properties.Holds(
            from mantissa in Gen.Choose(1 << 20, 1 << 21)
            from exponent in Gen.Choose(-20, 20)
            from part in Gen.Choose(-1000, 1000)
            select (most: (float)Math.ScaleB(mantissa, exponent), part: part / 1000f),
            given =>
            {
                var network = new Network(1);
                var from = network.Add("from", 100, new PoissonSource(1.Hz));
                var to = network.Add("to", 1, new Lif());
                network.Connect(from, to, Wiring.AllToAll, Weight.Uniform(-given.most, given.most));
                var projection = network.Compile(1.ms).Projections[0];
                float weight = given.part * given.most;
                double error = Math.Abs((projection.Quantize(weight) * (double)projection.Quantum) - weight);
                Assert.InRange(error, 0, projection.Quantum / 2 * 1.0000001);
                Assert.InRange(projection.Quantum / 2, 0, given.most / (1 << 15));
            });

    [Fact]
    public void Many_synapses_that_deliver_at_once_add_up()
    {
        var network = new Network(1);
        var from = network.Add("from", 100_000, new PoissonSource(1e6.Hz));
        var to = network.Add("to", 1, new IntegrateAndFire { Threshold = 1e9f });
        network.Connect(from, to, Wiring.AllToAll, 3.3);
        using var session = Reference.Load(network.Compile(1.s));
        session.Advance(2L);
        Assert.InRange(session.State(to, "V")[0] / 330_000, 1 - 1e-4, 1 + 1e-4);
    }

    [Fact]
    public void Receptors_have_quanta_of_their_own()
    {
        var network = new Network(1);
        var from = network.Add("from", 10, new PoissonSource(1.Hz));
        var to = network.Add("to", 10, new Lif { TauInhibitory = 5.ms });
        network.Connect(from, to, Wiring.AllToAll, 1000.0);
        network.Connect(from, to, Wiring.AllToAll, -0.001, receptor: "inhibitory");
        var plan = network.Compile(1.ms);
        Assert.NotEqual(plan.Populations[1].Quanta[0], plan.Populations[1].Quanta[1]);
        Assert.Equal(plan.Populations[1].Quanta, plan.Projections.Select(p => p.Quantum));
        Assert.All(plan.Populations[1].Quanta, q => Assert.True(IsPowerOfTwo(q)));
    }

    [Fact]
    public void Weights_that_cannot_be_told_from_zero_are_refused_by_name()
    {
        var network = new Network(1);
        var from = network.Add("from", 10, new PoissonSource(1.Hz));
        var to = network.Add("to", 10, new Lif());
        network.Connect(from, to, Wiring.AllToAll, 1000.0);
        network.Connect(from, to, Wiring.AllToAll, 0.5);
        var error = Assert.Throws<InvalidInputException>(() => network.Compile(1.ms));
        Assert.Contains("projection 'from -> to' (1)", error.Message, StringComparison.Ordinal);
        Assert.Contains("is 0.5; allowed: at least 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("receptor of its own", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_drive_that_cannot_be_told_from_zero_is_refused_by_name()
    {
        var network = new Network(1);
        var from = network.Add("from", 10, new PoissonSource(1.Hz));
        var to = network.Add("to", 10, new Lif());
        network.Connect(from, to, Wiring.AllToAll, 1000.0);
        network.Drive(to, 100.Hz, 0.01);
        var error = Assert.Throws<InvalidInputException>(() => network.Compile(1.ms));
        Assert.Contains("drive 0 of 'to'", error.Message, StringComparison.Ordinal);
        Assert.Contains("is 0.01; allowed: at least 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_drive_without_rate_or_weight_is_allowed()
    {
        var network = new Network(1);
        var to = network.Add("to", 10, new Lif());
        network.Drive(to, 0.Hz, 5);
        network.Drive(to, 5.Hz, 0);
        using var session = Reference.Load(network.Compile(1.ms));
        session.Advance(50L);
        Assert.All(session.State(to, "I"), i => Assert.Equal(0, i));
    }

    [Fact]
    public void Counts_and_delays_of_the_plan_are_those_of_the_network()
    {
        var network = new Network(1);
        var from = network.Add("from", 7, new PoissonSource(1.Hz));
        var to = network.Add("to", 11, new Lif());
        Assert.Equal(1, network.Compile(1.ms).MostDelay);
        network.Connect(from, to, Wiring.AllToAll, 1, 5.ms);
        network.Connect(to, to, Wiring.OneToOne, 1, 3.ms);
        var plan = network.Compile(1.ms);
        Assert.Equal((11L, 88L, 5), (plan.NeuronCount, plan.SynapseCount, plan.MostDelay));
        Assert.Equal(2.5, plan.Step.Milliseconds * 2.5);
        Assert.Same(network, plan.Source);
    }

    /// <summary>The most events of a Poisson drive in a step: more are rarer than 2^-32.</summary>
    static int MostEvents(double mean)
    {
        double term = Math.Exp(-mean), below = term;
        int most = 0;
        while (below < 1 - Math.ScaleB(1, -33) && (term > 1e-18 || most < mean))
        {
            term *= mean / ++most;
            below += term;
        }
        return most;
    }

    static bool IsPowerOfTwo(float value) => float.IsNormal(value) && value > 0 && (BitConverter.SingleToInt32Bits(value) & 0x007fffff) == 0;
}
