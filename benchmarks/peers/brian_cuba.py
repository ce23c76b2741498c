"""The CUBA network in Brian2."""

from brian2 import Network, NeuronGroup, Synapses, mV, ms

import brian
import peer

a = peer.arguments(seconds=10.0, warmup=5.0)
rng = brian.begin(a.seed, a.threads, 0.1 * ms)
cells = NeuronGroup(4000, """
    dv/dt = (ge + gi - (v - El)) / (20*ms) : volt (unless refractory)
    dge/dt = -ge / (5*ms) : volt
    dgi/dt = -gi / (10*ms) : volt
    """, threshold="v >= -50*mV", reset="v = -60*mV", refractory=5 * ms, method="exact", namespace={"El": -49 * mV})
cells.v = "-60*mV + rand()*10*mV"
excitatory, inhibitory = cells[:3200], cells[3200:]
network = Network(cells)
for source, count, in_degree, effect in ((excitatory, 3200, 64, "ge += 1.62*mV"), (inhibitory, 800, 16, "gi -= 9*mV")):
    synapses = Synapses(source, cells, on_pre=effect, delay=0.1 * ms)
    i, j = brian.draw(rng, count, 4000, in_degree)
    synapses.connect(i=i, j=j)
    network.add(synapses)
counters = [brian.counter("excitatory", excitatory), brian.counter("inhibitory", inhibitory)]
network.add(*(c[2] for c in counters))
run, rates = brian.measure(network, a.warmup, a.seconds, counters)
peer.report("cuba", "brian2", a.threads, a.seconds, run, rates)
