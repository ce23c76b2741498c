namespace Lepton.Neuro.Backends.Kernels;

/// <summary>Whose turn it is. The threads of a launch are taken in a shuffled order by some workers, of which one runs at a time; at each access to memory the turn may go to another worker, so the
/// accesses of several threads mix in an order that a seed decides. A thread's second part comes after the first parts of all of its group, among the parts of other groups.</summary>
sealed class Turns : IDisposable
{
    readonly int workers;
    readonly int patience;
    readonly SemaphoreSlim[] gates;
    readonly SemaphoreSlim ended = new(0);
    readonly (int Thread, int Part)[] current;
    readonly bool[] done;
    readonly List<Thread> pool = [];

    // Threads whose second part may begin, and how many of each group are still in their first.
    readonly List<int> ready = [];
    int[] before = [];
    ulong random;
    int running, next, threads, group, parts, left;
    long offset, stride, unfinished;
    bool stopping;
    Action<int, int>? body;
    Exception? failure;

    /// <param name="seed">Decides the order.</param>
    /// <param name="workers">How many threads are under way at once.</param>
    /// <param name="patience">One access in so many hands the turn on.</param>
    public Turns(ulong seed, int workers, int patience)
    {
        random = (seed * 0x9E3779B97F4A7C15) | 1;
        this.workers = workers;
        this.patience = patience;
        gates = [.. Enumerable.Range(0, workers).Select(_ => new SemaphoreSlim(0))];
        current = new (int, int)[workers];
        done = new bool[workers];
    }

    /// <summary>The logical thread whose turn it is.</summary>
    public int Thread => current[running].Thread;

    /// <summary>The part that it is in: 0, or 1 after a barrier.</summary>
    public int Part => current[running].Part;

    /// <summary>Its group.</summary>
    public int Group => Thread / group;

    /// <summary>Runs all threads of a launch.</summary>
    /// <param name="threads">How many threads.</param>
    /// <param name="group">How many of them are a group.</param>
    /// <param name="parts">1, or 2 where groups wait once.</param>
    /// <param name="body">What a thread does in a part.</param>
    public void Run(int threads, int group, int parts, Action<int, int> body)
    {
        if (threads == 0) return;
        (this.threads, this.group, this.parts, this.body, next, left, failure) = (threads, group, parts, body, 0, workers, null);
        unfinished = (long)threads * parts;
        ready.Clear();
        if (parts > 1)
        {
            if (before.Length < threads / group) before = new int[threads / group];
            before.AsSpan(0, threads / group).Fill(group);
        }
        offset = Below(threads);
        stride = 1 + Below(threads);
        while (Greatest(stride, threads) != 1) stride++;
        if (workers == 1)
        {
            running = 0;
            while (Take(0)) RunCurrent(0);
            return;
        }
        Array.Clear(done);
        while (pool.Count < workers) Start(pool.Count);
        running = Below(workers);
        gates[running].Release();
        ended.Wait();
        if (failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Called at each access: perhaps another one's turn comes.</summary>
    public void Yield()
    {
        if (workers == 1 || left == 1 || Below(patience) != 0) return;
        int other = Below(workers);
        if (other != running && !done[other]) HandTo(other);
    }

    public void Dispose()
    {
        stopping = true;
        foreach (var gate in gates[..pool.Count]) gate.Release();
        foreach (var thread in pool) thread.Join();
        foreach (var gate in gates) gate.Dispose();
        ended.Dispose();
    }

    void Start(int worker)
    {
        var thread = new Thread(() => Work(worker), 1 << 20) { IsBackground = true };
        pool.Add(thread);
        thread.Start();
    }

    void Work(int worker)
    {
        while (true)
        {
            gates[worker].Wait();
            if (stopping) return;
            try
            {
                // Where nothing can begin and something has not ended, another worker is in it: a barrier is waited at.
                while (unfinished > 0)
                {
                    if (Take(worker)) RunCurrent(worker);
                    else HandTo(Other());
                }
            }
            catch (Exception e)
            {
                failure ??= e;
                (next, unfinished) = (threads, 0);
                ready.Clear();
            }
            done[worker] = true;
            if (--left == 0)
            {
                ended.Release();
                continue;
            }
            running = Other();
            gates[running].Release();
        }
    }

    void HandTo(int other)
    {
        int self = running;
        running = other;
        gates[other].Release();
        gates[self].Wait();
    }

    // Another worker that has not ended.
    int Other()
    {
        int other = Below(workers);
        while (done[other] || other == running) other = (other + 1) % workers;
        return other;
    }

    bool Take(int worker)
    {
        if (ready.Count > 0 && (next >= threads || Below(2) == 0))
        {
            int which = Below(ready.Count);
            current[worker] = (ready[which], 1);
            ready[which] = ready[^1];
            ready.RemoveAt(ready.Count - 1);
            return true;
        }
        if (next >= threads) return false;
        current[worker] = ((int)((offset + (next++ * stride)) % threads), 0);
        return true;
    }

    void RunCurrent(int worker)
    {
        var (thread, part) = current[worker];
        body!(thread, part);
        unfinished--;
        if (part == parts - 1 || --before[thread / group] > 0) return;
        int first = thread / group * group;
        for (int lane = 0; lane < group; lane++) ready.Add(first + lane);
    }

    static long Greatest(long a, long b) => b == 0 ? a : Greatest(b, a % b);

    // Marsaglia's xorshift: only the order of a test depends on it.
    int Below(int count)
    {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        return (int)((random >> 33) % (ulong)count);
    }
}
