using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>The shape of a surrogate gradient.</summary>
public enum SurrogateKind
{
    /// <summary><c>slope / (2 (1 + (pi/2 slope u)^2))</c>: the derivative of an arc tangent. W. Fang et al., ICCV 2021.</summary>
    Arctan,

    /// <summary><c>slope / (2 (1 + slope |u|)^2)</c>: the derivative of a fast sigmoid, of area one. F. Zenke and S. Ganguli, Neural Comput. 30, 1514 (2018).</summary>
    FastSigmoid,

    /// <summary><c>slope max(0, 1 - slope |u|)</c>: a triangle of area one. S. Esser et al., PNAS 113, 11441 (2016).</summary>
    Triangle,

    /// <summary><c>1 / (1 + slope |u|)^2</c>: SuperSpike, of height one. F. Zenke and S. Ganguli, Neural Comput. 30, 1514 (2018).</summary>
    SuperSpike,
}

/// <summary>What stands in for the derivative of the spike with respect to the potential, where there is none: a bump around the threshold. u is the potential less the threshold.</summary>
/// <param name="Kind">Its shape.</param>
/// <param name="Slope">How narrow it is: 0.01 to 1000.</param>
public sealed record Surrogate(SurrogateKind Kind, float Slope)
{
    /// <summary>An arc tangent.</summary>
    /// <param name="slope">How narrow it is.</param>
    public static Surrogate Arctan(double slope = 2) => Of(SurrogateKind.Arctan, slope);

    /// <summary>A fast sigmoid.</summary>
    /// <param name="slope">How narrow it is.</param>
    public static Surrogate FastSigmoid(double slope = 5) => Of(SurrogateKind.FastSigmoid, slope);

    /// <summary>A triangle.</summary>
    /// <param name="slope">How narrow it is: it reaches 1 / slope to each side.</param>
    public static Surrogate Triangle(double slope = 1) => Of(SurrogateKind.Triangle, slope);

    /// <summary>SuperSpike.</summary>
    /// <param name="slope">How narrow it is.</param>
    public static Surrogate SuperSpike(double slope = 10) => Of(SurrogateKind.SuperSpike, slope);

    /// <summary>The value.</summary>
    /// <param name="u">The potential less the threshold.</param>
    public float Derivative(float u) => At<Scalar>(u).Value;

    /// <summary>A smooth function with this derivative, about 0 far below the threshold: what gradients are checked with.</summary>
    /// <param name="u">The potential less the threshold.</param>
    public double Primitive(double u)
    {
        double a = Math.Abs(u) * Slope;
        double upper = Kind switch
        {
            SurrogateKind.Arctan => Math.Atan(Math.PI / 2 * a) / Math.PI,
            SurrogateKind.FastSigmoid => a / (2 * (1 + a)),
            SurrogateKind.Triangle => a < 1 ? a - (a * a / 2) : 0.5,
            _ => a / (1 + a) / Slope,
        };
        return (Kind == SurrogateKind.SuperSpike ? 1 / Slope : 0.5) + (u < 0 ? -upper : upper);
    }

    /// <summary>The value, over lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal T At<T>(T u)
        where T : unmanaged, ILane<T> => At(Kind, u, Slope);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T At<T>(SurrogateKind kind, T u, T slope)
        where T : unmanaged, ILane<T>
    {
        switch (kind)
        {
            case SurrogateKind.Arctan:
                T x = u * slope * 1.57079633f;
                return slope * 0.5f / T.FusedMultiplyAdd(x, x, 1f);
            case SurrogateKind.FastSigmoid:
                T y = T.FusedMultiplyAdd(T.Abs(u), slope, 1f);
                return slope * 0.5f / (y * y);
            case SurrogateKind.Triangle:
                return slope * T.Max(T.FusedMultiplyAdd(-T.Abs(u), slope, 1f), 0f);
            default:
                T z = T.FusedMultiplyAdd(T.Abs(u), slope, 1f);
                return (T)1f / (z * z);
        }
    }

    static Surrogate Of(SurrogateKind kind, double slope) => new(kind, (float)Require.InRange("the slope of a surrogate gradient", slope, 0.01, 1000));
}
