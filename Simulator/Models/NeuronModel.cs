using Lepton.Neuro.Lanes;

namespace Lepton.Neuro;

/// <summary>A neuron model as the user means it: parameters with units. Its kernel is what runs.</summary>
/// <remarks>
/// A model of one's own is one file: a record with parameters, a state struct, a kernel.
/// <code>
/// public sealed record Leaky : NeuronModel
/// {
///     public Time Tau { get; init; } = new(0.02);
///     public override IReadOnlyList&lt;string&gt; Receptors =&gt; ["input"];
///     public override IReadOnlyList&lt;string&gt; StateVariables =&gt; ["V"];
///     public override void Validate(string owner) =&gt; Require.Positive($"{owner}: Tau", Tau);
///     public override void Lower&lt;T&gt;(ILowering&lt;T&gt; to) =&gt; to.Neurons&lt;Kernel&lt;T&gt;, State&lt;T&gt;, SingleInput&lt;T&gt;&gt;(new(this, to.Step));
///     public struct State&lt;T&gt; { public T V; }
///     readonly struct Kernel&lt;T&gt;(Leaky model, Time step) : INeuronKernel&lt;T, State&lt;T&gt;, SingleInput&lt;T&gt;&gt; where T : unmanaged, ILane&lt;T&gt;
///     {
///         readonly T keep = (float)step.Decay(model.Tau);
///         public State&lt;T&gt; Initial(T uniform, T normal) =&gt; default;
///         public State&lt;T&gt; AtRest(in State&lt;T&gt; state) =&gt; default;
///         public T Step(ref State&lt;T&gt; state, in SingleInput&lt;T&gt; input)
///         {
///             T v = T.FusedMultiplyAdd(state.V, keep, input.Value), spike = v &gt;= 1f;
///             state.V = T.Select(spike, 0f, v);
///             return spike;
///         }
///     }
/// }
/// </code>
/// </remarks>
public abstract record NeuronModel
{
    /// <summary>The names of the receptors, in the order of the input struct's fields. The first one is the default.</summary>
    public abstract IReadOnlyList<string> Receptors { get; }

    /// <summary>The names of the state variables, in the order of the state struct's fields; the membrane potential first.</summary>
    public abstract IReadOnlyList<string> StateVariables { get; }

    /// <summary>The potential that 0 stands for in the first state variable as the kernel keeps it. Kept relative to where it rests, a potential has its digits where it moves: at -65 mV the last place of
    /// single precision is 7.6e-6 mV. Whoever reads states, and every rule that sees potentials, is given them with this added.</summary>
    public virtual Voltage Origin => default;

    /// <summary>Makes what the kernel keeps of a state variable what is shown to others.</summary>
    /// <param name="variable">The variable's number.</param>
    /// <param name="values">Its values; those of the first variable are moved by <see cref="Origin"/>.</param>
    public void Show(int variable, Span<float> values) => Move(variable, values, (float)Origin.Millivolts);

    /// <summary>Makes what is shown of a state variable what the kernel keeps, up to rounding.</summary>
    /// <param name="variable">The variable's number.</param>
    /// <param name="values">Its values; those of the first variable are moved by <see cref="Origin"/>.</param>
    public void Keep(int variable, Span<float> values) => Move(variable, values, -(float)Origin.Millivolts);

    static void Move(int variable, Span<float> values, float by)
    {
        if (variable > 0 || by == 0) return;
        foreach (ref float value in values) value += by;
    }

    /// <summary>Checks the parameters.</summary>
    /// <param name="owner">How the population is called in an error's message.</param>
    /// <exception cref="InvalidInputException">A parameter is out of its range.</exception>
    public abstract void Validate(string owner);

    /// <summary>Hands the kernel to a backend.</summary>
    /// <typeparam name="T">The lane.</typeparam>
    /// <param name="to">The backend's receiver.</param>
    public abstract void Lower<T>(ILowering<T> to)
        where T : unmanaged, ILane<T>;
}

/// <summary>What runs of a neuron model. A readonly struct whose fields are all of type <typeparamref name="T"/>; branch-free.</summary>
/// <typeparam name="T">The lane.</typeparam>
/// <typeparam name="TState">A neuron's state: fields of type <typeparamref name="T"/>, the membrane potential first.</typeparam>
/// <typeparam name="TInput">The input of a step: one field of type <typeparamref name="T"/> a receptor.</typeparam>
public interface INeuronKernel<T, TState, TInput>
    where T : unmanaged, ILane<T>
    where TState : unmanaged
    where TInput : unmanaged
{
    /// <summary>The state at the very beginning.</summary>
    /// <param name="uniform">A random number of the neuron's own, uniform in (0, 1).</param>
    /// <param name="normal">A random number of the neuron's own, standard normal.</param>
    TState Initial(T uniform, T normal);

    /// <summary>The state at the beginning of a new presentation: what is momentary goes, what is learned (a homeostatic threshold, say) stays.</summary>
    /// <param name="state">The state at the end of the last one.</param>
    TState AtRest(in TState state);

    /// <summary>One step.</summary>
    /// <param name="state">The neuron's state.</param>
    /// <param name="input">What its receptors received in this step.</param>
    /// <returns>The mask of neurons that fire.</returns>
    T Step(ref TState state, in TInput input);
}

/// <summary>The input of a model with one receptor.</summary>
/// <typeparam name="T">The lane.</typeparam>
public struct SingleInput<T>
{
    /// <summary>The sum of the weights that arrived in this step.</summary>
    public T Value;
}

/// <summary>The input of a model with two receptors.</summary>
/// <typeparam name="T">The lane.</typeparam>
public struct DualInput<T>
{
    /// <summary>The sum of the weights that arrived at the first receptor in this step.</summary>
    public T First;

    /// <summary>The sum of the weights that arrived at the second receptor in this step.</summary>
    public T Second;
}
