using System.Reflection;
using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Simulator.Tests;

public sealed class TapeTests
{
    static readonly NeuronModel[] Models =
    [
        new Lif(), new Lif { TauInhibitory = 5.ms }, new AdaptiveLif(), new AdaptiveLif { Homeostatic = true }, new IntegrateAndFire(), new IntegrateAndFire { Reset = ResetMode.ToZero },
    ];

    [Fact]
    public void A_tape_tells_what_was_done()
    {
        var tape = Traced.Record(t =>
        {
            var x = t.Input("x");
            var y = t.Input("y");
            var unused = x / y;
            t.Output("z", Traced.Select(x < y, Traced.FusedMultiplyAdd(x, 2f, y), -x));
            _ = unused;
        });
        Assert.Equal("r0 = x\nr1 = y\nr3 = mask(r0 < r1)\nr4 = 2\nr5 = fma(r0, r4, r1)\nr6 = -r0\nr7 = word(r3) ? r5 : r6\nz <- r7\n", tape.ToString());
        Assert.Equal(
            [(Operation.Negate, 1), (Operation.FusedMultiplyAdd, 1), (Operation.Compare, 1), (Operation.Select, 1)],
            tape.Counts.Select(c => (c.Key, c.Value)));
        Assert.Equal(4, tape.Total);
        Assert.Equal(8, tape.Lines.Count);
    }

    [Fact]
    public void Each_operation_has_its_own_text_and_kind()
    {
        Written("r0 + r1", Operation.Add, (x, y) => x + y);
        Written("r0 - r1", Operation.Subtract, (x, y) => x - y);
        Written("r0 * r1", Operation.Multiply, (x, y) => x * y);
        Written("r0 / r1", Operation.Divide, (x, y) => x / y);
        Written("-r0", Operation.Negate, (x, _) => -x);
        Written("mask(r0 > r1)", Operation.Compare, (x, y) => x > y);
        Written("mask(r0 < r1)", Operation.Compare, (x, y) => x < y);
        Written("mask(r0 >= r1)", Operation.Compare, (x, y) => x >= y);
        Written("mask(r0 <= r1)", Operation.Compare, (x, y) => x <= y);
        Written("mask(r0 == r1)", Operation.Compare, (x, y) => x == y);
        Written("mask(r0 != r1)", Operation.Compare, (x, y) => x != y);
        Written("bits(word(r0) & word(r1))", Operation.Logic, (x, y) => x & y);
        Written("bits(word(r0) | word(r1))", Operation.Logic, (x, y) => x | y);
        Written("bits(word(r0) ^ word(r1))", Operation.Logic, (x, y) => x ^ y);
        Written("bits(~word(r0))", Operation.Logic, (x, _) => ~x);
        Written("r0 < r1 ? r0 : r1", Operation.Compare, Traced.Min);
        Written("r0 > r1 ? r0 : r1", Operation.Compare, Traced.Max);
        Written("sqrt(r0)", Operation.SquareRoot, (x, _) => Traced.Sqrt(x));
        Written("abs(r0)", Operation.Logic, (x, _) => Traced.Abs(x));
        Written("round(r0)", Operation.Round, (x, _) => Traced.Round(x));
        Written("exp(r0)", Operation.Exponential, (x, _) => Traced.Exp(x));
        Written("log(r0)", Operation.Logarithm, (x, _) => Traced.Log(x));
        Written("ldexp(r0, r1)", Operation.Logic, Traced.ScaleByPowerOfTwo);
        Written("exponent(r0)", Operation.Logic, (x, _) => Traced.Exponent(x));
        Written("mantissa(r0)", Operation.Logic, (x, _) => Traced.Mantissa(x));
        Written("0.1", Operation.Constant, (_, _) => Traced.FromDouble(0.1));

        static void Written(string text, Operation operation, Func<Traced, Traced, Traced> body)
        {
            var tape = Traced.Record(t => t.Output("z", body(t.Input("x"), t.Input("y"))));
            Assert.Equal((operation, text), (tape.Lines[^1].Operation, tape.Lines[^1].Text));
            Assert.Equal(operation is Operation.Constant ? 0 : 1, tape.Total);
        }
    }

    [Fact]
    public void A_product_that_feeds_a_sum_is_found()
    {
        Assert.Equal(1, Unfused((x, y) => (x * y) + x));
        Assert.Equal(1, Unfused((x, y) => x - (x * y)));
        Assert.Equal(1, Unfused((x, y) => -(x * y) + x));
        Assert.Equal(2, Unfused((x, y) => (x * y) + x + ((y * y) - 1f)));
        Assert.Equal(0, Unfused((x, y) => (x + y) * x));
        Assert.Equal(0, Unfused((x, y) => Traced.FusedMultiplyAdd(x, y, x)));
        Assert.Equal(0, Unfused((x, y) => x * y * x));

        static int Unfused(Func<Traced, Traced, Traced> body) => Traced.Record(t => t.Output("z", body(t.Input("x"), t.Input("y")))).UnfusedProducts().Count;
    }

    [Fact]
    public void Traced_numbers_have_no_value_and_no_life_outside_a_tape()
    {
        Assert.Throws<InvalidOperationException>(() => (Traced)1f);
        Traced.Record(t =>
        {
            var x = t.Input("x");
            Assert.Throws<NotSupportedException>(() => Traced.MaskBits(x));
            float memory = 0;
            int count = 0;
            uint word = 0;
            Assert.Throws<NotSupportedException>(() => Traced.Store(x, ref memory));
            Assert.Throws<NotSupportedException>(() => Traced.Load(in memory));
            Assert.Throws<NotSupportedException>(() => Traced.Gather(in memory, in count));
            Assert.Throws<NotSupportedException>(() => Traced.LoadScaled(in count, 1));
            Assert.Throws<NotSupportedException>(() => Traced.AddScaled(x, 1, ref count));
            Assert.Throws<NotSupportedException>(() => Traced.StoreScaled(x, 1, ref count));
            Assert.Throws<NotSupportedException>(() => Traced.Uniform(in word));
            Assert.Throws<NotSupportedException>(() => Traced.MaskFromBits(1));
            Assert.Throws<NotSupportedException>(() => Traced.Identical(x, x));
            // The same line, not the same value.
            Assert.True(x.Equals((object)x) && x.GetHashCode() == 0);
            Assert.False(x.Equals(t.Input("x")));
        });
        var outer = Traced.Record(t =>
        {
            var x = t.Input("x");
            var inner = Traced.Record(u => u.Output("y", u.Input("y")));
            Assert.Single(inner.Lines);
            t.Output("z", x + 1f);
        });
        Assert.Equal(3, outer.Lines.Count);
    }

    [Fact]
    public void No_model_has_a_product_that_a_compiler_could_contract()
    {
        foreach (var model in Models)
        {
            var tape = KernelTapes.Of(model, 0.1.ms).Methods["Step"];
            Assert.Empty(tape.UnfusedProducts());
            Assert.True(tape.Total is > 3 and < 60, $"{model}: {tape.Total}");
        }
        Assert.Empty(KernelTapes.Of(new PoissonSource(5.Hz), 0.1.ms).Methods["Step"].UnfusedProducts());
    }

    [Fact]
    public void State_variables_and_receptors_are_the_fields_of_the_structs_in_order()
    {
        foreach (var model in Models)
        {
            var shape = new Shape();
            model.Lower(shape);
            Assert.Equal(model.StateVariables, shape.State!.GetFields(BindingFlags.Instance | BindingFlags.Public).Select(f => f.Name));
            Assert.Equal(model.Receptors.Count, shape.Input!.GetFields(BindingFlags.Instance | BindingFlags.Public).Length);
            Assert.Equal("V", model.StateVariables[0]);
            var names = KernelTapes.Of(model, 1.ms).Methods["Step"].Outputs.Select(o => o.Name);
            Assert.Equal(["spike", .. model.StateVariables.Select(v => "state." + v)], names);
        }
    }

    [Fact]
    public void A_tape_knows_whether_a_method_changes_anything()
    {
        var tapes = KernelTapes.Of(new Lif(), 1.ms);
        Assert.True(tapes.Changes("Step"));
        var idle = KernelTapes.Of(new PoissonSource(5.Hz), 1.ms).Methods["Step"];
        Assert.Equal(1, idle.Total);
    }

    sealed class Shape : ILowering<Scalar>
    {
        public Type? State { get; private set; }

        public Type? Input { get; private set; }

        public Time Step => 1.ms;

        public bool Learning => true;

        public void Neurons<TKernel, TState, TInput>(TKernel kernel)
            where TKernel : unmanaged, INeuronKernel<Scalar, TState, TInput>
            where TState : unmanaged
            where TInput : unmanaged => (State, Input) = (typeof(TState), typeof(TInput));

        public void Synapses<TKernel, TSynapse, TPre, TPost>(TKernel kernel)
            where TKernel : unmanaged, ISynapseKernel<Scalar, TSynapse, TPre, TPost>
            where TSynapse : unmanaged
            where TPre : unmanaged
            where TPost : unmanaged => throw new NotSupportedException();

        public void SteppedSynapses<TKernel, TSynapse, TPre, TPost>(TKernel kernel)
            where TKernel : unmanaged, ISteppedSynapseKernel<Scalar, TSynapse, TPre, TPost>
            where TSynapse : unmanaged
            where TPre : unmanaged
            where TPost : unmanaged => throw new NotSupportedException();

        public void Encoder<TKernel, TState>(TKernel kernel)
            where TKernel : unmanaged, IEncoderKernel<Scalar, TState>
            where TState : unmanaged => throw new NotSupportedException();

        public void Events(IReadOnlyList<(long Step, int Neuron)> spikes) => throw new NotSupportedException();
    }
}
