using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Lepton.Neuro.Testing;

/// <summary>Runs FsCheck properties from plain facts. A failure prints the shrunk case and the seed that replays it:
/// set <c>LEPTON_REPLAY=seed,gamma</c> to run that very case again, <c>LEPTON_CASES</c> to run more.</summary>
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
        property.Check(config);
    }

    static int Cases(int count) =>
        int.TryParse(Environment.GetEnvironmentVariable("LEPTON_CASES"), CultureInfo.InvariantCulture, out var wanted) ? wanted : count;
}
