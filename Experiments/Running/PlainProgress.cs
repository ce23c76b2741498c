using System.Diagnostics;
using System.Globalization;
using Lepton.Neuro.Experiments.Reporting;

namespace Lepton.Neuro.Experiments.Running;

/// <summary>Progress as plain lines, for logs: one when a phase ends and one every few seconds in between.</summary>
internal sealed class PlainProgress(TextWriter output) : IProgressReporter
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    readonly Lock gate = new();

    public IProgressPhase Start(string name, long total, string unit) => new Phase(this, name, total, unit);

    public void Picture(string text) => Note(text);

    public void Note(string text)
    {
        lock (gate)
            output.WriteLine(text);
    }

    sealed class Phase(PlainProgress owner, string name, long total, string unit) : IProgressPhase
    {
        readonly long start = Stopwatch.GetTimestamp();
        long done;
        long lastTicks;
        volatile string status = "";

        public void Status(string text) => status = ", " + text;

        public void Advance(long units = 1)
        {
            var now = Interlocked.Add(ref done, units);
            var elapsed = Stopwatch.GetElapsedTime(start);
            var last = Interlocked.Read(ref lastTicks);
            if (elapsed.Ticks - last < Pause.Ticks || now >= total || Interlocked.CompareExchange(ref lastTicks, elapsed.Ticks, last) != last)
                return;
            var rate = now / elapsed.TotalSeconds;
            owner.Note(string.Create(CultureInfo.InvariantCulture,
                $"{name}: {now:N0} of {total:N0} {unit}, {Quantity.Speed(rate, unit)}, {Quantity.Duration((total - now) / rate)} left{status}"));
        }

        public void Dispose()
        {
            var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
            owner.Note(string.Create(CultureInfo.InvariantCulture,
                $"{name}: {Interlocked.Read(ref done):N0} of {total:N0} {unit} in {Quantity.Duration(elapsed)}"));
        }
    }
}
