using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Lepton.Neuro.Kernels.Tests;

/// <summary>A kernel in NVIDIA's virtual instructions, and what its threads do: as much of "Parallel Thread Execution ISA", version 8.0, as the kernels use. An instruction that it does not know is an error.</summary>
/// <remarks>Accesses are bound-checked and must be aligned as the instructions demand. A product without a rounding suffix may be fused with a sum by the assembler; with <c>fusing</c> each one is.</remarks>
sealed partial class PtxProgram
{
    /// <summary>Where memory begins, and where a thread's own.</summary>
    public const ulong Global = 0x10_0000_0000, Local = 0x7000_0000_0000;

    readonly List<Action<Thread>> instructions = [];
    readonly Dictionary<string, int> registers = new(StringComparer.Ordinal);
    readonly Dictionary<string, int> labels = new(StringComparer.Ordinal);
    readonly Dictionary<string, int> parameters = new(StringComparer.Ordinal);
    readonly List<(int Register, ulong Value)> constants = [];
    readonly Dictionary<string, int> depots = new(StringComparer.Ordinal);
    readonly bool fusing;
    readonly int block, blockSize, inBlock;
    int parameterBytes, localBytes;

    /// <param name="text">What the compiler wrote.</param>
    /// <param name="fusing">Whether products are fused with sums wherever that is allowed.</param>
    public PtxProgram(string text, bool fusing)
    {
        this.fusing = fusing;
        (block, blockSize, inBlock) = (Register("%ctaid.x"), Register("%ntid.x"), Register("%tid.x"));
        // Functions before the kernel are those that its instructions replaced.
        foreach (string line in text[text.IndexOf(".entry", StringComparison.Ordinal)..].Split('\n').Skip(1)) Read(line.Split("//")[0].Trim());
    }

    /// <summary>How many instructions all threads carried out so far.</summary>
    public long Executed { get; private set; }

    /// <summary>Runs groups of threads, the last first. The threads of a group take turns where they come to a barrier.</summary>
    /// <param name="memory">The device's memory.</param>
    /// <param name="arguments">The values of the parameters, of 4, 8 or 16 bytes.</param>
    /// <param name="groups">How many groups.</param>
    /// <param name="size">The threads of a group.</param>
    public void Run(byte[] memory, byte[][] arguments, int groups, int size)
    {
        var passed = new byte[parameterBytes];
        foreach (var (argument, at) in arguments.Zip(parameters.Values)) argument.CopyTo(passed, at);
        var threads = new Thread[size];
        for (int i = 0; i < size; i++) threads[i] = new() { Memory = memory, Parameters = passed, Local = new byte[localBytes], Words = new ulong[registers.Count], Products = new (ulong, ulong)?[registers.Count] };
        for (int group = groups - 1; group >= 0; group--)
        {
            for (int i = 0; i < size; i++) Begin(threads[i], group, size, i);
            int waiting;
            do
            {
                for (int i = size - 1; i >= 0; i--) Go(threads[i]);
                waiting = threads.Count(t => t.Waits);
                if (waiting != 0 && (waiting != size || threads.Any(t => t.Next != threads[0].Next))) throw new InvalidOperationException($"{waiting} of {size} threads of a group wait, or not at the same barrier");
            }
            while (waiting > 0);
        }
    }

    void Begin(Thread one, int group, int size, int lane)
    {
        Array.Clear(one.Words);
        Array.Clear(one.Products);
        foreach (var (register, value) in constants) one.Words[register] = value;
        one.Words[block] = (ulong)group;
        one.Words[blockSize] = (ulong)size;
        one.Words[inBlock] = (ulong)lane;
        one.Next = 0;
    }

    void Go(Thread one)
    {
        for (one.Waits = false; !one.Waits && one.Next < instructions.Count; Executed++) instructions[one.Next++](one);
    }

    [GeneratedRegex(@"^\.param (?:\.align (?<align>\d+) )?\.(?:b(?<bits>\d+)) (?<name>\w+)(?:\[(?<count>\d+)\])?,?$")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"^\.local \.align \d+ \.b8 (?<name>\w+)\[(?<count>\d+)\];$")]
    private static partial Regex Depot();

    [GeneratedRegex(@"^(?:@(?<not>!?)(?<guard>%p\d+)\s+)?(?<op>[a-z][a-z0-9_.]*)(?:\s+(?<args>.*))?;$")]
    private static partial Regex Instruction();

    void Read(string line)
    {
        if (line.Length == 0 || line[0] is '{' or '}' or '(' or ')') return;
        if (line.EndsWith(':')) labels[line[..^1]] = instructions.Count;
        else if (Parameter().Match(line) is { Success: true } parameter)
        {
            int size = int.Parse(parameter.Groups["bits"].ValueSpan, CultureInfo.InvariantCulture) / 8;
            int align = parameter.Groups["align"].Success ? int.Parse(parameter.Groups["align"].ValueSpan, CultureInfo.InvariantCulture) : size;
            if (parameter.Groups["count"].Success) size = int.Parse(parameter.Groups["count"].ValueSpan, CultureInfo.InvariantCulture);
            parameters[parameter.Groups["name"].Value] = parameterBytes = (parameterBytes + align - 1) / align * align;
            parameterBytes += size;
        }
        else if (Depot().Match(line) is { Success: true } depot)
        {
            depots[depot.Groups["name"].Value] = localBytes;
            localBytes += (int.Parse(depot.Groups["count"].ValueSpan, CultureInfo.InvariantCulture) + 15) / 16 * 16;
        }
        else if (line[0] != '.')
        {
            var found = Instruction().Match(line);
            if (!found.Success) throw new NotSupportedException(line);
            var body = Decode(found.Groups["op"].Value, [.. found.Groups["args"].Value.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal).Split(',', StringSplitOptions.TrimEntries)], line);
            if (found.Groups["guard"].Success)
            {
                int guard = Register(found.Groups["guard"].Value);
                ulong skipped = found.Groups["not"].Length == 0 ? 0u : 1u;
                instructions.Add(t =>
                {
                    if (t.Words[guard] != skipped) body(t);
                });
            }
            else
            {
                instructions.Add(body);
            }
        }
    }

    int Register(string text)
    {
        ref int at = ref CollectionsMarshal.GetValueRefOrAddDefault(registers, text, out bool known);
        if (known) return at;
        at = registers.Count - 1;
        int mine = at;
        if (text[0] == '%') return mine;
        if (depots.TryGetValue(text, out int depot)) constants.Add((mine, Local + (ulong)depot));
        else if (text.StartsWith("0F", StringComparison.OrdinalIgnoreCase) || text.StartsWith("0D", StringComparison.OrdinalIgnoreCase)) constants.Add((mine, ulong.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
        else if (text[0] == '-') constants.Add((mine, (ulong)long.Parse(text, CultureInfo.InvariantCulture)));
        else constants.Add((mine, ulong.Parse(text, CultureInfo.InvariantCulture)));
        return mine;
    }

    Action<Thread> Decode(string op, string[] args, string line)
    {
        string[] parts = op.Split('.');
        string type = parts[^1];
        switch (parts[0])
        {
            case "ret": return t => t.Next = int.MaxValue;
            case "bar" when op is "bar.sync" && args is ["0"]: return t => t.Waits = true;
            case "bra":
                string label = args[0];
                return t => t.Next = labels[label];
            case "ld" or "st": return Move(parts, args);
            case "red":
            {
                var (address, offset) = Address(args[0]);
                int what = Register(args[1]);
                return Check(op is "red.add.u32", t => t.Add(t.Words[address] + offset, (uint)t.Words[what]));
            }

            case "atom":
            {
                var (address, offset) = Address(args[1]);
                int to = Register(args[0]), what = Register(args[2]);
                return Check(op is "atom.add.u32", t => t.Put(to, t.Add(t.Words[address] + offset, (uint)t.Words[what])));
            }
        }
        int d = Register(args[0]), a = Register(args[1]), b = args.Length > 2 ? Register(args[2]) : 0, c = args.Length > 3 ? Register(args[3]) : 0;
        ulong mask = Mask(type);
        switch (parts[0])
        {
            case "mov": return t => t.Put(d, t.Words[a] & mask);
            case "selp": return t => t.Put(d, t.Words[c] != 0 ? t.Words[a] : t.Words[b]);
            case "not": return t => t.Put(d, type == "pred" ? t.Words[a] ^ 1 : ~t.Words[a] & mask);
            case "and": return t => t.Put(d, t.Words[a] & t.Words[b] & mask);
            case "or": return t => t.Put(d, (t.Words[a] | t.Words[b]) & mask);
            case "xor": return t => t.Put(d, (t.Words[a] ^ t.Words[b]) & mask);
            case "shl": return t => t.Put(d, t.Words[b] >= (ulong)Bits(type) ? 0 : (t.Words[a] << (int)t.Words[b]) & mask);
            case "shr": return t => t.Put(d, Right(type, t.Words[a], t.Words[b]) & mask);
            case "cvt": return t => t.Put(d, Convert(op, t.Words[a]));
            case "setp": return t => t.Put(d, Compare(parts[1], type, t.Words[a], t.Words[b]) ? 1u : 0u);
        }
        if (type is "f32" or "f64")
        {
            bool single = type == "f32", rounded = parts.Length > 2;
            switch (parts[0])
            {
                case "mul":
                    return t =>
                    {
                        ulong left = t.Words[a], right = t.Words[b];
                        t.Put(d, single ? Of(F(left) * F(right)) : Of(D(left) * D(right)));
                        if (!rounded) t.Products[d] = (left, right);
                    };
                case "add": return t => t.Put(d, Sum(t, single, rounded, a, b, 1));
                case "sub": return t => t.Put(d, Sum(t, single, rounded, a, b, -1));
                case "fma": return t => t.Put(d, single ? Of(MathF.FusedMultiplyAdd(F(t.Words[a]), F(t.Words[b]), F(t.Words[c]))) : Of(Math.FusedMultiplyAdd(D(t.Words[a]), D(t.Words[b]), D(t.Words[c]))));
                case "div": return Check(parts[1] == "rn", t => t.Put(d, single ? Of(F(t.Words[a]) / F(t.Words[b])) : Of(D(t.Words[a]) / D(t.Words[b]))));
                case "sqrt": return Check(op is "sqrt.rn.f32", t => t.Put(d, Of(MathF.Sqrt(F(t.Words[a])))));
                case "neg": return t => t.Put(d, single ? Of(-F(t.Words[a])) : Of(-D(t.Words[a])));
                case "abs": return t => t.Put(d, single ? Of(MathF.Abs(F(t.Words[a]))) : Of(Math.Abs(D(t.Words[a]))));
            }
        }
        else
        {
            switch (parts[0])
            {
                case "add": return t => t.Put(d, (t.Words[a] + t.Words[b]) & mask);
                case "sub": return t => t.Put(d, (t.Words[a] - t.Words[b]) & mask);
                case "neg": return t => t.Put(d, (0 - t.Words[a]) & mask);
                case "mul" when parts[1] == "lo": return t => t.Put(d, (t.Words[a] * t.Words[b]) & mask);
                case "mul" when op is "mul.wide.u32": return t => t.Put(d, (t.Words[a] & uint.MaxValue) * (t.Words[b] & uint.MaxValue));
                case "mul" when op is "mul.wide.s32": return t => t.Put(d, (ulong)((long)(int)t.Words[a] * (int)t.Words[b]));
                case "mad" when parts[1] == "lo": return t => t.Put(d, ((t.Words[a] * t.Words[b]) + t.Words[c]) & mask);
                case "min" when type == "s32": return t => t.Put(d, (uint)Math.Min((int)t.Words[a], (int)t.Words[b]));
                case "div" or "rem": return t => t.Put(d, Divide(parts[0] == "div", type, t.Words[a], t.Words[b]) & mask);
            }
        }
        throw new NotSupportedException(line);

        Action<Thread> Check(bool known, Action<Thread> body) => known ? body : throw new NotSupportedException(line);
    }

    Action<Thread> Move(string[] parts, string[] args)
    {
        bool load = parts[0] == "ld";
        if (parts[1] == "param")
        {
            var open = args[1][1..^1].Split('+');
            int from = parameters[open[0]] + (open.Length > 1 ? int.Parse(open[1], CultureInfo.InvariantCulture) : 0), into = Register(args[0]), wide = Bits(parts[^1]) / 8;
            return t => t.Put(into, Thread.Load(t.Parameters, from, wide));
        }
        bool vector = parts.Contains("v2") || parts.Contains("v4");
        int size = Bits(parts[^1]) / 8, count = vector ? parts.Contains("v4") ? 4 : 2 : 1;
        var (address, offset) = Address(load ? args[^1] : args[0]);
        int[] items = [.. (load ? args[..^1] : args[1..]).Select(Register)];
        return t =>
        {
            ulong at = t.Words[address] + offset;
            if (at % (ulong)(size * count) != 0) throw new InvalidOperationException($"an access of {size * count} bytes at {at:X}, which is not aligned");
            for (int i = 0; i < count; i++)
            {
                var (block, where) = t.Place(at + (ulong)(i * size), size);
                if (load) t.Put(items[i], Thread.Load(block, where, size));
                else Thread.Store(block, where, size, t.Words[items[i]]);
            }
        };
    }

    (int Register, ulong Offset) Address(string text)
    {
        var parts = text[1..^1].Split('+');
        return (Register(parts[0]), parts.Length > 1 ? ulong.Parse(parts[1], CultureInfo.InvariantCulture) : 0);
    }

    ulong Sum(Thread t, bool single, bool rounded, int a, int b, int sign)
    {
        ulong left = t.Words[a], right = t.Words[b];
        if (fusing && !rounded && t.Products[a] is var (x, y))
            return single ? Of(MathF.FusedMultiplyAdd(F(x), F(y), sign * F(right))) : Of(Math.FusedMultiplyAdd(D(x), D(y), sign * D(right)));
        if (fusing && !rounded && t.Products[b] is var (u, v))
            return single ? Of(MathF.FusedMultiplyAdd(sign * F(u), F(v), F(left))) : Of(Math.FusedMultiplyAdd(sign * D(u), D(v), D(left)));
        return single ? Of(sign > 0 ? F(left) + F(right) : F(left) - F(right)) : Of(sign > 0 ? D(left) + D(right) : D(left) - D(right));
    }

    static ulong Right(string type, ulong word, ulong by) => type switch
    {
        "u32" or "b32" => by >= 32 ? 0 : (uint)word >> (int)by,
        "s32" => (ulong)((int)word >> (int)Math.Min(by, 31)),
        "u64" or "b64" => by >= 64 ? 0 : word >> (int)by,
        "s64" => (ulong)((long)word >> (int)Math.Min(by, 63)),
        _ => throw new NotSupportedException(type),
    };

    static ulong Divide(bool quotient, string type, ulong left, ulong right) => type switch
    {
        "s32" => (ulong)(quotient ? (int)left / (int)right : (int)left % (int)right),
        "u32" => quotient ? (uint)left / (uint)right : (uint)left % (uint)right,
        "s64" => (ulong)(quotient ? (long)left / (long)right : (long)left % (long)right),
        "u64" => quotient ? left / right : left % right,
        _ => throw new NotSupportedException(type),
    };

    static bool Compare(string how, string type, ulong left, ulong right)
    {
        if (type is "f32" or "f64")
        {
            double x = type == "f32" ? F(left) : D(left), y = type == "f32" ? F(right) : D(right);
            bool unordered = double.IsNaN(x) || double.IsNaN(y);
            // A u behind the name: also where one is not a number.
            if (unordered) return how.Length == 3 && how[2] == 'u';
            return Ordered(how[..2], x.CompareTo(y));
        }
        return type switch
        {
            "s32" => Ordered(how, ((int)left).CompareTo((int)right)),
            "s64" => Ordered(how, ((long)left).CompareTo((long)right)),
            "u32" => Ordered(how, ((uint)left).CompareTo((uint)right)),
            "u64" => Ordered(how, left.CompareTo(right)),
            _ => throw new NotSupportedException(type),
        };

        static bool Ordered(string how, int order) => how switch
        {
            "eq" => order == 0,
            "ne" => order != 0,
            "lt" or "lo" => order < 0,
            "le" or "ls" => order <= 0,
            "gt" or "hi" => order > 0,
            "ge" or "hs" => order >= 0,
            _ => throw new NotSupportedException(how),
        };
    }

    static ulong Convert(string op, ulong word) => op switch
    {
        "cvt.s64.s32" or "cvt.u64.s32" => (ulong)(int)word,
        "cvt.u64.u32" or "cvt.s64.u32" => (uint)word,
        "cvt.u32.u64" or "cvt.s32.s64" or "cvt.u32.s64" or "cvt.s32.u64" => (uint)word,
        "cvt.u64.u16" or "cvt.u32.u16" => (ushort)word,
        "cvt.s32.s16" => (uint)(short)word,
        "cvt.s64.s16" => (ulong)(short)word,
        "cvt.f64.f32" => Of((double)F(word)),
        "cvt.rn.f32.f64" => Of((float)D(word)),
        "cvt.rn.f32.s32" => Of((float)(int)word),
        "cvt.rn.f32.s64" => Of((float)(long)word),
        "cvt.rn.f64.u32" => Of((double)(uint)word),
        "cvt.rn.f64.s32" => Of((double)(int)word),
        "cvt.rzi.s32.f32" => (uint)(float.IsNaN(F(word)) ? 0 : (int)Math.Clamp((double)MathF.Truncate(F(word)), int.MinValue, int.MaxValue)),
        _ => throw new NotSupportedException(op),
    };

    static int Bits(string type) => type == "pred" ? 1 : int.Parse(type.AsSpan(1), CultureInfo.InvariantCulture);

    static ulong Mask(string type) => Bits(type) == 64 ? ulong.MaxValue : (1ul << Bits(type)) - 1;

    static float F(ulong word) => BitConverter.UInt32BitsToSingle((uint)word);

    static double D(ulong word) => BitConverter.UInt64BitsToDouble(word);

    static ulong Of(float value) => BitConverter.SingleToUInt32Bits(value);

    static ulong Of(double value) => BitConverter.DoubleToUInt64Bits(value);

    sealed class Thread
    {
        public required byte[] Memory { get; init; }

        public required byte[] Parameters { get; init; }

        public required byte[] Local { get; init; }

        public required ulong[] Words { get; init; }

        /// <summary>What a register's value is the product of, where an assembler may know it.</summary>
        public required (ulong Left, ulong Right)?[] Products { get; init; }

        public int Next { get; set; }

        /// <summary>Whether it has come to a barrier.</summary>
        public bool Waits { get; set; }

        public void Put(int register, ulong word)
        {
            Words[register] = word;
            Products[register] = null;
        }

        public (byte[] Block, int At) Place(ulong address, int size)
        {
            var (block, at) = address >= PtxProgram.Local ? (Local, address - PtxProgram.Local) : (Memory, address - Global);
            if (at + (ulong)size > (ulong)block.Length) throw new InvalidOperationException($"an access outside memory, at {address:X}");
            return (block, (int)at);
        }

        public uint Add(ulong address, uint value)
        {
            var (block, at) = Place(address, sizeof(uint));
            uint old = (uint)Load(block, at, sizeof(uint));
            Store(block, at, sizeof(uint), unchecked(old + value));
            return old;
        }

        public static ulong Load(byte[] block, int at, int size) => size switch
        {
            1 => block[at],
            2 => Unsafe.ReadUnaligned<ushort>(ref block[at]),
            4 => Unsafe.ReadUnaligned<uint>(ref block[at]),
            _ => Unsafe.ReadUnaligned<ulong>(ref block[at]),
        };

        public static void Store(byte[] block, int at, int size, ulong word)
        {
            if (size == 1) block[at] = (byte)word;
            else if (size == 2) Unsafe.WriteUnaligned(ref block[at], (ushort)word);
            else if (size == 4) Unsafe.WriteUnaligned(ref block[at], (uint)word);
            else Unsafe.WriteUnaligned(ref block[at], word);
        }
    }
}
