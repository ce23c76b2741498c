namespace Lepton.Neuro.Plasticity.ModelFiles;

/// <summary>The neuron models, encoders and rules that model files may name, by stable ids. A file names an id and never a type: what is not listed here cannot come out of a file.</summary>
public sealed class ModelParts
{
    readonly Dictionary<string, Type> types;
    readonly Dictionary<Type, string> ids;

    ModelParts(Dictionary<string, Type> types)
    {
        this.types = types;
        ids = types.ToDictionary(p => p.Value, p => p.Key);
    }

    /// <summary>The models and sources of the simulator and the rules of this library. Ids never change their meaning.</summary>
    public static ModelParts Standard { get; } = new(new(StringComparer.Ordinal)
    {
        ["lif"] = typeof(Lif),
        ["adaptive-lif"] = typeof(AdaptiveLif),
        ["conductance-lif"] = typeof(ConductanceLif),
        ["integrate-and-fire"] = typeof(IntegrateAndFire),
        ["error-neuron"] = typeof(ErrorNeuron),
        ["eprop-neuron"] = typeof(EpropNeuron),
        ["poisson-source"] = typeof(PoissonSource),
        ["spike-source"] = typeof(SpikeSource),
        ["phase-source"] = typeof(PhaseSource),
        ["static-weight"] = typeof(StaticWeight),
        ["pair-stdp"] = typeof(PairStdp),
        ["triplet-stdp"] = typeof(TripletStdp),
        ["power-law-stdp"] = typeof(PowerLawStdp),
        ["stochastic-stdp"] = typeof(StochasticStdp),
        ["diehl-cook-stdp"] = typeof(DiehlCookStdp),
        ["vogels-stdp"] = typeof(VogelsStdp),
        ["reward-stdp"] = typeof(RewardStdp),
        ["clopath-stdp"] = typeof(ClopathStdp),
        ["clopath-voltage"] = typeof(ClopathVoltage),
        ["tsodyks-markram"] = typeof(TsodyksMarkram),
        ["hebb"] = typeof(Hebb),
        ["oja"] = typeof(Oja),
        ["bcm"] = typeof(Bcm),
        ["delta-rule"] = typeof(DeltaRule),
        ["eprop"] = typeof(Eprop),
        ["error-modulated"] = typeof(ErrorModulated),
        ["three-factor"] = typeof(ThreeFactor),
        ["synaptic-scaling"] = typeof(SynapticScaling),
        ["short-term"] = typeof(ShortTerm),
    });

    /// <summary>These and another one.</summary>
    /// <typeparam name="TPart">A record with a public constructor of its parameters and public properties: a <see cref="NeuronModel"/>, an <see cref="Encoder"/> or a <see cref="SynapseRule"/>.</typeparam>
    /// <param name="id">Its id: lower case letters, digits, dots and hyphens, at most 64 of them.</param>
    /// <returns>A longer list.</returns>
    /// <exception cref="InvalidInputException">The id or the type is taken, or it is no id.</exception>
    public ModelParts With<TPart>(string id)
        where TPart : class
    {
        if (id.Length is 0 or > 64 || id.Any(c => !(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.'))) throw new InvalidInputException("the id of a part", $"'{id}'", "lower case letters, digits, dots and hyphens");
        if (types.ContainsKey(id)) throw new InvalidInputException("the id of a part", $"'{id}' for the second time", "one that is not taken");
        if (ids.TryGetValue(typeof(TPart), out string? other)) throw new InvalidInputException($"the part {typeof(TPart).Name}", $"'{id}' and '{other}'", "one id a part");
        return new(new(types, StringComparer.Ordinal) { [id] = typeof(TPart) });
    }

    internal string IdOf(object part) =>
        ids.GetValueOrDefault(part.GetType()) ?? throw new InvalidInputException("a part of the network that is saved", part.GetType().Name, $"a part with an id: {string.Join(", ", types.Keys)}");

    internal Type? TypeOf(string id) => types.GetValueOrDefault(id);
}
