"""The cortical microcircuit in NEST."""

import time

import nest
import numpy as np

import microcircuit_parameters as m
import peer

a = peer.arguments(seconds=1.0, warmup=0.2, scale=0.1)
nest.set_verbosity("M_ERROR")
nest.SetKernelStatus({"resolution": 0.1, "local_num_threads": a.threads, "rng_seed": a.seed % (2 ** 31) + 1})
growth = 1 / np.sqrt(a.scale)
populations = []
for p in range(8):
    cells = nest.Create("iaf_psc_exp", int(round(m.SIZES[p] * a.scale)), params={
        "tau_m": 10.0, "C_m": 250.0, "E_L": -65.0, "V_th": -50.0, "V_reset": -65.0, "t_ref": 2.0, "tau_syn_ex": 0.5, "tau_syn_in": 0.5,
        "I_e": float(m.bias(a.scale)[p]), "V_m": nest.random.normal(m.START_MEAN[p], m.START_DEVIATION[p])})
    populations.append(cells)
for target in range(8):
    drive = nest.Create("poisson_generator", params={"rate": m.EXTERNAL_HZ * m.EXTERNAL[target] * a.scale})
    nest.Connect(drive, populations[target], "all_to_all", {"weight": m.WEIGHT * growth, "delay": 0.1})
    for source in range(8):
        count = int(round(m.synapses()[target, source] * a.scale ** 2))
        if count == 0:
            continue
        weight = float(m.weights()[target, source] * growth)
        mean, deviation = (1.5, 0.75) if source % 2 == 0 else (0.75, 0.375)
        drawn = nest.random.normal(weight, abs(0.1 * weight))
        nest.Connect(populations[source], populations[target], {"rule": "fixed_total_number", "N": count}, {
            "weight": nest.math.max(drawn, 0.0) if source % 2 == 0 else nest.math.min(drawn, 0.0),
            "delay": nest.math.max(nest.random.normal(mean, deviation), 0.1)})
recorders = [nest.Create("spike_recorder", params={"start": a.warmup * 1e3}) for _ in range(8)]
for p in range(8):
    nest.Connect(populations[p], recorders[p])
nest.Prepare()
nest.Run(a.warmup * 1e3)
begin = time.perf_counter()
nest.Run(a.seconds * 1e3)
run = time.perf_counter() - begin
nest.Cleanup()
rates = {m.NAMES[p]: recorders[p].n_events / (len(populations[p]) * a.seconds) for p in range(8)}
peer.report("microcircuit", "nest", a.threads, a.seconds, run, rates, scale=a.scale)
