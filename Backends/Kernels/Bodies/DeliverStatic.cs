namespace Lepton.Neuro.Backends.Kernels;

/// <summary>A synapse with a fixed weight: eight bytes.</summary>
/// <param name="Place">The place of the sum that it adds to.</param>
/// <param name="Weight">What it adds.</param>
/// <param name="Delay">How many steps later.</param>
readonly record struct StaticSynapse(int Place, short Weight, ushort Delay)
{
    /// <summary>Adds to the sum of the step in which the spike of a step arrives. Sums are integers, so the order of additions does not matter.</summary>
    public void Send<TMemory>(TMemory memory, SumViews sums, int image, long step)
        where TMemory : struct, IDeviceMemory<TMemory> => TMemory.Add(memory, sums.Values, sums.Index(step + Delay, image, Place), Weight);
}

/// <summary>Delivers the spikes that wait through synapses with fixed weights: a team takes a piece of a row and adds to the sums of the coming steps.</summary>
struct DeliverStatic<TMemory> : IKernel<TMemory>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    public Teams Teams;
    public View<long> Rows;
    public View<StaticSynapse> Synapses;
    public SumViews Sums;
    public SpikeViews Spikes;

    public readonly void Run(TMemory memory, int thread, StepRange now)
    {
        int team = thread / Teams.Size, lane = thread % Teams.Size, share = Teams.Share(Spikes.Images);
        for (long step = now.Step - now.Waiting; step < now.Step; step++)
        {
            for (int image = team / share; image < Spikes.Images; image += Teams.Count / share)
            {
                long items = (long)Spikes.CountOf(memory, image, step) * Teams.Pieces;
                for (long item = team % share; item < items; item += share) Deliver(memory, image, step, (int)(item / Teams.Pieces), item % Teams.Pieces, lane);
            }
        }
    }

    readonly void Deliver(TMemory memory, int image, long step, int index, long piece, int lane)
    {
        int neuron = Spikes.At(memory, image, step, index);
        long begin = TMemory.Read(memory, Rows, neuron) + (piece * Teams.Piece), end = TMemory.Read(memory, Rows, neuron + 1L);
        if (end > begin + Teams.Piece) end = begin + Teams.Piece;
        for (long j = begin + lane; j < end; j += Teams.Size) TMemory.Read(memory, Synapses, j).Send(memory, Sums, image, step);
    }
}
