using System.Buffers.Binary;

namespace Lepton.Neuro.Encoders.Events;

/// <summary>Unpacks one LZ4 frame. Checksums are passed over: the formats that use it check their own structure. Source: "LZ4 Frame Format Description" and "LZ4 Block Format Description", Y. Collet.</summary>
static class Lz4
{
    const uint Magic = 0x184D2204;

    /// <summary>Unpacks a frame.</summary>
    /// <param name="frame">The frame, alone.</param>
    /// <param name="output">Where to: grows as needed.</param>
    /// <param name="most">More bytes than this are refused.</param>
    /// <param name="wrong">What was expected, where it is no frame.</param>
    /// <returns>The number of bytes; -1 where the frame is damaged.</returns>
    public static int Unpack(ReadOnlySpan<byte> frame, ref byte[] output, int most, out string wrong)
    {
        wrong = "an LZ4 frame (magic number 184D2204)";
        if (frame.Length < 7 || BinaryPrimitives.ReadUInt32LittleEndian(frame) != Magic) return -1;
        int flags = frame[4];
        wrong = "an LZ4 frame of version 1 without a dictionary";
        if (flags >> 6 != 1 || (flags & 1) != 0) return -1;
        bool blockChecksums = (flags & 16) != 0;
        int at = 7 + ((flags & 8) != 0 ? 8 : 0), length = 0;
        while (true)
        {
            wrong = "whole LZ4 blocks and an end mark";
            if (at + 4 > frame.Length) return -1;
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(frame[at..]);
            at += 4;
            if (size == 0)
            {
                at += (flags & 4) != 0 ? 4 : 0;
                return at == frame.Length ? length : -1;
            }
            int bytes = (int)(size & int.MaxValue);
            if (bytes > frame.Length - at) return -1;
            var block = frame.Slice(at, bytes);
            at += bytes + (blockChecksums ? 4 : 0);
            wrong = FormattableString.Invariant($"sound LZ4 blocks of at most {most} bytes in all");
            if (size > int.MaxValue)
            {
                if (!Reserve(ref output, length, bytes, most)) return -1;
                block.CopyTo(output.AsSpan(length));
                length += bytes;
            }
            else if (!Block(block, ref output, ref length, most))
            {
                return -1;
            }
        }
    }

    static bool Block(ReadOnlySpan<byte> block, ref byte[] output, ref int length, int most)
    {
        int at = 0;
        while (at < block.Length)
        {
            int token = block[at++], literals = token >> 4;
            if (literals == 15 && !Extend(block, ref at, ref literals)) return false;
            if (literals > block.Length - at || !Reserve(ref output, length, literals, most)) return false;
            block.Slice(at, literals).CopyTo(output.AsSpan(length));
            at += literals;
            length += literals;
            if (at == block.Length) return true;
            if (at + 2 > block.Length) return false;
            int distance = block[at] | (block[at + 1] << 8), match = token & 15;
            at += 2;
            if (match == 15 && !Extend(block, ref at, ref match)) return false;
            match += 4;
            if (distance == 0 || distance > length || !Reserve(ref output, length, match, most)) return false;
            // A match may reach into what it is writing: byte by byte is what it means.
            for (int i = 0; i < match; i++, length++) output[length] = output[length - distance];
        }
        return false;
    }

    static bool Extend(ReadOnlySpan<byte> block, ref int at, ref int length)
    {
        byte more;
        do
        {
            if (at >= block.Length) return false;
            more = block[at++];
            length += more;
        }
        while (more == 255);
        return true;
    }

    static bool Reserve(ref byte[] output, int length, int more, int most)
    {
        if (more > most - length) return false;
        if (length + more > output.Length) Array.Resize(ref output, Math.Min(most, Math.Max(2 * output.Length, length + more)));
        return true;
    }
}
