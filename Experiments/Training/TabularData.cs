using System.Globalization;
using Lepton.Neuro.Encoders.Data;
using Lepton.Neuro.Random;

namespace Lepton.Neuro.Experiments.Training;

/// <summary>Tables of ten numbers a row and two classes, made up by a seed: the same on every machine, each row by itself but for which rows score most.</summary>
/// <remarks>Numbers are about normal (sums of twelve uniform ones). A row's score is <c>x0 x1 + (x2^2 + x3^2 - 2) / 2 + x4 sign(x5) + x6 / 2</c> and noise of deviation 0.3; x7 to x9 say nothing. The rows of
/// highest score are the positive class. No hyperplane separates much of that: products and squares have no linear part.</remarks>
internal static class TabularData
{
    public const int Columns = 10;

    // What a broken sensor says.
    public const float Broken = 1e9f;

    /// <summary>Makes a table.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="positives">The part of them that is positive.</param>
    /// <param name="missing">The part of the numbers that is missing; a fifth as many are <see cref="Broken"/>.</param>
    public static Table Generate(ulong seed, int rows, double positives, double missing)
    {
        const int Sums = 12, Words = (Columns + 1) * Sums;
        var stream = new RandomStream(seed, RandomPurpose.Data, 0);
        var values = new float[rows * Columns];
        var scores = new double[rows];
        var words = new uint[Words + Columns];
        for (int row = 0; row < rows; row++)
        {
            Philox.Fill(stream, 0, (uint)row, 0, 0, words);
            var x = new double[Columns + 1];
            for (int i = 0; i < x.Length; i++)
            {
                double sum = -Sums / 2.0;
                for (int k = 0; k < Sums; k++) sum += words[(i * Sums) + k] / 4294967296.0;
                x[i] = sum;
            }
            scores[row] = (x[0] * x[1]) + (0.5 * ((x[2] * x[2]) + (x[3] * x[3]) - 2)) + (x[5] > 0 ? x[4] : -x[4]) + (0.5 * x[6]) + (0.3 * x[Columns]);
            for (int column = 0; column < Columns; column++)
            {
                double chance = words[Words + column] / 4294967296.0;
                values[(row * Columns) + column] = chance < missing ? float.NaN : chance < missing * 1.2 ? Broken : (float)x[column];
            }
        }
        int most = Math.Clamp((int)Math.Round(rows * positives), 1, rows - 1);
        var labels = Enumerable.Repeat("0", rows).ToArray();
        foreach (int row in Enumerable.Range(0, rows).OrderByDescending(r => scores[r]).ThenBy(r => r).Take(most)) labels[row] = "1";
        return Table.Of([.. Enumerable.Range(0, Columns).Select(c => string.Create(CultureInfo.InvariantCulture, $"x{c}"))], [new TableChunk(0, Columns, values, labels)]);
    }
}
