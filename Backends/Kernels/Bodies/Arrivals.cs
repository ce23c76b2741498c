using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends.Kernels;

/// <summary>Which synapses of a projection the spikes of earlier steps reach now: runs, one for each source and delay.</summary>
/// <param name="Teams">How threads share them out.</param>
/// <param name="Spikes">The spikes.</param>
/// <param name="FirstSource">The number of the first source among all neurons.</param>
/// <param name="Sources">How many sources.</param>
/// <param name="LeastDelay">The least delay.</param>
/// <param name="MostDelay">The greatest delay.</param>
/// <param name="Runs">Where each run begins, ordered by source, then delay; and the end of the last.</param>
readonly record struct Arrivals(Teams Teams, SpikeViews Spikes, int FirstSource, int Sources, int LeastDelay, int MostDelay, View<int> Runs)
{
    /// <summary>Hands a thread its part of the spikes that arrive.</summary>
    public void Run<TDelivery, TMemory>(TMemory memory, TDelivery delivery, int thread, StepRange now)
        where TDelivery : struct, IDelivery<TMemory>
        where TMemory : struct, IDeviceMemory<TMemory>
    {
        int team = thread / Teams.Size, share = Teams.Share(Spikes.Images);
        for (int image = team / share; image < Spikes.Images; image += Teams.Count / share)
        {
            for (int delay = LeastDelay; delay <= MostDelay && delay <= now.Step; delay++)
            {
                int count = Spikes.CountOf(memory, image, now.Step - delay);
                for (int i = team % share; i < count; i += share)
                {
                    int source = Spikes.At(memory, image, now.Step - delay, i) - FirstSource;
                    if (source >= 0 && source < Sources) delivery.Deliver(memory, image, source, delay, thread % Teams.Size, now);
                }
            }
        }
    }

    /// <summary>Where a run begins.</summary>
    public int Begin<TMemory>(TMemory memory, int source, int delay)
        where TMemory : struct, IDeviceMemory<TMemory> => TMemory.Read(memory, Runs, ((long)source * (MostDelay - LeastDelay + 1)) + delay - LeastDelay);

    /// <summary>Where a run ends.</summary>
    public int End<TMemory>(TMemory memory, int source, int delay)
        where TMemory : struct, IDeviceMemory<TMemory> => TMemory.Read(memory, Runs, ((long)source * (MostDelay - LeastDelay + 1)) + delay - LeastDelay + 1);
}

/// <summary>What the threads of a team do with a spike that arrives.</summary>
interface IDelivery<TMemory>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    /// <summary>Delivers a thread's part of a run.</summary>
    void Deliver(TMemory memory, int image, int source, int delay, int lane, StepRange now);
}

/// <summary>The sums of a projection's targets.</summary>
/// <param name="Sums">All sums.</param>
/// <param name="First">The place of the first target's.</param>
/// <param name="Stride">How far the next target's is.</param>
/// <param name="Factor">1 over the receptor's quantum.</param>
readonly record struct SumPlaces(SumViews Sums, int First, int Stride, float Factor)
{
    /// <summary>Adds what a synapse sends, rounded to the receptor's quantum.</summary>
    public void Add<TMemory>(TMemory memory, long step, int image, int target, Scalar sent)
        where TMemory : struct, IDeviceMemory<TMemory>
    {
        int amount = 0;
        Scalar.AddScaled(sent, Factor, ref amount);
        TMemory.Add(memory, Sums.Values, Sums.Index(step, image, First + (target * Stride)), amount);
    }
}
