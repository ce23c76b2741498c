namespace Lepton.Neuro.Backends;

/// <summary>A heap of the numbers 0 … count - 1 whose keys can change; of equal keys the smallest number comes first.</summary>
sealed class IndexedHeap(int count)
{
    readonly int[] heap = new int[count];
    readonly int[] place = Filled(count);
    readonly long[] keys = new long[count];

    public int Count { get; private set; }

    public bool Contains(int item) => place[item] >= 0;

    public long KeyOf(int item) => keys[item];

    /// <summary>Puts an item in, or changes its key.</summary>
    public void Set(int item, long key)
    {
        keys[item] = key;
        if (place[item] < 0)
        {
            place[item] = Count;
            heap[Count++] = item;
        }
        Up(place[item]);
        Down(place[item]);
    }

    /// <summary>Takes out the item of the greatest key.</summary>
    public int Pop()
    {
        int top = heap[0];
        Remove(top);
        return top;
    }

    /// <summary>Takes out all.</summary>
    public void Clear()
    {
        for (int i = 0; i < Count; i++) place[heap[i]] = -1;
        Count = 0;
    }

    public void Remove(int item)
    {
        int at = place[item], last = heap[--Count];
        place[item] = -1;
        if (last == item) return;
        heap[at] = last;
        place[last] = at;
        Up(at);
        Down(place[last]);
    }

    bool Before(int a, int b) => keys[a] > keys[b] || (keys[a] == keys[b] && a < b);

    void Up(int at)
    {
        int item = heap[at];
        while (at > 0 && Before(item, heap[(at - 1) / 2]))
        {
            heap[at] = heap[(at - 1) / 2];
            place[heap[at]] = at;
            at = (at - 1) / 2;
        }
        heap[at] = item;
        place[item] = at;
    }

    void Down(int at)
    {
        int item = heap[at];
        while ((2 * at) + 1 < Count)
        {
            int child = (2 * at) + 1;
            if (child + 1 < Count && Before(heap[child + 1], heap[child])) child++;
            if (!Before(heap[child], item)) break;
            heap[at] = heap[child];
            place[heap[at]] = at;
            at = child;
        }
        heap[at] = item;
        place[item] = at;
    }

    static int[] Filled(int count)
    {
        var places = new int[count];
        Array.Fill(places, -1);
        return places;
    }
}
