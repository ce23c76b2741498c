using Lepton.Neuro.Lanes;
using Lepton.Neuro.Plasticity.Laws;
using static Lepton.Neuro.Units;
using Bench = Lepton.Neuro.Plasticity.Laws.SynapseBench;

namespace Lepton.Neuro.Plasticity.Tests;

public class Float64Tests
{
    static readonly Stimulus Known = new([10, 30, 33, 70, 95], [12, 31, 36, 60, 100]);

    [Fact]
    public void The_pair_rule_gives_its_known_weights_to_the_last_digits()
    {
        Near(0.5132290913886104, Bench.Run(new PairStdp(), Known, 0.5, 1.ms).Weight);
        Near(0.5279234310633, Bench.Run(Gutig(0, 0), Known, 0.5, 1.ms).Weight);
        Near(0.513424830198347, Bench.Run(Gutig(1, 1), Known, 0.5, 1.ms).Weight);
        Near(0.54182290355315, Bench.Run(Gutig(0, 1), Known, 0.5, 1.ms).Weight);
        Near(1.49995966952174, Bench.Run(new PowerLawStdp(), Known, 1, 1.ms).Weight);

        static PairStdp Gutig(float plus, float minus) => new() { Potentiation = 0.01f, Depression = 0.01f, MuPlus = plus, MuMinus = minus };
    }

    [Fact]
    public void The_session_and_the_bench_agree_to_the_last_bit()
    {
        foreach (SynapseRule rule in new SynapseRule[] { new PairStdp(), new PairStdp { MuPlus = 0.3f }, new PowerLawStdp(), new DiehlCookStdp { PreRate = 0.1f }, new TripletStdp(), new VogelsStdp { Negative = false }, new TsodyksMarkram() })
        {
            var (single, synapse) = SynapseBench.Load(rule, Known.Arrivals, Known.Spikes, 0.375f, 3);
            using var exact = Reference.LoadFloat64(single.Network);
            single.Advance(Known.Steps);
            exact.Advance(Known.Steps);
            var stimulus = Known with { Delay = 3 };
            Assert.Equal(Bench.Run<Scalar>(rule, stimulus, 0.375, 1.ms).Weight, single.Weights(synapse)[0]);
            Assert.Equal(Bench.Run(rule, stimulus, 0.375, 1.ms).Weight, Reference.WeightsInDoublePrecision(exact, synapse)[0]);
            Assert.Throws<InvalidInputException>(() => Reference.WeightsInDoublePrecision(single, synapse));
            single.Dispose();
        }
    }

    [Fact]
    public void The_lane_computes_what_doubles_compute()
    {
        Float64 a = Float64.FromDouble(0.1), b = Float64.FromDouble(-2.5);
        Assert.Equal(0.1, a.Value);
        Assert.Equal(0.1 - 2.5, (a + b).Value);
        Assert.Equal(0.1 / -2.5, (a / b).Value);
        Assert.Equal(Math.FusedMultiplyAdd(0.1, -2.5, 0.1), Float64.FusedMultiplyAdd(a, b, a).Value);
        Assert.Equal(0.1, Float64.Select(a > b, a, b).Value);
        Assert.Equal(-2.5, Float64.Select((a > b) & (a < b), a, b).Value);
        Assert.Equal(-2.5, Float64.Select(~(a > b), a, b).Value);
        Assert.Equal(0u, Float64.MaskBits(a < b));
        Assert.Equal(1u, Float64.MaskBits(a != b) & Float64.MaskBits(Float64.MaskFromBits(1)));
        Assert.Equal(Math.Exp(-2.5), Float64.Exp(b).Value, 1e-15);
        Assert.Equal(Math.Log(0.1), Float64.Log(a).Value, 1e-15);
        Assert.Equal(0.1, Float64.ScaleByPowerOfTwo(Float64.Mantissa(a), Float64.Exponent(a)).Value);
        Assert.InRange(Float64.Mantissa(a).Value, Math.Sqrt(0.5), Math.Sqrt(2));
        Assert.Equal((float)0.1, Scalar.FromDouble(0.1).Value);
    }

    static void Near(double expected, double actual) => Assert.True(Math.Abs(actual - expected) <= 1e-12 * Math.Abs(expected) + 1e-15, $"{actual:R} is not {expected:R}");
}
