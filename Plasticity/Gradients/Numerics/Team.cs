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
/// <remarks>Parts are taken as threads come free, so a slow core does not hold up the others, and a thread that wakes when all parts are taken is not waited for: on a busy machine the caller alone is as fast as
/// without helpers. Nothing may depend on who did what: sums over parts are made afterwards, in the parts' order.</remarks>
sealed class Team : IDisposable
{
    readonly Thread[] threads;
    readonly Turnstile[] starts;
    readonly Turnstile finished;
    volatile Job? current;
    long jobs;
    volatile bool ended;

    /// <summary>Starts the threads.</summary>
    /// <param name="size">How many work, the caller's included; at least 1.</param>
    public Team(int size)
    {
        Size = size;
        // Who spins on a core that another thread of the team is waiting for holds it up.
        bool spins = size <= Environment.ProcessorCount;
        finished = new(spins);
        starts = [.. Enumerable.Range(1, size - 1).Select(_ => new Turnstile(spins))];
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
        var job = new Job(task, count, helpers + 1, finished);
        current = job;
        for (int i = 0; i < helpers; i++) starts[i].Signal();
        job.Attempt(0);
        finished.Await(++jobs);
        if (job.Failure is { } e) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        ended = true;
        foreach (var start in starts) start.Signal();
        foreach (var thread in threads) thread.Join();
        foreach (var start in starts) start.Dispose();
        finished.Dispose();
    }

    Thread Start(int worker)
    {
        var thread = new Thread(() =>
        {
            var start = starts[worker - 1];
            for (long seen = 0; ;)
            {
                seen = start.Await(seen + 1);
                if (ended) return;
                current!.Attempt(worker);
            }
        })
        { IsBackground = true, Name = $"lepton trainer {worker}" };
        thread.Start();
        return thread;
    }

    /// <summary>One call's parts. Who comes late finds them all taken, and touches nothing of the next call's.</summary>
    sealed class Job(IParts task, int count, int workers, Turnstile finished)
    {
        int next = -1;
        int done;
        Exception? failure;

        /// <summary>The first exception that a part threw.</summary>
        public Exception? Failure => failure;

        /// <summary>Does parts as long as there are any.</summary>
        public void Attempt(int worker)
        {
            // A late helper of a larger job: there is nothing of its own here.
            if (worker >= workers) return;
            for (int part = Interlocked.Increment(ref next); part < count; part = Interlocked.Increment(ref next))
            {
                try
                {
                    if (Volatile.Read(ref failure) is null) task.Do(part, worker);
                }
#pragma warning disable CA1031 // A thread's exception belongs to whoever gave the work: it is thrown there.
                catch (Exception e)
                {
                    Interlocked.CompareExchange(ref failure, e, null);
                }
#pragma warning restore CA1031
                if (Interlocked.Increment(ref done) == count) finished.Signal();
            }
        }
    }

    /// <summary>A count that one thread waits for: it spins for a while and sleeps then.</summary>
    /// <param name="spins">Whether it spins.</param>
    sealed class Turnstile(bool spins) : IDisposable
    {
        // Long enough to bridge the gap between two pieces of a training step, short enough not to burn a core while images are read.
        const int Spins = 2_000;

        readonly SemaphoreSlim bed = new(0);
        long count;
        int asleep;

        /// <summary>Counts one more, and wakes who sleeps.</summary>
        public void Signal()
        {
            Interlocked.Increment(ref count);
            if (Interlocked.Exchange(ref asleep, 0) == 1) bed.Release();
        }

        /// <summary>Waits until the count is so high.</summary>
        /// <returns>The count.</returns>
        public long Await(long least)
        {
            for (int i = 0; spins && i < Spins && Volatile.Read(ref count) < least; i++) Thread.SpinWait(8);
            while (Volatile.Read(ref count) < least)
            {
                Interlocked.Exchange(ref asleep, 1);
                // A signal may have come before it was told of the sleeper; then the sleep is called off, unless another one has just been sent to wake it.
                if (Volatile.Read(ref count) < least || Interlocked.Exchange(ref asleep, 0) == 0) bed.Wait();
            }
            return Volatile.Read(ref count);
        }

        public void Dispose() => bed.Dispose();
    }
}
