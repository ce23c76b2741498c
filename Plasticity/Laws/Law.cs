using FsCheck;
using FsCheck.Fluent;

namespace Lepton.Neuro.Plasticity.Laws;

/// <summary>What became of a law on a rule.</summary>
/// <param name="Law">The law's name.</param>
/// <param name="Holds">Whether it held in all cases; true where it does not apply.</param>
/// <param name="DoesNotApply">Why it does not apply; null where it does.</param>
/// <param name="Counterexample">The simplest case found in which it does not hold, as a raster, and what went wrong; null where it holds.</param>
public sealed record Verdict(string Law, bool Holds, string? DoesNotApply, string? Counterexample)
{
    /// <summary>One line; more where a case is shown.</summary>
    public override string ToString() =>
        DoesNotApply is not null ? $"{Law}: does not apply: {DoesNotApply}" : Holds ? $"{Law}: holds" : $"{Law}: BROKEN\n{Counterexample}";
}

/// <summary>A law that a rule can be held to.</summary>
public sealed class Law
{
    readonly Func<LawCase, string?> objection;
    readonly Gen<LawCase> cases;
    readonly int leastNumber;

    internal Law(string name, string statement, string? doesNotApply, Gen<LawCase> cases, Func<LawCase, string?> objection, int leastNumber = 0)
    {
        Name = name;
        Statement = statement;
        DoesNotApply = doesNotApply;
        this.cases = cases;
        this.objection = objection;
        this.leastNumber = leastNumber;
    }

    /// <summary>A short name.</summary>
    public string Name { get; }

    /// <summary>What it says.</summary>
    public string Statement { get; }

    /// <summary>Why it does not apply to the rule; null where it does.</summary>
    public string? DoesNotApply { get; }

    /// <summary>The law as a property, for one's own FsCheck configuration. One that does not apply holds in all cases.</summary>
    public Property Property => Prop.ForAll(Arb.From(cases, one => one.Simpler(leastNumber)), one => Objection(one) is null);

    /// <summary>Tries the law.</summary>
    /// <param name="count">How many cases, 1 or more.</param>
    /// <param name="seed">Chooses the cases; null for others each time.</param>
    /// <returns>Whether it holds, and where not the simplest case found.</returns>
    public Verdict Check(int count = 100, ulong? seed = null)
    {
        Require.InRange("the number of cases", (long)count, 1L, int.MaxValue);
        if (DoesNotApply is not null) return new(Name, true, DoesNotApply, null);
        string? found = null;
        // The last case that fails is the simplest one: a simpler one is tried until none fails.
        var property = Prop.ForAll(Arb.From(cases, one => one.Simpler(leastNumber)), one =>
        {
            string? wrong = Objection(one);
            if (wrong is not null) found = $"{one}\n{wrong}";
            return wrong is null;
        });
        var config = Config.QuickThrowOnFailure.WithMaxTest(count).WithQuietOnSuccess(true);
        if (seed is { } chosen) config = config.WithReplay(chosen, 1);
        try
        {
            property.Check(config);
        }
        catch (Exception) when (found is not null)
        {
            return new(Name, false, null, found);
        }
        return new(Name, true, null, null);
    }

    string? Objection(LawCase one)
    {
        if (DoesNotApply is not null) return null;
        try
        {
            return objection(one);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return $"{error.GetType().Name}: {error.Message}";
        }
    }
}
