namespace Lepton.Neuro;

/// <summary>A session that evaluates, on top of a backend's engine that could learn: it has the engine to itself and hands out nothing of it that learns. So whether a session can learn is known from its type,
/// and no cast changes that.</summary>
public sealed class EvaluationSession : Session
{
    readonly LearningSession engine;

    /// <summary>A session that evaluates.</summary>
    /// <param name="engine">What runs: made with learning off, not used by anyone else, and disposed with this. Where it was resumed from a checkpoint, this goes on from there.</param>
    public EvaluationSession(LearningSession engine)
        : base(engine) => this.engine = engine;

    /// <inheritdoc/>
    public override void ReadSpikeCounts(Population population, Span<long> counts) => engine.ReadSpikeCounts(population, counts);

    /// <inheritdoc/>
    public override float[] Weights(Projection projection) => engine.Weights(projection);

    /// <inheritdoc/>
    protected internal override void SaveCore(CheckpointWriter writer) => engine.SaveCore(writer);

    /// <inheritdoc/>
    protected override void BeginCore() => engine.Begin(Presentation);

    /// <inheritdoc/>
    protected override void PresentCore(Population source, ReadOnlySpan<float> signal) => engine.Present(source, signal);

    /// <inheritdoc/>
    protected override void AdvanceCore(int steps) => engine.Advance(steps);

    /// <inheritdoc/>
    protected override void ReadStateCore(Population population, int variable, Span<float> values) => engine.ReadState(population, population.Model!.StateVariables[variable], values);

    /// <inheritdoc/>
    protected override void RecordersChanged() => engine.Follow(this);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) engine.Dispose();
        base.Dispose(disposing);
    }
}
