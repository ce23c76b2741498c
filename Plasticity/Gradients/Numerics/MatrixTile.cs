using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>The innermost loops of the matrix product: a tile of sums that stays in registers while a column of A and a row of B are multiplied for each place of the depth.</summary>
/// <remarks>Twelve rows of two vectors want 27 registers, which AVX-512 and Arm have; six rows want 15, which AVX2 has. Each sum takes its products in the order of the depth, one
/// fused operation each, so neither the tile's shape nor the vectors' width shows in the result.</remarks>
static unsafe class MatrixTile
{
    /// <summary>Adds a product to a tile of six rows, two vectors wide; with <paramref name="fresh"/> the tile begins at zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Six<T>(int depth, float* a, nint rowStride, nint depthStride, float* b, float* c, nint stride, bool fresh)
        where T : unmanaged, ILane<T>
    {
        T c00, c01;
        T c10, c11;
        T c20, c21;
        T c30, c31;
        T c40, c41;
        T c50, c51;
        if (fresh)
        {
            c00 = c01 = 0f;
            c10 = c11 = 0f;
            c20 = c21 = 0f;
            c30 = c31 = 0f;
            c40 = c41 = 0f;
            c50 = c51 = 0f;
        }
        else
        {
            c00 = T.Load(in *c);
            c01 = T.Load(in *(c + T.Width));
            c10 = T.Load(in *(c + stride));
            c11 = T.Load(in *(c + stride + T.Width));
            c20 = T.Load(in *(c + (2 * stride)));
            c21 = T.Load(in *(c + (2 * stride) + T.Width));
            c30 = T.Load(in *(c + (3 * stride)));
            c31 = T.Load(in *(c + (3 * stride) + T.Width));
            c40 = T.Load(in *(c + (4 * stride)));
            c41 = T.Load(in *(c + (4 * stride) + T.Width));
            c50 = T.Load(in *(c + (5 * stride)));
            c51 = T.Load(in *(c + (5 * stride) + T.Width));
        }
        float* a0 = a;
        float* a3 = a + (3 * rowStride);
        for (int k = 0; k < depth; k++)
        {
            T b0 = T.Load(in *b), b1 = T.Load(in *(b + T.Width)), x;
            x = *a0;
            c00 = T.FusedMultiplyAdd(x, b0, c00);
            c01 = T.FusedMultiplyAdd(x, b1, c01);
            x = a0[rowStride];
            c10 = T.FusedMultiplyAdd(x, b0, c10);
            c11 = T.FusedMultiplyAdd(x, b1, c11);
            x = a0[2 * rowStride];
            c20 = T.FusedMultiplyAdd(x, b0, c20);
            c21 = T.FusedMultiplyAdd(x, b1, c21);
            x = *a3;
            c30 = T.FusedMultiplyAdd(x, b0, c30);
            c31 = T.FusedMultiplyAdd(x, b1, c31);
            x = a3[rowStride];
            c40 = T.FusedMultiplyAdd(x, b0, c40);
            c41 = T.FusedMultiplyAdd(x, b1, c41);
            x = a3[2 * rowStride];
            c50 = T.FusedMultiplyAdd(x, b0, c50);
            c51 = T.FusedMultiplyAdd(x, b1, c51);
            a0 += depthStride;
            a3 += depthStride;
            b += 2 * T.Width;
        }
        T.Store(c00, ref *c);
        T.Store(c01, ref *(c + T.Width));
        T.Store(c10, ref *(c + stride));
        T.Store(c11, ref *(c + stride + T.Width));
        T.Store(c20, ref *(c + (2 * stride)));
        T.Store(c21, ref *(c + (2 * stride) + T.Width));
        T.Store(c30, ref *(c + (3 * stride)));
        T.Store(c31, ref *(c + (3 * stride) + T.Width));
        T.Store(c40, ref *(c + (4 * stride)));
        T.Store(c41, ref *(c + (4 * stride) + T.Width));
        T.Store(c50, ref *(c + (5 * stride)));
        T.Store(c51, ref *(c + (5 * stride) + T.Width));
    }

    /// <summary>Adds a product to a tile of twelve rows, two vectors wide; with <paramref name="fresh"/> the tile begins at zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Twelve<T>(int depth, float* a, nint rowStride, nint depthStride, float* b, float* c, nint stride, bool fresh)
        where T : unmanaged, ILane<T>
    {
        T c00, c01;
        T c10, c11;
        T c20, c21;
        T c30, c31;
        T c40, c41;
        T c50, c51;
        T c60, c61;
        T c70, c71;
        T c80, c81;
        T c90, c91;
        T c100, c101;
        T c110, c111;
        if (fresh)
        {
            c00 = c01 = 0f;
            c10 = c11 = 0f;
            c20 = c21 = 0f;
            c30 = c31 = 0f;
            c40 = c41 = 0f;
            c50 = c51 = 0f;
            c60 = c61 = 0f;
            c70 = c71 = 0f;
            c80 = c81 = 0f;
            c90 = c91 = 0f;
            c100 = c101 = 0f;
            c110 = c111 = 0f;
        }
        else
        {
            c00 = T.Load(in *c);
            c01 = T.Load(in *(c + T.Width));
            c10 = T.Load(in *(c + stride));
            c11 = T.Load(in *(c + stride + T.Width));
            c20 = T.Load(in *(c + (2 * stride)));
            c21 = T.Load(in *(c + (2 * stride) + T.Width));
            c30 = T.Load(in *(c + (3 * stride)));
            c31 = T.Load(in *(c + (3 * stride) + T.Width));
            c40 = T.Load(in *(c + (4 * stride)));
            c41 = T.Load(in *(c + (4 * stride) + T.Width));
            c50 = T.Load(in *(c + (5 * stride)));
            c51 = T.Load(in *(c + (5 * stride) + T.Width));
            c60 = T.Load(in *(c + (6 * stride)));
            c61 = T.Load(in *(c + (6 * stride) + T.Width));
            c70 = T.Load(in *(c + (7 * stride)));
            c71 = T.Load(in *(c + (7 * stride) + T.Width));
            c80 = T.Load(in *(c + (8 * stride)));
            c81 = T.Load(in *(c + (8 * stride) + T.Width));
            c90 = T.Load(in *(c + (9 * stride)));
            c91 = T.Load(in *(c + (9 * stride) + T.Width));
            c100 = T.Load(in *(c + (10 * stride)));
            c101 = T.Load(in *(c + (10 * stride) + T.Width));
            c110 = T.Load(in *(c + (11 * stride)));
            c111 = T.Load(in *(c + (11 * stride) + T.Width));
        }
        float* a0 = a;
        float* a3 = a + (3 * rowStride);
        float* a6 = a + (6 * rowStride);
        float* a9 = a + (9 * rowStride);
        for (int k = 0; k < depth; k++)
        {
            T b0 = T.Load(in *b), b1 = T.Load(in *(b + T.Width)), x;
            x = *a0;
            c00 = T.FusedMultiplyAdd(x, b0, c00);
            c01 = T.FusedMultiplyAdd(x, b1, c01);
            x = a0[rowStride];
            c10 = T.FusedMultiplyAdd(x, b0, c10);
            c11 = T.FusedMultiplyAdd(x, b1, c11);
            x = a0[2 * rowStride];
            c20 = T.FusedMultiplyAdd(x, b0, c20);
            c21 = T.FusedMultiplyAdd(x, b1, c21);
            x = *a3;
            c30 = T.FusedMultiplyAdd(x, b0, c30);
            c31 = T.FusedMultiplyAdd(x, b1, c31);
            x = a3[rowStride];
            c40 = T.FusedMultiplyAdd(x, b0, c40);
            c41 = T.FusedMultiplyAdd(x, b1, c41);
            x = a3[2 * rowStride];
            c50 = T.FusedMultiplyAdd(x, b0, c50);
            c51 = T.FusedMultiplyAdd(x, b1, c51);
            x = *a6;
            c60 = T.FusedMultiplyAdd(x, b0, c60);
            c61 = T.FusedMultiplyAdd(x, b1, c61);
            x = a6[rowStride];
            c70 = T.FusedMultiplyAdd(x, b0, c70);
            c71 = T.FusedMultiplyAdd(x, b1, c71);
            x = a6[2 * rowStride];
            c80 = T.FusedMultiplyAdd(x, b0, c80);
            c81 = T.FusedMultiplyAdd(x, b1, c81);
            x = *a9;
            c90 = T.FusedMultiplyAdd(x, b0, c90);
            c91 = T.FusedMultiplyAdd(x, b1, c91);
            x = a9[rowStride];
            c100 = T.FusedMultiplyAdd(x, b0, c100);
            c101 = T.FusedMultiplyAdd(x, b1, c101);
            x = a9[2 * rowStride];
            c110 = T.FusedMultiplyAdd(x, b0, c110);
            c111 = T.FusedMultiplyAdd(x, b1, c111);
            a0 += depthStride;
            a3 += depthStride;
            a6 += depthStride;
            a9 += depthStride;
            b += 2 * T.Width;
        }
        T.Store(c00, ref *c);
        T.Store(c01, ref *(c + T.Width));
        T.Store(c10, ref *(c + stride));
        T.Store(c11, ref *(c + stride + T.Width));
        T.Store(c20, ref *(c + (2 * stride)));
        T.Store(c21, ref *(c + (2 * stride) + T.Width));
        T.Store(c30, ref *(c + (3 * stride)));
        T.Store(c31, ref *(c + (3 * stride) + T.Width));
        T.Store(c40, ref *(c + (4 * stride)));
        T.Store(c41, ref *(c + (4 * stride) + T.Width));
        T.Store(c50, ref *(c + (5 * stride)));
        T.Store(c51, ref *(c + (5 * stride) + T.Width));
        T.Store(c60, ref *(c + (6 * stride)));
        T.Store(c61, ref *(c + (6 * stride) + T.Width));
        T.Store(c70, ref *(c + (7 * stride)));
        T.Store(c71, ref *(c + (7 * stride) + T.Width));
        T.Store(c80, ref *(c + (8 * stride)));
        T.Store(c81, ref *(c + (8 * stride) + T.Width));
        T.Store(c90, ref *(c + (9 * stride)));
        T.Store(c91, ref *(c + (9 * stride) + T.Width));
        T.Store(c100, ref *(c + (10 * stride)));
        T.Store(c101, ref *(c + (10 * stride) + T.Width));
        T.Store(c110, ref *(c + (11 * stride)));
        T.Store(c111, ref *(c + (11 * stride) + T.Width));
    }
}
