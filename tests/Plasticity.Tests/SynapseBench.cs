using Lepton.Neuro.Lanes;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Plasticity.Tests;

/// <summary>A synapse on the bench: arrivals and spikes of its target happen exactly when a test says.</summary>
static class SynapseBench
{
    /// <summary>A neuron that fires when its teacher tells it to, whatever else it receives.</summary>
    sealed record Told : NeuronModel
    {
        public override IReadOnlyList<string> Receptors => ["teacher", "ignored"];

        public override IReadOnlyList<string> StateVariables => ["V"];

        public override void Validate(string owner)
        {
        }

        public override void Lower<T>(ILowering<T> to) => to.Neurons<Kernel<T>, State<T>, DualInput<T>>(default);

        struct State<T>
        {
            public T V;
        }

        readonly struct Kernel<T> : INeuronKernel<T, State<T>, DualInput<T>>
            where T : unmanaged, ILane<T>
        {
            public State<T> Initial(T uniform, T normal) => new() { V = 0f };

            public State<T> AtRest(in State<T> state) => state;

            public T Step(ref State<T> state, in DualInput<T> input)
            {
                state.V = input.Second;
                return input.First > 0.5f;
            }
        }
    }

    /// <summary>A session of 1 ms steps with one synapse.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="arrivals">The steps at which spikes arrive: at least <paramref name="delay"/>.</param>
    /// <param name="spikes">The steps at which the target fires: at least 1.</param>
    /// <param name="weight">The weight at first.</param>
    /// <param name="delay">The synapse's delay in steps.</param>
    public static (LearningSession Session, Projection Synapse) Load(SynapseRule rule, IEnumerable<int> arrivals, IEnumerable<int> spikes, float weight, int delay = 1)
    {
        var network = new Network(1);
        var source = network.Add("source", 1, SpikeSource.OneNeuron(arrivals.Select(t => (t - delay).ms)));
        var teacher = network.Add("teacher", 1, SpikeSource.OneNeuron(spikes.Select(t => (t - 1).ms)));
        var target = network.Add("target", 1, new Told());
        network.Connect(teacher, target, Wiring.OneToOne, 1.0, receptor: "teacher");
        var synapse = network.Connect(source, target, Wiring.OneToOne, (double)weight, delay: delay.ms, receptor: "ignored", rule: rule, modulator: Modulator.Global());
        return (Reference.Load(network.Compile(1.ms)), synapse);
    }

    /// <summary>The weight after all spikes.</summary>
    public static float Run(SynapseRule rule, IReadOnlyList<int> arrivals, IReadOnlyList<int> spikes, float weight, int delay = 1)
    {
        var (session, synapse) = Load(rule, arrivals, spikes, weight, delay);
        using (session)
        {
            session.Advance(1 + arrivals.Concat(spikes).DefaultIfEmpty(0).Max());
            return session.Weights(synapse)[0];
        }
    }
}
