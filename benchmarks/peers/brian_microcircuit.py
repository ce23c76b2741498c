"""The cortical microcircuit in Brian2."""

import numpy as np
from brian2 import Network, NeuronGroup, PoissonInput, Synapses, Hz, mV, ms, pA

import brian
import microcircuit_parameters as m
import peer

a = peer.arguments(seconds=1.0, warmup=0.2, scale=0.1)
rng = brian.begin(a.seed, a.threads, 0.1 * ms)
sizes = np.round(m.SIZES * a.scale).astype(int)
ends = np.concatenate([[0], np.cumsum(sizes)])
growth = 1 / np.sqrt(a.scale)
cells = NeuronGroup(int(ends[-1]), """
    dv/dt = -(v + 65*mV) / (10*ms) + (I + bias) / (250*pF) : volt (unless refractory)
    dI/dt = -I / (0.5*ms) : amp
    bias : amp (constant)
    """, threshold="v >= -50*mV", reset="v = -65*mV", refractory=2 * ms, method="exact")
cells.v = rng.normal(np.repeat(m.START_MEAN, sizes), np.repeat(m.START_DEVIATION, sizes)) * mV
cells.bias = np.repeat(m.bias(a.scale), sizes) * pA
groups = [cells[ends[p]:ends[p + 1]] for p in range(8)]
network = Network(cells)
for p in range(8):
    network.add(PoissonInput(groups[p], "I", int(round(m.EXTERNAL[p] * a.scale)), m.EXTERNAL_HZ * Hz, m.WEIGHT * growth * pA))
# All excitatory synapses in one object, all inhibitory ones in another: Brian2 is fastest with few objects.
for kind, mean, deviation in ((0, 1.5, 0.75), (1, 0.75, 0.375)):
    i, j, w = [], [], []
    for target in range(8):
        for source in range(kind, 8, 2):
            count = int(round(m.synapses()[target, source] * a.scale ** 2))
            i.append(rng.integers(ends[source], ends[source + 1], count))
            j.append(rng.integers(ends[target], ends[target + 1], count))
            weight = m.weights()[target, source] * growth
            drawn = rng.normal(weight, abs(0.1 * weight), count)
            w.append(np.maximum(drawn, 0) if kind == 0 else np.minimum(drawn, 0))
    synapses = Synapses(cells, cells, "w : amp (constant)", on_pre="I_post += w")
    synapses.connect(i=np.concatenate(i), j=np.concatenate(j))
    synapses.w = np.concatenate(w) * pA
    total = sum(len(part) for part in i)
    synapses.delay = np.maximum(np.round(rng.normal(mean, deviation, total) / 0.1) * 0.1, 0.1) * ms
    network.add(synapses)
counters = [brian.counter(m.NAMES[p], groups[p]) for p in range(8)]
network.add(*(c[2] for c in counters))
run, rates = brian.measure(network, a.warmup, a.seconds, counters)
peer.report("microcircuit", "brian2", a.threads, a.seconds, run, rates, scale=a.scale)
