namespace Lepton.Neuro.Backends;

/// <summary>What a team does.</summary>
interface ITeamWork
{
    /// <summary>A thread's part of some steps; it meets the others after each.</summary>
    void Work(int worker, long first, int steps);
}

/// <summary>Threads that work on the same steps side by side and meet at a barrier after each. The caller's thread is the first of them.</summary>
sealed class Team : IDisposable
{
    // A thread that gives up its core while the other one has none makes them take turns: a time slice a step. So it spins for about as long as a slice lasts.
    const int PatientSpins = 100_000;

    // A thread that is woken up starts some ten microseconds late, which is many steps of a small network. So for about a tenth of a millisecond it looks out for more to do.
    const int HopefulSpins = 3_000;

    readonly Thread[] threads;
    readonly SemaphoreSlim[] starts;
    readonly SemaphoreSlim done = new(0);
    ITeamWork? work;
    long firstStep;
    int stepCount;
    Exception? failure;
    volatile bool ended;
    int arrived;
    volatile int generation;

    public Team(int size)
    {
        Size = size;
        starts = [.. Enumerable.Range(1, size - 1).Select(_ => new SemaphoreSlim(0))];
        threads = [.. Enumerable.Range(1, size - 1).Select(Start)];
    }

    public int Size { get; }

    /// <summary>Runs the work on every thread, and returns when all have done it.</summary>
    public void Run(ITeamWork task, long first, int steps)
    {
        (work, firstStep, stepCount) = (task, first, steps);
        foreach (var start in starts) start.Release();
        Attempt(0);
        for (int i = 1; i < Size; i++) Await(done);
        if (Interlocked.Exchange(ref failure, null) is { } e) throw new InvalidOperationException("a worker thread failed: " + e.Message, e);
    }

    /// <summary>Waits until all threads are here. Spinning costs a fraction of a microsecond where each thread has a core; where not, it yields.</summary>
    public void Meet()
    {
        if (Size == 1) return;
        int mine = generation;
        if (Interlocked.Increment(ref arrived) == Size)
        {
            arrived = 0;
            generation = mine + 1;
            return;
        }
        int spins = 0;
        while (generation == mine)
        {
            if (++spins < PatientSpins && Size <= Environment.ProcessorCount) Thread.SpinWait(1);
            else Thread.Yield();
            if (failure is not null) throw new OperationCanceledException("another worker thread failed");
        }
    }

    public void Dispose()
    {
        ended = true;
        foreach (var start in starts) start.Release();
        foreach (var thread in threads) thread.Join();
        foreach (var start in starts) start.Dispose();
        done.Dispose();
    }

    Thread Start(int index)
    {
        var thread = new Thread(() =>
        {
            while (true)
            {
                Await(starts[index - 1]);
                if (ended) return;
                Attempt(index);
                done.Release();
            }
        })
        { IsBackground = true, Name = $"lepton worker {index}" };
        thread.Start();
        return thread;
    }

    void Await(SemaphoreSlim signal)
    {
        for (int spins = 0; spins < HopefulSpins && signal.CurrentCount == 0 && Size <= Environment.ProcessorCount; spins++) Thread.SpinWait(1);
        signal.Wait();
    }

    void Attempt(int index)
    {
        try
        {
            work!.Work(index, firstStep, stepCount);
        }
        catch (Exception e)
        {
            // The first failure is the cause; the others fail because of it.
            Interlocked.CompareExchange(ref failure, e, null);
        }
    }
}
