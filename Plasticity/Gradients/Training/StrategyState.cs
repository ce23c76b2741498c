using System.Globalization;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>How <see cref="AdaptiveStrategy"/> stands. It is a function of the epochs' results alone, so whoever goes on from a checkpoint shows it these again; only the rate of the optimizer that took over,
/// which depends on what the first one remembered, must be told.</summary>
sealed class StrategyState
{
    readonly AdaptiveStrategy? strategy;
    readonly TrainingOptions options;
    readonly int mostBatch;
    readonly double parameters, operations;
    double best = double.PositiveInfinity;
    int waited, cuts;
    bool switched;

    public StrategyState(Sequential network, TrainingOptions options, int samples)
    {
        (strategy, this.options, Batch, Optimizer) = (options.Strategy, options, options.BatchSize, options.Optimizer);
        mostBatch = Math.Max(Batch, strategy is null ? 0 : Math.Min(strategy.MostBatch, samples / 8));
        parameters = network.Layers.Where(l => !l.Frozen).SelectMany(l => l.Parameters).Where(p => p.Kind != ParameterKind.Constant).Sum(p => (double)p.Count);
        operations = 3 * network.Layers.Sum(Multiplications);
    }

    /// <summary>Samples of an update.</summary>
    public int Batch { get; private set; }

    /// <summary>What the learning rate is multiplied by.</summary>
    public double RateFactor { get; private set; } = 1;

    /// <summary>The optimizer.</summary>
    public Optimizer Optimizer { get; private set; }

    /// <summary>What the rate is multiplied by since the optimizer changed; not known (NaN) before.</summary>
    public double SwitchFactor { get; set; } = double.NaN;

    /// <summary>What was changed so far.</summary>
    public List<StrategyChange> Changes { get; } = [];

    /// <summary>The part of a step's cost that is the update's own.</summary>
    public double UpdateShare
    {
        get
        {
            double update = parameters * (AdaptiveStrategy.UpdateOperations + ((Batch + options.BlockSize - 1) / options.BlockSize));
            return update / (update + (Batch * operations));
        }
    }

    /// <summary>Looks at an epoch, and changes what the rules say.</summary>
    /// <param name="epoch">What it came to.</param>
    /// <param name="switchFactor">What the rate is to be multiplied by where the optimizer changes now.</param>
    public void Judge(in EpochResult epoch, Func<double> switchFactor)
    {
        if (strategy is null) return;
        double loss = epoch.ValidationLoss, before = best;
        bool improved = loss < before * (1 - strategy.Improvement);
        best = Math.Min(best, loss);
        waited = improved ? 0 : waited + 1;
        if (epoch.Epoch >= options.Epochs) return;
        bool plateau = waited >= strategy.Wait, adapts = Optimizer.Memories > 1;
        if (loss > before * (1 + strategy.Rise))
        {
            Cut(epoch, StrategyRule.Rise, Text($"validation loss {loss:G4}, {(loss / before) - 1:P0} above the least ({before:G4})"));
        }
        else if (plateau && adapts && cuts >= strategy.CutsBeforeSwitch)
        {
            string from = Optimizer.Name;
            Optimizer = Optimizer.Sgd(strategy.Momentum);
            if (double.IsNaN(SwitchFactor)) SwitchFactor = switchFactor();
            RateFactor *= SwitchFactor;
            switched = true;
            Changed(epoch, StrategyRule.Switch, Standing(before), Text($"optimizer {from} to {Optimizer.Name}, learning rate times {SwitchFactor:G3}"));
        }
        else if (plateau)
        {
            cuts++;
            Cut(epoch, StrategyRule.Plateau, Standing(before));
        }
        else if (improved && UpdateShare > strategy.UpdateShare && 2 * Batch <= mostBatch)
        {
            string reason = Text($"{UpdateShare:P0} of a step's cost is the update's");
            Batch *= 2;
            RateFactor *= Math.Sqrt(2);
            Changed(epoch, StrategyRule.Cost, reason, Text($"batch {Batch / 2} to {Batch}, learning rate times 1.41"));
        }
    }

    void Cut(in EpochResult epoch, StrategyRule rule, string reason)
    {
        waited = 0;
        // After the change of the optimizer rates are others: the least is a part of what it began with.
        double least = strategy!.Least * (switched ? SwitchFactor : 1), cut = Math.Max(RateFactor * strategy.Factor, Math.Min(least, RateFactor));
        if (cut == RateFactor) return;
        string change = Text($"learning rate times {cut / RateFactor:G3}");
        RateFactor = cut;
        Changed(epoch, rule, reason, change);
    }

    void Changed(in EpochResult epoch, StrategyRule rule, string reason, string change)
    {
        waited = 0;
        Changes.Add(new(epoch.Epoch, rule, reason, change));
    }

    string Standing(double least) => Text($"validation loss not {strategy!.Improvement:P1} below {least:G4} for {strategy.Wait} epochs");

    // Each weight is used once a step in each place of the output.
    static double Multiplications(Layer layer) =>
        layer.Parameters.Where(p => p.Kind == ParameterKind.Weight).Sum(p => (double)p.Count) * layer.Output.Steps * (layer is ConvolutionLayer ? layer.Output.Height * layer.Output.Width : 1);

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
