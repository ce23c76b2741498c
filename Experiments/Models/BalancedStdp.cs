using Lepton.Neuro.Plasticity;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Experiments.Models;

/// <summary>A balanced random network whose excitatory synapses learn: 11,250 integrate-and-fire neurons, 12.7 million synapses, 8.1 million of them plastic.</summary>
/// <remarks>Sources: N. Brunel, J. Comput. Neurosci. 8, 183 (2000) (the network); A. Morrison, A. Aertsen and M. Diesmann, "Spike-timing-dependent plasticity in balanced random
/// networks", Neural Comput. 19, 1437 (2007) (the rule). The depression is chosen such that weights do not drift at their initial value.</remarks>
public static class BalancedStdp
{
    /// <summary>The step of the model.</summary>
    public static Time Step { get; } = 0.1.ms;

    /// <summary>The initial weight of excitatory synapses, pA: where the rule's drift is zero.</summary>
    public const double ExcitatoryWeight = 250;

    const double InhibitoryFactor = -5, ExternalHertz = 4800;

    const int ExcitatoryInDegree = 900, InhibitoryInDegree = 225;

    /// <summary>Describes the model.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="scale">The part of the neurons, 0.1 to 1. In-degrees stay, so each neuron's input stays what it is, but neighbours share more of it.</param>
    /// <param name="rule">Another rule for the plastic synapses, whose range must hold <see cref="ExcitatoryWeight"/>; null for the model's own.</param>
    /// <exception cref="InvalidInputException">The scale is out of its range.</exception>
    public static Network Build(ulong seed, double scale = 1, SynapseRule? rule = null)
    {
        Require.InRange("the scale of the balanced network", scale, 0.1, 1);
        var network = new Network(seed);
        var model = new Lif
        {
            TauMembrane = 10.ms,
            Capacitance = 250.pF,
            TauSynapse = 0.5.ms,
            Refractory = 0.5.ms,
            Rest = 0.mV,
            Reset = 0.mV,
            Threshold = 20.mV,
            Start = Distribution.Normal(5.7, 7.2),
        };
        rule ??= new PowerLawStdp
        {
            Potentiation = 0.1f,
            Depression = (float)(0.1 * 15 / 30 / Math.Pow(ExcitatoryWeight, 0.6)),
            Mu = 0.4f,
            TauPre = 15.ms,
            TauPost = 30.ms,
            Maximum = (float)(10 * ExcitatoryWeight),
        };
        var excitatory = network.Add("excitatory", (int)Math.Round(9000 * scale), model);
        var inhibitory = network.Add("inhibitory", (int)Math.Round(2250 * scale), model);
        foreach (var target in (Population[])[excitatory, inhibitory])
        {
            var plastic = ReferenceEquals(target, excitatory) ? rule : null;
            network.Connect(excitatory, target, Wiring.InDegree(ExcitatoryInDegree), ExcitatoryWeight, 1.5.ms, rule: plastic, modulator: Modulator.For(plastic));
            network.Connect(inhibitory, target, Wiring.InDegree(InhibitoryInDegree), InhibitoryFactor * ExcitatoryWeight, 1.5.ms);
            network.Drive(target, ExternalHertz.Hz, ExcitatoryWeight);
        }
        return network;
    }
}
