namespace Lepton.Neuro.Backends.Kernels;

/// <summary>A synapse with a fixed weight: eight bytes.</summary>
/// <param name="Place">The place of the sum that it adds to.</param>
/// <param name="Weight">What it adds.</param>
/// <param name="Delay">How many steps later.</param>
readonly record struct StaticSynapse(int Place, short Weight, ushort Delay);

/// <summary>Delivers the spikes of some steps through all synapses with fixed weights: a team takes a piece of a row and adds to the sums of the coming steps. Sums are integers, so the order of additions
/// does not matter. The first threads also empty the lists of the steps to come, which are those of steps so long ago that nobody asks for them.</summary>
struct DeliverStatic<TMemory> : IKernel<TMemory>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    public Teams Teams;
    public int Ahead;
    public View<long> Rows;
    public View<StaticSynapse> Synapses;
    public SumViews Sums;
    public SpikeViews Spikes;

    public readonly void Run(TMemory memory, int thread, StepRange now)
    {
        if (thread < Ahead) Spikes.Clear(memory, now.Step + now.Steps + thread);
        int team = thread / Teams.Size, lane = thread % Teams.Size;
        for (long step = now.Step; step < now.Step + now.Steps; step++)
        {
            long items = (long)Spikes.CountOf(memory, step) * Teams.Pieces;
            for (long item = team; item < items; item += Teams.Count) Deliver(memory, step, (int)(item / Teams.Pieces), item % Teams.Pieces, lane);
        }
    }

    readonly void Deliver(TMemory memory, long step, int index, long piece, int lane)
    {
        int neuron = Spikes.At(memory, step, index), image = Spikes.ImageOf(neuron), first = image * Sums.PerImage;
        neuron -= image * Spikes.PerImage;
        long begin = TMemory.Read(memory, Rows, neuron) + (piece * Teams.Piece), end = TMemory.Read(memory, Rows, neuron + 1L);
        if (end > begin + Teams.Piece) end = begin + Teams.Piece;
        for (long j = begin + lane; j < end; j += Teams.Size)
        {
            var synapse = TMemory.Read(memory, Synapses, j);
            TMemory.Add(memory, Sums.Values, Sums.Index(step + synapse.Delay, first + synapse.Place), synapse.Weight);
        }
    }
}
