using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends.Kernels;

/// <summary>The synapses with fixed weights of neurons that are shared out to owners: a row of a source is cut into segments, one an owner.</summary>
/// <param name="Owners">How many owners an image has.</param>
/// <param name="Threads">How many neurons' threads an owner has at most.</param>
/// <param name="Team">How many threads take a segment: a power of two.</param>
/// <param name="FirstSource">The number of the first source among all neurons.</param>
/// <param name="Sources">How many sources.</param>
/// <param name="Segments">Where each segment begins, ordered by source, then owner; and the end of the last.</param>
/// <param name="Synapses">The synapses.</param>
readonly record struct OwnedRows(int Owners, int Threads, int Team, int FirstSource, int Sources, View<int> Segments, View<StaticSynapse> Synapses);

/// <summary>Delivery and neurons in one launch. A group of threads owns some neurons: before the barrier it adds what the waiting spikes send to them and draws the random numbers of their drives, after it they take their steps. No other group touches
/// their sums, so a step waits for nothing but the lists of spikes of the launch before.</summary>
struct StepOwners<TKernel, TState, TInput, TMemory> : IGroupKernel<TMemory>
    where TKernel : unmanaged, INeuronKernel<Scalar, TState, TInput>
    where TState : unmanaged
    where TInput : unmanaged
    where TMemory : struct, IDeviceMemory<TMemory>
{
    public StepNeurons<TKernel, TState, TInput, DrawnTogether<TMemory>, TMemory> Neurons;
    public OwnedRows Rows;

    public readonly void BeforeBarrier(TMemory memory, GroupThread thread, StepRange now)
    {
        int image = thread.Group / Rows.Owners, owner = thread.Group - (image * Rows.Owners), lane = thread.Lane % Rows.Team;
        Neurons.Draws.Draw(memory, image, owner, thread, Neurons.Blocks, Neurons.Populations, Neurons.Drives, Neurons.Images.Presentation(memory, image, now), now);
        for (long step = now.Step - now.Waiting; step < now.Step; step++)
        {
            int count = Neurons.Spikes.CountOf(memory, image, step);
            for (int i = thread.Lane / Rows.Team; i < count; i += thread.Size / Rows.Team)
            {
                int source = Neurons.Spikes.At(memory, image, step, i) - Rows.FirstSource;
                if (source < 0 || source >= Rows.Sources) continue;
                long segment = ((long)source * Rows.Owners) + owner;
                int end = TMemory.Read(memory, Rows.Segments, segment + 1);
                for (int j = TMemory.Read(memory, Rows.Segments, segment) + lane; j < end; j += Rows.Team) TMemory.Read(memory, Rows.Synapses, j).Send(memory, Neurons.Sums, image, step);
            }
        }
    }

    public readonly void AfterBarrier(TMemory memory, GroupThread thread, StepRange now)
    {
        int image = thread.Group / Rows.Owners, owner = thread.Group - (image * Rows.Owners);
        int end = Math.Min((owner + 1) * Rows.Threads, Neurons.Threads);
        for (int own = (owner * Rows.Threads) + thread.Lane; own < end; own += thread.Size) Neurons.Run(memory, (image * Neurons.Threads) + own, now);
    }
}
