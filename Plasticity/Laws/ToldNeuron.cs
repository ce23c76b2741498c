using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity.Laws;

/// <summary>A neuron that fires when its teacher tells it to, whatever else it receives.</summary>
sealed record ToldNeuron : NeuronModel
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

        public T Step(ref State<T> state, in DualInput<T> input) => input.First > 0.5f;
    }
}
