"""Diehl and Cook's network in Brian2, on random images, with no rest between them."""

import numpy as np
from brian2 import Network, NeuronGroup, PoissonGroup, Synapses, TimedArray, Hz, mV, ms

import brian
import peer

a = peer.arguments(seconds=35.0, warmup=3.5, neurons=400)
rng = brian.begin(a.seed, a.threads, 0.5 * ms)
N, IMAGE = a.neurons, 0.35
count = int(round((a.seconds + a.warmup) / IMAGE))
images = np.where(rng.random((count, 784)) < 0.19, rng.uniform(0.3, 1, (count, 784)), 0)
shown = TimedArray(images * 63.75 * Hz, dt=350 * ms, name="shown")
pixels = PoissonGroup(784, rates="shown(t, i)", namespace={"shown": shown})
membrane = """
    dv/dt = ((rest - v) + ge*(0*mV - v) + gi*(pull - v)) / tau : volt (unless refractory)
    dge/dt = -ge / (1*ms) : 1
    dgi/dt = -gi / (2*ms) : 1
    """
excitatory = NeuronGroup(N, membrane + """
    dtheta/dt = -theta / (1e7*ms) : volt
    sum_of_weights : 1
    """, threshold="v > theta - 72*mV", reset="v = -65*mV\ntheta += 0.05*mV", refractory=5 * ms, method="exponential_euler",
    namespace={"rest": -65 * mV, "pull": -100 * mV, "tau": 100 * ms})
inhibitory = NeuronGroup(N, membrane, threshold="v > -40*mV", reset="v = -45*mV", refractory=2 * ms, method="exponential_euler",
    namespace={"rest": -60 * mV, "pull": -85 * mV, "tau": 10 * ms})
excitatory.v, inhibitory.v, excitatory.theta = -65 * mV, -60 * mV, 20 * mV
# The clock of the object is that of the images: it times the sums and the normalisation, not the spikes.
learning = Synapses(pixels, excitatory, """
    w : 1
    sum_of_weights_post = w : 1 (summed)
    dx/dt = -x / (20*ms) : 1 (event-driven)
    dy1/dt = -y1 / (20*ms) : 1 (event-driven)
    dy2/dt = -y2 / (40*ms) : 1 (event-driven)
    """, on_pre="""
    ge_post += w
    x = 1
    w = clip(w - 1e-4*y1, 0, 1)
    """, on_post="""
    w = clip(w + 0.01*x*y2, 0, 1)
    y1 = 1
    y2 = 1
    """, dt=350 * ms)
learning.connect()
learning.w = "0.003 + 0.3*rand()"
learning.pre.delay = "10*ms*rand()"
learning.run_regularly("w = clip(w * 78 / sum_of_weights_post, 0, 1)", dt=350 * ms, when="before_synapses")
to_inhibitory = Synapses(excitatory, inhibitory, on_pre="ge_post += 10.4")
to_inhibitory.connect(j="i")
to_excitatory = Synapses(inhibitory, excitatory, on_pre="gi_post += 17")
to_excitatory.connect(condition="i != j")
counters = [brian.counter("excitatory", excitatory), brian.counter("inhibitory", inhibitory)]
network = Network(pixels, excitatory, inhibitory, learning, to_inhibitory, to_excitatory, *(c[2] for c in counters))
run, rates = brian.measure(network, a.warmup, a.seconds, counters)
peer.report("diehl-cook", "brian2", a.threads, a.seconds, run, rates, neurons=N, imagesPerSecond=a.seconds / IMAGE / run)
