namespace Lepton.Neuro.Encoders.Events;

/// <summary>The formats of recordings that can be read; <see cref="NMnist"/>, <see cref="Evt2"/>, <see cref="Evt3"/> and <see cref="Text"/> can be written too.</summary>
public enum EventFormat
{
    /// <summary>N-MNIST and N-Caltech101 <c>.bin</c> (and slayer's <c>.bs2</c>): 5 bytes an event, no header.</summary>
    NMnist,

    /// <summary>AEDAT 2.0 of jAER: big-endian pairs of an address and a time.</summary>
    Aedat2,

    /// <summary>AEDAT 3.1 of cAER: packets with headers of 28 bytes.</summary>
    Aedat31,

    /// <summary>AEDAT 4.0 of DV: FlatBuffers, plain or compressed with LZ4.</summary>
    Aedat4,

    /// <summary>Prophesee EVT 2.0: words of 32 bits.</summary>
    Evt2,

    /// <summary>Prophesee EVT 2.1: words of 64 bits, 32 pixels at once.</summary>
    Evt21,

    /// <summary>Prophesee EVT 3.0: words of 16 bits.</summary>
    Evt3,

    /// <summary>Prophesee DAT, version 2.</summary>
    Dat,

    /// <summary>Event Stream 2.x, streams of the kind "dvs".</summary>
    EventStream,

    /// <summary>One event a line: time, x, y, polarity.</summary>
    Text,
}
