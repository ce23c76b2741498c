using Lepton.Neuro.Random;

namespace Lepton.Neuro;

/// <summary>The events of a synapse that may be given a random number. The numbers are part of every result's meaning: never renumber them.</summary>
public enum SynapseEvent
{
    /// <summary>A spike of the source arrives.</summary>
    OnPre = 1,

    /// <summary>The target fires.</summary>
    OnPost = 2,

    /// <summary>A step ends.</summary>
    OnStep = 3,

    /// <summary>The session updates.</summary>
    OnUpdate = 4,
}

/// <summary>The random numbers of a projection's synapses: each is a function of the network's seed, the projection, the synapse's place in the wiring's order, the step, the presentation and the kind of event.</summary>
public readonly struct SynapseDraws
{
    readonly RandomStream stream;

    /// <summary>The numbers of a projection.</summary>
    /// <param name="seed">The network's seed.</param>
    /// <param name="projection">The projection's index.</param>
    public SynapseDraws(ulong seed, int projection) => stream = new(seed, RandomPurpose.Plasticity, projection);

    /// <summary>The place of a synapse in the wiring's order as these numbers know it.</summary>
    /// <param name="projection">How the projection is called in an error's message.</param>
    /// <param name="slot">The place.</param>
    /// <exception cref="InvalidInputException">There are more than 2^32 synapses.</exception>
    public static uint Slot(object projection, long slot) =>
        slot <= uint.MaxValue ? (uint)slot : throw new InvalidInputException($"{projection}: the synapses of a rule that draws random numbers", $"more than {slot}", "at most 2^32");

    /// <summary>The random words of some synapses.</summary>
    /// <param name="kind">What happens to them.</param>
    /// <param name="step">The step of the presentation in which it does.</param>
    /// <param name="presentation">The presentation.</param>
    /// <param name="slots">Their places.</param>
    /// <param name="words">Where to: as many words.</param>
    public void Fill(SynapseEvent kind, long step, ulong presentation, ReadOnlySpan<uint> slots, Span<uint> words) =>
        Philox.Scattered(stream, slots, (uint)step, (uint)presentation, Philox.Fourth(step, presentation) ^ ((uint)kind << 29), words);
}
