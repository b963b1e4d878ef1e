"""A result as markdown tables, side by side: what perf/run prints and the README shows."""

from . import stats
from .load import is_bound_by_generator
from .results import Result

# Whose rates and calls stand in the table; those of the others are in the file.
RATED = ("coronet", "redis")
# Half the distance between the quartiles beyond which a figure is marked.
SPREAD_MARKED = 0.10

# Kind -> (heading, metric, how to write it): the columns where each server has a row of its own.
COLUMNS = {
    "count": [("calls/op", "callsPerOperation", "short"), ("calls/turn", "callsPerTurn", "short"),
              ("turns/op", "turnsPerOperation", "short"), ("allocations/op", "allocationsPerOperation", "short"),
              ("references/op", "referencesPerOperation", "short")],
    "latency": [("offered/s", "operationsPerSecond", "count"), ("p50 µs", "latencyMicrosP50", "short"),
                ("p90 µs", "latencyMicrosP90", "short"), ("p99 µs", "latencyMicrosP99", "short"),
                ("p99.9 µs", "latencyMicrosP999", "short"), ("max µs", "latencyMicrosMax", "short"),
                ("unsent", "unsentShare", "percent")],
    "memory": [("used B/key", "usedBytesPerKey", "short"), ("resident B/key", "residentBytesPerKey", "short"),
               ("stored/s", "storedPerSecond", "count")],
    "idle": [("CPU µs/s", "cpuMicrosPerSecond", "short"), ("switches/s", "switchesPerSecond", "short"),
             ("resident", "residentBytes", "bytes"), ("resident/client", "residentBytesPerClient", "bytes")],
    "expiry": [("p99 µs before", "quietMicrosP99", "short"), ("p99 µs in the storm", "stormMicrosP99", "short"),
               ("max µs before", "quietMicrosMax", "short"), ("max µs in the storm", "stormMicrosMax", "short"),
               ("CPU µs/expired key", "cpuMicrosPerExpiredKey", "short"), ("memory back after s", "reclaimedAfterSeconds", "short"),
               ("left at the end", "leftShare", "percent"), ("unsent", "unsentShare", "percent")],
    "snapshot": [("p99 µs before", "quietMicrosP99", "short"), ("p99 µs during", "busyMicrosP99", "short"), ("ratio", "ratioOfP99", "short"),
                 ("p99.9 µs before", "quietMicrosP999", "short"), ("p99.9 µs during", "busyMicrosP999", "short"),
                 ("max µs before", "quietMicrosMax", "short"), ("max µs during", "busyMicrosMax", "short"), ("fork µs", "forkMicros", "short"),
                 ("seconds", "jobSeconds", "short"), ("MB/s", "jobMegabytesPerSecond", "short"), ("held of the data", "heldShare", "percent"),
                 ("unsent", "unsentShare", "percent")],
    "load": [("seconds", "loadSeconds", "short"), ("keys/s", "loadedPerSecond", "count"), ("CPU µs/key, start included", "cpuMicrosPerKey", "short")],
}


def whole(result: Result) -> str:
    """The environment and a section a scenario."""
    return "\n\n".join([environment(result)] + [section(result, name) for name in result.measured_scenarios()])


def environment(result: Result) -> str:
    facts = result.environment
    lines = [f"{facts['cpu']}, {facts['cores']} cores ({facts['machine']}), Linux {facts['kernel']}, "
             f"governor {facts['governor']}, hypervisor: {facts['hypervisor']}, {facts['network']['used']}, commit {facts['commit']}, "
             f"{'short run' if result.options['short'] else 'full run'} of {facts.get('seconds', 0)} s"]
    lines.append(f"Mitigations: {'; '.join(f'{name}: {state}' for name, state in facts['mitigations'].items()) or 'none'}.")
    lines.append(noise(result))
    return "\n\n".join(lines)


def noise(result: Result) -> str:
    """How far the figures can be trusted, in one sentence."""
    others = [each.metrics["othersShare"] for each in result.measurements if "othersShare" in each.metrics]
    spreads = [stats.spread(list(values.values())) for values in _costs(result) if len(values) > 1]
    text = f"Noise: others used {stats.median(others) * 100:.0f} % of the machine in the median measurement" if others else "Noise: not known"
    if spreads:
        text += f"; the median ± of CPU per operation is {stats.median(spreads) * 100:.0f} %, the largest {max(spreads) * 100:.0f} %"
    return text + "."


def _costs(result: Result):
    for name in result.measured_scenarios():
        for cell in result.scenarios[name]["cells"]:
            for server in result.servers(name):
                yield result.values(name, cell["name"], server, "cpuMicrosPerOperation")


def section(result: Result, name: str) -> str:
    return "\n\n".join([f"### {result.scenarios[name]['title']}", markdown(*rows(result, name)), *notes(result, name)])


def rows(result: Result, name: str) -> tuple:
    """(headings, rows) of a scenario."""
    return _cost_rows(result, name) if result.scenarios[name]["kind"] == "cost" else _rows_by_server(result, name)


def notes(result: Result, name: str) -> list:
    """Who is not in the table, and why."""
    scenario = result.scenarios[name]
    left_out = "; ".join(f"{server} ({reason})" for server, reason in scenario["leftOut"].items())
    repetitions = {each.repetition for each in result.measurements if each.scenario == name}
    count = f"{len(repetitions)} repetition{'s' * (len(repetitions) != 1)}"
    missing = ", ".join(server for server in scenario["servers"] if server not in result.servers(name))
    return [f"{count}."] + [f"Left out: {left_out}."] * bool(left_out) + [f"Not measured in this run: {missing}."] * bool(missing)


def _cost_rows(result: Result, name: str) -> tuple:
    """One row a cell: CPU time by server, ratios, rates, system calls."""
    scenario, measured = result.scenarios[name], result.servers(name)
    others = [other for other in ("redis", "memcached", "floor") if other in measured and "coronet" in measured]
    beside = any(cell["against"] for cell in scenario["cells"])
    called = [server for server in measured if server in RATED and any(result.values(name, cell["name"], server, "callsPerOperation") for cell in scenario["cells"])]
    hops = any(cell["setup"]["cores"] > 1 for cell in scenario["cells"])
    head = ["", *(f"{server} µs/{_short(scenario['unit'])}" for server in measured), *(f"/ {other}" for other in others)]
    rated = [server for server in measured if server in RATED]
    head += [f"{server} {_short(scenario['unit'])}/s" for server in rated]
    head += [f"{server} calls/{_short(scenario['unit'])}" for server in called]
    head += ["hops/op"] * hops + [f"{server} / cell beside" for server in measured if beside]
    rows = []
    for cell in scenario["cells"]:
        row = [cell["name"]]
        row += [_cost(result, name, cell["name"], server) for server in measured]
        row += [_ratio(result, name, cell["name"], "coronet", cell["name"], other) for other in others]
        row += [_rate(result, name, cell["name"], server) for server in rated]
        row += [_median(result, name, cell["name"], server, "callsPerOperation", "short") for server in called]
        row += [_median(result, name, cell["name"], "coronet", "hopsPerOperation", "short")] if hops else []
        row += [_ratio(result, name, cell["name"], server, cell["against"], server) if cell["against"] else "" for server in measured if beside]
        rows.append(row)
    return head, rows


def _rows_by_server(result: Result, name: str) -> tuple:
    scenario = result.scenarios[name]
    columns = [column for column in COLUMNS[scenario["kind"]]
               if any(column[1] in each.metrics for each in result.measurements if each.scenario == name)]
    rows = []
    for cell in scenario["cells"]:
        for server in result.servers(name):
            rows.append([cell["name"], server] + [_median(result, name, cell["name"], server, metric, form) for _, metric, form in columns])
    return ["", "server"] + [heading for heading, _, _ in columns], rows


def _cost(result, scenario, cell, server) -> str:
    values = list(result.values(scenario, cell, server, "cpuMicrosPerOperation").values())
    if not values:
        return "-"
    return written(stats.median(values), "short") + (f" ±{stats.spread(values) * 100:.0f} %" if len(values) > 1 else "")


def _ratio(result, scenario, cell, server, other_cell, other) -> str:
    """The median of the ratios within repetitions; two marks say that it scatters."""
    ratios = stats.paired_ratios(result.values(scenario, cell, server, "cpuMicrosPerOperation"),
                                 result.values(scenario, other_cell, other, "cpuMicrosPerOperation"))
    if not ratios:
        return "-"
    return f"{stats.median(ratios):.2f}" + ("~" if stats.spread(ratios) > SPREAD_MARKED else "")


def _rate(result, scenario, cell, server) -> str:
    values = result.values(scenario, cell, server, "operationsPerSecond")
    if not values:
        return "-"
    bound = [is_bound_by_generator(each.metrics) for each in result.measurements
             if (each.scenario, each.cell, each.server) == (scenario, cell, server)]
    return written(stats.median(values.values()), "count") + (" >" if sum(bound) * 2 > len(bound) else "")


def _median(result, scenario, cell, server, metric, form) -> str:
    values = result.values(scenario, cell, server, metric)
    return written(stats.median(values.values()), form) if values else "-"


def written(value: float, form: str) -> str:
    """A number as people read it: three digits are enough."""
    if form == "percent":
        return f"{value * 100:.0f} %"
    if form == "bytes":
        for unit, size in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
            if abs(value) >= size:
                return f"{value / size:.1f} {unit}"
        return f"{value:.0f} B"
    if form == "count" or abs(value) >= 1000:
        return f"{value:,.0f}"
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.3f}"


def _short(unit: str) -> str:
    return "op" if unit == "operation" else unit


def markdown(head: list, rows: list) -> str:
    """A table that is also readable as plain text."""
    widths = [max(len(str(row[column])) for row in [head, *rows]) for column in range(len(head))]
    texts = sum(1 for cell in (rows[0] if rows else head) if not str(cell)[:1].isdigit() and str(cell) != "-") or 1

    def line(row):
        return "| " + " | ".join(str(cell).ljust(width) if index < min(texts, 2) else str(cell).rjust(width)
                                 for index, (cell, width) in enumerate(zip(row, widths))) + " |"

    rule = "|" + "|".join("-" * (width + 2) if index < min(texts, 2) else "-" * (width + 1) + ":" for index, width in enumerate(widths)) + "|"
    return "\n".join([line(head), rule, *(line(row) for row in rows)])


READING = """µs/op: CPU time of the server's threads per operation, median of the repetitions, ± half the distance between the quartiles.
/ redis, / memcached, / floor: coronet's CPU time as a part of theirs, side by side in the same repetition; ~ scatters by more
than 10 %. Rates with > were held back by the load generator, not by the server. calls/op: system calls per operation."""
