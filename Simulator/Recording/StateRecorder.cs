using System.Globalization;

namespace Lepton.Neuro;

/// <summary>Samples a state variable of some neurons.</summary>
public sealed class StateRecorder : ISampler, IDisposable
{
    readonly Population population;
    readonly string variable;
    readonly int[] neurons;
    readonly int capacity;
    readonly StreamWriter? file;
    readonly float[] all;
    readonly List<long> steps = [];
    readonly List<float[]> samples = [];

    /// <summary>A recorder of one variable.</summary>
    /// <param name="population">The population.</param>
    /// <param name="variable">The variable, by its name in the model.</param>
    /// <param name="neurons">Which neurons; all where empty.</param>
    /// <param name="interval">Steps between two samples.</param>
    /// <param name="path">Where samples go as they are made, a line <c>step,value,value,…</c> each; memory only where null.</param>
    /// <param name="capacity">How many samples stay in memory at most.</param>
    /// <exception cref="InvalidInputException">There is no such variable or neuron, the interval is below 1, or the file cannot be written.</exception>
    public StateRecorder(Population population, string variable, ReadOnlySpan<int> neurons = default, int interval = 1, string? path = null, int capacity = int.MaxValue)
    {
        var names = population.Model?.StateVariables ?? [];
        if (!names.Contains(variable)) throw new InvalidInputException($"the state variable of {population}", $"'{variable}'", names.Count == 0 ? "none: it is a source" : string.Join(", ", names));
        foreach (int neuron in neurons) Require.InRange($"a neuron of {population}", neuron, 0L, population.Count - 1L);
        this.population = population;
        this.variable = variable;
        this.neurons = neurons.IsEmpty ? [.. Enumerable.Range(0, population.Count)] : neurons.ToArray();
        this.capacity = (int)Require.InRange("the capacity of a state recorder", capacity, 1L, int.MaxValue);
        Interval = (int)Require.InRange("the interval of a state recorder", interval, 1L, int.MaxValue);
        all = new float[population.Count];
        if (path is null) return;
        file = Outputs.Open(path);
        file.WriteLine("step," + string.Join(',', this.neurons.Select(n => $"{variable}{n.ToString(CultureInfo.InvariantCulture)}")));
    }

    /// <inheritdoc/>
    public int Interval { get; }

    /// <summary>The steps of the samples in memory: a sample holds the state after that step.</summary>
    public IReadOnlyList<long> Steps => steps;

    /// <summary>The samples in memory, one value a neuron each.</summary>
    public IReadOnlyList<float[]> Samples => samples;

    /// <inheritdoc/>
    public void Sample(Session session)
    {
        session.ReadState(population, variable, all);
        var sample = Array.ConvertAll(neurons, n => all[n]);
        if (samples.Count == capacity)
        {
            samples.Clear();
            steps.Clear();
        }
        steps.Add(session.Step - 1);
        samples.Add(sample);
        if (file is null) return;
        file.Write((session.Step - 1).ToString(CultureInfo.InvariantCulture));
        foreach (float value in sample) file.Write("," + value.ToString("R", CultureInfo.InvariantCulture));
        file.WriteLine();
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => file?.Dispose();
}
