namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Changes the learning rate, the batch size and the optimizer while a network is trained, by the validation loss and the cost of a step. See <see cref="TrainingOptions.Strategy"/>.</summary>
/// <remarks>
/// <para>After each epoch but the last the rules below are asked in this order; the first that holds is followed, so that what a change does is seen before the next.</para>
/// <list type="number">
/// <item><description><see cref="StrategyRule.Rise"/>: the validation loss is more than <see cref="Rise"/> above the least so far. The learning rate is multiplied by <see cref="Factor"/>.</description></item>
/// <item><description><see cref="StrategyRule.Plateau"/>: for <see cref="Wait"/> epochs the validation loss has not come below the least so far by <see cref="Improvement"/> of it, and the rate was cut
/// fewer than <see cref="CutsBeforeSwitch"/> times for that. The learning rate is multiplied by <see cref="Factor"/>.</description></item>
/// <item><description><see cref="StrategyRule.Switch"/>: a plateau again, after these cuts, under an optimizer that scales each parameter by itself (Adam, AdamW). Stochastic gradient descent with
/// <see cref="Momentum"/> takes over. Its rate is such that its first step has the length of Adam's last one along the mean gradient m:
/// <c>rate (1 - momentum) (d . m) / (m . m)</c> with <c>d = m / (sqrt(v) + epsilon)</c>. After that, and under other optimizers, a plateau cuts the rate.</description></item>
/// <item><description><see cref="StrategyRule.Cost"/>: the validation loss came down, but more than <see cref="UpdateShare"/> of the cost of a step is the update's own, whatever the samples. The batch is
/// doubled, up to <see cref="MostBatch"/> and an eighth of the samples, and the learning rate multiplied by the root of two.</description></item>
/// </list>
/// <para>The cost of a step is counted, in multiplications: three times those of the layers for each sample (forth, back to the inputs, back to the weights), and for the update
/// <see cref="UpdateOperations"/> a parameter and one more for each block of the batch. No clock is read: the same seed gives the same changes and the same bytes on any machine. Sparse spikes are counted
/// as if they were dense. A rate that was cut to <see cref="Least"/> of the first one is not cut further.</para>
/// <para>Sources: N. S. Keskar and R. Socher, "Improving generalization performance by switching from Adam to SGD", arXiv:1712.07628 (the projection); S. L. Smith et al., "Don't decay the learning rate,
/// increase the batch size", ICLR 2018; A. Krizhevsky, "One weird trick for parallelizing convolutional neural networks", arXiv:1404.5997 (the root).</para>
/// </remarks>
public sealed record AdaptiveStrategy
{
    /// <summary>What an update costs a parameter, in multiplications, whatever the batch: about what Adam does.</summary>
    public const int UpdateOperations = 12;

    /// <summary>How far above the least the validation loss may be, as a part of it; 0.25.</summary>
    public double Rise { get; init; } = 0.25;

    /// <summary>By which part the validation loss must fall to be lower; 0.01.</summary>
    public double Improvement { get; init; } = 0.01;

    /// <summary>How many epochs without that are a plateau; 2.</summary>
    public int Wait { get; init; } = 2;

    /// <summary>What the learning rate is multiplied by when it is cut; 0.5.</summary>
    public double Factor { get; init; } = 0.5;

    /// <summary>The part of the first learning rate that it is not cut below; 0.001.</summary>
    public double Least { get; init; } = 0.001;

    /// <summary>How many plateaus cut the rate before the optimizer changes; 2.</summary>
    public int CutsBeforeSwitch { get; init; } = 2;

    /// <summary>The momentum of stochastic gradient descent, after the change; 0.9.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>The most of a step that the update may cost before the batch grows; 0.1.</summary>
    public double UpdateShare { get; init; } = 0.1;

    /// <summary>The largest batch; 1024.</summary>
    public int MostBatch { get; init; } = 1024;

    internal AdaptiveStrategy Checked()
    {
        Require.InRange("the rise of the strategy", Rise, 0, 1e6);
        Require.InRange("the improvement of the strategy", Improvement, 0, 1);
        Require.InRange("the epochs that the strategy waits", (long)Wait, 1, 1 << 24);
        Require.InRange("the factor of the strategy", Factor, 1e-6, 1);
        Require.InRange("the least part of the learning rate of the strategy", Least, 0, 1);
        Require.InRange("the cuts before the strategy's change of the optimizer", (long)CutsBeforeSwitch, 0, 1 << 24);
        Require.InRange("the momentum of the strategy", Momentum, 0, 0.9999);
        Require.InRange("the update's part of a step of the strategy", UpdateShare, 0, 1);
        Require.InRange("the largest batch of the strategy", (long)MostBatch, 1, 1 << 20);
        return this;
    }
}

/// <summary>The rules of <see cref="AdaptiveStrategy"/>.</summary>
public enum StrategyRule
{
    /// <summary>The validation loss rose: a lower learning rate.</summary>
    Rise,

    /// <summary>The validation loss stood still: a lower learning rate.</summary>
    Plateau,

    /// <summary>It stood still again: another optimizer.</summary>
    Switch,

    /// <summary>The update takes too much of a step: a larger batch.</summary>
    Cost,
}

/// <summary>What <see cref="AdaptiveStrategy"/> changed.</summary>
/// <param name="Epoch">The epoch after which it did, from 1.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Reason">Why, in words with figures.</param>
/// <param name="Change">What was changed, in words with figures.</param>
public sealed record StrategyChange(int Epoch, StrategyRule Rule, string Reason, string Change);
