"""The CUBA network in NEST."""

import time

import nest

import peer

a = peer.arguments(seconds=10.0, warmup=5.0)
nest.set_verbosity("M_ERROR")
nest.SetKernelStatus({"resolution": 0.1, "local_num_threads": a.threads, "rng_seed": a.seed % (2 ** 31) + 1})
# With as many pF as the membrane has ms, a weight of 1 pA is a drive of 1 mV.
cells = nest.Create("iaf_psc_exp", 4000, params={
    "tau_m": 20.0, "C_m": 20.0, "E_L": -49.0, "V_th": -50.0, "V_reset": -60.0, "t_ref": 5.0, "tau_syn_ex": 5.0, "tau_syn_in": 10.0,
    "V_m": nest.random.uniform(-60.0, -50.0)})
for sources, in_degree, weight in ((cells[:3200], 64, 1.62), (cells[3200:], 16, -9.0)):
    nest.Connect(sources, cells, {"rule": "fixed_indegree", "indegree": in_degree}, {"weight": weight, "delay": 0.1})
populations = {"excitatory": cells[:3200], "inhibitory": cells[3200:]}
recorders = {name: nest.Create("spike_recorder", params={"start": a.warmup * 1e3}) for name in populations}
for name, population in populations.items():
    nest.Connect(population, recorders[name])
nest.Prepare()
nest.Run(a.warmup * 1e3)
begin = time.perf_counter()
nest.Run(a.seconds * 1e3)
run = time.perf_counter() - begin
nest.Cleanup()
rates = {name: recorders[name].n_events / (len(population) * a.seconds) for name, population in populations.items()}
peer.report("cuba", "nest", a.threads, a.seconds, run, rates)
