using System.Globalization;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Experiments.Digits;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Energy;

/// <summary>How a network does on a machine with faults.</summary>
/// <param name="Fault">What is faulty.</param>
/// <param name="Rate">The share that is, or seconds for drift.</param>
/// <param name="Accuracy">The part of the test images that is right; null where the network does not fit what is left.</param>
/// <param name="Energy">Joules an inference; null where the network does not fit or the fault does not change it.</param>
/// <param name="Remark">What was done about it.</param>
internal sealed record FaultPoint(string Fault, double Rate, double? Accuracy, double? Energy, string Remark);

/// <summary>Runs a trained network on a machine with dead cores and links, faulty weight bits and drifting cells: how redundant is what it learned?</summary>
/// <param name="context">The run.</param>
/// <param name="trained">The network and its test images.</param>
/// <param name="machine">The machine.</param>
internal sealed class FaultStudy(RunContext context, TrainedClassifier trained, TileMachine machine)
{
    static readonly double[] DriftSeconds = [25, 3600, 86_400, 30 * 86_400.0, 365 * 86_400.0];

    readonly int bits = Math.Max(2, Math.Min(trained.Bits, machine.WeightBits));

    /// <summary>The curves: for each kind of fault the accuracy at each rate.</summary>
    /// <param name="rates">The shares that are faulty, each 0 to 1.</param>
    public IReadOnlyList<FaultPoint> Run(IReadOnlyList<double> rates)
    {
        var classifier = trained.Compressed(bits);
        var points = new List<FaultPoint>();
        foreach (double rate in rates) points.Add(Mapped("dead cores", rate, classifier, RandomFaults.Draw(machine, rate, 0, context.Seed)));
        foreach (double rate in rates) points.Add(Mapped("dead links", rate, classifier, RandomFaults.Draw(machine, 0, rate, context.Seed)));
        foreach (double rate in rates) points.Add(Weights("stuck bits", rate, classifier, new(rate, 0)));
        foreach (double rate in rates) points.Add(Weights("flipped bits", rate, classifier, new(0, rate)));
        foreach (double rate in rates) points.Add(Weights("both", rate, classifier, new(rate / 2, rate / 2)));
        if (machine.Analog is { } array)
        {
            foreach (double seconds in DriftSeconds)
            {
                var read = classifier.Weights.Select((w, layer) => array.Read(w, seconds, context.Seed + (ulong)layer)).ToArray();
                points.Add(new("drift, in seconds", seconds, Judge("Cells that drift", classifier.WithWeights(read)), null, "weights as one read of the arrays gives them"));
            }
        }
        return points;
    }

    FaultPoint Mapped(string fault, double rate, Classifier classifier, Faults faults)
    {
        Mapping mapping;
        try
        {
            mapping = Tiles.Map(classifier.Plan, machine, new() { Learned = classifier.Learned, NeuronsPerCore = trained.NeuronsPerCore, Faults = faults });
        }
        catch (InvalidInputException refused)
        {
            return new(fault, rate, null, null, refused.Message);
        }
        var (verdict, activity) = trained.Evaluation.Run(Named(fault, rate), classifier, mapping, trained.Test);
        var energy = EnergyReport.Of(activity, trained.Test.Count);
        return new(fault, rate, verdict.Accuracy, energy.Joules, string.Create(CultureInfo.InvariantCulture, $"mapped around {faults.Cores.Count} cores and {faults.Links.Count} links"));
    }

    FaultPoint Weights(string fault, double rate, Classifier classifier, WeightFaults faults)
    {
        var read = classifier.Weights.Select((w, layer) => faults.Apply(w, bits, context.Seed + (ulong)layer)).ToArray();
        int changed = read.Zip(classifier.Weights).Sum(l => l.First.Zip(l.Second).Count(w => w.First != w.Second)), all = read.Sum(l => l.Length);
        return new(fault, rate, Judge(Named(fault, rate), classifier.WithWeights(read)), null, string.Create(CultureInfo.InvariantCulture, $"{changed} of {all} weights of {bits} bits changed"));
    }

    double Judge(string name, Classifier classifier) => trained.Evaluation.Run(name, classifier, trained.Test).Accuracy;

    static string Named(string fault, double rate) => string.Create(CultureInfo.InvariantCulture, $"{fault} at {rate * 100:0.##} %");
}
