"""What the scripts of the peers have in common: arguments, and one line of JSON at the end."""

import argparse
import json


def arguments(seconds, warmup, **more):
    """Parses the command line. Seconds and warm-up are biological time."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=seconds)
    parser.add_argument("--warmup", type=float, default=warmup)
    parser.add_argument("--seed", type=int, default=42)
    for name, default in more.items():
        parser.add_argument("--" + name, type=type(default), default=default)
    return parser.parse_args()


def report(model, simulator, threads, seconds, run_seconds, rates, **more):
    """Prints the result."""
    print(json.dumps({
        "model": model, "simulator": simulator, "threads": threads, "biologicalSeconds": seconds, "runSeconds": run_seconds,
        "realTimeFactor": run_seconds / seconds, "ratesHz": rates, **more,
    }))
