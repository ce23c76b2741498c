namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>What a layer passes on for some samples: numbers <c>[step, sample, feature]</c>, and where they are spikes the list of them.</summary>
/// <param name="shape">The shape for one sample.</param>
/// <param name="most">The most samples.</param>
/// <param name="vectorBits">The width of vectors.</param>
sealed unsafe class Signal(SignalShape shape, int most, int vectorBits)
{
    // Above this part of ones the matrix product is faster than adding rows one by one.
    const double SparseBelow = 0.25;

    enum Listed
    {
        No,
        Yes,
        TooMany,
    }

    readonly SpikeEvents events = new();
    Numbers? numbers;
    Listed listed;
    bool written;

    /// <summary>The shape for one sample.</summary>
    public SignalShape Shape => shape;

    /// <summary>How many samples there are now.</summary>
    public int Samples { get; private set; }

    /// <summary>Steps times samples.</summary>
    public int Rows => shape.Steps * Samples;

    /// <summary>Numbers in all.</summary>
    public nint Count => (nint)Rows * shape.Features;

    /// <summary>Begins to write numbers for so many samples.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="isSpikes">Whether they will all be zeros and ones.</param>
    /// <returns>Where to.</returns>
    public float* Write(int samples, bool isSpikes = false)
    {
        Samples = samples;
        written = true;
        listed = isSpikes ? Listed.No : Listed.TooMany;
        numbers ??= new((long)shape.Steps * most * shape.Features);
        return numbers.Pointer;
    }

    /// <summary>Begins to write spikes as a list; the numbers are made of it only if someone asks.</summary>
    /// <param name="samples">The samples.</param>
    /// <returns>Where to: a row for each step and sample.</returns>
    public SpikeEvents WriteEvents(int samples)
    {
        Samples = samples;
        (written, listed) = (false, Listed.Yes);
        events.Clear(Rows);
        return events;
    }

    /// <summary>The numbers.</summary>
    public float* Values
    {
        get
        {
            if (written) return numbers!.Pointer;
            numbers ??= new((long)shape.Steps * most * shape.Features);
            numbers.Span[..(int)Count].Clear();
            for (int row = 0; row < Rows; row++)
            {
                float* to = numbers.Pointer + ((nint)row * shape.Features);
                for (int e = events.Starts[row]; e < events.Starts[row + 1]; e++) to[events.Columns[e]] = 1;
            }
            written = true;
            return numbers.Pointer;
        }
    }

    /// <summary>The spikes as a list, where these are spikes and few enough.</summary>
    public SpikeEvents? Events
    {
        get
        {
            if (listed == Listed.No)
            {
                bool few = events.TryRead(vectorBits, numbers!.Pointer, Rows, shape.Features, (int)(Count * SparseBelow));
                listed = few ? Listed.Yes : Listed.TooMany;
            }
            return listed == Listed.Yes ? events : null;
        }
    }

    /// <summary>Whether all numbers are finite.</summary>
    public bool IsFinite
    {
        get
        {
            float* values = Values;
            for (nint i = 0; i < Count; i++)
            {
                if (!float.IsFinite(values[i])) return false;
            }
            return true;
        }
    }
}
