using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Makes one gradient of those of the blocks, in the blocks' order, and lets the optimizer follow it. Parameters are worked on piece by piece, whatever the threads.</summary>
sealed unsafe class Update : IParts
{
    const int PieceSize = 1 << 13;

    readonly Sequential network;
    readonly TrainingOptions options;
    readonly int vectorBits;
    readonly List<Numbers> blocks;
    readonly List<(Parameter Parameter, int First, int Count)> pieces = [];
    readonly double[] squares;
    int blockCount;
    bool summing;
    float clip;
    long step;
    double rate;
    Optimizer optimizer;

    public Update(Sequential network, TrainingOptions options, int vectorBits, List<Numbers> blocks)
    {
        (this.network, this.options, this.vectorBits, this.blocks, optimizer) = (network, options, vectorBits, blocks, options.Optimizer);
        foreach (var layer in network.Layers.Where(l => !l.Frozen))
        {
            foreach (var parameter in layer.Parameters.Where(p => p.Kind != ParameterKind.Constant))
            {
                for (int first = 0; first < parameter.Count; first += PieceSize) pieces.Add((parameter, first, Math.Min(PieceSize, parameter.Count - first)));
            }
        }
        squares = new double[pieces.Count];
        First = new(options.Optimizer.Memories > 0 ? network.Store.Count : 0);
        Second = new(options.Optimizer.Memories > 1 ? network.Store.Count : 0);
    }

    /// <summary>The first number that the optimizer remembers for each parameter.</summary>
    public Numbers First { get; }

    /// <summary>The second one.</summary>
    public Numbers Second { get; }

    /// <summary>Goes on with another optimizer, which remembers no more than the first.</summary>
    public void Use(Optimizer other) => optimizer = other;

    /// <summary>Changes the network's parameters.</summary>
    /// <param name="team">Who does it.</param>
    /// <param name="count">How many blocks there are gradients of.</param>
    /// <param name="update">The number of the update, from 1.</param>
    /// <param name="learningRate">The learning rate.</param>
    public void Apply(Team team, int count, long update, double learningRate)
    {
        (blockCount, step, rate, summing, clip) = (count, update, learningRate, true, 1);
        if (options.ClipNorm is { } most)
        {
            team.Do(this, pieces.Count);
            double sum = 0;
            foreach (double square in squares) sum += square;
            double norm = Math.Sqrt(sum);
            clip = norm > most ? (float)(most / norm) : 1;
            summing = false;
        }
        team.Do(this, pieces.Count);
        network.ParametersChanged();
    }

    void IParts.Do(int part, int worker)
    {
        var (parameter, first, count) = pieces[part];
        int offset = parameter.Offset + first;
        float* total = blocks[0].Pointer + offset, values = network.Store.Pointer + offset;
        if (summing)
        {
            for (int block = 1; block < blockCount; block++) Sums.Add(vectorBits, blocks[block].Pointer + offset, total, count);
            if (options.ClipNorm is not null)
            {
                squares[part] = parameter.Kind == ParameterKind.Statistic ? 0 : SumOfSquares(total, count);
                return;
            }
        }
        if (parameter.Kind == ParameterKind.Statistic)
        {
            Elementwise.Run(vectorBits, new Average { From = total, To = values, Part = 1f / blockCount }, count);
            return;
        }
        bool decays = parameter.Kind == ParameterKind.Weight;
        if (clip != 1 || (decays && (options.L1 > 0 || options.L2 > 0)))
        {
            Elementwise.Run(vectorBits, new Penalty
            {
                Values = values,
                Gradients = total,
                Clip = clip,
                L1 = decays ? (float)options.L1 : 0,
                L2 = decays ? (float)options.L2 : 0,
            }, count);
        }
        optimizer.Update(vectorBits, new()
        {
            Count = count,
            Values = values,
            Gradients = total,
            First = First.Pointer + offset,
            Second = Second.Pointer + offset,
            Step = step,
            Rate = rate,
            Decays = decays,
        });
    }

    static double SumOfSquares(float* values, int count)
    {
        double sum = 0;
        for (int i = 0; i < count; i++) sum += (double)values[i] * values[i];
        return sum;
    }

    struct Average : IElementwise
    {
        const float Taken = 0.1f;

        public float* From, To;
        public float Part;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void At<T>(nint place)
            where T : unmanaged, ILane<T>
        {
            T value = T.Load(in To[place]);
            T.Store(T.FusedMultiplyAdd(T.FusedMultiplyAdd(T.Load(in From[place]), Part, -value), Taken, value), ref To[place]);
        }
    }

    struct Penalty : IElementwise
    {
        public float* Values, Gradients;
        public float Clip, L1, L2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void At<T>(nint place)
            where T : unmanaged, ILane<T>
        {
            T w = T.Load(in Values[place]);
            T g = T.FusedMultiplyAdd(w, L2, T.Load(in Gradients[place]) * Clip);
            g += T.Select(w > 0f, L1, T.Select(w < 0f, -L1, 0f));
            T.Store(g, ref Gradients[place]);
        }
    }
}
