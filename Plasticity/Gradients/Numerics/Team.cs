namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Work in parts that do not depend on each other: any thread may do any part, in any order.</summary>
interface IParts
{
    /// <summary>Does a part.</summary>
    /// <param name="part">Which one.</param>
    /// <param name="worker">Who does it, from 0: each worker does one part at a time, so what it owns is its own.</param>
    void Do(int part, int worker);
}

/// <summary>Threads that stay and share the parts of some work. The caller's thread is the first of them.</summary>
/// <remarks>Parts are taken as threads come free, so a slow core does not hold up the others. Nothing may depend on who did what: sums over parts are made afterwards, in the parts' order.</remarks>
sealed class Team : IDisposable
{
    // Long enough to bridge the gap between two pieces of a training step, short enough not to burn a core while images are read.
    const int Spins = 2_000;

    readonly Thread[] threads;
    readonly SemaphoreSlim[] starts;
    IParts? work;
    int parts;
    int next;
    int busy;
    Exception? failure;
    volatile bool ended;

    /// <summary>Starts the threads.</summary>
    /// <param name="size">How many work, the caller's included; at least 1.</param>
    public Team(int size)
    {
        Size = size;
        starts = [.. Enumerable.Range(1, size - 1).Select(_ => new SemaphoreSlim(0))];
        threads = [.. Enumerable.Range(1, size - 1).Select(Start)];
    }

    /// <summary>How many threads work.</summary>
    public int Size { get; }

    /// <summary>Does all parts, and returns when they are done.</summary>
    public void Do(IParts task, int count)
    {
        int helpers = Math.Min(Size, count) - 1;
        if (helpers <= 0)
        {
            for (int part = 0; part < count; part++) task.Do(part, 0);
            return;
        }
        (work, parts) = (task, count);
        Volatile.Write(ref next, 0);
        Volatile.Write(ref busy, helpers);
        for (int i = 0; i < helpers; i++) starts[i].Release();
        Attempt(0);
        var wait = default(SpinWait);
        for (int spins = 0; Volatile.Read(ref busy) > 0; spins++)
        {
            if (spins < Spins && Size <= Environment.ProcessorCount) Thread.SpinWait(8);
            else wait.SpinOnce(sleep1Threshold: -1);
        }
        if (Interlocked.Exchange(ref failure, null) is { } e) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        ended = true;
        foreach (var start in starts) start.Release();
        foreach (var thread in threads) thread.Join();
        foreach (var start in starts) start.Dispose();
    }

    Thread Start(int worker)
    {
        var thread = new Thread(() =>
        {
            while (true)
            {
                starts[worker - 1].Wait();
                if (ended) return;
                Attempt(worker);
                Interlocked.Decrement(ref busy);
            }
        })
        { IsBackground = true, Name = $"lepton trainer {worker}" };
        thread.Start();
        return thread;
    }

    void Attempt(int worker)
    {
        try
        {
            for (int part = Interlocked.Increment(ref next) - 1; part < parts; part = Interlocked.Increment(ref next) - 1) work!.Do(part, worker);
        }
#pragma warning disable CA1031 // A thread's exception belongs to whoever gave the work: it is thrown there.
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref failure, e, null);
            Volatile.Write(ref next, parts);
        }
#pragma warning restore CA1031
    }
}
