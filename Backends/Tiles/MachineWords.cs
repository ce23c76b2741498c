using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Backends;

/// <summary>Runs a network in the words of a machine: the simulator's fixed-point lane at the machine's widths.</summary>
static class MachineWords
{
    /// <summary>A session whose state, constants and plastic weights are words of a format.</summary>
    /// <exception cref="InvalidInputException">The machine's format has widths that are not made.</exception>
    public static LearningSession Load(StateFormat format, CompiledNetwork network, Learned? learned) => format.Bits switch
    {
        8 => Load<N8>(format, network, learned),
        12 => Load<N12>(format, network, learned),
        16 => Load<N16>(format, network, learned),
        20 => Load<N20>(format, network, learned),
        24 => Load<N24>(format, network, learned),
        32 => Load<N32>(format, network, learned),
        _ => throw new InvalidInputException("the state bits of a machine that runs in its own words", format.Bits, "8, 12, 16, 20, 24, 32"),
    };

    static LearningSession Load<TBits>(StateFormat format, CompiledNetwork network, Learned? learned)
        where TBits : struct, INumber => format.FractionBits switch
        {
            0 => Reference.LoadFixed<Words<TBits, N0>>(network, learned),
            4 => Reference.LoadFixed<Words<TBits, N4>>(network, learned),
            6 => Reference.LoadFixed<Words<TBits, N6>>(network, learned),
            8 => Reference.LoadFixed<Words<TBits, N8>>(network, learned),
            12 => Reference.LoadFixed<Words<TBits, N12>>(network, learned),
            15 => Reference.LoadFixed<Words<TBits, N15>>(network, learned),
            16 => Reference.LoadFixed<Words<TBits, N16>>(network, learned),
            _ => throw new InvalidInputException("the fraction bits of a machine that runs in its own words", format.FractionBits, "0, 4, 6, 8, 12, 15, 16"),
        };

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
