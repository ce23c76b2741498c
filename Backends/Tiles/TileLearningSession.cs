namespace Lepton.Neuro.Backends;

/// <summary>A mapped network that runs and learns; made by <see cref="Backends.Tiles"/>.</summary>
public sealed class TileLearningSession : LearningSession
{
    readonly LearningSession inner;
    readonly TileRun run;

    internal TileLearningSession(Mapping mapping, LearningSession inner, TileOptions options)
        : base(mapping.Network)
    {
        this.inner = inner;
        run = new(mapping, inner, options);
    }

    /// <summary>Where its neurons are.</summary>
    public Mapping Mapping => run.Mapping;

    /// <summary>What has happened on the machine so far.</summary>
    public TileActivity Tiles => run.Activity;

    /// <inheritdoc/>
    public override void ReadSpikeCounts(Population population, Span<long> counts) => inner.ReadSpikeCounts(population, counts);

    /// <inheritdoc/>
    public override float[] Weights(Projection projection) => inner.Weights(projection);

    /// <inheritdoc/>
    protected override void BeginCore() => inner.Begin(Presentation);

    /// <inheritdoc/>
    protected override void PresentCore(Population source, ReadOnlySpan<float> signal) => inner.Present(source, signal);

    /// <inheritdoc/>
    protected override void AdvanceCore(int steps) => inner.Advance(steps);

    /// <inheritdoc/>
    protected override void ReadStateCore(Population population, int variable, Span<float> values) =>
        inner.ReadState(population, population.Model!.StateVariables[variable], values);

    /// <inheritdoc/>
    protected override void RecordersChanged() => run.Forward(Recorders);

    /// <inheritdoc/>
    protected override void UpdateCore(Projection projection)
    {
        inner.Update(projection);
        run.Update(projection.Index);
    }

    /// <inheritdoc/>
    protected override void SetModulatorCore(Projection projection, float value, ReadOnlySpan<float> values)
    {
        if (values.IsEmpty) inner.SetModulator(projection, value);
        else inner.SetModulator(projection, values);
    }

    /// <inheritdoc/>
    protected override void SetWeightsCore(Projection projection, ReadOnlySpan<float> weights) => inner.SetWeights(projection, weights);

    /// <inheritdoc/>
    protected override void NormalizeCore(Projection projection, float total) => inner.Normalize(projection, total);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
