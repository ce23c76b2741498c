using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro;

/// <summary>Tells networks apart by what they compute: the constants of every kernel, who is joined to whom, how strongly and how late. Of large random projections the synapses of some targets are
/// read, spread over all; of wirings, weights and delays that were given one by one, all.</summary>
static class NetworkDigest
{
    const int SampledTargets = 64;

    public static byte[] Of(CompiledNetwork network)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var constants = new Constants(network, hash);
        Add(hash, network.Source.Seed);
        Add(hash, network.Step.Seconds);
        foreach (var population in network.Populations)
        {
            Add(hash, population.Description.Name);
            Add(hash, population.Count);
            foreach (float quantum in population.Quanta) Add(hash, quantum);
            if (population.Description.Model is { } model) model.Lower(constants);
            else population.Description.Source!.Lower(constants);
        }
        foreach (var projection in network.Projections) Add(hash, projection, constants);
        foreach (var drive in network.Drives)
        {
            Add(hash, drive.Description.To.Index);
            Add(hash, drive.Description.Receptor);
            Add(hash, drive.Description.Rate.Hertz);
            Add(hash, drive.Description.Weight);
        }
        return hash.GetHashAndReset();
    }

    static void Add(IncrementalHash hash, CompiledProjection projection, Constants constants)
    {
        var description = projection.Description;
        Add(hash, description.From.Index);
        Add(hash, description.To.Index);
        Add(hash, description.Receptor);
        Add(hash, description.Wiring.GetType().Name);
        Add(hash, projection.Connectivity.Count);
        Add(hash, projection.LeastDelay);
        Add(hash, projection.MostDelay);
        Add(hash, projection.WeightRange.Least);
        Add(hash, projection.WeightRange.Most);
        description.Rule?.Lower(constants);
        if (description.Modulator is { } modulator)
        {
            Add(hash, modulator.Value);
            hash.AppendData(MemoryMarshal.AsBytes(modulator.Values));
        }
        if (projection.Transposed is { } transposed)
        {
            Add(hash, transposed.Of.Index);
            Add(hash, transposed.Gain);
        }
        var parts = SynapseParts.Sources | SynapseParts.Delays;
        if (projection.Transposed is null) parts |= SynapseParts.Weights;
        bool all = description.Wiring is EdgesWiring || description.Weight.NeedsSlots || description.Delay.NeedsSlots;
        int targets = projection.Connectivity.Targets, stride = all ? 1 : Math.Max(1, targets / SampledTargets);
        var row = new SynapseRow();
        for (int target = 0; target < targets; target += stride)
        {
            projection.Read(target, row, parts);
            Add(hash, row.Count);
            hash.AppendData(MemoryMarshal.AsBytes(row.Sources));
            hash.AppendData(MemoryMarshal.AsBytes(row.Delays));
            if (parts.HasFlag(SynapseParts.Weights)) hash.AppendData(MemoryMarshal.AsBytes(row.Weights));
        }
    }

    static void Add<TValue>(IncrementalHash hash, TValue value)
        where TValue : unmanaged => hash.AppendData(MemoryMarshal.AsBytes(new ReadOnlySpan<TValue>(in value)));

    static void Add(IncrementalHash hash, string text)
    {
        Add(hash, text.Length);
        hash.AppendData(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>A kernel holds numbers and nothing else: its bytes are its constants.</summary>
    sealed class Constants(CompiledNetwork network, IncrementalHash hash) : ILowering<Scalar>
    {
        public Time Step => network.Step;

        public bool Learning => true;

        public void Neurons<TKernel, TState, TInput>(TKernel kernel)
            where TKernel : unmanaged, INeuronKernel<Scalar, TState, TInput>
            where TState : unmanaged
            where TInput : unmanaged => Add(kernel);

        public void Synapses<TKernel, TSynapse, TPre, TPost>(TKernel kernel)
            where TKernel : unmanaged, ISynapseKernel<Scalar, TSynapse, TPre, TPost>
            where TSynapse : unmanaged
            where TPre : unmanaged
            where TPost : unmanaged => Add(kernel);

        public void SteppedSynapses<TKernel, TSynapse, TPre, TPost>(TKernel kernel)
            where TKernel : unmanaged, ISteppedSynapseKernel<Scalar, TSynapse, TPre, TPost>
            where TSynapse : unmanaged
            where TPre : unmanaged
            where TPost : unmanaged => Add(kernel);

        public void Encoder<TKernel, TState>(TKernel kernel)
            where TKernel : unmanaged, IEncoderKernel<Scalar, TState>
            where TState : unmanaged => Add(kernel);

        public void Events(IReadOnlyList<(long Step, int Neuron)> spikes)
        {
            NetworkDigest.Add(hash, spikes.Count);
            foreach (var (step, neuron) in spikes)
            {
                NetworkDigest.Add(hash, step);
                NetworkDigest.Add(hash, neuron);
            }
        }

        void Add<TKernel>(TKernel kernel)
            where TKernel : unmanaged
        {
            NetworkDigest.Add(hash, $"{typeof(TKernel).DeclaringType?.Name}.{typeof(TKernel).Name}");
            NetworkDigest.Add<TKernel>(hash, kernel);
        }
    }
}
