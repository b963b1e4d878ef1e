"""Two results of one machine, set against each other: did it get worse?

CPU time is compared as a ratio to the floor or, where the floor is not measured, to redis-server, within each repetition:
what the machine did to both cancels. Counts (system calls, bytes) are compared as they are. A verdict is given only where the
interval of the ratio allows one:

    worse       the whole interval is above the budget
    better      the whole interval is below its mirror image
    same        the whole interval lies between
    too noisy   anything else: more repetitions, or a quieter machine
"""

from dataclasses import dataclass

from . import stats
from .results import Result

# What CPU time is set against, in this order of liking.
REFERENCES = ("floor", "redis", "memcached")
RELATIVE = ("cpuMicrosPerOperation",)
# Fewer repetitions than this on either side allow no verdict on what scatters. What kinds of scenario count does not.
REPETITIONS_MIN = 3
COUNTED_KINDS = ("count", "memory")


class Incomparable(ValueError):
    """Two results that say nothing about each other."""


@dataclass(frozen=True)
class Line:
    """One metric of one cell. `ratio` is after / before; above one is worse."""

    scenario: str
    cell: str
    metric: str
    against: str
    before: float
    after: float
    ratio: float
    low: float
    high: float
    budget: float
    verdict: str


def compare(before: Result, after: Result, server: str = "coronet") -> list:
    """A line for each budgeted metric of each cell that both have."""
    here, there = before.environment["machine"], after.environment["machine"]
    if here != there:
        raise Incomparable(f"they come from different machines ({here}, {there}): measure both on one")
    lines = []
    for name, scenario in after.scenarios.items():
        for cell in scenario["cells"]:
            for metric, budget in scenario["budget"].items():
                line = _line(before, after, name, cell["name"], metric, float(budget), server)
                lines += [line] if line else []
    if not lines:
        raise Incomparable("they have no budgeted scenario in common")
    return lines


def _line(before, after, scenario, cell, metric, budget, server):
    reference = _reference(before, after, scenario, cell, server) if metric in RELATIVE else ""
    old, new = (_series(result, scenario, cell, metric, server, reference) for result in (before, after))
    if not old or not new or not stats.median(old):
        return None
    ratio, low, high = stats.ratio_interval(old, new)
    enough = after.scenarios[scenario]["kind"] in COUNTED_KINDS or min(len(old), len(new)) >= REPETITIONS_MIN
    return Line(scenario, cell, metric, reference, stats.median(old), stats.median(new), ratio, low, high, budget,
                verdict(low, high, budget) if enough else "too few repetitions")


def _reference(before, after, scenario, cell, server):
    for name in REFERENCES:
        if name != server and all(result.values(scenario, cell, name, "cpuMicrosPerOperation") for result in (before, after)):
            return name
    return ""


def _series(result, scenario, cell, metric, server, reference) -> list:
    values = result.values(scenario, cell, server, metric)
    if not reference:
        return list(values.values())
    return stats.paired_ratios(values, result.values(scenario, cell, reference, metric))


def verdict(low: float, high: float, budget: float) -> str:
    worst, best = 1 + budget, 1 / (1 + budget)
    if low > worst:
        return "worse"
    if high < best:
        return "better"
    return "same" if low >= best and high <= worst else "too noisy"


def regressions(lines: list) -> list:
    return [line for line in lines if line.verdict == "worse"]
