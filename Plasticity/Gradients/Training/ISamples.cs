namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Labelled samples. May be read by several threads at a time.</summary>
public interface ISamples
{
    /// <summary>How many there are.</summary>
    int Count { get; }

    /// <summary>How many classes.</summary>
    int Classes { get; }

    /// <summary>The class of a sample, from 0.</summary>
    /// <param name="index">The sample.</param>
    int Label(int index);

    /// <summary>Reads a sample.</summary>
    /// <param name="index">The sample.</param>
    /// <param name="values">Where to: [step, row, column, channel], as the network's input has it.</param>
    void Read(int index, Span<float> values);
}

/// <summary>Changes training samples a little each time that they are shown. May be called by several threads at a time.</summary>
public interface IAugmentation
{
    /// <summary>Changes a sample.</summary>
    /// <param name="values">The sample, [step, row, column, channel].</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="presentation">The number of the presentation: all chance must be drawn from it, such that training can be repeated.</param>
    void Apply(Span<float> values, SignalShape shape, ulong presentation);
}
