"""The file that perf/run writes and everything else reads: JSON, version 1.

    {"version": 1, "environment": {...}, "options": {...}, "programs": {server: {version, sha256}},
     "scenarios": {name: {title, kind, unit, servers, leftOut, budget, cells: [{name, against, load, setup, options}]}},
     "measurements": [{scenario, cell, server, repetition, metrics: {name: number}, detail: {...}}]}
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

VERSION = 1


class ResultError(ValueError):
    """A file that is no result of ours."""


@dataclass
class Measurement:
    """One cell on one server in one repetition. Metric names end in their unit; `detail` is what charts need."""

    scenario: str
    cell: str
    server: str
    repetition: int
    metrics: dict
    detail: dict = field(default_factory=dict)


@dataclass
class Result:
    environment: dict
    options: dict
    programs: dict
    scenarios: dict
    measurements: list

    def values(self, scenario: str, cell: str, server: str, metric: str) -> dict:
        """Repetition -> value."""
        return {each.repetition: each.metrics[metric] for each in self._of(scenario, cell, server) if metric in each.metrics}

    def details(self, scenario: str, cell: str, server: str, name: str) -> list:
        return [each.detail[name] for each in self._of(scenario, cell, server) if name in each.detail]

    def _of(self, scenario: str, cell: str, server: str) -> list:
        return [each for each in self.measurements if (each.scenario, each.cell, each.server) == (scenario, cell, server)]

    def measured_scenarios(self) -> list:
        """Those that the run came to before it ended."""
        seen = {each.scenario for each in self.measurements}
        return [name for name in self.scenarios if name in seen]

    def servers(self, scenario: str) -> list:
        """Those that were measured, in the scenario's order."""
        seen = {each.server for each in self.measurements if each.scenario == scenario}
        return [name for name in self.scenarios[scenario]["servers"] if name in seen]


def describe(scenario) -> dict:
    """A scenario as it goes into the file."""
    return {
        "title": scenario.title, "kind": scenario.kind, "unit": scenario.unit, "servers": list(scenario.servers),
        "leftOut": scenario.left_out, "budget": scenario.budget,
        "cells": [{"name": cell.name, "against": cell.against, "load": asdict(cell.load), "setup": asdict(cell.setup),
                   "options": cell.options} for cell in scenario.cells],
    }


def write(result: Result, path: Path, details: bool = True):
    """One measurement a line. Without details it is enough to compare with, and small."""
    path.parent.mkdir(parents=True, exist_ok=True)
    head = _rounded({"version": VERSION, **vars(result), "measurements": []})
    lines = [json.dumps(_rounded(asdict(each) if details else asdict(each) | {"detail": {}})) for each in result.measurements]
    text = json.dumps(head, indent=1)
    path.write_text(text.removesuffix("]\n}") + "\n" + ",\n".join(lines) + "\n]}\n")


def read(path: Path) -> Result:
    try:
        data = json.loads(Path(path).read_text())
    except (OSError, ValueError) as error:
        raise ResultError(f"{path}: {error}") from error
    if not isinstance(data, dict) or data.get("version") != VERSION:
        raise ResultError(f"{path}: not a result of version {VERSION}")
    try:
        measurements = [Measurement(**each) for each in data["measurements"]]
        return Result(data["environment"], data["options"], data["programs"], data["scenarios"], measurements)
    except (KeyError, TypeError) as error:
        raise ResultError(f"{path}: {error!r} is missing or wrong") from error


def _rounded(value):
    """Seven digits are more than any measurement here is worth, and keep the files readable."""
    if isinstance(value, float):
        return float(f"{value:.7g}")
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, (list, tuple)) else value
