using Lepton.Neuro.Lanes;

namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>A layer of spiking neurons in continuous time, and the exact gradient of whatever depends on the times of its spikes.</summary>
/// <remarks>
/// <para>Between two events potentials and currents are sums of exponentials, so spikes are found to the last bits, and there is no step. <see cref="Backward"/> goes through the same events from the last
/// to the first. With <c>a</c> the loss by V and <c>b</c> the loss by I: over a time s without events <c>b &lt;- b exp(-s / TauSynapse) + a Rise(s)</c> and <c>a &lt;- a exp(-s / TauMembrane)</c>; at a spike of the neuron,
/// whose time the loss depends on by g, <c>a &lt;- (a V'+ - g) / V'-</c>, V' being the slope of the potential before and after; at a spike that came in with weight w, its weight's gradient grows by b and that of its time by
/// <c>w (b / TauSynapse - a / TauMembrane)</c>.</para>
/// <para>The gradient is exact as long as no spike comes or goes; of a spike that is not there it knows nothing. Memory grows with the spikes, not with time.</para>
/// <para>Source: T. Wunderlich and C. Pehle, "Event-based backpropagation can compute exact gradients for spiking neural networks", Sci. Rep. 11:12829 (2021).</para>
/// </remarks>
public sealed class EventPropLayer
{
    // What spikes may be so many that memory ends is a mistake in weights.
    const int MostSpikes = 1 << 22;

    readonly List<Event>[] history;
    IReadOnlyList<TimedSpike> input = [];
    TimedSpike[] output = [];

    /// <summary>A layer; its weights are zero.</summary>
    /// <param name="inputs">Neurons that it hears, at least 1.</param>
    /// <param name="units">Its neurons, at least 1.</param>
    /// <param name="duration">How long a presentation takes, in milliseconds: what would happen later does not.</param>
    /// <param name="neuron">Its neurons; the defaults where null.</param>
    /// <exception cref="InvalidInputException">A number is out of its range.</exception>
    public EventPropLayer(int inputs, int units, double duration, EventPropNeuron? neuron = null)
    {
        Inputs = (int)Require.InRange("EventProp: the inputs of a layer", (long)inputs, 1, 1 << 20);
        Units = (int)Require.InRange("EventProp: the units of a layer", (long)units, 1, 1 << 20);
        Require.InRange("EventProp: the weights of a layer", (long)inputs * units, 1, 1 << 28);
        Duration = Require.InRange("EventProp: the duration", duration, 1e-6, 1e9);
        Neuron = (neuron ?? new()).Checked();
        Weights = new double[inputs * units];
        history = [.. Enumerable.Range(0, units).Select(_ => new List<Event>())];
    }

    /// <summary>Neurons that it hears.</summary>
    public int Inputs { get; }

    /// <summary>Its neurons.</summary>
    public int Units { get; }

    /// <summary>How long a presentation takes, in milliseconds.</summary>
    public double Duration { get; }

    /// <summary>What its neurons are.</summary>
    public EventPropNeuron Neuron { get; }

    /// <summary>The weights, [input, unit].</summary>
    public double[] Weights { get; }

    /// <summary>Shows spikes.</summary>
    /// <param name="spikes">Them, by rising time from 0 on; those after <see cref="Duration"/> are not heard.</param>
    /// <returns>The layer's own, by rising time; of the same time, by the neuron's number.</returns>
    /// <exception cref="InvalidInputException">A spike comes before the one before it or before time 0, or of a neuron that is not there; or there is no end of spikes.</exception>
    public IReadOnlyList<TimedSpike> Forward(IReadOnlyList<TimedSpike> spikes)
    {
        for (int k = 0; k < spikes.Count; k++)
        {
            if (!(spikes[k].Time >= (k == 0 ? 0 : spikes[k - 1].Time))) throw new InvalidInputException($"EventProp: the time of spike {k}", spikes[k].Time, "0 or more, and no less than the one before");
            Require.InRange($"EventProp: the neuron of spike {k}", (long)spikes[k].Neuron, 0, Inputs - 1);
        }
        input = spikes;
        var fired = new List<(TimedSpike Spike, int Place)>();
        for (int unit = 0; unit < Units; unit++) Run(unit, fired);
        fired.Sort((a, b) => (a.Spike.Time, a.Spike.Neuron).CompareTo((b.Spike.Time, b.Spike.Neuron)));
        for (int k = 0; k < fired.Count; k++)
        {
            var own = history[fired[k].Spike.Neuron];
            own[fired[k].Place] = own[fired[k].Place] with { Spike = k };
        }
        return output = [.. fired.Select(f => f.Spike)];
    }

    /// <summary>The gradient, after <see cref="Forward"/>.</summary>
    /// <param name="byTimes">The loss by the time of each spike that <see cref="Forward"/> gave.</param>
    /// <param name="byWeights">The loss by each weight is added here, [input, unit].</param>
    /// <returns>The loss by the time of each spike that came in.</returns>
    /// <exception cref="InvalidInputException">A length does not fit.</exception>
    public double[] Backward(ReadOnlySpan<double> byTimes, Span<double> byWeights)
    {
        if (byTimes.Length != output.Length) throw new InvalidInputException("EventProp: the gradients by times", byTimes.Length, $"{output.Length}, one for each spike");
        if (byWeights.Length != Weights.Length) throw new InvalidInputException("EventProp: the room for gradients by weights", byWeights.Length, $"{Weights.Length}");
        var result = new double[input.Count];
        for (int unit = 0; unit < Units; unit++)
        {
            double a = 0, b = 0, time = Duration;
            for (int e = history[unit].Count - 1; e >= 0; e--)
            {
                var at = history[unit][e];
                double span = time - at.Time;
                b = (b * ExactMath.Exp(-span / Neuron.TauSynapse)) + (a * Neuron.Rise(span));
                a *= ExactMath.Exp(-span / Neuron.TauMembrane);
                time = at.Time;
                if (at.IsInput)
                {
                    int weight = (input[at.Spike].Neuron * Units) + unit;
                    byWeights[weight] += b;
                    result[at.Spike] += Weights[weight] * ((b / Neuron.TauSynapse) - (a / Neuron.TauMembrane));
                }
                else
                {
                    double after = at.Current / Neuron.TauMembrane, before = (at.Current - Neuron.Threshold) / Neuron.TauMembrane;
                    a = ((a * after) - byTimes[at.Spike]) / before;
                }
            }
        }
        return result;
    }

    void Run(int unit, List<(TimedSpike Spike, int Place)> fired)
    {
        var own = history[unit];
        own.Clear();
        double v = 0, i = 0, time = 0;
        for (int k = 0; k <= input.Count; k++)
        {
            double until = k < input.Count ? Math.Min(input[k].Time, Duration) : Duration;
            while (Crossing(v, i, until - time) is { } wait)
            {
                time += wait;
                (v, i) = (0, i * ExactMath.Exp(-wait / Neuron.TauSynapse));
                if (fired.Count == MostSpikes) throw new InvalidInputException("EventProp: the spikes of a presentation", $"more than {MostSpikes}", "fewer (smaller weights)");
                fired.Add((new(time, unit), own.Count));
                own.Add(new(time, false, 0, i));
            }
            (v, i, time) = (Potential(v, i, until - time), i * ExactMath.Exp(-(until - time) / Neuron.TauSynapse), until);
            if (k == input.Count || input[k].Time > Duration) break;
            own.Add(new(time, true, k, 0));
            i += Weights[(input[k].Neuron * Units) + unit];
        }
    }

    double Potential(double v, double i, double time) => (v * ExactMath.Exp(-time / Neuron.TauMembrane)) + (i * Neuron.Rise(time));

    /// <summary>When the potential reaches the threshold from below, in (0, span]; null where it does not.</summary>
    double? Crossing(double v, double i, double span)
    {
        // Where it is greatest the potential is as large as the current, which only falls.
        if (span <= 0 || i <= Neuron.Threshold) return null;
        double high = span;
        if (Falls(span))
        {
            // It rises at first and has one extremum: the greatest potential.
            double low = 0;
            for (double middle = high / 2; low < middle && middle < high; middle = low + ((high - low) / 2)) (low, high) = Falls(middle) ? (low, middle) : (middle, high);
        }
        if (Potential(v, i, high) < Neuron.Threshold) return null;
        double below = 0;
        for (double middle = high / 2; below < middle && middle < high; middle = below + ((high - below) / 2)) (below, high) = Potential(v, i, middle) >= Neuron.Threshold ? (below, middle) : (middle, high);
        return high;

        bool Falls(double t) => i * ExactMath.Exp(-t / Neuron.TauSynapse) < Potential(v, i, t);
    }

    /// <summary>What happened to a neuron: a spike came in, or it fired.</summary>
    /// <param name="Time">When.</param>
    /// <param name="IsInput">Whether a spike came in.</param>
    /// <param name="Spike">Its place among those that came in, or among those that went out.</param>
    /// <param name="Current">The synaptic current, where it fired.</param>
    readonly record struct Event(double Time, bool IsInput, int Spike, double Current);
}
