using Lepton.Neuro.Experiments.Digits;
using Lepton.Neuro.Experiments.Shapes;
using Lepton.Neuro.Experiments.Training;

namespace Lepton.Neuro.Experiments.Running;

/// <summary>The experiments that come with Lepton. A new one is its own folder and one line here.</summary>
public static class Catalogue
{
    /// <summary>All experiments, in the order in which they are listed.</summary>
    public static IReadOnlyList<IExperiment> All { get; } =
    [
        new DigitsExperiment(),
        new ShapesExperiment(),
        new LnnExperiment(),
        new CnnExperiment(),
        new SnnMlpExperiment(),
        new SnnCnnExperiment(),
        new SnnRnnExperiment(),
        new SynapticExperiment(),
        new ConvertExperiment(),
        new CifarExperiment(),
        new TabularExperiment(),
    ];
}
