using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Lepton.Neuro.Testing;

/// <summary>Runs FsCheck properties from plain facts. A failure prints the shrunk case and the seed that replays it:
/// set <c>LEPTON_REPLAY=seed,gamma,size</c>, as printed, to run that very case again, <c>LEPTON_CASES</c> to run more cases.
/// Every run draws new cases, but where <c>LEPTON_SEED</c> names a number: then they are the same ones each time, so that a change is judged
/// by what it changes (continuous integration does so).</summary>
public static class Properties
{
    public static void Check<T>(Arbitrary<T> cases, Func<T, bool> law, int count = 100) =>
        Check(Prop.ForAll(cases, law), count);

    public static void Check<T>(Gen<T> cases, Func<T, bool> law, int count = 100) =>
        Check(cases.ToArbitrary(), law, count);

    /// <summary>The law throws (an assertion of xunit, say) where it does not hold.</summary>
    public static void Holds<T>(Gen<T> cases, Action<T> law, int count = 100) =>
        Check(Prop.ForAll(cases.ToArbitrary(), law), count);

    public static void Check(Property property, int count)
    {
        var config = Config.QuickThrowOnFailure.WithMaxTest(Cases(count)).WithQuietOnSuccess(true);
        var replay = Environment.GetEnvironmentVariable("LEPTON_REPLAY");
        if (replay is not null)
        {
            var parts = replay.Trim('(', ')').Split(',');
            config = config.WithReplay(
                ulong.Parse(parts[0], CultureInfo.InvariantCulture),
                ulong.Parse(parts[1], CultureInfo.InvariantCulture));
        }
        else if (ulong.TryParse(Environment.GetEnvironmentVariable("LEPTON_SEED"), CultureInfo.InvariantCulture, out var seed))
        {
            // The second number steps the generator; it must be odd.
            config = config.WithReplay(seed, 0x9E3779B97F4A7C15);
        }
        property.Check(config);
    }

    /// <summary>How many cases a property runs that asks for some: what <c>LEPTON_CASES</c> says, where it says something.</summary>
    public static int Cases(int count) =>
        int.TryParse(Environment.GetEnvironmentVariable("LEPTON_CASES"), CultureInfo.InvariantCulture, out var wanted) ? wanted : count;
}
