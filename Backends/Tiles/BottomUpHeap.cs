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
        var held = items;
        var first = held[0];
        int left = --Count, hole = 0;
        var last = held[left];
        for (int child = 2; child < left; child = (2 * hole) + 2)
        {
            // Which child is earlier cannot be foretold: as a number, not as a branch.
            child -= held[child].Time > held[child - 1].Time ? 1 : 0;
            held[hole] = held[child];
            hole = child;
        }
        if ((2 * hole) + 2 == left)
        {
            held[hole] = held[left - 1];
            hole = left - 1;
        }
        if (left > 0) Rise(hole, last);
        return first;
    }

    void Rise(int hole, (double Time, int Item) item)
    {
        var held = items;
        while (hole > 0)
        {
            int parent = (hole - 1) >> 1;
            if (!(held[parent].Time > item.Time)) break;
            held[hole] = held[parent];
            hole = parent;
        }
        held[hole] = item;
    }
}
