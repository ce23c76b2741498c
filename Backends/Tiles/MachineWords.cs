using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends;

/// <summary>Runs a network in the words of a machine: the simulator's fixed-point lane at the machine's widths.</summary>
static class MachineWords
{
    /// <summary>A session whose state, constants and plastic weights are words of a format, and that learns.</summary>
    /// <exception cref="InvalidInputException">The machine's format has widths that are not made.</exception>
    public static LearningSession Load(StateFormat format, CompiledNetwork network, Learned? learned) => With(format, new Loading(network, learned));

    /// <summary>A session whose state and constants are words of a format, and that does not learn.</summary>
    /// <exception cref="InvalidInputException">The machine's format has widths that are not made.</exception>
    public static Session Evaluate(StateFormat format, CompiledNetwork network, Learned? learned) => With(format, new Evaluating(network, learned));

    static T With<T>(StateFormat format, IMaker<T> maker) => format.Bits switch
    {
        8 => With<T, N8>(format, maker),
        12 => With<T, N12>(format, maker),
        16 => With<T, N16>(format, maker),
        20 => With<T, N20>(format, maker),
        24 => With<T, N24>(format, maker),
        32 => With<T, N32>(format, maker),
        _ => throw new InvalidInputException("the state bits of a machine that runs in its own words", format.Bits, "8, 12, 16, 20, 24, 32"),
    };

    static T With<T, TBits>(StateFormat format, IMaker<T> maker)
        where TBits : struct, INumber => format.FractionBits switch
        {
            0 => maker.Make<Words<TBits, N0>>(),
            4 => maker.Make<Words<TBits, N4>>(),
            6 => maker.Make<Words<TBits, N6>>(),
            8 => maker.Make<Words<TBits, N8>>(),
            12 => maker.Make<Words<TBits, N12>>(),
            15 => maker.Make<Words<TBits, N15>>(),
            16 => maker.Make<Words<TBits, N16>>(),
            _ => throw new InvalidInputException("the fraction bits of a machine that runs in its own words", format.FractionBits, "0, 4, 6, 8, 12, 15, 16"),
        };

    interface IMaker<out T>
    {
        T Make<TFormat>()
            where TFormat : struct, IFixedFormat;
    }

    sealed class Loading(CompiledNetwork network, Learned? learned) : IMaker<LearningSession>
    {
        public LearningSession Make<TFormat>()
            where TFormat : struct, IFixedFormat => Reference.LoadFixed<TFormat>(network, learned);
    }

    sealed class Evaluating(CompiledNetwork network, Learned? learned) : IMaker<Session>
    {
        public Session Make<TFormat>()
            where TFormat : struct, IFixedFormat => Reference.EvaluateFixed<TFormat>(network, learned);
    }

    /// <summary>A number that a type stands for, so that a format is known when its kernels are compiled.</summary>
    interface INumber
    {
        static abstract int Value { get; }
    }

    readonly struct Words<TBits, TFraction> : IFixedFormat
        where TBits : struct, INumber
        where TFraction : struct, INumber
    {
        public static int Bits => TBits.Value;

        public static int FractionBits => TFraction.Value;
    }

    readonly struct N0 : INumber
    {
        public static int Value => 0;
    }

    readonly struct N4 : INumber
    {
        public static int Value => 4;
    }

    readonly struct N6 : INumber
    {
        public static int Value => 6;
    }

    readonly struct N8 : INumber
    {
        public static int Value => 8;
    }

    readonly struct N12 : INumber
    {
        public static int Value => 12;
    }

    readonly struct N15 : INumber
    {
        public static int Value => 15;
    }

    readonly struct N16 : INumber
    {
        public static int Value => 16;
    }

    readonly struct N20 : INumber
    {
        public static int Value => 20;
    }

    readonly struct N24 : INumber
    {
        public static int Value => 24;
    }

    readonly struct N32 : INumber
    {
        public static int Value => 32;
    }
}
