using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends;

/// <summary>Weights of all sources onto all targets of a shard: a row a source, with a place for every target and some to fill its last vector.</summary>
static unsafe class CompleteRows
{
    // 2^20 is the largest weight in quanta: so many rows cannot overflow 32 bits.
    const int RowsAtATime = 1024;

    /// <summary>Scales each target's weights to a total, as <see cref="LearningSession.Normalize"/> says.</summary>
    public static void Normalize<T>(float* weights, int rows, int stride, int targets, float total, float quantum, (float Least, float Most) range)
        where T : unmanaged, ILane<T>
    {
        var sums = new long[stride];
        var part = new int[stride];
        float inverse = 1 / quantum;
        for (int first = 0; first < rows; first += RowsAtATime)
        {
            Array.Clear(part);
            for (int r = first; r < Math.Min(first + RowsAtATime, rows); r++)
            {
                float* row = weights + ((nint)r * stride);
                for (int i = 0; i < stride; i += T.Width) T.AddScaled(T.Load(in row[i]), inverse, ref part[i]);
            }
            for (int i = 0; i < targets; i++) sums[i] += part[i];
        }
        var factors = new float[stride];
        for (int i = 0; i < targets; i++) factors[i] = sums[i] > 0 ? total / (sums[i] * quantum) : 1;
        for (int r = 0; r < rows; r++)
        {
            float* row = weights + ((nint)r * stride);
            for (int i = 0; i < stride; i += T.Width) T.Store(T.Min(T.Max(T.Load(in row[i]) * T.Load(in factors[i]), range.Least), range.Most), ref row[i]);
        }
    }
}
