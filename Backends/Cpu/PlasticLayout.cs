using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends;

/// <summary>How the synapses of a rule lie, and so how they are delivered.</summary>
enum PlasticLayout
{
    /// <summary>All to all with one delay: see <see cref="DensePlastic{T, TKernel, TSynapse, TPre, TPost}"/>.</summary>
    Dense,

    /// <summary>A row a source, computed when it fires: see <see cref="EarlyPlastic{T, TKernel, TSynapse, TPre, TPost}"/>.</summary>
    Early,

    /// <summary>A run for each source and delay, computed when it arrives: see <see cref="SparsePlastic{T, TKernel, TSynapse, TPre, TPost}"/>.</summary>
    Runs,
}

/// <summary>Chooses the layout of the synapses of a rule.</summary>
static class PlasticLayouts
{
    // Runs of so many synapses are as good as rows; shorter ones fill narrow vectors better than wide ones.
    const double LongRun = 64, ShortRun = 24;

    // The steps that traces are foretold.
    const int MostSteps = 64;

    /// <summary>Makes the synapses of a projection.</summary>
    /// <typeparam name="T">The session's lane.</typeparam>
    public static Plastic Make<T>(CompiledNetwork network, CompiledProjection plan, Shard[] shards, bool learning)
        where T : unmanaged, ILane<T>
    {
        double row = plan.Connectivity.Count / ((double)plan.Connectivity.Sources * shards.Length), run = row / (plan.MostDelay - plan.LeastDelay + 1);
        var layout = Choose(network, plan, row, run);
        bool narrow = layout == PlasticLayout.Runs && run < ShortRun && T.Width > Wide256.Width;
        return narrow ? new PlasticLowering<Wide256>(network, plan, shards, learning, layout).Plastic : new PlasticLowering<T>(network, plan, shards, learning, layout).Plastic;
    }

    static PlasticLayout Choose(CompiledNetwork network, CompiledProjection plan, double row, double run)
    {
        if (plan.LeastDelay == plan.MostDelay) return plan.Connectivity.IsAllToAll ? PlasticLayout.Dense : PlasticLayout.Runs;
        bool worthIt = row >= Shard.Bundle && run < LongRun && plan.MostDelay <= MostSteps;
        return worthIt && !KernelTapes.Of(plan.Description.Rule!, network.Step).LooksBeyondSpikes("TracePost") ? PlasticLayout.Early : PlasticLayout.Runs;
    }
}
