"""The balanced network with power-law plasticity in Brian2."""

from brian2 import Network, NeuronGroup, PoissonInput, Synapses, Hz, mV, ms, pA

import brian
import peer

a = peer.arguments(seconds=1.0, warmup=0.1)
rng = brian.begin(a.seed, a.threads, 0.1 * ms)
N_E, N_I, J = 9000, 2250, 250.0
cells = NeuronGroup(N_E + N_I, """
    dv/dt = -v / (10*ms) + I / (250*pF) : volt (unless refractory)
    dI/dt = -I / (0.5*ms) : amp
    """, threshold="v >= 20*mV", reset="v = 0*mV", refractory=0.5 * ms, method="exact")
cells.v = "5.7*mV + 7.2*mV*randn()"
excitatory, inhibitory = cells[:N_E], cells[N_E:]
network = Network(cells, PoissonInput(cells, "I", 1, 4800 * Hz, J * pA))
rate = 0.1
plastic = Synapses(excitatory, excitatory, """
    w : 1
    dx/dt = -x / (15*ms) : 1 (event-driven)
    dy/dt = -y / (30*ms) : 1 (event-driven)
    """, on_pre="""
    I_post += w*pA
    w = clip(w - down*w*y, 0, most)
    x += 1
    """, on_post="""
    w = clip(w + up*w**0.4*x, 0, most)
    y += 1
    """, delay={"pre": 1.5 * ms}, namespace={"up": rate, "down": rate * (15 / 30) / J ** 0.6, "most": 10 * J})
i, j = brian.draw(rng, N_E, N_E, 900)
plastic.connect(i=i, j=j)
plastic.w = J
network.add(plastic)
for source, count, target, size, in_degree, weight in (
        (excitatory, N_E, inhibitory, N_I, 900, J), (inhibitory, N_I, excitatory, N_E, 225, -5 * J), (inhibitory, N_I, inhibitory, N_I, 225, -5 * J)):
    synapses = Synapses(source, target, on_pre="I_post += %r*pA" % weight, delay=1.5 * ms)
    i, j = brian.draw(rng, count, size, in_degree)
    synapses.connect(i=i, j=j)
    network.add(synapses)
counters = [brian.counter("excitatory", excitatory), brian.counter("inhibitory", inhibitory)]
network.add(*(c[2] for c in counters))
run, rates = brian.measure(network, a.warmup, a.seconds, counters)
peer.report("balanced-stdp", "brian2", a.threads, a.seconds, run, rates)
