using System.Runtime.CompilerServices;

namespace Lepton.Neuro.Backends.Kernels;

/// <summary>Memory in which every access of a kernel's thread is bound-checked, counted, checked for races, and a place where another thread may go on.</summary>
/// <remarks>Two threads of a launch run side by side, but for those of a group of which one is before the barrier and one after it. Two that run side by side race where both touch a word, one at least
/// writes it, and not both by an addition. A launch without a race has one result, whatever the order, but for the values that additions return.</remarks>
public sealed unsafe class CheckedArena
{
    const int None = -1, Several = -2;

    readonly bool racesChecked;
    byte[] bytes = [];
    byte[]? latest, before;
    Shadow[] shadows = [];
    (string Name, AccessCounts Counts)[] parts = [("", new())];
    int launch;

    internal CheckedArena(bool racesChecked) => this.racesChecked = racesChecked;

    /// <summary>Whether what the memory held when the launch before this one began is kept, for <see cref="ReadBefore"/>.</summary>
    public bool KeepBefore { get; set; }

    internal Turns Turns { get; set; } = null!;

    /// <summary>The kernel, or the part of one, that a thread is in whose turn it is.</summary>
    internal string Kernel => parts[Turns.Part].Name;

    AccessCounts Counts => parts[Turns.Part].Counts;

    /// <summary>Reads an item.</summary>
    /// <typeparam name="TItem">The item's type.</typeparam>
    /// <param name="view">The array.</param>
    /// <param name="index">The index.</param>
    public TItem Read<TItem>(View<TItem> view, long index)
        where TItem : unmanaged
    {
        long at = At(view, index);
        if (view.Count * sizeof(TItem) <= AccessCounts.TableBytes) Counts.TableBytesRead += sizeof(TItem);
        else Counts.BytesRead += sizeof(TItem);
        Turns.Yield();
        if (racesChecked) Note(at, sizeof(TItem), Access.Read);
        return Unsafe.ReadUnaligned<TItem>(ref bytes[at]);
    }

    /// <summary>Reads an item as it was when the launch before this one began: what a device that did not wait would see.</summary>
    /// <typeparam name="TItem">The item's type.</typeparam>
    /// <param name="view">The array.</param>
    /// <param name="index">The index.</param>
    public TItem ReadBefore<TItem>(View<TItem> view, long index)
        where TItem : unmanaged => Unsafe.ReadUnaligned<TItem>(ref (before ?? bytes)[At(view, index)]);

    /// <summary>Writes an item.</summary>
    /// <typeparam name="TItem">The item's type.</typeparam>
    /// <param name="view">The array.</param>
    /// <param name="index">The index.</param>
    /// <param name="value">The item.</param>
    public void Write<TItem>(View<TItem> view, long index, TItem value)
        where TItem : unmanaged
    {
        long at = At(view, index);
        Counts.BytesWritten += sizeof(TItem);
        Turns.Yield();
        if (racesChecked) Note(at, sizeof(TItem), Access.Write);
        Unsafe.WriteUnaligned(ref bytes[at], value);
    }

    /// <summary>Adds to an integer as one indivisible act.</summary>
    /// <param name="view">The array.</param>
    /// <param name="index">The index.</param>
    /// <param name="value">What to add.</param>
    /// <returns>What the integer was before.</returns>
    public int Add(View<int> view, long index, int value)
    {
        long at = At(view, index);
        Counts.Additions++;
        Turns.Yield();
        if (racesChecked) Note(at, sizeof(int), Access.Add);
        int old = Unsafe.ReadUnaligned<int>(ref bytes[at]);
        Unsafe.WriteUnaligned(ref bytes[at], unchecked(old + value));
        return old;
    }

    internal void Allocate(long count)
    {
        Require.InRange("the bytes of the checked device", count, 0, Array.MaxLength);
        bytes = new byte[count];
        if (racesChecked) shadows = new Shadow[(count + 3) / 4];
    }

    internal Span<byte> Bytes(long offset, long count) => bytes.AsSpan(checked((int)offset), checked((int)count));

    internal void BeginLaunch((string Name, AccessCounts Counts)[] parts)
    {
        this.parts = parts;
        launch++;
        if (!KeepBefore) return;
        before = latest;
        latest = [.. bytes];
    }

    long At<TItem>(View<TItem> view, long index)
        where TItem : unmanaged
    {
        if ((ulong)index >= (ulong)view.Count) throw new InvalidOperationException($"kernel '{Kernel}', thread {Turns.Thread}: index {index} of an array of {view.Count} {typeof(TItem).Name}");
        return view.Offset + (index * sizeof(TItem));
    }

    void Note(long at, int size, Access access)
    {
        // Smaller items are structs without fields: there is nothing in them to race for.
        for (long word = at / 4; word < (at + size) / 4; word++) Note(ref shadows[word], access);
    }

    // Groups are told apart throughout the launch, the threads of a group throughout its part. What two groups both touch they may only read or both add to, so it does not matter that the second one's
    // threads hide those of the first.
    void Note(ref Shadow shadow, Access access)
    {
        var (group, part) = (Turns.Group, Turns.Part);
        if (shadow.Launch != launch) shadow = new() { Launch = launch, Groups = Touched.Nobody, Group = None };
        if (shadow.Group != group || shadow.Part != part) (shadow.Group, shadow.Part, shadow.Threads) = (group, part, Touched.Nobody);
        if (shadow.Groups.Races(group, access) || shadow.Threads.Races(Turns.Thread, access)) throw new RaceException(Kernel, Turns.Thread);
    }

    enum Access
    {
        Read,
        Write,
        Add,
    }

    // Who touched a word how: nobody, one, or several.
    struct Touched
    {
        int reader, writer, adder;

        public static Touched Nobody => new() { reader = None, writer = None, adder = None };

        public bool Races(int who, Access access)
        {
            if (Other(writer) || (access != Access.Read && Other(reader)) || (access != Access.Add && Other(adder))) return true;
            switch (access)
            {
                case Access.Read: reader = Joined(reader); break;
                case Access.Write: writer = who; break;
                default: adder = Joined(adder); break;
            }
            return false;

            bool Other(int one) => one != None && one != who;

            int Joined(int one) => one == None || one == who ? who : Several;
        }
    }

    struct Shadow
    {
        public int Launch;
        public int Group;
        public int Part;
        public Touched Groups;
        public Touched Threads;
    }
}

/// <summary>Two threads of a launch touched the same word, and one wrote it.</summary>
/// <param name="kernel">The kernel.</param>
/// <param name="thread">The thread that came second.</param>
public sealed class RaceException(string kernel, int thread) : Exception($"a race in kernel '{kernel}', seen at thread {thread}");
