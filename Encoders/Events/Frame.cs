using Lepton.Neuro.Encoders.Data;

namespace Lepton.Neuro.Encoders.Events;

/// <summary>A picture at a time: one of a film that an <see cref="EventCamera"/> watches.</summary>
/// <param name="Time">When, in microseconds.</param>
/// <param name="Picture">What is seen: one channel of numbers from 0 to 1.</param>
public readonly record struct Frame(long Time, Picture Picture);
