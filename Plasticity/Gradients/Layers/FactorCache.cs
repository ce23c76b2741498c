namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>A layer's weights as right factors of products, laid out when they are first needed after a change: once for all threads.</summary>
sealed unsafe class FactorCache
{
    readonly Lock gate = new();
    MatrixFactor? plain, transposed;
    volatile bool plainIsGood, transposedIsGood;

    /// <summary>The weights have changed.</summary>
    public void Forget() => plainIsGood = transposedIsGood = false;

    /// <summary>The weights.</summary>
    public MatrixFactor Plain(int vectorBits, float* weights, int rows, int columns)
    {
        if (plainIsGood && plain!.VectorBits == vectorBits) return plain;
        lock (gate)
        {
            if (plainIsGood && plain!.VectorBits == vectorBits) return plain;
            if (plain?.VectorBits != vectorBits) plain = new(vectorBits);
            plain.Set(weights, rows, columns);
            plainIsGood = true;
            return plain;
        }
    }

    /// <summary>The transpose of the weights.</summary>
    public MatrixFactor Transposed(int vectorBits, float* weights, int rows, int columns)
    {
        if (transposedIsGood && transposed!.VectorBits == vectorBits) return transposed;
        lock (gate)
        {
            if (transposedIsGood && transposed!.VectorBits == vectorBits) return transposed;
            if (transposed?.VectorBits != vectorBits) transposed = new(vectorBits);
            transposed.SetTransposed(weights, columns, rows);
            transposedIsGood = true;
            return transposed;
        }
    }
}
