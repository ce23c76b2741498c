using System.Runtime.CompilerServices;
using Lepton.Neuro.Lanes;

namespace Lepton.Neuro;

/// <summary>A kernel written down: what each of its methods does, and what that costs. It holds for every input, for kernels are branch-free.</summary>
public sealed class KernelTapes
{
    const string SentName = "sent";

    KernelTapes(IReadOnlyDictionary<string, Tape> methods) => Methods = methods;

    /// <summary>The tape of each method, by its name.</summary>
    public IReadOnlyDictionary<string, Tape> Methods { get; }

    /// <summary>Whether a method changes anything: a synapse's variable, a trace, a state. What a synapse sends is no change. Backends skip the events of a rule that do not.</summary>
    /// <param name="method">The method's name; one that the kernel does not have changes nothing.</param>
    public bool Changes(string method)
    {
        if (!Methods.TryGetValue(method, out var tape)) return false;
        foreach (var (name, line) in tape.Outputs)
        {
            var source = tape.Lines[line];
            if (name != SentName && (source.Operation != Operation.Input || source.Text != name)) return true;
        }
        return false;
    }

    /// <summary>The variables of a synapse that Draw writes, a bit a field; none where the kernel draws nothing.</summary>
    public uint Drawn
    {
        get
        {
            if (!Methods.TryGetValue("Draw", out var draw)) return 0;
            uint written = 0;
            int place = 0;
            foreach (var (name, line) in draw.Outputs)
            {
                var source = draw.Lines[line];
                if (source.Operation != Operation.Input || source.Text != name) written |= 1u << place;
                place++;
            }
            return written;
        }
    }

    /// <summary>Whether a random number is drawn before an event: whether the event reads a variable that Draw writes.</summary>
    /// <param name="method">The event's name.</param>
    public bool Draws(string method) => Drawn != 0 && (Reads(method, "synapse") & Drawn) != 0;

    /// <summary>Which variables of a struct a method needs: bit f is set where some output depends on the value that field f had before, unchanged ones left out.</summary>
    /// <param name="method">The method's name.</param>
    /// <param name="owner">What the struct is called on the tape: synapse, pre, post, state, input, now.</param>
    public uint Reads(string method, string owner)
    {
        var tape = Methods[method];
        var inputs = new List<int>();
        for (int i = 0; i < tape.Lines.Count; i++)
        {
            if (tape.Lines[i].Operation == Operation.Input && tape.Lines[i].Text.StartsWith(owner + ".", StringComparison.Ordinal)) inputs.Add(i);
        }
        var needed = new HashSet<int>();
        var open = new Stack<int>();
        foreach (var (name, line) in tape.Outputs)
        {
            if (tape.Lines[line].Operation != Operation.Input || tape.Lines[line].Text != name) open.Push(line);
        }
        while (open.TryPop(out int line))
        {
            if (!needed.Add(line)) continue;
            foreach (int argument in tape.Lines[line].Arguments) open.Push(argument);
        }
        uint fields = 0;
        for (int f = 0; f < inputs.Count; f++)
        {
            if (needed.Contains(inputs[f])) fields |= 1u << f;
        }
        return fields;
    }

    /// <summary>Whether a trace's event looks at the neuron's potential or at the third factor. Where not, what a trace will be is known until the neuron fires.</summary>
    /// <param name="method">TracePre or TracePost.</param>
    public bool LooksBeyondSpikes(string method) => (Reads(method, "now") & ~1u) != 0;

    /// <summary>Writes down a neuron model's step.</summary>
    /// <param name="model">The model.</param>
    /// <param name="step">The length of a step.</param>
    public static KernelTapes Of(NeuronModel model, Time step) => Record(step, model.Lower);

    /// <summary>Writes down a rule's events: TracePre, TracePost, OnPre, OnPost, OnUpdate; and of one that needs more than these also Draw and OnStep.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="step">The length of a step.</param>
    public static KernelTapes Of(SynapseRule rule, Time step) => Record(step, rule.Lower);

    /// <summary>Writes down an encoder's step.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="step">The length of a step.</param>
    public static KernelTapes Of(Encoder encoder, Time step) => Record(step, encoder.Lower);

    static KernelTapes Record(Time step, Action<ILowering<Traced>> lower)
    {
        var methods = new Dictionary<string, Tape>(StringComparer.Ordinal);
        foreach (string method in Writer.Names)
        {
            Writer? writer = null;
            var tape = Traced.Record(t =>
            {
                writer = new(t, step, method);
                lower(writer);
            });
            if (writer!.Met) methods.Add(method, tape);
        }
        return new(methods);
    }

    sealed class Writer(Tape tape, Time step, string method) : ILowering<Traced>
    {
        public static readonly string[] Names = ["Step", "TracePre", "TracePost", "OnPre", "OnPost", "OnUpdate", "Draw", "OnStep"];

        public bool Met { get; private set; }

        public Time Step => step;

        public bool Learning => true;

        public void Neurons<TKernel, TState, TInput>(TKernel kernel)
            where TKernel : unmanaged, INeuronKernel<Traced, TState, TInput>
            where TState : unmanaged
            where TInput : unmanaged
        {
            if (method != "Step") return;
            Met = true;
            var state = Inputs<TState>("state");
            var input = Inputs<TInput>("input");
            tape.Output("spike", kernel.Step(ref state, in input));
            Outputs("state", ref state);
        }

        public void Synapses<TKernel, TSynapse, TPre, TPost>(TKernel kernel)
            where TKernel : unmanaged, ISynapseKernel<Traced, TSynapse, TPre, TPost>
            where TSynapse : unmanaged
            where TPre : unmanaged
            where TPost : unmanaged
        {
            if (method is "Step" or "Draw" or "OnStep") return;
            Met = true;
            var synapse = Inputs<TSynapse>("synapse");
            var pre = Inputs<TPre>("pre");
            var post = Inputs<TPost>("post");
            switch (method)
            {
                case "TracePre":
                    kernel.TracePre(ref pre, Inputs<Moment<Traced>>("now"));
                    Outputs("pre", ref pre);
                    break;
                case "TracePost":
                    kernel.TracePost(ref post, Inputs<Moment<Traced>>("now"));
                    Outputs("post", ref post);
                    break;
                case "OnPre":
                    tape.Output(SentName, kernel.OnPre(ref synapse, in pre, in post));
                    Outputs("synapse", ref synapse);
                    break;
                case "OnPost":
                    kernel.OnPost(ref synapse, in pre, in post);
                    Outputs("synapse", ref synapse);
                    break;
                default:
                    kernel.OnUpdate(ref synapse, in pre, in post);
                    Outputs("synapse", ref synapse);
                    break;
            }
        }

        public void SteppedSynapses<TKernel, TSynapse, TPre, TPost>(TKernel kernel)
            where TKernel : unmanaged, ISteppedSynapseKernel<Traced, TSynapse, TPre, TPost>
            where TSynapse : unmanaged
            where TPre : unmanaged
            where TPost : unmanaged
        {
            if (method is not ("Draw" or "OnStep"))
            {
                Synapses<TKernel, TSynapse, TPre, TPost>(kernel);
                return;
            }
            Met = true;
            var synapse = Inputs<TSynapse>("synapse");
            if (method == "Draw") kernel.Draw(ref synapse, tape.Input("uniform"));
            else kernel.OnStep(ref synapse, Inputs<TPre>("pre"), Inputs<TPost>("post"));
            Outputs("synapse", ref synapse);
        }

        public void Encoder<TKernel, TState>(TKernel kernel)
            where TKernel : unmanaged, IEncoderKernel<Traced, TState>
            where TState : unmanaged
        {
            if (method != "Step") return;
            Met = true;
            var state = Inputs<TState>("state");
            tape.Output("spike", kernel.Step(ref state, tape.Input("signal"), tape.Input("uniform"), tape.Input("step")));
            Outputs("state", ref state);
        }

        public void Events(IReadOnlyList<(long Step, int Neuron)> spikes)
        {
        }

        TFields Inputs<TFields>(string owner)
            where TFields : unmanaged
        {
            TFields fields = default;
            var names = FieldNames<TFields>(owner);
            for (int i = 0; i < names.Length; i++) Unsafe.Add(ref Unsafe.As<TFields, Traced>(ref fields), i) = tape.Input(names[i]);
            return fields;
        }

        void Outputs<TFields>(string owner, ref TFields fields)
            where TFields : unmanaged
        {
            var names = FieldNames<TFields>(owner);
            for (int i = 0; i < names.Length; i++) tape.Output(names[i], Unsafe.Add(ref Unsafe.As<TFields, Traced>(ref fields), i));
        }

        // Names are for people: reading them from the type costs nothing where it matters.
        static string[] FieldNames<TFields>(string owner) => [.. FieldNames(typeof(TFields), owner)];

        // A struct may hold structs: rules made of rules do.
        static IEnumerable<string> FieldNames(Type fields, string owner) =>
            fields.GetFields().SelectMany(f => f.FieldType == typeof(Traced) ? [$"{owner}.{f.Name}"] : FieldNames(f.FieldType, $"{owner}.{f.Name}"));
    }
}
