namespace Lepton.Neuro.Encoders.Events;

/// <summary>One event of an event camera: a pixel saw the light rise or fall.</summary>
/// <param name="Time">When, in microseconds since the recording's own zero.</param>
/// <param name="X">The column, 0 at the left.</param>
/// <param name="Y">The row, as the file numbers it: 0 at the top in every format but Event Stream, where it is at the bottom.</param>
/// <param name="On">Whether the light rose (ON) or fell (OFF).</param>
public readonly record struct Event(long Time, ushort X, ushort Y, bool On);
