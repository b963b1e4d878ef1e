"""Makes the harness importable; its results here are synthetic, so that every verdict can be asked for."""

import random
import sys
from pathlib import Path

import pytest

PERF = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PERF))

from harness.results import Measurement, Result  # noqa: E402


def synthetic(node=1.0, scatter=0.01, repeats=7, calls=1.0, machine="a", seed=1, drift=0.0) -> Result:
    """A result with one scenario of two cells. `node` is the node's CPU time as a part of the floor's, `calls` its calls a
    turn, `scatter` the relative deviation of every time, `drift` how much slower everything got (the machine's mood)."""
    generator = random.Random(seed)

    def around(value):
        return value * (1 + drift) * generator.gauss(1, scatter)

    cells = [{"name": name, "against": "", "load": {"pipeline": pipeline, "connections": 50}, "setup": {"cores": 1}, "options": {}}
             for name, pipeline in (("pipeline 1", 1), ("pipeline 16", 16))]
    measurements = []
    for repetition in range(repeats):
        for cell, cost in (("pipeline 1", 10.0), ("pipeline 16", 0.8)):
            for server, part in (("coronet", node), ("redis", 1.5), ("floor", 1.0)):
                micros = around(cost * part)
                metrics = {"cpuMicrosPerOperation": micros, "operationsPerSecond": 0.9e6 / micros, "othersShare": 0.0,
                           "serverShare": 0.9, "generatorShare": 0.5}
                if server == "coronet":
                    metrics["callsPerTurn"] = calls * generator.gauss(1, 0.002)
                measurements.append(Measurement("mix", cell, server, repetition, metrics, {"percentiles": [[50, 40.0], [99, 90.0]]}))
    scenario = {"title": "A mix", "kind": "cost", "unit": "operation", "servers": ["coronet", "redis", "memcached", "floor"],
                "leftOut": {}, "budget": {"cpuMicrosPerOperation": 0.15, "callsPerTurn": 0.1}, "cells": cells}
    facts = {"machine": machine, "cpu": "a CPU", "cores": 2, "kernel": "6", "governor": "none", "hypervisor": "none", "commit": "abc",
             "mitigations": {}, "network": {"used": "lo"}, "seconds": 1}
    return Result(facts, {"short": True}, {}, {"mix": scenario}, measurements)


@pytest.fixture(scope="session")
def result():
    return synthetic
