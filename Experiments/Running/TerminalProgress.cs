using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Lepton.Neuro.Experiments.Reporting;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Lepton.Neuro.Experiments.Running;

/// <summary>Progress as live bars with rate and remaining time.</summary>
internal sealed class TerminalProgress : IProgressReporter
{
    readonly IAnsiConsole console;
    readonly ProgressContext live;
    readonly ConcurrentDictionary<int, string> units;
    readonly StrongBox<string> picture;

    TerminalProgress(IAnsiConsole console, ProgressContext live, ConcurrentDictionary<int, string> units, StrongBox<string> picture)
    {
        this.picture = picture;
        this.console = console;
        this.live = live;
        this.units = units;
    }

    /// <summary>Runs an action while bars are shown.</summary>
    /// <typeparam name="T">What the action returns.</typeparam>
    /// <param name="console">The terminal.</param>
    /// <param name="action">What to run.</param>
    /// <returns>What the action returned.</returns>
    public static T Show<T>(IAnsiConsole console, Func<IProgressReporter, T> action)
    {
        var counted = new ConcurrentDictionary<int, string>();
        var shown = new StrongBox<string>("");
        return console.Progress()
            .UseRenderHook((bars, _) => shown.Value is { Length: > 0 } text ? new Rows(new Text(text), bars) : bars)
            .AutoClear(false)
            .HideCompleted(false)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn { Width = 30 },
                new PercentageColumn(),
                new RateColumn(counted),
                new RemainingTimeColumn())
            .Start(live => action(new TerminalProgress(console, live, counted, shown)));
    }

    public IProgressPhase Start(string name, long total, string unit)
    {
        var task = live.AddTask(Markup.Escape(name), autoStart: true, maxValue: Math.Max(1, total));
        units[task.Id] = unit;
        return new Phase(task, name);
    }

    public void Picture(string text) => picture.Value = text;

    public void Note(string text) => console.MarkupLine($"[grey]{Markup.Escape(text)}[/]");

    sealed class Phase(ProgressTask task, string name) : IProgressPhase
    {
        public void Status(string text) => task.Description = Markup.Escape($"{name} · {text}");

        public void Advance(long units = 1) => task.Increment(units);

        public void Dispose() => task.StopTask();
    }

    sealed class RateColumn(ConcurrentDictionary<int, string> units) : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(task.Speed is { } speed
                ? Quantity.Speed(speed, units.GetValueOrDefault(task.Id, ""))
                : "", new Style(Color.Grey));
    }
}
