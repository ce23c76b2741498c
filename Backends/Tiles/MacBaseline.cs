namespace Lepton.Neuro.Backends;

/// <summary>A layer of a rate network.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Inputs">Activations that it reads, a byte each.</param>
/// <param name="Outputs">Activations that it writes, a byte each.</param>
/// <param name="Macs">Multiply-accumulates: one a synapse, whether the weight or the activation is zero or not.</param>
/// <param name="Weights">Weights that it has, a byte each: fewer than multiply-accumulates where a kernel is shared.</param>
public sealed record MacLayer(string Name, long Inputs, long Outputs, long Macs, long Weights);

/// <summary>Where weights lie.</summary>
public enum WeightMemory
{
    /// <summary>In SRAM on the chip.</summary>
    Sram,

    /// <summary>In DRAM, from where they are read anew for each inference.</summary>
    Dram,
}

/// <summary>The price of reading or writing a 64-bit word of a memory.</summary>
/// <param name="Bytes">The size of the memory; <see cref="long.MaxValue"/> for DRAM.</param>
/// <param name="Price">The price of an access.</param>
public sealed record MemoryPrice(long Bytes, Price Price);

/// <summary>The prices of a digital multiply-accumulate machine.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Multiply">An 8-bit multiplication.</param>
/// <param name="Add">A 32-bit addition into the accumulator.</param>
/// <param name="Sram">Access to SRAM, by size, ascending.</param>
/// <param name="DramLeast">The least price of an access to DRAM.</param>
/// <param name="DramMost">The greatest price of an access to DRAM.</param>
public sealed record MacMachine(string Name, Price Multiply, Price Add, IReadOnlyList<MemoryPrice> Sram, Price DramLeast, Price DramMost)
{
    const string Source = "M. Horowitz, Computing's energy problem (and what we can do about it), ISSCC 2014; 45 nm, 0.9 V";

    /// <summary>The figures of Horowitz (ISSCC 2014) for 45 nm at 0.9 V, the usual reference.</summary>
    public static MacMachine Horowitz { get; } = new(
        "int8 multiply-accumulate, 45 nm",
        Picojoules(0.2),
        Picojoules(0.1),
        [new(8 << 10, Picojoules(10)), new(32 << 10, Picojoules(20)), new(1 << 20, Picojoules(100))],
        Picojoules(1300),
        Picojoules(2600));

    static Price Picojoules(double value) => new(value, "pJ", PriceScope.PerTerm, Evidence.Survey, Source);
}

/// <summary>One term of the baseline.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Count">How many an inference.</param>
/// <param name="Price">The price of one.</param>
/// <param name="Joules">Joules an inference.</param>
public sealed record MacTerm(string Name, double Count, Price Price, double Joules);

/// <summary>The energy of an inference of the equivalent rate network: dense, 8-bit weights and activations, on a digital multiply-accumulate machine,
/// with the traffic of its memories priced too.</summary>
/// <remarks>
/// <para>It is kind to the rate network where a choice had to be made: each weight is read once an inference, however often a shared kernel is used; each activation is read
/// once and written once a layer, in whole 64-bit words; partial sums never leave their registers; SRAM is the smallest published size that holds what it must, and activations that no size holds go to DRAM.
/// The dense network computes with every weight, zero or not.</para>
/// <para>Source of the method: arithmetic and memory priced apart, M. Horowitz, ISSCC 2014.</para>
/// </remarks>
public sealed record MacBaseline
{
    const int WordBytes = 8;

    /// <summary>The machine.</summary>
    public required MacMachine Machine { get; init; }

    /// <summary>The layers.</summary>
    public required IReadOnlyList<MacLayer> Layers { get; init; }

    /// <summary>Where the weights lie.</summary>
    public required WeightMemory WeightsIn { get; init; }

    /// <summary>All terms, in the order in which they are added.</summary>
    public required IReadOnlyList<MacTerm> Terms { get; init; }

    /// <summary>Joules an inference; for weights in DRAM at its least price.</summary>
    public double Joules => Terms.Sum(t => t.Joules);

    /// <summary>Joules an inference with DRAM at its greatest price; the same as <see cref="Joules"/> where nothing lies in DRAM.</summary>
    public required double MostJoules { get; init; }

    /// <summary>Multiply-accumulates an inference.</summary>
    public long Macs => Layers.Sum(l => l.Macs);

    /// <summary>What is not counted, a sentence each.</summary>
    public static IReadOnlyList<string> NotCounted { get; } =
    [
        "registers, wires and control of the array, biases and activation functions",
        "static power and clock, for which there is no published figure that fits",
        "bringing the input onto the chip, the host and its link",
    ];

    /// <summary>The layers of the rate network that is equivalent to a spiking one: one for each projection that leads onward, that is, to a population that was added after
    /// its source. Projections back, within a population, and transposed ones serve learning or competition, and are left out.</summary>
    /// <param name="network">The plan.</param>
    public static IReadOnlyList<MacLayer> LayersOf(CompiledNetwork network) => [.. network.Projections
        .Where(p => p.Description.From.Index < p.Description.To.Index && p.Transposed is null).Select(Layer)];

    /// <summary>The layer that is equivalent to a projection. Pruned or random wirings count as the synapses that they have.</summary>
    /// <param name="projection">The projection.</param>
    public static MacLayer Layer(CompiledProjection projection) => new(
        projection.Description.Name,
        projection.Connectivity.Sources,
        projection.Connectivity.Targets,
        projection.Connectivity.Count,
        projection.Connectivity.Slots);

    /// <summary>The energy of an inference.</summary>
    /// <param name="layers">The layers, at least one.</param>
    /// <param name="weightsIn">Where the weights lie; where null, in SRAM if a published size holds them, else in DRAM.</param>
    /// <param name="machine">The machine; the figures of Horowitz where null.</param>
    /// <exception cref="InvalidInputException">There is no layer, a number is negative, or the weights are to lie in SRAM and no published size holds them.</exception>
    public static MacBaseline Of(IReadOnlyList<MacLayer> layers, WeightMemory? weightsIn = null, MacMachine? machine = null)
    {
        machine ??= MacMachine.Horowitz;
        if (layers.Count == 0) throw new InvalidInputException("the layers of the rate network", "none", "at least one");
        foreach (var layer in layers)
        {
            Require.InRange($"the inputs of layer '{layer.Name}'", layer.Inputs, 0, long.MaxValue);
            Require.InRange($"the outputs of layer '{layer.Name}'", layer.Outputs, 0, long.MaxValue);
            Require.InRange($"the multiply-accumulates of layer '{layer.Name}'", layer.Macs, 0, long.MaxValue);
            Require.InRange($"the weights of layer '{layer.Name}'", layer.Weights, 0, long.MaxValue);
        }
        long weights = layers.Sum(l => l.Weights), macs = layers.Sum(l => l.Macs);
        var memory = weightsIn ?? (machine.Sram.Any(s => s.Bytes >= weights) ? WeightMemory.Sram : WeightMemory.Dram);
        var weightPrice = memory == WeightMemory.Dram
            ? machine.DramLeast
            : Smallest(machine, weights) ?? throw new InvalidInputException("the weights in bytes", weights, $"at most {machine.Sram[^1].Bytes}, the largest SRAM of {machine.Name}");
        var sram = Smallest(machine, layers.Max(l => l.Inputs + l.Outputs));
        var activationPrice = sram ?? machine.DramLeast;
        string place = sram is null ? "DRAM" : "SRAM";
        long weightWords = layers.Sum(l => Words(l.Weights)), reads = layers.Sum(l => Words(l.Inputs)), writes = layers.Sum(l => Words(l.Outputs));
        MacTerm[] terms =
        [
            Term("8-bit multiplications", macs, machine.Multiply),
            Term("32-bit additions", macs, machine.Add),
            Term(memory == WeightMemory.Sram ? "words of weights read from SRAM" : "words of weights read from DRAM", weightWords, weightPrice),
            Term($"words of activations read from {place}", reads, activationPrice),
            Term($"words of activations written to {place}", writes, activationPrice),
        ];
        double most = terms.Sum(t => t.Joules);
        long fromDram = (memory == WeightMemory.Dram ? weightWords : 0) + (sram is null ? reads + writes : 0);
        most += fromDram * (machine.DramMost.InBaseUnits - machine.DramLeast.InBaseUnits);
        return new() { Machine = machine, Layers = layers, WeightsIn = memory, Terms = terms, MostJoules = most };
    }

    static MacTerm Term(string name, long count, Price price) => new(name, count, price, count * price.InBaseUnits);

    static long Words(long bytes) => (bytes + WordBytes - 1) / WordBytes;

    static Price? Smallest(MacMachine machine, long bytes) => machine.Sram.FirstOrDefault(s => s.Bytes >= bytes)?.Price;
}
