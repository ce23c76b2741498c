using System.Globalization;
using Lepton.Neuro.Backends;
using Lepton.Neuro.Experiments.Analysis;
using Lepton.Neuro.Experiments.Models;
using Lepton.Neuro.Experiments.Plots;
using Lepton.Neuro.Experiments.Reporting;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Experiments.Scripting;
using static Lepton.Neuro.Units;

namespace Lepton.Neuro.Experiments.Cortex;

/// <summary>The cortical microcircuit, layer by layer: how often, how regularly and how much together its neurons fire, beside what was published.</summary>
internal sealed class MicrocircuitExperiment : IExperiment
{
    // A tenth of a second is a few percent of the usual run: how far it is and Ctrl-C are seen to in between.
    const double PartMilliseconds = 20;

    /// <summary>Rates and correlations are those of spike counts over bins of so many ms, in which neurons of a few Hz fire at all.</summary>
    const double RateBin = 5, CorrelationBin = 5;

    const int MostShown = 400, MostCorrelated = 150;

    static readonly NumberSetting Scale = new("scale", "The part of the neurons and of each in-degree", 0.1, 0.01, 1);

    static readonly NumberSetting Seconds = new("time", "Biological time that is looked at", 1, 0.1, 1000, "s");

    static readonly NumberSetting WarmUp = new("warm-up", "Biological time before, in which the network settles", 0.2, 0, 100, "s");

    /// <inheritdoc/>
    public string Name => "microcircuit";

    /// <inheritdoc/>
    public string Summary => "The neurons under a square millimetre of cortex, in eight populations of four layers, fire on their own; nothing is learned";

    /// <inheritdoc/>
    public IReadOnlyList<Setting> Settings { get; } = [Scale, Seconds, WarmUp];

    /// <inheritdoc/>
    public bool CanResume => true;

    /// <inheritdoc/>
    public RunResult Run(RunContext context)
    {
        if (context.Epochs != 1) throw new InvalidInputException("--epochs", context.Epochs, "1, for nothing is learned");
        if (context.Data is { } data) throw new InvalidInputException("--data", data, "nothing, for the network is described by published figures");
        double scale = context.Get(Scale);
        var plan = Build(context, scale);
        using var session = context.Checkpoint.Load(plan, new() { Threads = context.Threads, VectorBits = (int)context.VectorBits });
        long settled = new Time(context.Get(WarmUp)).Steps(plan.Step), end = settled + new Time(context.Get(Seconds)).Steps(plan.Step);
        Advance(context, session, "Settling", settled, null);
        var spikes = SpikeLog.Of(session);
        context.Checkpoint.Restore(reader =>
        {
            if (reader.ReadBoolean()) spikes.Restore(reader);
        });
        Advance(context, session, "Recording", end, spikes);
        var found = plan.Source.Populations.Select(population => new Firing(population, spikes)).ToArray();
        Fill(context.Report, plan, found, spikes, scale);
        return Result(plan, found, spikes);
    }

    static CompiledNetwork Build(RunContext context, double scale)
    {
        using var phase = context.Progress.Start("Wiring", 1, "networks");
        var plan = Microcircuit.Build(scale, context.Seed).Compile(Microcircuit.Step);
        phase.Advance();
        return plan;
    }

    // A run that goes on may be beyond that step.
    static void Advance(RunContext context, LearningSession session, string name, long end, SpikeLog? spikes)
    {
        if (session.Step >= end) return;
        long part = PartMilliseconds.ms.Steps(session.Network.Step);
        using var phase = context.Progress.Start(name, end - session.Step, "steps");
        void Save(BinaryWriter writer)
        {
            writer.Write(spikes is not null);
            spikes?.Save(writer);
        }
        while (session.Step < end)
        {
            long before = session.Step;
            try
            {
                session.Advance(Math.Min(end - session.Step, part), context.Cancellation);
                context.Cancellation.ThrowIfCancellationRequested();
            }
            catch (OperationCanceledException)
            {
                context.Checkpoint.SaveCancelled(session, Save, string.Create(CultureInfo.InvariantCulture, $"{session.Step:N0} steps"));
                throw;
            }
            phase.Advance(session.Step - before);
            context.Checkpoint.SaveWhenDue(session, Save);
        }
    }

    static RunResult Result(CompiledNetwork plan, Firing[] found, SpikeLog spikes)
    {
        var extra = new Dictionary<string, ExtraValue>(StringComparer.Ordinal);
        foreach (var firing in found)
        {
            extra[$"rate.{firing.Population.Name}.hertz"] = firing.Rate;
            extra[$"irregularity.{firing.Population.Name}"] = firing.Irregularity;
            extra[$"correlation.{firing.Population.Name}"] = firing.Correlation;
        }
        return new()
        {
            Network = new() { Neurons = plan.NeuronCount, Synapses = plan.SynapseCount },
            SpikeHash = spikes.Hash.ToString(),
            Extra = extra,
        };
    }

    static void Fill(ReportPage page, CompiledNetwork plan, Firing[] found, SpikeLog spikes, double scale)
    {
        double duration = spikes.Duration.Milliseconds;
        var (slowest, fastest) = (found.MinBy(f => f.Rate)!, found.MaxBy(f => f.Rate)!);
        double[] irregular = [.. found.Select(f => f.Irregularity).Where(double.IsFinite)];
        page.Title = "Cortical microcircuit";
        page.Question = string.Create(CultureInfo.InvariantCulture, $"How does a square millimetre of cortex fire, layer by layer, in a model of {scale * 100:0.##} % of its neurons and of the synapses onto each?");
        page.Summary = string.Create(CultureInfo.InvariantCulture,
            $"{plan.NeuronCount:N0} neurons with {plan.SynapseCount:N0} synapses fire between {slowest.Rate:0.00} Hz ({slowest.Population.Name}) and {fastest.Rate:0.00} Hz ({fastest.Population.Name}) over {duration / 1000:0.###} s")
            + (irregular.Length == 0 ? "." : string.Create(CultureInfo.InvariantCulture, $", with coefficients of variation of {irregular.Min():0.00} to {irregular.Max():0.00} (0 is a clock, 1 a Poisson process)."));
        double neurons = found.Sum(f => (double)f.Population.Count), rate = found.Sum(f => f.Rate * f.Population.Count) / neurons;
        double published = found.Sum(f => Microcircuit.Rates[f.Population.Index] * f.Population.Count) / neurons;
        page.AddKeyFigure("Neurons", Quantity.Count(neurons), "in eight populations");
        page.AddKeyFigure("Mean rate", $"{Quantity.Digits(rate)} Hz", $"full scale, published: {Quantity.Digits(published)} Hz");
        if (irregular.Length > 0) page.AddKeyFigure("Irregularity", irregular.Average().ToString("0.00", CultureInfo.InvariantCulture), "mean coefficient of variation of populations");

        page.AddSection("Activity",
            string.Create(CultureInfo.InvariantCulture, $"A point is a spike, a row a neuron; up to {MostShown} neurons of each population are shown, from the surface down. The lines below are the mean rates of these neurons over {RateBin} ms."),
            SpikeRaster.Of("Spikes and rates", [.. found.Select(f => spikes.Spikes(f.Population, MostShown))], duration, RateBin));
        AddRates(page, found, scale);
        (string, IReadOnlyList<double>)[] Sets(Func<Firing, double[]> values) => [.. found.Select(f => (f.Population.Name, (IReadOnlyList<double>)values(f))).Where(set => set.Item2.Count > 0)];
        var intervals = Sets(f => f.Intervals);
        var variations = Sets(f => f.Variations);
        var correlations = Sets(f => f.Correlations);
        var distributions = new List<Figure>();
        if (variations.Length > 0) distributions.Add(Histogram.Of("Irregularity of neurons", new("Coefficient of variation of intervals", Minimum: 0), variations, 30).Half());
        if (intervals.Length > 0) distributions.Add(Histogram.Of("Intervals between spikes", new("Interval", "ms", IsLogarithmic: true, Minimum: 1), intervals, 40).Half());
        if (correlations.Length > 0) distributions.Add(Histogram.Of("Correlation of pairs", new("Correlation of spike counts", Minimum: Correlation(found, 0.005), Maximum: Correlation(found, 0.97)), correlations, 60));
        if (distributions.Count > 0)
        {
            page.AddSection("How regular, how much together", string.Create(CultureInfo.InvariantCulture,
                $"Heights are shares of each population. Irregularity is that of neurons with three spikes or more; the correlation is Pearson's, of spike counts over {CorrelationBin} ms, for all pairs of up to {MostCorrelated} neurons that fired."),
                distributions);
        }
        AddSpectrum(page, found, duration);
    }

    // A few pairs that happen to fire together would leave all others in one bar.
    static double Correlation(Firing[] found, double part)
    {
        double[] values = [.. found.SelectMany(f => f.Correlations).Order()];
        double value = values[(int)((values.Length - 1) * part)];
        return part < 0.5 ? Math.Min(-0.02, value) : Math.Max(0.02, value);
    }

    static void AddRates(ReportPage page, Firing[] found, double scale)
    {
        var bars = new Figure
        {
            Title = "Rates",
            Data =
            [
                Bars("this network", [.. found.Select(f => f.Rate)], 0),
                Bars("full scale, published", Microcircuit.Rates, 6),
            ],
            Layout = new Layout
            {
                BarMode = "group",
                BarGap = 0.3,
                XAxis = new Axis { Type = "category", ShowGrid = false, ShowLine = true },
                YAxis = new Axis { Title = new TextBlock { Text = "Mean rate (Hz)" }, RangeMode = "tozero", AutoMargin = true },
                ShowLegend = true,
                Legend = new Legend { Orientation = "h", X = 0, XAnchor = "left", Y = 1.02, YAnchor = "bottom" },
                HoverMode = "x unified",
            },
            Height = 340,
        };
        page.AddSection("Rates beside the published ones",
            "Published: the stationary rates of the full model (Potjans and Diesmann, Cereb. Cortex 24, 785, 2014). "
            + (scale < 1 ? "A smaller model keeps the mean and the variance of each neuron's input, but its fewer inputs fire more together and its spikes weigh more. So its rates are lower, most of all those of L23E and L23I: "
                + "about half and three quarters at a scale of 0.1, three quarters and nine tenths at 0.3, in other simulators as here." : "At full scale they should agree but for chance."),
            bars,
            new ReportTable("", ["Population", "Neurons", "Rate", "Published", "Coefficient of variation", "Correlation"],
            [
                .. found.Select(f => (IReadOnlyList<string>)
                [
                    f.Population.Name, Quantity.Count(f.Population.Count), $"{Quantity.Digits(f.Rate)} Hz", $"{Quantity.Digits(Microcircuit.Rates[f.Population.Index])} Hz",
                    double.IsFinite(f.Irregularity) ? f.Irregularity.ToString("0.000", CultureInfo.InvariantCulture) : Quantity.Missing,
                    double.IsFinite(f.Correlation) ? f.Correlation.ToString("0.0000", CultureInfo.InvariantCulture) : Quantity.Missing,
                ]),
            ]));

        Trace Bars(string name, IReadOnlyList<double> rates, int series) => new()
        {
            Type = "bar",
            Name = name,
            X = PlotData.Of(found.Select(f => f.Population.Name)),
            Y = PlotData.Of([.. rates]),
            Marker = new Marker { Color = Colour.Series(series) },
            HoverTemplate = "%{y:.3~g} Hz",
        };
    }

    static void AddSpectrum(ReportPage page, Firing[] found, double duration)
    {
        const double Bin = 1;
        var lines = found.Where(f => f.Rate > 0).Select(f =>
        {
            var spectrum = PowerSpectrum.Of(SpikeStatistics.Rates(f.Spikes, duration, Bin), Bin.ms);
            return new LineSeries(f.Population.Name, spectrum.Hertz, spectrum.Density);
        }).ToArray();
        if (lines.Length == 0) return;
        page.AddSection("Rhythms", "The power spectrum of each population's rate (Welch's method, Hann windows). Peaks are frequencies at which many neurons fire together; a flat line is that of independent neurons.",
            LineChart.Of("Power spectrum of rates", new("Frequency", "Hz", IsLogarithmic: true), new("Power", "Hz²/Hz", IsLogarithmic: true), lines));
    }

    /// <summary>How a population fired.</summary>
    sealed class Firing
    {
        public Firing(Population population, SpikeLog log)
        {
            Population = population;
            Spikes = log.Spikes(population);
            Rate = log.Rate(population).Hertz;
            Intervals = SpikeStatistics.Intervals(Spikes);
            Variations = SpikeStatistics.Variations(Spikes);
            Correlations = SpikeStatistics.Correlations(Spikes, log.Duration.Milliseconds, CorrelationBin, MostCorrelated);
        }

        public Population Population { get; }

        public RasterPopulation Spikes { get; }

        public double Rate { get; }

        public double[] Intervals { get; }

        public double[] Variations { get; }

        public double[] Correlations { get; }

        public double Irregularity => Variations.DefaultIfEmpty(double.NaN).Average();

        public double Correlation => Correlations.DefaultIfEmpty(double.NaN).Average();
    }
}
