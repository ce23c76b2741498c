using Lepton.Neuro.Plasticity;

namespace Lepton.Neuro.Experiments.Digits;

/// <summary>How an image is shown to a network that error-modulated learning taught: a step of phases, then the image (see <see cref="ErrorPath"/>).</summary>
/// <param name="PhaseLength">The steps of the image.</param>
/// <param name="Brightness">What pixels are dimmed by.</param>
internal sealed record PhasedImages(int PhaseLength, float Brightness)
{
    /// <summary>The steps of a presentation.</summary>
    public int Steps => PhaseLength + 1;

    /// <summary>Begins a presentation and runs it to its end.</summary>
    /// <param name="session">The session.</param>
    /// <param name="input">Where it is shown.</param>
    /// <param name="image">Pixels in [0, 1].</param>
    /// <param name="presentation">The presentation's number.</param>
    public void Show(Session session, Population input, ReadOnlySpan<float> image, ulong presentation)
    {
        var signal = new float[input.Count];
        session.Begin(presentation);
        ErrorPath.Phases(signal, PhaseLength);
        session.Present(input, signal);
        session.Advance(1);
        ErrorPath.Prepare(image, signal, PhaseLength, Brightness);
        session.Present(input, signal);
        session.Advance(PhaseLength);
    }
}
