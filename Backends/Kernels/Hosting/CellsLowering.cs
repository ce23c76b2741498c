using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends.Kernels;

/// <summary>Receives the kernels of populations and groups those that are alike.</summary>
sealed class CellsLowering<TMemory>(CompiledNetwork network, bool learning) : ILowering<Scalar>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    readonly List<Cells<TMemory>> groups = [];
    CompiledPopulation plan = null!;
    Cells<TMemory> cells = null!;

    /// <summary>All groups.</summary>
    public IReadOnlyList<Cells<TMemory>> Groups => groups;

    public Time Step => network.Step;

    public bool Learning => learning;

    /// <summary>The group of a population.</summary>
    public Cells<TMemory> Lower(CompiledPopulation population)
    {
        plan = population;
        if (population.Description.Model is { } model) model.Lower(this);
        else population.Description.Source!.Lower(this);
        return cells;
    }

    public void Neurons<TKernel, TState, TInput>(TKernel kernel)
        where TKernel : unmanaged, INeuronKernel<Scalar, TState, TInput>
        where TState : unmanaged
        where TInput : unmanaged
    {
        var group = groups.OfType<NeuronCells<TKernel, TState, TInput, TMemory>>().FirstOrDefault();
        if (group is null) groups.Add(group = new(network.Source.Seed));
        group.Add(plan, kernel);
        cells = group;
    }

    public void Encoder<TKernel, TState>(TKernel kernel)
        where TKernel : unmanaged, IEncoderKernel<Scalar, TState>
        where TState : unmanaged => groups.Add(cells = new EncoderCells<TKernel, TState, TMemory>(plan, kernel));

    public void Events(IReadOnlyList<(long Step, int Neuron)> spikes) => groups.Add(cells = new ScriptCells<TMemory>(plan, spikes));

    public void Synapses<TKernel, TSynapse, TPre, TPost>(TKernel kernel)
        where TKernel : unmanaged, ISynapseKernel<Scalar, TSynapse, TPre, TPost>
        where TSynapse : unmanaged
        where TPre : unmanaged
        where TPost : unmanaged => throw new NotSupportedException("a population is no synapse rule");

    public void SteppedSynapses<TKernel, TSynapse, TPre, TPost>(TKernel kernel)
        where TKernel : unmanaged, ISteppedSynapseKernel<Scalar, TSynapse, TPre, TPost>
        where TSynapse : unmanaged
        where TPre : unmanaged
        where TPost : unmanaged => throw new NotSupportedException("a population is no synapse rule");
}

/// <summary>Receives the kernel of a projection's rule.</summary>
sealed class JoinsLowering<TMemory>(CompiledProjection plan, Layout<TMemory> layout, Cells<TMemory> targets, bool learning) : ILowering<Scalar>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    Joins<TMemory> joins = null!;

    public Time Step => layout.Network.Step;

    public bool Learning => learning;

    public Joins<TMemory> Lower()
    {
        plan.Description.Rule!.Lower(this);
        return joins;
    }

    public void Synapses<TKernel, TSynapse, TPre, TPost>(TKernel kernel)
        where TKernel : unmanaged, ISynapseKernel<Scalar, TSynapse, TPre, TPost>
        where TSynapse : unmanaged
        where TPre : unmanaged
        where TPost : unmanaged =>
        joins = new PlasticJoins<TKernel, TSynapse, TPre, TPost, NoChance<TKernel, TSynapse>, TMemory>(plan, layout, targets, kernel, learning);

    public void SteppedSynapses<TKernel, TSynapse, TPre, TPost>(TKernel kernel)
        where TKernel : unmanaged, ISteppedSynapseKernel<Scalar, TSynapse, TPre, TPost>
        where TSynapse : unmanaged
        where TPre : unmanaged
        where TPost : unmanaged => joins = new SteppedJoins<TKernel, TSynapse, TPre, TPost, TMemory>(plan, layout, targets, kernel, learning);

    public void Neurons<TKernel, TState, TInput>(TKernel kernel)
        where TKernel : unmanaged, INeuronKernel<Scalar, TState, TInput>
        where TState : unmanaged
        where TInput : unmanaged => throw new NotSupportedException("a rule is no neuron model");

    public void Encoder<TKernel, TState>(TKernel kernel)
        where TKernel : unmanaged, IEncoderKernel<Scalar, TState>
        where TState : unmanaged => throw new NotSupportedException("a rule is no encoder");

    public void Events(IReadOnlyList<(long Step, int Neuron)> spikes) => throw new NotSupportedException("a rule is no source");
}
