using System.Globalization;

namespace Lepton.Neuro;

/// <summary>Samples the weights of a projection.</summary>
public sealed class WeightRecorder : ISampler, IDisposable
{
    readonly Projection projection;
    readonly int capacity;
    readonly StreamWriter? file;
    readonly List<long> steps = [];
    readonly List<float[]> samples = [];

    /// <summary>A recorder of all weights of a projection.</summary>
    /// <param name="projection">The projection.</param>
    /// <param name="interval">Steps between two samples.</param>
    /// <param name="path">Where samples go as they are made, a line <c>step,weight,weight,…</c> each, in the wiring's order; memory only where null.</param>
    /// <param name="capacity">How many samples stay in memory at most.</param>
    /// <exception cref="InvalidInputException">The interval is below 1, or the file cannot be written.</exception>
    public WeightRecorder(Projection projection, int interval, string? path = null, int capacity = int.MaxValue)
    {
        this.projection = projection;
        this.capacity = (int)Require.InRange("the capacity of a weight recorder", capacity, 1L, int.MaxValue);
        Interval = (int)Require.InRange("the interval of a weight recorder", interval, 1L, int.MaxValue);
        if (path is not null) file = Outputs.Open(path);
    }

    /// <inheritdoc/>
    public int Interval { get; }

    /// <summary>The steps of the samples in memory: a sample holds the weights after that step.</summary>
    public IReadOnlyList<long> Steps => steps;

    /// <summary>The samples in memory, in the wiring's order.</summary>
    public IReadOnlyList<float[]> Samples => samples;

    /// <inheritdoc/>
    public void Sample(Session session)
    {
        var weights = session.Weights(projection);
        if (samples.Count == capacity)
        {
            samples.Clear();
            steps.Clear();
        }
        steps.Add(session.Step - 1);
        samples.Add(weights);
        if (file is null) return;
        file.Write((session.Step - 1).ToString(CultureInfo.InvariantCulture));
        foreach (float weight in weights) file.Write("," + weight.ToString("R", CultureInfo.InvariantCulture));
        file.WriteLine();
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => file?.Dispose();
}
