namespace Lepton.Neuro.Backends;

/// <summary>What both kinds of sessions on a machine keep beside the session that computes.</summary>
sealed class TileRun
{
    readonly Session inner;
    readonly StepTimer? timer;
    readonly long[] updates;
    readonly bool congested;
    readonly HashSet<IRecorder> forwarded = new(ReferenceEqualityComparer.Instance);

    public TileRun(Mapping mapping, Session inner, TileOptions options)
    {
        Mapping = mapping;
        this.inner = inner;
        updates = new long[mapping.Network.Projections.Count];
        congested = options.WithCongestion;
        if (options.TimeEachStep) timer = inner.RecordAll(new StepTimer(mapping, congested));
    }

    public Mapping Mapping { get; }

    public TileActivity Activity => TileActivity.Of(Mapping, inner.Activity, updates, timer?.Total(inner.Step), congested);

    public void Update(int projection)
    {
        updates[projection]++;
        timer?.Update(projection);
    }

    public void Forward(IReadOnlyList<(Population Population, IRecorder Recorder)> recorders)
    {
        foreach (var recorder in forwarded) inner.StopRecording(recorder);
        forwarded.Clear();
        foreach (var (population, recorder) in recorders)
        {
            forwarded.Add(recorder);
            inner.Record(population, recorder);
        }
    }
}
