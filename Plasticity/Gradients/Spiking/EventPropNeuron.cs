using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>The neurons of an <see cref="EventPropLayer"/>: leaky integrate-and-fire with a synaptic current, in continuous time.</summary>
/// <remarks><c>TauMembrane dV/dt = I - V</c>, <c>TauSynapse dI/dt = -I</c>; a spike that comes in adds its weight to I; where V reaches the threshold the neuron fires, and V becomes 0.</remarks>
public sealed record EventPropNeuron
{
    /// <summary>The time constant of the membrane in milliseconds, above 0; 10.</summary>
    public double TauMembrane { get; init; } = 10;

    /// <summary>The time constant of the synaptic current in milliseconds, above 0; 5.</summary>
    public double TauSynapse { get; init; } = 5;

    /// <summary>The threshold, above 0; 1.</summary>
    public double Threshold { get; init; } = 1;

    internal EventPropNeuron Checked()
    {
        Require.InRange("EventProp: TauMembrane", TauMembrane, 1e-6, 1e9);
        Require.InRange("EventProp: TauSynapse", TauSynapse, 1e-6, 1e9);
        Require.InRange("EventProp: Threshold", Threshold, 1e-12, 1e12);
        return this;
    }

    /// <summary>What a current of 1 has made of the potential after some time.</summary>
    internal double Rise(double time)
    {
        double difference = TauMembrane - TauSynapse;
        // Where both are the same, it is the limit: an alpha function.
        return Math.Abs(difference) > 1e-9 * TauMembrane
            ? TauSynapse / difference * (ExactMath.Exp(-time / TauMembrane) - ExactMath.Exp(-time / TauSynapse))
            : time / TauMembrane * ExactMath.Exp(-time / TauMembrane);
    }
}
