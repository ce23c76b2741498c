using Lepton.Neuro.Experiments.Models;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Experiments.Benchmarks;

/// <summary>A model that <c>lepton bench</c> runs.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Summary">One line for the help.</param>
/// <param name="Seconds">The biological time that is measured where none is asked for.</param>
/// <param name="WarmUp">The biological time before that.</param>
public abstract record BenchmarkModel(string Name, string Summary, double Seconds, double WarmUp)
{
    /// <summary>All models.</summary>
    public static IReadOnlyList<BenchmarkModel> All { get; } = [new CubaBenchmark(), new BalancedStdpBenchmark(), new MicrocircuitBenchmark(), new DiehlCookBenchmark()];

    /// <summary>The range of scales; null for a model of one size.</summary>
    public virtual (double Least, double Most)? Scales => null;

    /// <summary>The sizes that can be asked for, the default first; none for a model of one size.</summary>
    public virtual IReadOnlyList<int> NeuronCounts => [];

    /// <summary>Whether it can run without its external input.</summary>
    public virtual bool CanBeUndriven => false;

    /// <summary>Whether a part of the run is an image.</summary>
    public virtual bool ShowsImages => false;

    /// <summary>The step.</summary>
    public abstract Time Step { get; }

    /// <summary>The run is made of parts this long: an image, or what lies between two looks at the clock.</summary>
    public virtual Time Part => 10.ms;

    /// <summary>Describes the network.</summary>
    /// <param name="settings">Its size and seed.</param>
    public abstract Network Build(BenchmarkSettings settings);

    /// <summary>What is done before a part: an image is shown, say.</summary>
    /// <param name="session">The session.</param>
    /// <param name="part">The part's number.</param>
    public virtual void Prepare(LearningSession session, long part)
    {
    }

    sealed record CubaBenchmark() : BenchmarkModel("cuba", "4,000 neurons with current-based synapses (Vogels and Abbott)", 10, 5)
    {
        public override Time Step => Cuba.Step;

        public override Network Build(BenchmarkSettings settings) => Cuba.Build(settings.Seed);
    }

    sealed record BalancedStdpBenchmark() : BenchmarkModel("balanced-stdp", "11,250 neurons, 12.7 million synapses, 8.1 million of them plastic", 1, 0.1)
    {
        public override Time Step => BalancedStdp.Step;

        public override Network Build(BenchmarkSettings settings) => BalancedStdp.Build(settings.Seed);
    }

    sealed record MicrocircuitBenchmark() : BenchmarkModel("microcircuit", "the cortical microcircuit (Potjans and Diesmann): 77,169 neurons, 299 million synapses at --scale 1", 1, 0.2)
    {
        public override (double Least, double Most)? Scales => (0.01, 1);

        public override bool CanBeUndriven => true;

        public override Time Step => Microcircuit.Step;

        public override Network Build(BenchmarkSettings settings) => Microcircuit.Build(settings.Scale, settings.Seed, settings.Driven);
    }

    sealed record DiehlCookBenchmark() : BenchmarkModel("diehl-cook", "unsupervised learning of images (Diehl and Cook); --neurons 100, 400, 1600 or 6400", 35, 3.5)
    {
        public override IReadOnlyList<int> NeuronCounts => [400, 100, 1600, 6400];

        public override bool ShowsImages => true;

        public override Time Step => DiehlCook.Step;

        public override Time Part => DiehlCook.ImageTime;

        public override Network Build(BenchmarkSettings settings) => DiehlCook.Build(settings.Neurons, settings.Seed);

        public override void Prepare(LearningSession session, long part)
        {
            var network = session.Network.Source;
            Span<float> image = stackalloc float[DiehlCook.Pixels];
            DiehlCook.RandomImage(network.Seed, part, image);
            session.Present(network["input"], image);
            session.Normalize(network.Projections[0], DiehlCook.WeightSum);
        }
    }
}
