"""Brian2 in C++ standalone mode: one way to set it up, run it and read the clock."""

import shutil
import tempfile

import brian2
import numpy as np


def begin(seed, threads, step):
    """Sets the device up. What is described after this is compiled to one C++ program."""
    brian2.BrianLogger.suppress_name("method_choice")
    brian2.set_device("cpp_standalone", build_on_run=False)
    # One thread is the program without OpenMP, which is the faster one.
    brian2.prefs.devices.cpp_standalone.openmp_threads = threads if threads > 1 else 0
    brian2.prefs.codegen.cpp.extra_compile_args_gcc = ["-w", "-O3", "-ffast-math", "-march=native", "-std=c++11"]
    brian2.defaultclock.dt = step
    brian2.seed(seed)
    return np.random.default_rng(seed)


def measure(network, warmup, seconds, counters):
    """Builds and runs; returns the wall seconds that the C++ program itself spent in the second run, and the rate of each population in it."""
    folder = tempfile.mkdtemp(prefix="brian-")
    try:
        if warmup > 0:
            network.run(warmup * brian2.second)
        for _, _, monitor in counters:
            monitor.active = True
        network.run(seconds * brian2.second)
        brian2.device.build(directory=folder, compile=True, run=True, debug=False, with_output=False)
        run_seconds = brian2.device._last_run_time
        rates = {name: int(monitor.num_spikes) / (len(group) * seconds) for name, group, monitor in counters}
        return run_seconds, rates
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def counter(name, group):
    """Counts the spikes of a group once the warm-up is over."""
    monitor = brian2.SpikeMonitor(group, record=False)
    monitor.active = False
    return name, group, monitor


def draw(rng, sources, targets, in_degree):
    """A fixed in-degree with repetition."""
    return rng.integers(0, sources, targets * in_degree), np.repeat(np.arange(targets), in_degree)
