"""Absolute limits, checked by CI: counts, and ratios of CPU time taken side by side; never the wall clock.

A file under perf/budgets/ names a scenario, which of its servers and how many repetitions of its short form are enough, and limits:

    scenario = "counts"
    servers = ["coronet"]
    repeats = 1

    [[limits]]
    cell = "GET, pipeline 1"
    metric = "callsPerOperation"     # or a ratio: metric = "cpuMicrosPerOperation" with against = "floor"
    at-most = 2.1
"""

import sys
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

from . import scenario, servers, stats, table
from .session import Run

DIRECTORY = Path(__file__).resolve().parents[1] / "budgets"


@dataclass(frozen=True)
class Limit:
    cell: str
    metric: str
    at_most: float
    against: str = ""


@dataclass(frozen=True)
class Budget:
    name: str
    scenario: scenario.Scenario
    limits: tuple


def read_all(directory: Path = DIRECTORY) -> list:
    return [read(path) for path in sorted(directory.glob("*.toml"))]


def read(path: Path) -> Budget:
    data = tomllib.loads(path.read_text())
    whole = scenario.read(scenario.DIRECTORY / f"{data['scenario']}.toml", short=True)
    limits = tuple(Limit(each["cell"], each["metric"], float(each["at-most"]), each.get("against", "")) for each in data["limits"])
    cells = tuple(whole.cell(name) for name in dict.fromkeys(limit.cell for limit in limits))
    chosen = tuple(name for name in whole.servers if name in data["servers"])
    return Budget(path.stem, replace(whole, cells=cells, servers=chosen, repeats=int(data["repeats"])), limits)


def check(programs: dict, generator: str) -> tuple:
    """Measures what the budgets need and holds it against them: (passed, failed). Says each on a line."""
    passed = failed = 0
    for budget in read_all():
        missing = [name for name in budget.scenario.servers if name not in programs]
        if missing:
            print(f"FAILED  {budget.name}: {', '.join(missing)} is not there: {servers.REMEDIES[missing[0]]}")
            failed += len(budget.limits)
            continue
        # A scenario that failed has no figures, and what has no figures is not within its limits.
        result = Run([budget.scenario], {name: programs[name] for name in budget.scenario.servers}, generator).perform()
        for limit in budget.limits:
            good, sentence = judge(result, budget, limit)
            passed, failed = passed + good, failed + (not good)
            print(f"{'ok    ' if good else 'FAILED'}  {budget.name}: {sentence}", flush=True)
    return passed, failed


def judge(result, budget: Budget, limit: Limit) -> tuple:
    """Whether the median of the repetitions is within the limit, and a sentence. What was not measured is not within."""
    values = result.values(budget.scenario.name, limit.cell, "coronet", limit.metric)
    name = f"{limit.cell}: {limit.metric}"
    if limit.against:
        name += f" / {limit.against}"
        found = stats.paired_ratios(values, result.values(budget.scenario.name, limit.cell, limit.against, limit.metric))
    else:
        found = list(values.values())
    if not found:
        return False, f"{name} could not be measured here"
    middle = stats.median(found)
    good = middle <= limit.at_most
    return good, f"{name} is {table.written(middle, 'short')}, {'within' if good else 'beyond'} {limit.at_most:g}"


def main(programs: dict, generator: str) -> int:
    """Closes with the line that CI adds up."""
    passed, failed = check(programs, generator)
    sys.stdout.flush()
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1
