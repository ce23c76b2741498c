namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>A layer's weights as right factors of products, laid out when they are first needed after a change: once for all threads.</summary>
sealed unsafe class FactorCache
{
    readonly Lock gate = new();
    readonly Slot plain = new(), transposed = new();

    /// <summary>The weights have changed.</summary>
    public void Forget() => plain.IsGood = transposed.IsGood = false;

    /// <summary>The weights.</summary>
    public MatrixFactor Plain(int vectorBits, float* weights, int rows, int columns) => Get(plain, vectorBits, weights, rows, columns);

    /// <summary>The transpose of the weights.</summary>
    public MatrixFactor Transposed(int vectorBits, float* weights, int rows, int columns) => Get(transposed, vectorBits, weights, rows, columns);

    MatrixFactor Get(Slot slot, int vectorBits, float* weights, int rows, int columns)
    {
        if (slot.IsGood && slot.Factor!.VectorBits == vectorBits) return slot.Factor;
        lock (gate)
        {
            if (slot.IsGood && slot.Factor!.VectorBits == vectorBits) return slot.Factor;
            if (slot.Factor?.VectorBits != vectorBits) slot.Factor = new(vectorBits);
            if (slot == plain) slot.Factor.Set(weights, rows, columns);
            else slot.Factor.SetTransposed(weights, columns, rows);
            slot.IsGood = true;
            return slot.Factor;
        }
    }

    sealed class Slot
    {
        volatile bool isGood;

        public MatrixFactor? Factor { get; set; }

        public bool IsGood
        {
            get => isGood;
            set => isGood = value;
        }
    }
}
