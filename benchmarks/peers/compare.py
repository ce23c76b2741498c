#!/usr/bin/env python3
"""Runs the benchmark models here and in the peers, one after the other on the same machine, and prints the ratios.

    python3 benchmarks/peers/compare.py [--models cuba microcircuit ...] [--threads 1 2] [--repeat 3] [--json FILE]

Of several runs the fastest counts, for all alike: what else the machine does can only slow a run down. Peers that are not installed are skipped with a line.
"""

import argparse
import importlib.util
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MODELS = {
    "cuba": ["--seconds", "10", "--warmup", "5"],
    "balanced-stdp": ["--seconds", "1", "--warmup", "0.1"],
    "microcircuit": ["--scale", "0.1", "--seconds", "1", "--warmup", "0.2"],
    "diehl-cook": ["--neurons", "400", "--seconds", "35", "--warmup", "3.5"],
}
PEERS = {"brian2": ("brian2", "brian_%s.py"), "nest": ("nest", "nest_%s.py")}


def last_object(command):
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not lines:
        sys.exit("%s failed with code %d:\n%s" % (" ".join(map(str, command)), done.returncode, (done.stderr or done.stdout)[-2000:]))
    return json.loads(lines[-1])


def fastest(command, repeat):
    return min((last_object(command) for _ in range(repeat)), key=lambda result: result["realTimeFactor"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", nargs="+", choices=list(MODELS), default=list(MODELS))
    parser.add_argument("--threads", nargs="+", type=int, default=[1, os.cpu_count()])
    parser.add_argument("--repeat", type=int, default=1, help="runs of each, of ours and of the peers")
    parser.add_argument("--json", help="a file for all results")
    given = parser.parse_args()
    lepton = ROOT / "Experiments" / "bin" / "Release" / "net10.0" / "lepton.dll"
    if not lepton.exists():
        sys.exit("%s is missing: dotnet build -c Release" % lepton)
    load = os.getloadavg()[0]
    if load > 0.5:
        print("The load is %.1f: other programs are running, and these figures will not be those of the machine." % load)
    results = []
    for model in given.models:
        ours = [fastest(["dotnet", str(lepton), "bench", model, *MODELS[model], "--threads", str(t), "--quiet", "--json"], given.repeat) for t in sorted(set(given.threads))]
        results += [{"simulator": "lepton", **r} for r in ours]
        best = min(ours, key=lambda r: r["realTimeFactor"])
        show("lepton", best, best)
        for name, (module, script) in PEERS.items():
            path = HERE / (script % model.replace("-", "_"))
            if not path.exists():
                continue
            if importlib.util.find_spec(module) is None:
                print("%-14s %-8s skipped: not installed" % (model, name))
                continue
            theirs = [fastest([sys.executable, str(path), *MODELS[model], "--threads", str(t)], given.repeat) for t in sorted(set(given.threads))]
            results += theirs
            show(name, min(theirs, key=lambda r: r["realTimeFactor"]), best)
    if given.json:
        temporary = pathlib.Path(given.json + ".part")
        temporary.write_text(json.dumps(results, indent=1) + "\n")
        temporary.replace(given.json)


def show(name, result, ours):
    rates = " ".join("%.2f" % rate for rate in result["ratesHz"].values())
    images = "  %.1f images/s" % result["imagesPerSecond"] if result.get("imagesPerSecond") else ""
    print("%-14s %-8s threads %d  real-time factor %8.4f  %6.1f x ours%s  rates %s Hz" % (
        result["model"], name, result["threads"], result["realTimeFactor"], result["realTimeFactor"] / ours["realTimeFactor"], images, rates), flush=True)


if __name__ == "__main__":
    main()
