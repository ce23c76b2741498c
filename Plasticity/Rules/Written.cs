using System.Globalization;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity;

/// <summary>What the author of a description wrote. Parameters are single-precision numbers; on a lane of more precision 0.005f shall mean 0.005, and on single-precision lanes nothing changes.</summary>
static class Written
{
    /// <summary>The shortest decimal that is this float, as a double.</summary>
    public static double Value(float parameter)
    {
        double written = double.Parse(parameter.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return (float)written == parameter ? written : parameter;
    }

    /// <summary>A parameter as a lane holds it.</summary>
    public static T Lane<T>(float parameter)
        where T : unmanaged, ILane<T> => T.FromDouble(Value(parameter));

    /// <summary>A number derived from parameters, where it was computed in single precision before there was a lane of more: that stays what single precision gets.</summary>
    public static T Lane<T>(double exact, float single)
        where T : unmanaged, ILane<T> => T.FromDouble((float)exact == single ? exact : single);
}
