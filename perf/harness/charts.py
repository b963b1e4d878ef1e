"""The charts of a result. Each function draws one, or gives None where the result has no data for it."""

import math

from matplotlib.ticker import LogLocator, NullFormatter

from . import stats, style
from .results import Result
from .scenario import SERVERS

BUSY = ("mix-64", "mix-1k")


def all_charts(result: Result) -> dict:
    """File name -> figure, of those that the result has data for."""
    makers = {"latency": latency, "throughput": throughput, "cpu": cpu, "percentiles": percentiles}
    style.close_all()
    drawn = {name: make(result) for name, make in makers.items()}
    return {name: figure for name, figure in drawn.items() if figure}


def latency(result: Result):
    """Latency against load: the rate that was answered, and how long half and all but one in a hundred waited."""
    if "latency" not in result.measured_scenarios():
        return None
    figure, panels = style.figure(2, share_y=True)
    ends_of = []
    for panel, metric, name in zip(panels, ("latencyMicrosP50", "latencyMicrosP99"), ("median", "99th percentile")):
        ends = []
        for server in _measured(result, "latency"):
            rates, waits = _line(result, "latency", server, "operationsPerSecond", metric)
            panel.plot([rate / 1000 for rate in rates], waits, color=style.colour(server), linewidth=2, marker="o", markersize=4)
            ends.append((rates[-1] / 1000, waits[-1], server, server))
        ends_of.append((panel, ends))
        _axes(panel, "thousand operations a second", "µs" if panel is panels[0] else "", logarithmic=True)
        panel.set_title(name, loc="left", fontsize=10.5, color=style.colour("ink"), pad=8)
        panel.set_xlim(_nines(50), max(end[0] for end in ends) * 1.28)
    for panel, ends in ends_of:
        style.label_ends(panel, ends)
    load = result.scenarios["latency"]["cells"][0]["load"]
    shares = ", ".join(cell["name"].removesuffix(" %") for cell in result.scenarios["latency"]["cells"])
    return style.finish(figure, "Latency against load",
                        f"Open loop at {shares} % of each server's own maximum, pipeline {load['pipeline']}, "
                        f"{load['connections']} connections, from when a request was due")


def throughput(result: Result):
    """Operations a second of one server core by pipeline depth, a panel for each value size."""
    names = [name for name in BUSY if name in result.measured_scenarios()]
    if not names:
        return None
    figure, panels = style.figure(len(names), share_y=True)
    ends_of = []
    for panel, name in zip(panels, names):
        ends = []
        for server in _measured(result, name):
            depths, rates = [], []
            for cell in result.scenarios[name]["cells"]:
                values = result.values(name, cell["name"], server, "operationsPerSecond")
                if values:
                    depths.append(cell["load"]["pipeline"])
                    rates.append(stats.median(values.values()) / 1000)
            panel.plot(depths, rates, color=style.colour(server), linewidth=2, marker="o", markersize=4)
            ends.append((depths[-1], rates[-1], server, server))
        panel.set_xscale("log", base=2)
        panel.set_xticks(depths, [str(depth) for depth in depths])
        panel.set_xlim(min(depths) / 1.15, max(depths) * 5)
        ends_of.append((panel, ends))
        _axes(panel, "requests in a pipeline", "thousand operations a second" if panel is panels[0] else "")
        panel.set_title(result.scenarios[name]["title"], loc="left", fontsize=10.5, pad=8)
    # The panels share their scale, so it is known when all are drawn.
    panels[0].set_ylim(0, max(end[1] for _, ends in ends_of for end in ends) * 1.05)
    for panel, ends in ends_of:
        style.label_ends(panel, ends)
    return style.finish(figure, "Throughput by pipeline", "Closed loop, 50 connections, the server on one core and the load on another")


def cpu(result: Result):
    """Server CPU per operation: a panel a pipeline, each with a scale of its own, bars with their values."""
    if "mix-64" not in result.measured_scenarios():
        return None
    cells = result.scenarios["mix-64"]["cells"]
    figure, panels = style.figure(len(cells), width=9.0, height=3.2)
    servers = _measured(result, "mix-64")
    for panel, cell in zip(panels, cells):
        costs = [stats.median(result.values("mix-64", cell["name"], server, "cpuMicrosPerOperation").values()) for server in servers]
        heights = range(len(servers))[::-1]
        panel.barh(list(heights), costs, height=0.62, color=[style.colour(server) for server in servers])
        for height, cost, server in zip(heights, costs, servers):
            panel.text(cost + max(costs) * 0.03, height, f"{cost:.2f}" if cost < 10 else f"{cost:.1f}", va="center", fontsize=10,
                       fontweight="bold" if server == "coronet" else "normal")
        panel.set_yticks(list(heights), servers if panel is panels[0] else [""] * len(servers))
        for tick, server in zip(panel.get_yticklabels(), servers):
            tick.set_color(style.colour(server))
            tick.set_fontweight("bold")
        panel.set_xlim(0, max(costs) * 1.3)
        panel.set_xticks([])
        panel.grid(False)
        panel.spines["bottom"].set_visible(False)
        panel.set_title(cell["name"], loc="left", fontsize=10.5, pad=6)
    return style.finish(figure, "CPU time per operation",
                        "µs of the server's threads, kernel included; 95 % GET, 5 % SET of 64 B; each panel to its own scale")


def percentiles(result: Result):
    """How long everybody waited at half of the maximum: the whole distribution up to the slowest."""
    if "latency" not in result.measured_scenarios():
        return None
    cells = result.scenarios["latency"]["cells"]
    cell = next((each for each in cells if each["options"].get("share") == 0.5), cells[len(cells) // 2])
    figure, (panel,) = style.figure(1)
    ends = []
    for server in _measured(result, "latency"):
        points = _distribution(result.details("latency", cell["name"], server, "percentiles"))
        if not points:
            continue
        places = [_nines(percent) for percent, _ in points]
        panel.plot(places, [wait for _, wait in points], color=style.colour(server), linewidth=2)
        ends.append((places[-1], points[-1][1], server, server))
    if not ends:
        return None
    marks = [50, 90, 99, 99.9, 99.99]
    panel.set_xticks([_nines(mark) for mark in marks], [f"{mark:g}" for mark in marks])
    panel.set_xlim(_nines(50), max(end[0] for end in ends) + 0.75)
    _axes(panel, "percent of the operations that waited at most so long", "µs", logarithmic=True)
    style.label_ends(panel, ends)
    return style.finish(figure, f"Who waits how long at {cell['name']} of the maximum",
                        "The slower half of the operations, from when each was due; the median of the repetitions at each percentile")


def _measured(result, scenario) -> list:
    return [server for server in SERVERS if server in result.servers(scenario)]


def _line(result, scenario, server, across, up) -> tuple:
    pairs = []
    for cell in result.scenarios[scenario]["cells"]:
        xs, ys = (result.values(scenario, cell["name"], server, metric).values() for metric in (across, up))
        if xs and ys:
            pairs.append((stats.median(xs), stats.median(ys)))
    return [x for x, _ in pairs], [y for _, y in pairs]


def _nines(percent: float) -> float:
    """Where a percentile stands on an axis that gives each further nine the same room."""
    return -math.log10(max(1e-5, 1 - percent / 100))


def _distribution(runs: list) -> list:
    """The median over repetitions, at percentiles spaced evenly on the axis."""
    found = []
    for step in range(6, 81):  # from the median on
        percent = 100 * (1 - 10 ** (-step / 20))
        waits = [_at(run, percent) for run in runs if run]
        if waits:
            found.append((percent, stats.median(waits)))
    return found


def _at(run: list, percent: float) -> float:
    """What one run's list of (percent, micros) says at a percentile: the first that covers it."""
    return next((micros for covered, micros in run if covered >= percent), run[-1][1])


def _axes(panel, across: str, up: str, logarithmic: bool = False):
    if logarithmic:
        panel.set_yscale("log")
        low, high = panel.get_ylim()
        panel.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < 500 * low else (1,)))
        panel.yaxis.set_minor_formatter(NullFormatter())
        panel.tick_params(which="minor", length=0)
    panel.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}" if value >= 1 else f"{value:g}")
    if not logarithmic or across.startswith("thousand"):
        panel.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    panel.set_xlabel(across, labelpad=8)
    panel.set_ylabel(up, labelpad=8)
