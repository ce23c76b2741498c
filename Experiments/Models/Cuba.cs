using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Experiments.Models;

/// <summary>4,000 integrate-and-fire neurons with current-based synapses, 80 of them onto each: the classic small benchmark.</summary>
/// <remarks>Source: T. Vogels and L. Abbott, J. Neurosci. 25, 10786 (2005), as in R. Brette et al., J. Comput. Neurosci. 23, 349 (2007), benchmark 2, with fixed in-degrees.</remarks>
public static class Cuba
{
    /// <summary>The step of the model.</summary>
    public static Time Step { get; } = 0.1.ms;

    /// <summary>Describes the model.</summary>
    /// <param name="seed">The seed.</param>
    public static Network Build(ulong seed)
    {
        var network = new Network(seed);
        // With as many pF as the membrane has ms, a weight of 1 pA is a drive of 1 mV.
        var model = new Lif
        {
            TauMembrane = 20.ms,
            Capacitance = 20.pF,
            TauSynapse = 5.ms,
            TauInhibitory = 10.ms,
            Rest = -49.mV,
            Threshold = -50.mV,
            Reset = -60.mV,
            Refractory = 5.ms,
            Start = Distribution.Uniform(-60, -50),
        };
        var excitatory = network.Add("excitatory", 3200, model);
        var inhibitory = network.Add("inhibitory", 800, model);
        foreach (var target in (Population[])[excitatory, inhibitory])
        {
            network.Connect(excitatory, target, Wiring.InDegree(64), 1.62, 0.1.ms, "excitatory");
            network.Connect(inhibitory, target, Wiring.InDegree(16), -9, 0.1.ms, "inhibitory");
        }
        return network;
    }
}
