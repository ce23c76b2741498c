namespace Lepton.Neuro.Backends.Kernels;

/// <summary>Whose turn it is. The threads of a launch are taken in a shuffled order by some workers, of which one runs at a time; at each access to memory the turn may go to another worker, so the
/// accesses of several threads mix in an order that a seed decides.</summary>
sealed class Turns : IDisposable
{
    readonly int workers;
    readonly int patience;
    readonly SemaphoreSlim[] gates;
    readonly SemaphoreSlim ended = new(0);
    readonly int[] current;
    readonly bool[] done;
    readonly List<Thread> pool = [];
    ulong random;
    int running, next, threads, left;
    long offset, stride;
    bool stopping;
    Action<int>? body;
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
        current = new int[workers];
        done = new bool[workers];
    }

    /// <summary>The logical thread whose turn it is.</summary>
    public int Thread => current[running];

    /// <summary>Runs all threads of a launch.</summary>
    public void Run(int threads, Action<int> body)
    {
        if (threads == 0) return;
        (this.threads, this.body, next, left, failure) = (threads, body, 0, workers, null);
        offset = Below(threads);
        stride = 1 + Below(threads);
        while (Greatest(stride, threads) != 1) stride++;
        if (workers == 1)
        {
            running = 0;
            while (Take(0)) body(current[0]);
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
        int self = running, other = Below(workers);
        if (other == self || done[other]) return;
        running = other;
        gates[other].Release();
        gates[self].Wait();
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
                while (Take(worker)) body!(current[worker]);
            }
            catch (Exception e)
            {
                failure ??= e;
                next = threads;
            }
            done[worker] = true;
            if (--left == 0)
            {
                ended.Release();
                continue;
            }
            int other = Below(workers);
            while (done[other]) other = (other + 1) % workers;
            running = other;
            gates[other].Release();
        }
    }

    bool Take(int worker)
    {
        if (next >= threads) return false;
        current[worker] = (int)((offset + (next++ * stride)) % threads);
        return true;
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
