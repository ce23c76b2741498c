using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends;

/// <summary>Makes the synapses of a rule, on a lane of their own: its width need not be that of the neurons.</summary>
sealed class PlasticLowering<T> : ILowering<T>
    where T : unmanaged, ILane<T>
{
    readonly CompiledNetwork network;
    readonly CompiledProjection plan;
    readonly Shard[] shards;
    readonly bool learning;
    readonly PlasticLayout layout;

    public PlasticLowering(CompiledNetwork network, CompiledProjection plan, Shard[] shards, bool learning, PlasticLayout layout)
    {
        this.network = network;
        this.plan = plan;
        this.shards = shards;
        this.learning = learning;
        this.layout = layout;
        plan.Description.Rule!.Lower(this);
    }

    public Plastic Plastic { get; private set; } = null!;

    Time ILowering<T>.Step => network.Step;

    bool ILowering<T>.Learning => learning;

    void ILowering<T>.Synapses<TKernel, TSynapse, TPre, TPost>(TKernel kernel)
    {
        Plastic = layout switch
        {
            PlasticLayout.Dense => new DensePlastic<T, TKernel, TSynapse, TPre, TPost>(network, plan, shards, kernel, learning),
            PlasticLayout.Early => new EarlyPlastic<T, TKernel, TSynapse, TPre, TPost>(network, plan, shards, kernel, learning),
            _ => new SparsePlastic<T, TKernel, TSynapse, TPre, TPost>(network, plan, shards, kernel, learning),
        };
    }

    void ILowering<T>.SteppedSynapses<TKernel, TSynapse, TPre, TPost>(TKernel kernel) =>
        Plastic = new SteppedPlastic<T, TKernel, TSynapse, TPre, TPost>(network, plan, shards, kernel, learning);

    void ILowering<T>.Neurons<TKernel, TState, TInput>(TKernel kernel) => throw new NotSupportedException("a rule is no neuron model");

    void ILowering<T>.Encoder<TKernel, TState>(TKernel kernel) => throw new NotSupportedException("a rule is no encoder");

    void ILowering<T>.Events(IReadOnlyList<(long Step, int Neuron)> spikes) => throw new NotSupportedException("a rule is no source");
}
