namespace Lepton.Neuro.Backends;

/// <summary>What a price covers.</summary>
public enum PriceScope
{
    /// <summary>One kind of event alone: other kinds have prices of their own, and may be added.</summary>
    PerTerm,

    /// <summary>The event and its share of everything else: nothing may be added to it.</summary>
    AllIn,
}

/// <summary>How a price came to be known.</summary>
public enum Evidence
{
    /// <summary>Measured on the chip.</summary>
    Measured,

    /// <summary>Fitted so that a model meets measurements.</summary>
    Calibrated,

    /// <summary>From a simulation of the circuit, before the chip was made.</summary>
    Simulated,

    /// <summary>Worked out from other published figures.</summary>
    Derived,

    /// <summary>A typical figure of a published survey, of no particular chip.</summary>
    Survey,
}

/// <summary>What a machine charges for: each term has a price or a reason why it has none.</summary>
public enum TileTerm
{
    /// <summary>The update of a neuron that has something to update; in joules.</summary>
    NeuronActive,

    /// <summary>The update of a neuron at rest without input; in joules.</summary>
    NeuronInactive,

    /// <summary>What a spike costs the neuron that fires, beside its update; in joules.</summary>
    SpikeOut,

    /// <summary>A synapse that a spike reaches: its weight is read and added; in joules.</summary>
    SynapticOperation,

    /// <summary>The update of a plastic synapse; in joules.</summary>
    SynapticUpdate,

    /// <summary>The delivery of a packet within its last tile; in joules.</summary>
    Packet,

    /// <summary>A packet's hop to the next column up; in joules.</summary>
    HopEast,

    /// <summary>A packet's hop to the next column down; in joules.</summary>
    HopWest,

    /// <summary>A packet's hop to the next row up; in joules.</summary>
    HopNorth,

    /// <summary>A packet's hop to the next row down; in joules.</summary>
    HopSouth,

    /// <summary>The look-up of a packet's synapses at the core that it reaches; in joules.</summary>
    AxonIn,

    /// <summary>The look-up of a packet's address at the core that sends it; in joules.</summary>
    AxonOut,

    /// <summary>The barrier at the end of a step; in joules.</summary>
    Barrier,

    /// <summary>What the machine draws at all times; in watts.</summary>
    Static,

    /// <summary>A spike of an encoder's channel: the signal is turned into it and brought to the input tile; in joules.</summary>
    InputSpike,
}

/// <summary>A price with what it covers and where it comes from.</summary>
/// <param name="Value">The number, in <paramref name="Unit"/>; finite, 0 or more.</param>
/// <param name="Unit">The unit: fJ, pJ, nJ, uJ or J for an energy; fs, ps, ns, us, ms or s for a time; uW, mW or W for a power.</param>
/// <param name="Scope">What it covers.</param>
/// <param name="Evidence">How it came to be known.</param>
/// <param name="Source">Where it is published.</param>
public sealed record Price(double Value, string Unit, PriceScope Scope, Evidence Evidence, string Source)
{
    /// <summary>The least published figure for the same thing, in <see cref="Unit"/>; the value itself where there is no other.</summary>
    public double Least { get; init; } = Value;

    /// <summary>The greatest published figure for the same thing, in <see cref="Unit"/>; the value itself where there is no other.</summary>
    public double Most { get; init; } = Value;

    static readonly Dictionary<string, double> Factors = new(StringComparer.Ordinal)
    {
        ["fJ"] = 1e-15,
        ["pJ"] = 1e-12,
        ["nJ"] = 1e-9,
        ["uJ"] = 1e-6,
        ["J"] = 1,
        ["fs"] = 1e-15,
        ["ps"] = 1e-12,
        ["ns"] = 1e-9,
        ["us"] = 1e-6,
        ["ms"] = 1e-3,
        ["s"] = 1,
        ["uW"] = 1e-6,
        ["mW"] = 1e-3,
        ["W"] = 1,
    };

    /// <summary>The value in joules, seconds or watts.</summary>
    /// <exception cref="InvalidInputException">The unit is not known.</exception>
    public double InBaseUnits => Factors.TryGetValue(Unit, out double factor)
        ? Value * factor
        : throw new InvalidInputException("the unit of a price", $"'{Unit}'", string.Join(", ", Factors.Keys));

    /// <summary>The units of a quantity.</summary>
    /// <param name="baseUnit">J, s or W.</param>
    internal static IReadOnlyList<string> UnitsOf(string baseUnit) => [.. Factors.Keys.Where(u => u.EndsWith(baseUnit, StringComparison.Ordinal))];
}

/// <summary>The prices of a machine, one a term; a term without a price says why it has none.</summary>
public sealed class PriceList
{
    readonly Dictionary<TileTerm, Price> prices;
    readonly Dictionary<TileTerm, string> unpriced;

    /// <summary>A list of prices.</summary>
    /// <param name="prices">The prices.</param>
    /// <param name="unpriced">The terms without a price, each with the reason.</param>
    /// <exception cref="InvalidInputException">A term is in both.</exception>
    public PriceList(IReadOnlyDictionary<TileTerm, Price> prices, IReadOnlyDictionary<TileTerm, string> unpriced)
    {
        this.prices = new(prices);
        this.unpriced = new(unpriced);
        foreach (var term in this.prices.Keys)
        {
            if (this.unpriced.ContainsKey(term)) throw new InvalidInputException($"the term {term}", "priced and unpriced", "one of both");
        }
    }

    /// <summary>The terms that have a price, in the order of <see cref="TileTerm"/>.</summary>
    public IReadOnlyList<TileTerm> Priced => [.. prices.Keys.Order()];

    /// <summary>The terms that have none, in the order of <see cref="TileTerm"/>, with the reasons.</summary>
    public IReadOnlyList<(TileTerm Term, string Reason)> Unpriced => [.. unpriced.OrderBy(u => u.Key).Select(u => (u.Key, u.Value))];

    /// <summary>The price of a term; null where it has none.</summary>
    /// <param name="term">The term.</param>
    public Price? Find(TileTerm term) => prices.GetValueOrDefault(term);

    /// <summary>The price of a term in joules, seconds or watts; 0 where it has none.</summary>
    /// <param name="term">The term.</param>
    public double Of(TileTerm term) => Find(term)?.InBaseUnits ?? 0;

    /// <summary>Why a term has no price; null where it has one.</summary>
    /// <param name="term">The term.</param>
    public string? ReasonWithout(TileTerm term) => unpriced.GetValueOrDefault(term);
}
