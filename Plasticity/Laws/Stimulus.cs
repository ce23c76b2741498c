using System.Globalization;
using System.Text;

namespace Lepton.Neuro.Plasticity.Laws;

/// <summary>What happens to one synapse: when spikes arrive, when its target fires, and what its rule sees besides. Printed, it is a raster.</summary>
/// <param name="Arrivals">The steps at which a spike arrives, at least <see cref="Delay"/> each.</param>
/// <param name="Spikes">The steps at which the target fires, 0 or more each.</param>
public sealed record Stimulus(IReadOnlyList<int> Arrivals, IReadOnlyList<int> Spikes)
{
    /// <summary>The synapse's delay in steps, 1 or more. A spike was fired that much earlier than it arrives.</summary>
    public int Delay { get; init; } = 1;

    /// <summary>How many steps the run takes; by default it ends with the last event.</summary>
    public int Steps { get; init; } = 1 + Math.Max(Arrivals.DefaultIfEmpty(-1).Max(), Spikes.DefaultIfEmpty(-1).Max());

    /// <summary>The steps before which the session updates the projection.</summary>
    public IReadOnlyList<int> Updates { get; init; } = [];

    /// <summary>The target's membrane potential after a step; 0 where null.</summary>
    public Func<int, double>? Potential { get; init; }

    /// <summary>The third factor in a step; 0 where null.</summary>
    public Func<int, double>? Modulator { get; init; }

    /// <summary>The network's seed, for rules that draw random numbers.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The synapse's place in the wiring's order, for rules that draw random numbers: each has its own.</summary>
    public uint Slot { get; init; }

    /// <summary>Two lines of text, a column a step: arrivals above, spikes of the target below. Above 120 steps, the times in words.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Line("arrivals", Arrivals);
        Line("spikes  ", Spikes);
        return text.Append(CultureInfo.InvariantCulture, $"{Steps} steps, delay {Delay}").ToString();

        void Line(string name, IReadOnlyList<int> times)
        {
            text.Append(name).Append(' ');
            if (Steps <= 120)
            {
                for (int t = 0; t < Steps; t++) text.Append(times.Contains(t) ? '|' : '.');
                text.Append("  ");
            }
            text.Append("at ").AppendJoin(", ", times.Order()).Append('\n');
        }
    }
}
