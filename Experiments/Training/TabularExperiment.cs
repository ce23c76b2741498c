using System.Globalization;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Encoders.Preprocessing;
using Lepton.Neuro.Experiments.Running;
using Lepton.Neuro.Plasticity.Gradients;
using Lepton.Neuro.Random;
using static Lepton.Neuro.Plasticity.Gradients.Layers;

namespace Lepton.Neuro.Experiments.Training;

/// <summary>Tables of numbers and two classes, balanced or with few positive rows, beside a logistic regression of the same rows.</summary>
internal sealed class TabularExperiment : IExperiment
{
    // Of the rows: what is left over is for testing.
    const double TrainPart = 0.6, ValidationPart = 0.2;
    const int LeastRows = 50;

    static readonly ChoiceSetting Task = new("task", "What is drawn without --data: classes (as many of the one as of the other) or fraud (few positive rows)", "classes", "classes", "fraud");

    static readonly WholeNumberSetting Rows = new("rows", "Rows to draw", 40_000, LeastRows, 10_000_000, "rows");

    static readonly NumberSetting Positives = new("positives", "The part of the rows that is positive in the task fraud", 0.01, 0.0001, 0.5);

    static readonly NumberSetting MissingPart = new("missing-part", "The part of drawn numbers that is missing; a fifth as many are out of range", 0.005, 0, 0.5);

    static readonly TextSetting Label = new("label", "The column of the label in a table of --data: its name or number; empty for the last", "");

    static readonly ChoiceSetting Missing = new("missing", "What is done about missing numbers: the column's mean over training rows (fill), the row left out (drop), an error (refuse)", "fill", "fill", "drop", "refuse");

    static readonly ChoiceSetting OutOfRange = new("out-of-range", "What is done about numbers out of range: as for missing ones, or the nearer end of the range (clip)", "fill", "fill", "clip", "drop", "refuse");

    static readonly NumberSetting Least = new("least", "The least number in range", -1e6, -1e30, 1e30);

    static readonly NumberSetting Most = new("most", "The greatest number in range", 1e6, -1e30, 1e30);

    static readonly NumberSetting Weight = new("balance", "How far classes are weighted against how often they occur: 0 not at all, 1 such that each counts the same", 0.5, 0, 1);

    static readonly WholeNumberSetting Units = new("units", "Units of the first hidden layer; the second has half as many", 64, 2, 4096, "units");

    static readonly NumberSetting Rate = new("learning-rate", "The greatest learning rate", 0.003, 0, 10);

    static readonly WholeNumberSetting Batch = new("batch", "Rows of an update", 128, 1, 65_536, "rows");

    /// <inheritdoc/>
    public string Name => "tabular";

    /// <inheritdoc/>
    public string Summary => "Dense layers learn two classes of rows of numbers, beside a logistic regression; --data takes a table with a column of labels";

    /// <inheritdoc/>
    public IReadOnlyList<Setting> Settings { get; } = [Task, Rows, Positives, MissingPart, Label, Missing, OutOfRange, Least, Most, Weight, Units, Rate, Batch];

    /// <inheritdoc/>
    public int DefaultEpochs => 20;

    /// <inheritdoc/>
    public bool TakesDataFile => true;

    /// <inheritdoc/>
    public bool CanResume => true;

    /// <inheritdoc/>
    public RunResult Run(RunContext context)
    {
        bool fraud = context.Get(Task) == "fraud";
        var table = context.Data is { } path ? Read(path, context.Get(Label))
            : TabularData.Generate(context.Seed, context.Get(Rows), fraud ? context.Get(Positives) : 0.5, context.Get(MissingPart));
        if (table.ClassNames.Count != 2) throw new InvalidInputException("the classes of the table", table.ClassNames.Count, $"2 ({string.Join(", ", table.ClassNames.Take(5))}{(table.ClassNames.Count > 5 ? ", ..." : "")} were found)");
        if (table.Rows < LeastRows) throw new InvalidInputException("the rows of the table", table.Rows, $"at least {LeastRows}");
        int ones = table.Labels.Count(1);
        int positive = ones * 2 <= table.Rows ? 1 : 0;
        var (parts, repair) = Prepare(context, table, positive);
        context.Progress.Note(repair.ToString());
        foreach (string warning in Trainer.Warnings(parts[0])) context.Progress.Note(warning);
        int units = context.Get(Units), columns = table.Columns.Count;
        var network = Learn(context, new(Input(columns), Dense(units), Relu(), Dense(units / 2), Relu(), Dense(2)), parts, "Training", isKept: true);
        var logistic = Learn(context, new(Input(columns), Dense(2)), parts, "Training a logistic regression", isKept: false);
        var outcome = new TabularOutcome(table, table.ClassNames[positive], repair, parts.Select(p => p.Labels).ToArray(), network, logistic);
        TabularReport.Fill(context.Report, outcome);
        return Result(outcome);
    }

    static Table Read(string path, string label)
    {
        if (Directory.Exists(path))
        {
            string[] files = [.. Directory.GetFiles(path, "*.csv").Order(StringComparer.Ordinal)];
            path = files.Length == 1 ? files[0] : throw new InvalidInputException($"the tables (*.csv) in {path}", files.Length, "1, or a file by its name");
        }
        return TableFile.Read(path, new() { Label = label.Length == 0 ? null : label });
    }

    /// <summary>Training, validation and test rows: split by chance, repaired, and scaled, all by what training rows say.</summary>
    static (TableSamples[] Parts, RepairReport Report) Prepare(RunContext context, Table table, int positive)
    {
        int columns = table.Columns.Count, train = (int)(table.Rows * TrainPart), validation = (int)(table.Rows * ValidationPart);
        int[] order = new RandomStream(context.Seed, RandomPurpose.Shuffling, 1 << 17).Permutation(table.Rows, 0);
        int[][] places = [order[..train], order[train..(train + validation)], order[(train + validation)..]];
        var values = places.Select(p =>
        {
            var rows = new float[p.Length * columns];
            for (int i = 0; i < p.Length; i++) table.Values.Slice(p[i] * columns, columns).CopyTo(rows.AsSpan(i * columns));
            return rows;
        }).ToArray();
        var policy = new RepairPolicy
        {
            Missing = Action(context.Get(Missing)),
            OutOfRange = Action(context.Get(OutOfRange)),
            Least = (float)context.Get(Least),
            Most = (float)context.Get(Most),
        };
        policy = policy with { Fillers = Repair.Means([new TableChunk(0, columns, values[0], new string[train])], policy) };
        var report = RepairReport.None;
        var parts = new TableSamples[places.Length];
        PixelTransform? scaling = null;
        for (int k = 0; k < parts.Length; k++)
        {
            var repair = new Repair(policy);
            var (rows, kept) = repair.Apply(PixelMatrix.Create(columns, values[k]));
            report = report.And(repair.Report);
            if (kept.Length == 0) throw new InvalidInputException("the rows that are left when bad ones are dropped", 0, "at least one for training, one for validation, one for testing");
            scaling ??= new Standardize(StandardizeOver.EachPixel).Fit(rows);
            parts[k] = new(scaling.Apply(rows), [.. kept.Select(r => table.Labels[places[k][r]] == positive ? 1 : 0)]);
        }
        return (parts, report);
    }

    static RepairAction Action(string name) => name switch
    {
        "fill" => RepairAction.Fill,
        "clip" => RepairAction.Clip,
        "drop" => RepairAction.Drop,
        _ => RepairAction.Refuse,
    };

    static TabularJudgement Learn(RunContext context, Sequential network, TableSamples[] parts, string phaseName, bool isKept)
    {
        network.Initialize(context.Seed);
        double positives = Math.Clamp(parts[0].Labels.Count(l => l == 1) / (double)parts[0].Count, 1e-6, 1 - 1e-6), balance = context.Get(Weight);
        using var trainer = new Trainer(network, new()
        {
            Epochs = context.Epochs,
            BatchSize = context.Get(Batch),
            Optimizer = Optimizer.AdamW(1e-4),
            LearningRate = LearningRate.Cosine(context.Get(Rate), warmUp: 0.05),
            Loss = Loss.WeightedCrossEntropy(Share(1 - positives, balance), Share(positives, balance)),
            // The network of the epoch that was best on rows held out is the one that is judged.
            Patience = context.Epochs,
            Seed = context.Seed,
            Threads = context.Threads,
            VectorBits = (int)context.VectorBits,
            Checkpoint = isKept ? context.Checkpoint.TrainingPath : null,
            CheckpointInterval = context.Checkpoint.TrainingInterval,
        });
        long seen = 0;
        using var phase = context.Progress.Start(phaseName, (long)context.Epochs * parts[0].Count, "rows");
        TrainingHistory history;
        try
        {
            history = trainer.Fit(
                parts[0],
                parts[1],
                batchDone: count =>
                {
                    phase.Advance(count);
                    seen += count;
                },
                cancellation: context.Cancellation);
        }
        catch (OperationCanceledException)
        {
            // The logistic regression is soon learned again: what is kept is the network.
            context.Checkpoint.KeepTraining(isKept ? string.Create(CultureInfo.InvariantCulture, $"{seen:N0} rows of this session") : "the network's training");
            throw;
        }
        double threshold = Scores(trainer, parts[1]).Best().Threshold;
        var scores = Scores(trainer, parts[2]);
        return new(network.ParameterCount, history, scores, scores.At(0), scores.At(threshold), scores.AveragePrecision);
    }

    // By a power through roots, which are exact everywhere: in quarters.
    static double Share(double part, double balance)
    {
        double weight = 1, root = Math.Sqrt(0.5 / part), quarter = Math.Sqrt(root);
        for (int i = 0; i < (int)Math.Round(balance * 4); i++) weight *= quarter;
        return weight;
    }

    static BinaryScores Scores(Trainer trainer, TableSamples rows) =>
        new([.. trainer.Outputs(rows).Chunk(2).Select(o => (double)o[1] - o[0])], [.. rows.Labels.Select(l => l == 1)]);

    static RunResult Result(TabularOutcome outcome)
    {
        var extra = new Dictionary<string, ExtraValue>(StringComparer.Ordinal)
        {
            ["positivesInTest"] = outcome.TestPositives,
            ["missingValues"] = (double)outcome.Repair.Missing,
            ["outOfRangeValues"] = (double)(outcome.Repair.TooSmall + outcome.Repair.TooLarge),
            ["droppedRows"] = (double)outcome.Repair.Dropped,
        };
        foreach (var (name, judged) in new[] { ("network", outcome.Network), ("logistic", outcome.Logistic) })
        {
            extra[$"{name}.accuracy"] = judged.Plain.Accuracy;
            extra[$"{name}.averagePrecision"] = judged.AveragePrecision;
            extra[$"{name}.precision"] = judged.Chosen.Precision;
            extra[$"{name}.recall"] = judged.Chosen.Recall;
            extra[$"{name}.f1"] = judged.Chosen.F1;
        }
        return new()
        {
            Train = new() { Images = outcome.Labels[0].Length, Epochs = outcome.Network.History.Epochs.Count },
            Accuracy = new() { Full = outcome.Network.Plain.Accuracy },
            Extra = extra,
        };
    }
}
