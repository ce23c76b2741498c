using System.Runtime.CompilerServices;

namespace Lepton.Neuro.Backends.Kernels;

/// <summary>Memory in which every access of a kernel's thread is bound-checked, counted, checked for races, and a place where another thread may go on.</summary>
/// <remarks>No kernel waits for another thread of its launch, so all threads of a launch run side by side. Two of them race where both touch a word, one at least writes it, and not both by an addition.
/// A launch without a race has one result, whatever the order, but for the values that additions return.</remarks>
public sealed unsafe class CheckedArena
{
    const int None = -1, Several = -2;

    readonly bool racesChecked;
    byte[] bytes = [];
    byte[]? latest, before;
    Shadow[] shadows = [];
    int launch;

    internal CheckedArena(bool racesChecked) => this.racesChecked = racesChecked;

    /// <summary>Whether what the memory held when the launch before this one began is kept, for <see cref="ReadBefore"/>.</summary>
    public bool KeepBefore { get; set; }

    internal AccessCounts Counts { get; set; } = new();

    internal Turns Turns { get; set; } = null!;

    internal string Kernel { get; set; } = "";

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

    internal void BeginLaunch()
    {
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

    void Note(ref Shadow shadow, Access access)
    {
        int thread = Turns.Thread;
        if (shadow.Launch != launch) shadow = new() { Launch = launch, Reader = None, Writer = None, Adder = None };
        bool race = Other(shadow.Writer) || (access != Access.Read && Other(shadow.Reader)) || (access != Access.Add && Other(shadow.Adder));
        if (race) throw new RaceException(Kernel, thread);
        switch (access)
        {
            case Access.Read: shadow.Reader = Joined(shadow.Reader); break;
            case Access.Write: shadow.Writer = thread; break;
            default: shadow.Adder = Joined(shadow.Adder); break;
        }

        bool Other(int who) => who != None && who != thread;

        int Joined(int who) => who == None || who == thread ? thread : Several;
    }

    enum Access
    {
        Read,
        Write,
        Add,
    }

    struct Shadow
    {
        public int Launch;
        public int Reader;
        public int Writer;
        public int Adder;
    }
}

/// <summary>Two threads of a launch touched the same word, and one wrote it.</summary>
/// <param name="kernel">The kernel.</param>
/// <param name="thread">The thread that came second.</param>
public sealed class RaceException(string kernel, int thread) : Exception($"a race in kernel '{kernel}', seen at thread {thread}");
