using System.Globalization;
using Lepton.Neuro.Encoders.Events;
using Lepton.Neuro.Experiments.Reporting;

namespace Lepton.Neuro.Experiments.EventFiles;

/// <summary>What a recording holds, found in one pass.</summary>
/// <param name="Events">Events.</param>
/// <param name="On">Those of rising light.</param>
/// <param name="First">The time of the earliest, us.</param>
/// <param name="Last">The time of the latest, us.</param>
/// <param name="MostX">The greatest column.</param>
/// <param name="MostY">The greatest row.</param>
/// <param name="Pixels">How many pixels had an event.</param>
/// <param name="Busiest">The pixel that had most, and how many.</param>
internal sealed record RecordingSummary(long Events, long On, long First, long Last, int MostX, int MostY, int Pixels, (int X, int Y, long Events) Busiest)
{
    /// <summary>Reads a recording to its end.</summary>
    /// <param name="reader">The recording.</param>
    /// <exception cref="InvalidInputException">It is damaged.</exception>
    public static RecordingSummary Of(EventReader reader)
    {
        var counts = new Dictionary<int, long>();
        long events = 0, on = 0, first = long.MaxValue, last = long.MinValue;
        int mostX = 0, mostY = 0;
        foreach (var e in reader.Events())
        {
            events++;
            if (e.On) on++;
            (first, last) = (Math.Min(first, e.Time), Math.Max(last, e.Time));
            (mostX, mostY) = (Math.Max(mostX, e.X), Math.Max(mostY, e.Y));
            System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(counts, (e.Y << 16) | e.X, out _)++;
        }
        if (events == 0) return new(0, 0, 0, 0, 0, 0, 0, (0, 0, 0));
        var busiest = counts.MaxBy(c => (c.Value, -c.Key));
        return new(events, on, first, last, mostX, mostY, counts.Count, (busiest.Key & 0xFFFF, busiest.Key >>> 16, busiest.Value));
    }

    /// <summary>The summary as lines for a person.</summary>
    public IEnumerable<string> Lines()
    {
        if (Events == 0) return ["no events"];
        double seconds = (Last - First) * 1e-6;
        return
        [
            string.Create(CultureInfo.InvariantCulture, $"{Events:N0} events, {On:N0} ON ({100.0 * On / Events:0.0} %) and {Events - On:N0} OFF"),
            string.Create(CultureInfo.InvariantCulture, $"time {First:N0} to {Last:N0} us, {Quantity.Duration(seconds)}{(seconds > 0 ? $", {Events / seconds:N0} events a second" : "")}"),
            string.Create(CultureInfo.InvariantCulture, $"columns to {MostX}, rows to {MostY}; {Pixels:N0} pixels had events, the busiest ({Busiest.X}, {Busiest.Y}) {Busiest.Events:N0}"),
        ];
    }
}
