namespace Lepton.Neuro.Backends;

/// <summary>A binary heap of numbered items by time, earliest first. Taking one moves the hole at the root down to a leaf, always to the earlier child, the right one of equals,
/// and puts the last item there (R. W. Floyd's "bottom-up" heap).</summary>
/// <remarks>The variant decides which of several items of the same time comes first, and with it the time of a congested step: the published simulator's queue works so.</remarks>
sealed class BottomUpHeap
{
    (double Time, int Item)[] items = new (double, int)[16];

    public int Count { get; private set; }

    public (double Time, int Item) First => items[0];

    public void Clear() => Count = 0;

    public void Add(double time, int item)
    {
        if (Count == items.Length) Array.Resize(ref items, 2 * Count);
        Count++;
        Rise(Count - 1, (time, item));
    }

    public (double Time, int Item) Take()
    {
        var first = items[0];
        var last = items[--Count];
        int hole = 0;
        while ((2 * hole) + 2 < Count)
        {
            int child = (2 * hole) + 2;
            if (items[child].Time > items[child - 1].Time) child--;
            items[hole] = items[child];
            hole = child;
        }
        if ((2 * hole) + 2 == Count)
        {
            items[hole] = items[Count - 1];
            hole = Count - 1;
        }
        if (Count > 0) Rise(hole, last);
        return first;
    }

    void Rise(int hole, (double Time, int Item) item)
    {
        while (hole > 0 && items[(hole - 1) / 2].Time > item.Time)
        {
            items[hole] = items[(hole - 1) / 2];
            hole = (hole - 1) / 2;
        }
        items[hole] = item;
    }
}
