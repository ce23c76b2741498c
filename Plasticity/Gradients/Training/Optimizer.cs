using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>How parameters follow their gradients.</summary>
public abstract record Optimizer
{
    private protected Optimizer()
    {
    }

    /// <summary>Stochastic gradient descent: <c>m &lt;- momentum m + g; w &lt;- w - rate m</c>.</summary>
    /// <param name="momentum">The momentum, in [0, 1).</param>
    public static Optimizer Sgd(double momentum = 0.9) => new SgdOptimizer(Require.InRange("the momentum", momentum, 0, 0.9999));

    /// <summary>Adam. D. Kingma and J. Ba, ICLR 2015.</summary>
    /// <param name="beta1">The decay of the gradient's mean, in [0, 1).</param>
    /// <param name="beta2">The decay of its square's mean, in [0, 1).</param>
    /// <param name="epsilon">What is added to the root of the square's mean.</param>
    public static Optimizer Adam(double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8) => AdamW(0, beta1, beta2, epsilon);

    /// <summary>Adam with decay of weights apart from the gradients: <c>w &lt;- w - rate decay w</c>. I. Loshchilov and F. Hutter, ICLR 2019.</summary>
    /// <param name="decay">The decay; biases have none.</param>
    /// <param name="beta1">The decay of the gradient's mean, in [0, 1).</param>
    /// <param name="beta2">The decay of its square's mean, in [0, 1).</param>
    /// <param name="epsilon">What is added to the root of the square's mean.</param>
    public static Optimizer AdamW(double decay = 0.01, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8) => new AdamOptimizer(
        Require.InRange("the decay of weights", decay, 0, 100),
        Require.InRange("beta1", beta1, 0, 0.99999),
        Require.InRange("beta2", beta2, 0, 0.9999999),
        Require.InRange("epsilon", epsilon, 1e-16, 1));

    /// <summary>What it is called in reports.</summary>
    public abstract string Name { get; }

    /// <summary>How many numbers it remembers for each parameter.</summary>
    internal abstract int Memories { get; }

    /// <summary>For an optimizer that scales each parameter by itself: what the rate of stochastic gradient descent must be, as a part of this one's, to go as far along the mean gradient; and makes of what is
    /// remembered what that one remembers.</summary>
    /// <param name="first">What was remembered first.</param>
    /// <param name="second">What was remembered second.</param>
    /// <param name="updates">Updates so far.</param>
    /// <param name="momentum">The momentum of the other one.</param>
    internal virtual double Project(Span<float> first, ReadOnlySpan<float> second, long updates, double momentum) => 1;

    /// <summary>Changes parameters side by side.</summary>
    internal abstract unsafe void Update(int vectorBits, in Piece piece);

    /// <summary>Some parameters side by side and what is known about them.</summary>
    internal unsafe struct Piece
    {
        public int Count;
        public float* Values, Gradients, First, Second;

        /// <summary>The number of this update, from 1.</summary>
        public long Step;
        public double Rate;

        /// <summary>Whether decay is for these.</summary>
        public bool Decays;
    }

    sealed record SgdOptimizer(double Momentum) : Optimizer
    {
        public override string Name => "SGD";

        internal override int Memories => 1;

        internal override unsafe void Update(int vectorBits, in Piece piece) =>
            Elementwise.Run(vectorBits, new Work { Of = piece, Momentum = (float)Momentum, Rate = (float)piece.Rate }, piece.Count);

        unsafe struct Work : IElementwise
        {
            public Piece Of;
            public float Momentum, Rate;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public readonly void At<T>(nint place)
                where T : unmanaged, ILane<T>
            {
                T m = T.FusedMultiplyAdd(T.Load(in Of.First[place]), Momentum, T.Load(in Of.Gradients[place]));
                T.Store(m, ref Of.First[place]);
                T.Store(T.FusedMultiplyAdd(m, -Rate, T.Load(in Of.Values[place])), ref Of.Values[place]);
            }
        }
    }

    sealed record AdamOptimizer(double Decay, double Beta1, double Beta2, double Epsilon) : Optimizer
    {
        public override string Name => Decay > 0 ? "AdamW" : "Adam";

        internal override int Memories => 2;

        internal override unsafe void Update(int vectorBits, in Piece piece)
        {
            // w - rate (m / c1) / (sqrt(v / c2) + e) = w - (rate sqrt(c2) / c1) m / (sqrt(v) + e sqrt(c2))
            double c1 = 1 - Power(Beta1, piece.Step), c2 = 1 - Power(Beta2, piece.Step);
            Elementwise.Run(vectorBits, new Work
            {
                Of = piece,
                Beta1 = (float)Beta1,
                New1 = (float)(1 - Beta1),
                Beta2 = (float)Beta2,
                New2 = (float)(1 - Beta2),
                Rate = (float)(piece.Rate * Math.Sqrt(c2) / c1),
                Epsilon = (float)(Epsilon * Math.Sqrt(c2)),
                Kept = piece.Decays ? (float)(1 - (piece.Rate * Decay)) : 1,
            }, piece.Count);
        }

        internal override double Project(Span<float> first, ReadOnlySpan<float> second, long updates, double momentum)
        {
            if (updates < 1) return 1;
            double c1 = 1 - Power(Beta1, updates), c2 = 1 - Power(Beta2, updates), along = 0, length = 0;
            for (int i = 0; i < first.Length; i++)
            {
                double m = first[i] / c1;
                along += m * m / (Math.Sqrt(second[i] / c2) + Epsilon);
                length += m * m;
                // A gradient that stays is remembered so many times over.
                first[i] = (float)(m / (1 - momentum));
            }
            return length > 0 && double.IsFinite(along / length) ? along / length * (1 - momentum) : 1;
        }

        // By squaring: the library's powers may differ from machine to machine.
        static double Power(double x, long n)
        {
            double result = 1;
            for (; n > 0; n >>= 1, x *= x)
            {
                if ((n & 1) != 0) result *= x;
            }
            return result;
        }

        unsafe struct Work : IElementwise
        {
            public Piece Of;
            public float Beta1, New1, Beta2, New2, Rate, Epsilon, Kept;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public readonly void At<T>(nint place)
                where T : unmanaged, ILane<T>
            {
                T g = T.Load(in Of.Gradients[place]);
                T m = T.FusedMultiplyAdd(T.Load(in Of.First[place]), Beta1, g * New1);
                T v = T.FusedMultiplyAdd(T.Load(in Of.Second[place]), Beta2, g * g * New2);
                T.Store(m, ref Of.First[place]);
                T.Store(v, ref Of.Second[place]);
                T change = m / (T.Sqrt(v) + Epsilon);
                T.Store(T.FusedMultiplyAdd(change, -Rate, T.Load(in Of.Values[place]) * Kept), ref Of.Values[place]);
            }
        }
    }
}
