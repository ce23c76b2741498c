"""The parameters of the cortical microcircuit (Potjans and Diesmann 2014), scaled as in van Albada, Helias and Diesmann (2015)."""

import numpy as np

NAMES = ["L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I"]
SIZES = np.array([20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948])
RATES = np.array([0.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829])
EXTERNAL = np.array([1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100])
START_MEAN = [-68.28, -63.16, -63.33, -63.45, -63.11, -61.66, -66.72, -61.43]
START_DEVIATION = [5.36, 4.57, 4.74, 4.94, 4.94, 4.55, 5.46, 4.48]
# Row: target, column: source.
PROBABILITIES = np.array([
    [0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0, 0.0076, 0],
    [0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0, 0.0042, 0],
    [0.0077, 0.0059, 0.0497, 0.135, 0.0067, 0.0003, 0.0453, 0],
    [0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0, 0.1057, 0],
    [0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0],
    [0.0548, 0.0269, 0.0257, 0.0022, 0.06, 0.3158, 0.0086, 0],
    [0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252],
    [0.0364, 0.001, 0.0034, 0.0005, 0.0277, 0.008, 0.0658, 0.1443],
])
WEIGHT, TAU_SYNAPSE, EXTERNAL_HZ = 87.81, 0.5, 8.0


def synapses():
    """Full-scale synapses of each pair of populations, [target, source]."""
    with np.errstate(divide="ignore"):
        return np.round(np.log(1 - PROBABILITIES) / np.log(1 - 1 / np.outer(SIZES, SIZES).astype(float)))


def weights():
    """Mean weights in pA, [target, source]."""
    w = np.where(np.arange(8) % 2 == 0, WEIGHT, -4 * WEIGHT) * np.ones((8, 8))
    w[0, 2] *= 2
    return w


def bias(scale):
    """The constant current in pA that stands for the input that a smaller network lacks."""
    full = (weights() * synapses() / SIZES[:, None] * RATES).sum(axis=1) + WEIGHT * EXTERNAL * EXTERNAL_HZ
    return 1e-3 * TAU_SYNAPSE * (1 - np.sqrt(scale)) * full
