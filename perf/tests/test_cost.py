"""In which order servers are filled and measured."""

from types import SimpleNamespace

import pytest

from harness.kinds import cost


class Generator:
    """Notes what it is asked for."""

    def __init__(self):
        self.said = []

    def populate(self, server, load):
        self.said.append(f"fill {server.name}")

    def run(self, server, load, seconds):
        self.said.append(f"warm {server.name}")

    def measure(self, server, load, seconds):
        self.said.append(f"measure {server.name}")
        return {"cpuMicrosPerOperation": 1.0}, {"operations": 1}


@pytest.mark.parametrize("options, order", [
    ({}, ["fill a", "warm a", "fill b", "warm b", "measure a", "measure b"]),
    ({"apart": True}, ["fill a", "warm a", "measure a", "fill b", "warm b", "measure b"]),
])
def test_cell_apart_is_filled_and_measured_one_server_after_the_other(options, order):
    generator = Generator()
    cell = SimpleNamespace(name="cell", options=options, setup=SimpleNamespace(cores=1), load=SimpleNamespace(seconds=1, per=1))
    scenario = SimpleNamespace(name="scenario", servers=("a", "b"), calls=False)
    run = SimpleNamespace(generator=generator, repetition=0)
    measured = list(cost.measure(scenario, [cell], [SimpleNamespace(name="a"), SimpleNamespace(name="b")], run))
    assert generator.said == order
    assert [each.server for each in measured] == ["a", "b"]
