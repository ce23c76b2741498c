using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Sums of rows of a matrix that are picked by lists: the product of a matrix of zeros and ones with it, at the cost of its ones. Rows are added in the lists' order, so
/// ascending lists give the bits of <see cref="MatrixProduct"/>.</summary>
static unsafe class RowSums
{
    /// <summary>For each list: the sum of the rows that it names.</summary>
    /// <param name="vectorBits">The width of vectors.</param>
    /// <param name="starts">Where each list begins; one more than there are lists.</param>
    /// <param name="lists">How many lists.</param>
    /// <param name="rows">The rows' indices.</param>
    /// <param name="matrix">The matrix, row by row.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="result">The sums: lists x columns.</param>
    /// <param name="add">Whether sums are added to what is there.</param>
    public static void Add(int vectorBits, int[] starts, int lists, int[] rows, float* matrix, int columns, float* result, bool add)
    {
        fixed (int* start = starts, row = rows)
        {
            VectorWidth.Run(vectorBits, new Work { Starts = start, Lists = lists, Rows = row, Matrix = matrix, Columns = columns, Result = result, Adds = add });
        }
    }

    struct Work : ILaneWork
    {
        public int* Starts, Rows;
        public int Lists, Columns;
        public float* Matrix, Result;
        public bool Adds;

        public readonly void Run<T>()
            where T : unmanaged, ILane<T>
        {
            int column = 0;
            for (; column + (8 * T.Width) <= Columns; column += 8 * T.Width) Eight<T>(column);
            for (; column + (4 * T.Width) <= Columns; column += 4 * T.Width) Four<T>(column);
            for (; column + T.Width <= Columns; column += T.Width) One<T>(column);
            for (; column < Columns; column++) One<Scalar>(column);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void Eight<T>(int column)
            where T : unmanaged, ILane<T>
        {
            float* matrix = Matrix + column;
            nint columns = Columns;
            for (int list = 0; list < Lists; list++)
            {
                float* to = Result + (list * columns) + column;
                T a = 0f, b = 0f, c = 0f, d = 0f, e = 0f, f = 0f, g = 0f, h = 0f;
                if (Adds)
                {
                    (a, b, c, d) = (T.Load(in *to), T.Load(in to[T.Width]), T.Load(in to[2 * T.Width]), T.Load(in to[3 * T.Width]));
                    (e, f, g, h) = (T.Load(in to[4 * T.Width]), T.Load(in to[5 * T.Width]), T.Load(in to[6 * T.Width]), T.Load(in to[7 * T.Width]));
                }
                for (int* row = Rows + Starts[list], end = Rows + Starts[list + 1]; row < end; row++)
                {
                    float* from = matrix + (*row * columns);
                    a += T.Load(in *from);
                    b += T.Load(in from[T.Width]);
                    c += T.Load(in from[2 * T.Width]);
                    d += T.Load(in from[3 * T.Width]);
                    e += T.Load(in from[4 * T.Width]);
                    f += T.Load(in from[5 * T.Width]);
                    g += T.Load(in from[6 * T.Width]);
                    h += T.Load(in from[7 * T.Width]);
                }
                T.Store(a, ref *to);
                T.Store(b, ref to[T.Width]);
                T.Store(c, ref to[2 * T.Width]);
                T.Store(d, ref to[3 * T.Width]);
                T.Store(e, ref to[4 * T.Width]);
                T.Store(f, ref to[5 * T.Width]);
                T.Store(g, ref to[6 * T.Width]);
                T.Store(h, ref to[7 * T.Width]);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void Four<T>(int column)
            where T : unmanaged, ILane<T>
        {
            float* matrix = Matrix + column;
            nint columns = Columns;
            for (int list = 0; list < Lists; list++)
            {
                float* to = Result + (list * columns) + column;
                T a = 0f, b = 0f, c = 0f, d = 0f;
                if (Adds) (a, b, c, d) = (T.Load(in *to), T.Load(in to[T.Width]), T.Load(in to[2 * T.Width]), T.Load(in to[3 * T.Width]));
                for (int* row = Rows + Starts[list], end = Rows + Starts[list + 1]; row < end; row++)
                {
                    float* from = matrix + (*row * columns);
                    a += T.Load(in *from);
                    b += T.Load(in from[T.Width]);
                    c += T.Load(in from[2 * T.Width]);
                    d += T.Load(in from[3 * T.Width]);
                }
                T.Store(a, ref *to);
                T.Store(b, ref to[T.Width]);
                T.Store(c, ref to[2 * T.Width]);
                T.Store(d, ref to[3 * T.Width]);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void One<T>(int column)
            where T : unmanaged, ILane<T>
        {
            float* matrix = Matrix + column;
            nint columns = Columns;
            for (int list = 0; list < Lists; list++)
            {
                float* to = Result + (list * columns) + column;
                T a = Adds ? T.Load(in *to) : 0f;
                for (int* row = Rows + Starts[list], end = Rows + Starts[list + 1]; row < end; row++) a += T.Load(in matrix[*row * columns]);
                T.Store(a, ref *to);
            }
        }
    }
}
