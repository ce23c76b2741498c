using System.Globalization;
using System.Text;

namespace Lepton.Neuro.Experiments.Running;

/// <summary>A raster of spikes in characters, of what a session does right now: for <c>--live</c>. A character is two columns by four rows of dots (Braille), time to the right.</summary>
public sealed class LiveRaster : IRecorder
{
    /// <summary>Characters of a line beside the names.</summary>
    public const int Columns = 72;

    // Dots of a Braille character, by row and column: U+2800 plus these bits.
    static readonly int[,] Dots = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };

    // A long simulation without presentations keeps its newest spikes only.
    const int MostSpikes = 200_000;

    readonly List<Population> populations = [];
    readonly List<(long Step, int Population, int Neuron)> spikes = [];
    long start;
    long last;

    /// <summary>Watches a population from now on.</summary>
    /// <param name="session">The session.</param>
    /// <param name="population">One of its populations.</param>
    public void Watch(Session session, Population population)
    {
        populations.Add(population);
        session.Record(population, this);
    }

    /// <summary>Begins a new picture: what came before is forgotten.</summary>
    /// <param name="step">The session's step.</param>
    public void Begin(long step)
    {
        spikes.Clear();
        (start, last) = (step, step);
    }

    /// <inheritdoc/>
    public void Record(long step, Population population, ReadOnlySpan<int> spiked)
    {
        last = step;
        int index = populations.IndexOf(population);
        if (spikes.Count + spiked.Length > MostSpikes) Begin(step);
        foreach (int neuron in spiked) spikes.Add((step, index, neuron));
    }

    /// <summary>Shows the picture.</summary>
    /// <param name="progress">Where.</param>
    public void Show(IProgressReporter progress) => progress.Picture(Draw());

    /// <summary>Draws what was recorded since <see cref="Begin"/>.</summary>
    /// <param name="columns">Characters of a line, at least 1.</param>
    /// <param name="rows">Lines that a population has at most, at least 1; one with few neurons has fewer.</param>
    /// <returns>Lines, joined by line feeds.</returns>
    public string Draw(int columns = Columns, int rows = 6)
    {
        long steps = Math.Max(1, last - start + 1);
        int width = populations.Count == 0 ? 0 : Math.Min(16, populations.Max(p => p.Name.Length));
        var text = new StringBuilder();
        for (int p = 0; p < populations.Count; p++)
        {
            int count = populations[p].Count, lines = Math.Clamp((count + 3) / 4, 1, rows), dots = Math.Min(count, lines * 4);
            var canvas = new int[lines, columns];
            foreach (var (step, population, neuron) in spikes)
            {
                if (population != p) continue;
                int x = (int)Math.Min((2 * columns) - 1, (step - start) * 2 * columns / steps), y = (int)((long)neuron * dots / count);
                canvas[y / 4, x / 2] |= Dots[y % 4, x % 2];
            }
            for (int line = 0; line < lines; line++)
            {
                string name = line == 0 ? populations[p].Name : "";
                text.Append((name.Length > width ? name[..width] : name).PadRight(width)).Append(" │");
                for (int x = 0; x < columns; x++) text.Append((char)(0x2800 + canvas[line, x]));
                text.Append("│\n");
            }
        }
        return text.Append(' ', width).Append(string.Create(CultureInfo.InvariantCulture, $"  {spikes.Count:N0} spikes in {steps:N0} steps")).ToString();
    }
}
