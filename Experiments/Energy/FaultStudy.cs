using System.Globalization;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Experiments.Digits;
using Lepton.Neuro.Experiments.Running;

namespace Lepton.Neuro.Experiments.Energy;

/// <summary>Runs a trained network on a machine with dead cores and links, faulty weight bits and drifting cells: how redundant is what it learned?</summary>
/// <param name="context">The run.</param>
/// <param name="trained">The network and its test images.</param>
/// <param name="machine">The machine.</param>
internal sealed class FaultStudy(RunContext context, TrainedClassifier trained, TileMachine machine)
{
    /// <summary>What drifts, in each step read anew.</summary>
    public const string DriftReadAnew = "drift, in seconds, each step read anew";

    /// <summary>What drifts, with one read for all of the inferences.</summary>
    public const string DriftOneRead = "drift, in seconds, one read for all";

    const double Day = 86_400;
    static readonly double[] DriftSeconds = [25, 600, 3600, Day, 7 * Day, 30 * Day, 365 * Day, 3650 * Day];

    readonly int bits = Math.Max(2, Math.Min(trained.Bits, machine.WeightBits));

    /// <summary>The curves: for each kind of fault the accuracy at each rate.</summary>
    /// <param name="rates">The shares that are faulty, each 0 to 1.</param>
    /// <param name="draws">How often faults are drawn that cost accuracy, at least 1.</param>
    public IReadOnlyList<FaultPoint> Run(IReadOnlyList<double> rates, int draws)
    {
        var classifier = trained.Compressed(bits);
        var mapping = Tiles.Map(classifier.Plan, machine, new() { Learned = classifier.Learned, NeuronsPerCore = trained.NeuronsPerCore });
        var points = new List<FaultPoint>();
        Faults Cores(double rate, int draw) => RandomFaults.Draw(machine, rate, 0, context.Seed + (ulong)draw);
        Faults Links(double rate, int draw) => RandomFaults.Draw(machine, 0, rate, context.Seed + (ulong)draw);
        points.AddRange(rates.Select(rate => Mapped("dead cores, mapped anew", rate, classifier, Cores(rate, 0))));
        points.AddRange(rates.Select(rate => Mapped("dead links, mapped anew", rate, classifier, Links(rate, 0))));
        Add("dead cores, mapping kept", (rate, draw) => Broken(classifier, mapping, Cores(rate, draw)), "synapses are lost that began or ended on them");
        Add("dead links, mapping kept", (rate, draw) => Broken(classifier, mapping, Links(rate, draw)), "synapses are lost whose packets passed them");
        Add("stuck bits", (rate, draw) => Bits(classifier, new(rate, 0), draw), $"of {bits}-bit weights");
        Add("flipped bits", (rate, draw) => Bits(classifier, new(0, rate), draw), $"of {bits}-bit weights");
        Add("both", (rate, draw) => Bits(classifier, new(rate / 2, rate / 2), draw), "half of them stuck, half flipped");
        if (machine.Analog is { } array)
        {
            foreach (double seconds in DriftSeconds)
            {
                double accuracy = trained.Evaluation.Run("Cells that drift, read in each step", classifier, mapping, trained.Test, new(seconds, context.Seed)).Verdict.Accuracy;
                points.Add(new(DriftReadAnew, seconds, 1, accuracy, accuracy, accuracy, null, "cells as programmed and drifted, with the noise of its own read in each step"));
            }
            foreach (double seconds in DriftSeconds)
            {
                var read = classifier.Weights.Select((w, layer) => array.Read(w, seconds, context.Seed + (ulong)layer)).ToArray();
                double accuracy = Judge("Cells that drift, read once", classifier.WithWeights(read));
                points.Add(new(DriftOneRead, seconds, 1, accuracy, accuracy, accuracy, null, "weights as one read of the arrays gives them, for all inferences; no output converter"));
            }
        }
        return points;

        void Add(string fault, Func<double, int, (float[][] Weights, long Changed)> damage, string remark)
        {
            foreach (double rate in rates)
            {
                // Without faults all draws are one.
                int count = rate == 0 ? 1 : draws;
                var found = Enumerable.Range(0, count).Select(draw =>
                {
                    var (weights, changed) = damage(rate, draw);
                    return (Accuracy: Judge(Named(fault, rate), classifier.WithWeights(weights)), Changed: (double)changed);
                }).ToArray();
                double share = found.Average(f => f.Changed) / classifier.Weights.Sum(l => (double)l.Length);
                points.Add(new(fault, rate, count, found.Average(f => f.Accuracy), found.Min(f => f.Accuracy), found.Max(f => f.Accuracy), null,
                    string.Create(CultureInfo.InvariantCulture, $"{remark}: {share * 100:0.##} % of the weights changed")));
            }
        }
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
            return new(fault, rate, 1, null, null, null, null, refused.Message);
        }
        var (verdict, _, energy, _) = trained.Evaluation.Run(Named(fault, rate), classifier, mapping, trained.Test);
        return new(fault, rate, 1, verdict.Accuracy, verdict.Accuracy, verdict.Accuracy, energy.Joules, string.Create(CultureInfo.InvariantCulture, $"around {faults.Cores.Count} cores and {faults.Links.Count} links"));
    }

    // What is lost carries nothing: its weight is zero.
    static (float[][] Weights, long Changed) Broken(Classifier classifier, Mapping mapping, Faults faults)
    {
        var broken = new BrokenMachine(mapping, faults);
        var from = classifier.Input;
        var weights = new float[classifier.Layers.Count][];
        long changed = 0;
        for (int layer = 0; layer < weights.Length; layer++)
        {
            var reaches = broken.Reaches(from, classifier.Layers[layer]);
            weights[layer] = [.. classifier.Weights[layer].Zip(reaches, (w, r) => r ? w : 0)];
            changed += classifier.Weights[layer].Zip(reaches).Count(w => w.First != 0 && !w.Second);
            from = classifier.Layers[layer];
        }
        return (weights, changed);
    }

    (float[][] Weights, long Changed) Bits(Classifier classifier, WeightFaults faults, int draw)
    {
        // Far enough apart that no layer of a draw has the faults of another one's.
        const ulong DrawStride = 1UL << 20;
        var read = classifier.Weights.Select((w, layer) => faults.Apply(w, bits, context.Seed + ((ulong)draw * DrawStride) + (ulong)layer)).ToArray();
        return (read, read.Zip(classifier.Weights).Sum(l => (long)l.First.Zip(l.Second).Count(w => w.First != w.Second)));
    }

    double Judge(string name, Classifier classifier) => trained.Evaluation.Run(name, classifier, trained.Test).Accuracy;

    static string Named(string fault, double rate) => string.Create(CultureInfo.InvariantCulture, $"{fault} at {rate * 100:0.##} %");
}
