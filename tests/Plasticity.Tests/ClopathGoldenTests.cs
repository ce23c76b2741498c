using Lepton.Neuro.Plasticity.Laws;
using static Lepton.Neuro.Units;
using Bench = Lepton.Neuro.Plasticity.Laws.SynapseBench;

namespace Lepton.Neuro.Plasticity.Tests;

/// <summary>The pairing experiment of NEST's test of its Clopath synapse, on an adaptive exponential neuron. NEST's filtered potentials come 4 ms late, which the paper's equations do not say and the rule here does not do. So the
/// experiment is simulated by other means: with the delay it gives NEST's numbers, and without it what the rule gives.</summary>
public class ClopathGoldenTests
{
    const double Step = 0.1;

    // Spikes of the source, spikes given to the target (ms), and 100 + 1500 dw / w: pairs 10 ms apart, the target first at 10, 30 and 50 Hz, then the source first.
    static readonly (double[] Pre, double[] Post, double Golden)[] Pairings =
    [
        ([29, 129, 229, 329, 429], [19, 119, 219, 319, 419], 57.82638722),
        ([29, 62.3, 95.7, 129, 162.3], [19, 52.3, 85.7, 119, 152.3], 72.16730112),
        ([29, 49, 69, 89, 109], [19, 39, 59, 79, 99], 149.43359357),
        ([129, 229, 329, 429, 529, 629], [139, 239, 339, 439, 539, 639], 103.30408341),
        ([62.3, 95.6, 129, 162.3, 195.6, 229], [72.3, 105.6, 139, 172.3, 205.6, 239], 124.03640668),
        ([49, 69, 89, 109, 129, 149], [59, 79, 99, 119, 139, 159], 157.02882555),
    ];

    [Fact]
    public void With_NESTs_delay_the_experiment_gives_NESTs_numbers()
    {
        foreach (var (pre, post, golden) in Pairings) Assert.Equal(golden, new Experiment(pre, post, 4).Result, 2e-5 * golden);
    }

    [Fact]
    public void Without_it_the_experiment_gives_what_the_rule_gives()
    {
        foreach (var (pre, post, _) in Pairings)
        {
            var experiment = new Experiment(pre, post, 0);
            var rule = new ClopathVoltage { SpikeWidth = 0.ms, Maximum = 100 };
            var stimulus = new Stimulus(experiment.Arrivals, []) { Steps = experiment.Arrivals[^1] + 1, Potential = t => experiment.Potentials[t] };
            double given = 100 + (1500 * (Bench.Run(rule, stimulus, 0.5, Step.ms).Weight - 0.5) / 0.5);
            // Both are right to first order in the step, and differ in where within a step they look.
            Assert.Equal(experiment.Result, given, 1 + (0.02 * Math.Abs(experiment.Result - 100)));
        }
    }

    /// <summary>NEST's aeif_psc_delta_clopath with its clopath_synapse, in steps of 0.1 ms.</summary>
    sealed class Experiment
    {
        const double Leak = 30, Capacitance = 281, Rest = -70.6, Slope = 2, ThresholdRest = -50.4, ThresholdMost = 30.4, Peak = 33, Reset = -49.6, AfterSpike = 400;

        public Experiment(double[] pre, double[] post, double delay)
        {
            int steps = At(Math.Max(pre[^1], post[^1]) + 10), late = At(delay), next = 0, lastStep = 0, clamped = 0;
            var jumps = post.ToDictionary(t => At(t) + 1, _ => 80.0);
            Arrivals = [.. pre.Select(t => At(t) + 1)];
            Potentials = new double[steps + 1];
            Potentials[0] = Rest;
            // The potential, the adaptation current, the current after a spike, the threshold, and the two filtered potentials.
            double[] y = [Rest, 0, 0, ThresholdRest, Rest, Rest], plus = new double[steps + 1], minus = new double[steps + 1];
            double weight = 0.5, x = 0;
            var grown = new List<(int Step, double Change)>();
            for (int n = 1; n <= steps; n++)
            {
                bool fires = clamped == 0 && y[0] > 0;
                // A jump takes the potential so far beyond the threshold that it explodes at once.
                if (fires) (y[0], y[1], y[2], y[3], clamped) = (Peak, y[1] + 0.0805, AfterSpike, ThresholdMost, 21);
                for (int k = 0; k < 4; k++) y = RungeKutta(y, clamped > 0);
                if (clamped == 0) y[0] += jumps.GetValueOrDefault(n);
                else if (clamped == 1 && !fires) (y[0], clamped) = (Reset, 0);
                (Potentials[n], plus[n], minus[n]) = (y[0], y[4], y[5]);
                // What was not yet written is zero in NEST's buffers.
                double latePlus = n > late ? plus[n - late] : 0, lateMinus = n > late ? minus[n - late] : 0;
                if (y[0] > -45.3 && latePlus > Rest) grown.Add((n, 8e-5 * (y[0] + 45.3) * (latePlus - Rest) * Step));
                if (clamped > 0) clamped--;
                if (next == Arrivals.Length || Arrivals[next] != n + 1) continue;
                int now = Arrivals[next++];
                foreach (var (step, change) in grown) weight += change * x * Math.Exp((lastStep - step - 1) * Step / 15);
                grown.Clear();
                weight -= 14e-5 * Math.Max(0, lateMinus - Rest);
                jumps[n + 2] = jumps.GetValueOrDefault(n + 2) + weight;
                x = (x * Math.Exp((lastStep - now) * Step / 15)) + (1 / 15.0);
                lastStep = now;
            }
            Result = 100 + (1500 * (weight - 0.5) / 0.5);
        }

        public int[] Arrivals { get; }

        public double[] Potentials { get; }

        public double Result { get; }

        static int At(double milliseconds) => (int)Math.Round(milliseconds / Step);

        static double[] RungeKutta(double[] y, bool clamped)
        {
            const double H = Step / 4;
            double[] a = Slopes(y, clamped), b = Slopes(Ahead(a, H / 2), clamped), c = Slopes(Ahead(b, H / 2), clamped), d = Slopes(Ahead(c, H), clamped);
            return [.. y.Select((v, i) => v + (H / 6 * (a[i] + (2 * b[i]) + (2 * c[i]) + d[i])))];

            double[] Ahead(double[] slope, double by) => [.. y.Select((v, i) => v + (by * slope[i]))];
        }

        static double[] Slopes(double[] y, bool clamped)
        {
            double v = clamped ? Peak : Math.Min(y[0], Peak), exponential = clamped ? 0 : Leak * Slope * Math.Exp((v - y[3]) / Slope);
            return
            [
                clamped ? 0 : ((-Leak * (v - Rest)) + exponential - y[1] + y[2]) / Capacitance, clamped ? 0 : ((4 * (v - Rest)) - y[1]) / 144,
                -y[2] / 40, -(y[3] - ThresholdRest) / 50, (v - y[4]) / 7, (v - y[5]) / 10,
            ];
        }
    }
}
