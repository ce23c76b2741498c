using Lepton.Neuro.Encoders.Events;

namespace Lepton.Neuro.Experiments.EventFiles;

/// <summary>What formats of recordings are called by those who made them.</summary>
internal static class EventFormatName
{
    /// <summary>The name.</summary>
    /// <param name="format">The format.</param>
    public static string Of(EventFormat format) => format switch
    {
        EventFormat.NMnist => "N-MNIST",
        EventFormat.Aedat2 => "AEDAT 2.0",
        EventFormat.Aedat31 => "AEDAT 3.1",
        EventFormat.Aedat4 => "AEDAT 4.0",
        EventFormat.Evt2 => "EVT 2.0",
        EventFormat.Evt21 => "EVT 2.1",
        EventFormat.Evt3 => "EVT 3.0",
        EventFormat.Dat => "DAT",
        EventFormat.EventStream => "Event Stream",
        _ => "text",
    };
}
