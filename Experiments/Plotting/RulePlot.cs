using System.CommandLine;
using System.Globalization;
using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Rules;
using Lepton.Neuro.Plasticity;

namespace Lepton.Neuro.Experiments.Plotting;

/// <summary>What pictures of a rule have in common: the rule, its parameters, the weight at first and what else the synapse sees.</summary>
internal abstract class RulePlot : IPlot
{
    /// <summary>A reward comes this long after the last spike, where a rule needs one to change anything.</summary>
    const double RewardAfter = 100;

    readonly Argument<string> rule = new("rule") { Description = RuleChoice.Allowed };
    readonly Option<string[]> set = new("--set") { HelpName = "key=value", Description = "Change a parameter of the rule; may be repeated", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };
    readonly Option<string?> weight = new("--w0") { HelpName = "WEIGHT", Description = "The weight at first [default: halfway between the rule's bounds]" };
    readonly Option<string?> potential = new("--potential") { HelpName = "MV", Description = "The target's membrane potential, in mV [default: the rule's rest, or 0]" };
    readonly Option<string?> modulator = new("--modulator") { HelpName = "NUMBER", Description = "The third factor [default: 0; for a rule with dopamine, one reward 100 ms after the last spike]" };

    /// <inheritdoc/>
    public abstract IReadOnlyList<string> Examples { get; }

    /// <summary>The name of the subcommand.</summary>
    protected abstract string Name { get; }

    /// <summary>What it draws.</summary>
    protected abstract string Description { get; }

    /// <inheritdoc/>
    public Command Build()
    {
        var command = new Command(Name, Description) { rule, set, weight, potential, modulator };
        AddOptions(command);
        return command;
    }

    /// <inheritdoc/>
    public Figure Draw(ParseResult parsed, Host host)
    {
        var chosen = RuleChoice.Find(host, parsed.GetValue(rule)!, parsed.GetValue(set));
        var (least, most) = chosen.WeightRange;
        var bench = new PairBench(chosen, Number(parsed, weight) ?? least + (((double)most - least) / 2))
        {
            Potential = Number(parsed, potential) ?? (chosen as IDeclareTraits)?.Traits.RestingPotential ?? 0,
            Modulator = Number(parsed, modulator) ?? 0,
            RewardAfter = parsed.GetValue(modulator) is null && RuleParameter.Of(chosen).Any(parameter => parameter.Key == "tau-dopamine") ? RewardAfter : null,
        };
        return Draw(parsed, bench);
    }

    /// <summary>Adds options of the picture's own.</summary>
    /// <param name="command">The subcommand.</param>
    protected virtual void AddOptions(Command command)
    {
    }

    /// <summary>Draws the rule.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="bench">Runs the rule.</param>
    /// <returns>The figure.</returns>
    protected abstract Figure Draw(ParseResult parsed, PairBench bench);

    /// <summary>The number of an option.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="option">The option.</param>
    /// <returns>The number, or null where it was not given.</returns>
    /// <exception cref="InvalidInputException">It is no number.</exception>
    protected static double? Number(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) is not { } text ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value
        : throw new InvalidInputException(option.Name, text, "a number");
}
