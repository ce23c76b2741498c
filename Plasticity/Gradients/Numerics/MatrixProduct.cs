using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>The product of matrices of single precision that lie row by row.</summary>
/// <remarks>
/// <para>Every number of the result is defined to the last bit: it begins at zero (or at what it was) and takes its products in the order of the depth, each by one
/// <c>FusedMultiplyAdd</c>. So it does not depend on vectors, blocks or threads, and a product by zero changes nothing: a left factor of spikes may as well be multiplied event by
/// event.</para>
/// <para>The blocks are those of K. Goto and R. van de Geijn, "Anatomy of high-performance matrix multiplication", ACM Trans. Math. Softw. 34:12 (2008): a panel of the right factor stays in
/// the first cache, a block of the left one in the second. The left factor is read where it lies if its rows lie along the depth, and copied block by block if its columns do.</para>
/// </remarks>
public static unsafe class MatrixProduct
{
    // A panel of the right factor of so many rows (32 KB with 512-bit vectors) shares the first cache with the rows that it is multiplied by.
    const int DepthBlock = 256;

    // So many rows of the left factor, DepthBlock deep, are about 100 KB.
    const int RowBlock = 96;

    /// <summary>result = left x right, or result += left x right.</summary>
    /// <param name="left">The left factor, row by row: rows x depth.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="right">The right factor: depth x columns.</param>
    /// <param name="result">The product, row by row: rows x columns.</param>
    /// <param name="add">Whether the product is added to what is there.</param>
    /// <exception cref="InvalidInputException">A size does not fit.</exception>
    public static void Multiply(ReadOnlySpan<float> left, int rows, MatrixFactor right, Span<float> result, bool add = false)
    {
        CheckSize("the left factor", left.Length, rows, right.Rows);
        CheckSize("the product", result.Length, rows, right.Columns);
        fixed (float* a = left)
        fixed (float* c = result)
            Multiply(a, rows, right.Rows, 1, right, c, right.Columns, add);
    }

    /// <summary>result = left^T x right, or result += left^T x right.</summary>
    /// <param name="left">The matrix whose transpose is the left factor, row by row: depth x rows.</param>
    /// <param name="rows">The rows of the transpose.</param>
    /// <param name="right">The right factor: depth x columns.</param>
    /// <param name="result">The product, row by row: rows x columns.</param>
    /// <param name="add">Whether the product is added to what is there.</param>
    /// <exception cref="InvalidInputException">A size does not fit.</exception>
    public static void MultiplyTransposed(ReadOnlySpan<float> left, int rows, MatrixFactor right, Span<float> result, bool add = false)
    {
        CheckSize("the left factor", left.Length, right.Rows, rows);
        CheckSize("the product", result.Length, rows, right.Columns);
        fixed (float* a = left)
        fixed (float* c = result)
            Multiply(a, rows, 1, rows, right, c, right.Columns, add);
    }

    /// <summary>The product for a left factor at any distances: element (i, k) lies at <c>a[i * rowStride + k * depthStride]</c>.</summary>
    internal static void Multiply(float* a, int rows, nint rowStride, nint depthStride, MatrixFactor right, float* c, nint stride, bool add)
    {
        switch (right.VectorBits)
        {
            case 512: Blocks<Wide512, TwelveRows>(a, rows, rowStride, depthStride, right, c, stride, add); break;
            case 256: Blocks<Wide256, SixRows>(a, rows, rowStride, depthStride, right, c, stride, add); break;
            case 128: Blocks<Wide128, SixRows>(a, rows, rowStride, depthStride, right, c, stride, add); break;
            default: Blocks<Scalar, SixRows>(a, rows, rowStride, depthStride, right, c, stride, add); break;
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Blocks<T, TTile>(float* a, int rows, nint rowStride, nint depthStride, MatrixFactor right, float* c, nint stride, bool add)
        where T : unmanaged, ILane<T>
        where TTile : struct, ITile
    {
        if (right.Rows == 0 && !add)
        {
            for (int i = 0; i < rows; i++) new Span<float>(c + (i * stride), right.Columns).Clear();
        }
        float* space = stackalloc float[(RowBlock * DepthBlock) + (TTile.Rows * 2 * T.Width) + 16];
        float* copy = (float*)(((nuint)space + 63) & ~(nuint)63);
        float* tile = copy + (RowBlock * DepthBlock);
        for (int k = 0; k < right.Rows; k += DepthBlock)
        {
            int depth = Math.Min(DepthBlock, right.Rows - k);
            bool fresh = k == 0 && !add;
            for (int i = 0; i < rows; i += RowBlock)
            {
                int count = Math.Min(RowBlock, rows - i);
                float* block = a + (i * rowStride) + (k * depthStride);
                // Rows that lie along the depth are read in place, but for the last ones if they do not fill a tile.
                int inPlace = depthStride == 1 ? count / TTile.Rows * TTile.Rows : 0;
                Copy<TTile>(block + (inPlace * rowStride), count - inPlace, rowStride, depthStride, depth, copy);
                for (int j = 0, panel = 0; j < right.Columns; j += 2 * T.Width, panel++)
                {
                    int wide = Math.Min(2 * T.Width, right.Columns - j);
                    float* b = right.Panel(panel, k);
                    for (int r = 0; r < count; r += TTile.Rows)
                    {
                        float* to = c + ((i + r) * stride) + j;
                        int high = Math.Min(TTile.Rows, count - r);
                        bool lies = r < inPlace;
                        float* from = lies ? block + (r * rowStride) : copy + ((nint)(r - inPlace) * depth);
                        nint rowStep = lies ? rowStride : 1, depthStep = lies ? 1 : TTile.Rows;
                        if (high == TTile.Rows && wide == 2 * T.Width)
                        {
                            TTile.Add<T>(depth, from, rowStep, depthStep, b, to, stride, fresh);
                            continue;
                        }
                        if (!fresh) CopyTile(to, stride, tile, 2 * T.Width, high, wide);
                        TTile.Add<T>(depth, from, rowStep, depthStep, b, tile, 2 * T.Width, fresh);
                        CopyTile(tile, 2 * T.Width, to, stride, high, wide);
                    }
                }
            }
        }
    }

    /// <summary>Lays rows out tile by tile, the depth of a tile one after the other; where the last tile has no rows, zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Copy<TTile>(float* from, int rows, nint rowStride, nint depthStride, int depth, float* to)
        where TTile : struct, ITile
    {
        int whole = rowStride == 1 ? rows / TTile.Rows : 0;
        // Numbers that lie side by side are read side by side, whatever tile they go to.
        for (int k = 0; k < depth && whole > 0; k++)
        {
            float* source = from + (k * depthStride), target = to + (k * TTile.Rows);
            for (int tile = 0; tile < whole; tile++, source += TTile.Rows, target += TTile.Rows * depth) TTile.CopyRow(source, target);
        }
        for (int r = whole * TTile.Rows; r < rows; r += TTile.Rows)
        {
            int high = Math.Min(TTile.Rows, rows - r);
            float* source = from + (r * rowStride), target = to + (r * depth);
            if (high < TTile.Rows) new Span<float>(target, TTile.Rows * depth).Clear();
            for (int i = 0; i < high; i++)
            {
                for (int k = 0; k < depth; k++) target[(k * TTile.Rows) + i] = source[(i * rowStride) + (k * depthStride)];
            }
        }
    }

    static void CopyTile(float* from, nint fromStride, float* to, nint toStride, int rows, int columns)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++) to[(i * toStride) + j] = from[(i * fromStride) + j];
        }
    }

    static void CheckSize(string thing, long found, long rows, long columns)
    {
        if (rows < 0 || found != rows * columns) throw new InvalidInputException($"{thing} of {rows} x {columns}", $"{found} numbers", $"{rows * columns}");
    }

    interface ITile
    {
        static abstract int Rows { get; }

        static abstract void CopyRow(float* from, float* to);

        static abstract void Add<T>(int depth, float* a, nint rowStride, nint depthStride, float* b, float* c, nint stride, bool fresh)
            where T : unmanaged, ILane<T>;
    }

    readonly struct SixRows : ITile
    {
        public static int Rows => 6;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void CopyRow(float* from, float* to)
        {
            Wide128.Store(Wide128.Load(in *from), ref *to);
            (to[4], to[5]) = (from[4], from[5]);
        }

        public static void Add<T>(int depth, float* a, nint rowStride, nint depthStride, float* b, float* c, nint stride, bool fresh)
            where T : unmanaged, ILane<T> => MatrixTile.Six<T>(depth, a, rowStride, depthStride, b, c, stride, fresh);
    }

    readonly struct TwelveRows : ITile
    {
        public static int Rows => 12;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void CopyRow(float* from, float* to)
        {
            Wide128.Store(Wide128.Load(in *from), ref *to);
            Wide128.Store(Wide128.Load(in *(from + 4)), ref *(to + 4));
            Wide128.Store(Wide128.Load(in *(from + 8)), ref *(to + 8));
        }

        public static void Add<T>(int depth, float* a, nint rowStride, nint depthStride, float* b, float* c, nint stride, bool fresh)
            where T : unmanaged, ILane<T> => MatrixTile.Twelve<T>(depth, a, rowStride, depthStride, b, c, stride, fresh);
    }
}
