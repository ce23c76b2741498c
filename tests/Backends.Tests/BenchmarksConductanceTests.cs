using System.Runtime.InteropServices;
using Lepton.Neuro.Experiments.Models;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Backends.Tests;

/// <summary>The conductance-based neuron against the equations, and the network made of it on the oracle and the CPU.</summary>
public class BenchmarksConductanceTests
{
    static readonly ConductanceLif Silent = new() { StartTheta = Distribution.Constant(200), TauMembrane = 20.ms };

    [Fact]
    public void Without_input_the_potential_relaxes_as_the_closed_form_says()
    {
        using var session = Load(Silent with { Start = Distribution.Constant(-40) }, 0.5.ms, []);
        for (int step = 1; step <= 200; step++)
        {
            session.Advance(1);
            double expected = -65 + (25 * Math.Exp(-step * 0.5 / 20));
            Assert.Equal(expected, session.State(session.Network.Source["cell"], "V")[0], 25 * 1e-5);
        }
    }

    [Fact]
    public void After_spikes_the_error_falls_with_the_square_of_the_step()
    {
        // Arrivals of 8 and 30 units after 1 ms, and 5 ms more.
        double exact = Exact(8, 30, 5), before = double.NaN;
        foreach (double step in (double[])[1, 0.5, 0.25, 0.125])
        {
            using var session = Load(Silent, step.ms, [8, 30]);
            // What arrives in a step is there at that step's end: the step that begins 1 ms after the source's.
            session.Advance((long)Math.Round(1 / step) + 1);
            session.Advance((long)Math.Round(5 / step));
            double error = Math.Abs(session.State(session.Network.Source["cell"], "V")[0] - exact);
            if (!double.IsNaN(before)) Assert.True(before / error > 3.3, $"step {step}: {before} to {error}");
            before = error;
        }
        Assert.True(before < 0.01, $"{before} mV");
    }

    [Fact]
    public void No_conductance_is_too_large_for_the_step()
    {
        using var session = Load(Silent, 0.5.ms, [0, 17 * 6400]);
        for (int step = 0; step < 100; step++)
        {
            session.Advance(1);
            Assert.InRange(session.State(session.Network.Source["cell"], "V")[0], -100.001f, -64.999f);
        }
    }

    [Fact]
    public void A_silent_neuron_comes_to_rest_exactly()
    {
        using var session = Load(Silent, 0.5.ms, [8, 30]);
        session.Advance(2000);
        Assert.Equal(0, session.State(session.Network.Source["cell"], "Excitatory")[0]);
        Assert.Equal(0, session.State(session.Network.Source["cell"], "Inhibitory")[0]);
        Assert.Equal(-65, session.State(session.Network.Source["cell"], "V")[0], 4e-4);
    }

    [Fact]
    public void A_threshold_decays_at_the_pace_of_its_time_constant_even_where_a_step_takes_less_than_its_last_place()
    {
        using var session = Load(new(), 0.5.ms, []);
        session.Advance(400_000);
        double theta = session.State(session.Network.Source["cell"], "Theta")[0];
        Assert.Equal(20 * Math.Exp(-400_000 * 0.5 / 1e7), theta, 4e-6);
    }

    [Fact]
    public void Evaluation_freezes_the_threshold_and_learning_raises_it()
    {
        var plan = DiehlCook.Build(30, 3).Compile(DiehlCook.Step);
        var excitatory = plan.Source["excitatory"];
        using var learning = Cpu.Load(plan);
        Show(learning, 3);
        var learned = learning.Learned;
        long spikes = learning.Activity.SpikesOf(excitatory);
        Assert.True(spikes > 5, $"{spikes} spikes");
        double expected = (30 * 20) + (0.05 * spikes);
        Assert.Equal(expected, learning.State(excitatory, "Theta").Sum(t => (double)t), 0.06);

        using var evaluation = Cpu.Evaluate(plan, null, learned);
        var image = new float[DiehlCook.Pixels];
        DiehlCook.RandomImage(3, 0, image);
        evaluation.Present(plan.Source["input"], image);
        evaluation.Advance(350.ms);
        Assert.True(evaluation.Activity.SpikesOf(excitatory) > 0);
        Assert.Equal(learning.State(excitatory, "Theta"), evaluation.State(excitatory, "Theta"));
    }

    [Fact]
    public void The_network_is_the_oracle_bit_for_bit()
    {
        var plan = DiehlCook.Build(40, 5).Compile(DiehlCook.Step);
        using var oracle = Reference.Load(plan);
        string expected = Show(oracle, 2);
        foreach (int bits in (int[])[128, 256, 512])
        {
            using var session = Cpu.Load(plan, new() { Threads = 2, NeuronsPerThread = 1, VectorBits = bits });
            Assert.Equal(expected, Show(session, 2));
        }
    }

    [Fact]
    public void A_neuron_does_not_inhibit_itself()
    {
        var plan = DiehlCook.Build(30, 5).Compile(DiehlCook.Step);
        var (all, own) = (plan.Projections[2], plan.Projections[3]);
        var row = new SynapseRow();
        own.Read(7, row, SynapseParts.Sources | SynapseParts.Weights);
        Assert.Equal([7], row.Sources.ToArray());
        int taken = own.Quantize(row.Weights[0]);
        all.Read(7, row, SynapseParts.Sources | SynapseParts.Weights);
        Assert.Equal(0, all.Quantize(row.Weights[7]) + taken);
    }

    static string Show(LearningSession session, int images)
    {
        var network = session.Network.Source;
        var hash = session.RecordAll(new SpikeHash());
        var image = new float[DiehlCook.Pixels];
        for (int i = 0; i < images; i++)
        {
            DiehlCook.RandomImage(network.Seed, i, image);
            session.Present(network["input"], image);
            session.Normalize(network.Projections[0], DiehlCook.WeightSum);
            session.Advance(100.ms);
        }
        foreach (uint word in MemoryMarshal.Cast<float, uint>(session.Weights(network.Projections[0]))) hash.Add(word);
        foreach (string variable in network["excitatory"].Model!.StateVariables)
        {
            foreach (uint word in MemoryMarshal.Cast<float, uint>(session.State(network["excitatory"], variable))) hash.Add(word);
        }
        return $"{hash} after {session.Activity.TotalSpikes} spikes";
    }

    // One neuron; where there are weights, both arrive 1 ms after the beginning.
    static LearningSession Load(ConductanceLif model, Time step, float[] weights)
    {
        var network = new Network(1);
        var cell = network.Add("cell", 1, model);
        if (weights.Length > 0)
        {
            var source = network.Add("source", 1, SpikeSource.OneNeuron([0.ms]));
            network.Connect(source, cell, Wiring.OneToOne, weights[0], 1.ms, "excitatory");
            network.Connect(source, cell, Wiring.OneToOne, weights[1], 1.ms, "inhibitory");
        }
        return Reference.Load(network.Compile(step));
    }

    // The potential a time after the conductances jumped, by the classical Runge-Kutta method at a step of a microsecond.
    static double Exact(double excitatory, double inhibitory, double milliseconds)
    {
        double Slope(double t, double v) =>
            (-65 - v + (excitatory * Math.Exp(-t) * (0 - v)) + (inhibitory * Math.Exp(-t / 2) * (-100 - v))) / 20;
        const double H = 0.001;
        double v = -65;
        for (int i = 0; i < (int)Math.Round(milliseconds / H); i++)
        {
            double t = i * H, a = Slope(t, v), b = Slope(t + (H / 2), v + (H / 2 * a)), c = Slope(t + (H / 2), v + (H / 2 * b)), d = Slope(t + H, v + (H * c));
            v += H / 6 * (a + (2 * b) + (2 * c) + d);
        }
        return v;
    }
}
