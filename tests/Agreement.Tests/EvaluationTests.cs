using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Testing;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Agreement.Tests;

/// <summary>Whether a session learns is known from its type, on every backend; and one that does not leaves every weight and every homeostatic threshold as it was, bit for bit.</summary>
public sealed class EvaluationTests
{
    static readonly (string Name, Func<CompiledNetwork, Learned?, Session> Evaluate)[] Ways =
    [
        ("reference", Reference.Evaluate),
        ("CPU", (network, learned) => Cpu.Evaluate(network, null, learned)),
        ("CPU, three threads", (network, learned) => Cpu.Evaluate(network, new() { Threads = 3, VectorBits = 128, NeuronsPerThread = 1 }, learned)),
        // A mapping made for learning keeps weights as they are, so that they can be compared.
        ("tiles", (network, learned) => Tiles.Evaluate(Tiles.Map(network, TileMachine.Load("loihi"), new() { Learned = learned, Learning = true }))),
    ];

    [Fact]
    public void No_session_that_evaluates_can_be_cast_to_one_that_learns()
    {
        var plan = Homeostatic();
        foreach (var (name, evaluate) in Ways)
        {
            using var session = evaluate(plan, null);
            Assert.False(session is LearningSession, name);
        }
        string path = Path.Combine(Path.GetTempPath(), $"evaluation-{Guid.NewGuid():N}");
        try
        {
            using var session = Cpu.Evaluate(plan);
            session.Advance(20);
            session.Save(path);
            session.Advance(30);
            using var resumed = Cpu.ResumeEvaluation(plan, path);
            Assert.False(resumed is LearningSession);
            Assert.Equal(20, resumed.Step);
            resumed.Advance(30);
            Assert.Equal(session.Activity.TotalSpikes, resumed.Activity.TotalSpikes);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_hash_of_what_was_learned_proves_that_evaluation_changes_nothing()
    {
        var plan = Homeostatic();
        var neurons = plan.Source["neurons"];
        using var teacher = Cpu.Load(plan);
        string fresh = Hash(teacher);
        Shown(teacher, 5);
        string taught = Hash(teacher);
        Assert.NotEqual(fresh, taught);
        foreach (var (name, evaluate) in Ways)
        {
            using var session = evaluate(plan, teacher.Learned);
            long before = session.Activity.SpikesOf(neurons);
            Assert.Equal(taught, Hash(session));
            Shown(session, 5);
            Assert.True(session.Activity.SpikesOf(neurons) > before + 100, name);
            Assert.Equal(taught, Hash(session));
        }
    }

    [Fact]
    public void Recorders_of_a_session_that_evaluates_see_the_same_spikes_on_every_backend()
    {
        var plan = Homeostatic();
        var hashes = new List<string>();
        foreach (var (name, evaluate) in Ways)
        {
            using var session = evaluate(plan, null);
            var all = session.RecordAll(new SpikeHash());
            var late = new SpikeRecorder();
            session.Advance(40);
            session.Record(plan.Source["neurons"], late);
            session.Advance(40);
            session.StopRecording(late);
            session.Advance(40);
            hashes.Add($"{all.Value} {late.Count}");
            Assert.True(late.Count > 0, name);
        }
        Assert.Single(hashes.Distinct());
    }

    static void Shown(Session session, int presentations)
    {
        for (int p = 0; p < presentations; p++)
        {
            session.Begin((ulong)p);
            session.Advance(100);
        }
    }

    // Weights of plastic projections, and the rise of homeostatic thresholds.
    static string Hash(Session session)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var projection in session.Network.Projections.Where(p => p.IsPlastic))
            hash.AppendData(MemoryMarshal.AsBytes<float>(session.Weights(projection.Description)));
        hash.AppendData(MemoryMarshal.AsBytes<float>(session.State(session.Network.Source["neurons"], "Theta")));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    static CompiledNetwork Homeostatic()
    {
        var network = new Network(3);
        var input = network.Add("input", 40, new PoissonSource(120.Hz));
        var neurons = network.Add("neurons", 70, new AdaptiveLif { Homeostatic = true, TauThreshold = 1e4.s, StartTheta = Distribution.Uniform(0, 1) });
        network.Connect(input, neurons, Wiring.AllToAll, Weight.Uniform(0, 2), rule: new EverythingRule());
        network.Connect(input, neurons, Wiring.InDegree(12), Weight.Uniform(0, 2), Delay.Uniform(1.ms, 5.ms), rule: new Plasticity.DiehlCookStdp { PostRate = 0.1f, Maximum = 2 });
        network.Drive(neurons, 800.Hz, 20);
        return network.Compile(1.ms);
    }
}
