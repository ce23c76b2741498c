namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>How gradients go back through spikes and time.</summary>
public sealed record SpikingGradient
{
    /// <summary>What stands in for the derivative of a spike; an arc tangent of slope 2.</summary>
    public Surrogate Surrogate { get; init; } = Surrogate.Arctan();

    /// <summary>Whether the reset's gradient is followed too: else a spike is taken to change the loss by what it makes others do alone, which most often learns better. Default false.</summary>
    public bool ThroughReset { get; init; }

    /// <summary>Gradients do not go back past every so many steps; 0, the default, for all the way.</summary>
    public int Truncation { get; init; }

    /// <summary>Spikes become smooth numbers whose true derivative the surrogate is: gradients can then be checked against finite differences.</summary>
    internal bool Smooth { get; init; }

    internal SpikingGradient Checked(string owner)
    {
        Require.InRange($"{owner}: the truncation", (long)Truncation, 0, 1 << 16);
        return this;
    }

    /// <summary>Whether the gradient that is to go from a step to the one before stops there.</summary>
    internal bool StopsBefore(int step) => Truncation > 0 && step % Truncation == 0;
}
