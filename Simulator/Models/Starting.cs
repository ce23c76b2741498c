using Lepton.Neuro.Lanes;

namespace Lepton.Neuro;

/// <summary>A <see cref="Distribution"/> on a lane.</summary>
/// <typeparam name="T">The lane.</typeparam>
/// <param name="distribution">The distribution.</param>
/// <param name="origin">What is subtracted from it.</param>
readonly struct Starting<T>(Distribution distribution, double origin = 0)
    where T : unmanaged, ILane<T>
{
    /// <summary>The mean: where a neuron is at rest.</summary>
    public readonly T Mean = (float)(distribution.Base - origin + (distribution.Range / 2));
    readonly T low = (float)(distribution.Base - origin);
    readonly T range = (float)distribution.Range;
    readonly T deviation = (float)distribution.Deviation;

    public T Value(T uniform, T normal) => T.FusedMultiplyAdd(deviation, normal, T.FusedMultiplyAdd(range, uniform, low));
}
