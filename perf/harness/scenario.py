"""A scenario: what is measured, read from one small TOML file. perf/README.md says how to write one."""

import fnmatch
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path

DIRECTORY = Path(__file__).resolve().parents[1] / "scenarios"
SERVERS = ("coronet", "redis", "memcached", "floor")
KINDS = ("cost", "count", "latency", "memory", "idle", "expiry", "snapshot", "load")


class ScenarioError(ValueError):
    """A scenario file that says something impossible; names the file."""


@dataclass(frozen=True)
class Load:
    """What the load generator is told. Sizes in bytes, times in seconds; `per` is the units one operation counts as
    (an MGET of 20 keys counts as 20); with `round_trips` a run is so long, whatever time it takes."""

    mix: str = "get=95,set=5"
    command: str = ""
    value_size: str = "64"
    keys: int = 100_000
    connections: int = 50
    pipeline: int = 1
    distribution: str = "uniform"
    mget_keys: int = 0
    ttl: int = 0
    seconds: float = 1.0
    cluster: bool = False
    spin: bool = False
    per: int = 1
    round_trips: int = 0


@dataclass(frozen=True)
class Setup:
    """How a server is started for a cell; cells that agree share one start."""

    cores: int = 1
    directives: tuple = ()
    # The load runs on all cores, the servers' too, even if there were one for it alone.
    shares_load: bool = False


@dataclass(frozen=True)
class Cell:
    """One thing measured on each server. `against` names the cell it is set beside; `options` are the kind's own."""

    name: str
    load: Load
    setup: Setup
    against: str = ""
    options: dict = field(default_factory=dict, hash=False, compare=False)


@dataclass(frozen=True)
class Scenario:
    """`order` is the place in tables; `calls` asks for a sample of the system calls; `short` tells if the short run has it."""

    name: str
    title: str
    order: int
    kind: str
    unit: str
    servers: tuple
    left_out: dict
    cells: tuple
    repeats: int
    calls: bool
    short: bool
    budget: dict

    def groups(self) -> list:
        """The cells by setup, in the order of the file: each group is one start of the servers."""
        found = {}
        for cell in self.cells:
            found.setdefault(cell.setup, []).append(cell)
        return list(found.items())

    def cell(self, name: str) -> Cell:
        return next(cell for cell in self.cells if cell.name == name)


def load_all(globs=(), short: bool = False, directory: Path = DIRECTORY) -> list:
    """The scenarios whose names match one of the globs (all without one), in their short form if asked."""
    scenarios = [read(path, short) for path in sorted(directory.glob("*.toml"))]
    scenarios.sort(key=lambda each: (each.order, each.name))
    return [each for each in scenarios if not globs or any(fnmatch.fnmatch(each.name, glob) for glob in globs)]


def read(path: Path, short: bool = False) -> Scenario:
    try:
        return _scenario(path.stem, tomllib.loads(path.read_text()), short)
    except (KeyError, TypeError, ValueError) as error:
        raise ScenarioError(f"{path.name}: {error!r}") from error


_SCENARIO_KEYS = {"title", "order", "kind", "unit", "servers", "left-out", "load", "setup", "cells", "repeats", "calls", "short", "budget"}
_SHORT_KEYS = {"run", "repeats", "seconds", "cells", "options"}


def _scenario(name: str, data: dict, short: bool) -> Scenario:
    _refuse_unknown("the scenario", data, _SCENARIO_KEYS)
    _refuse_unknown("short", data.get("short", {}), _SHORT_KEYS)
    brief = data.get("short", {}) if short else {}
    scenario = Scenario(
        name=name, title=data["title"], order=int(data.get("order", 99)), kind=data["kind"], unit=data.get("unit", "operation"),
        servers=tuple(data["servers"]), left_out=dict(data.get("left-out", {})),
        cells=tuple(_cell(cell, data, brief) for cell in data["cells"] if cell["name"] in brief.get("cells", [cell["name"]])),
        repeats=int(brief.get("repeats", data.get("repeats", 5))), calls=bool(data.get("calls", False)),
        short=bool(data.get("short", {}).get("run", True)), budget=dict(data.get("budget", {})))
    _check(scenario)
    return scenario


def _cell(cell: dict, data: dict, brief: dict) -> Cell:
    """A cell with what it shares with the others, and with the short form's seconds and options over both."""
    own = {key: value for key, value in cell.items() if key not in ("name", "setup", "against", "options")}
    load = _load({**data.get("load", {}), **own})
    if "seconds" in brief:
        load = replace(load, seconds=float(brief["seconds"]))
    setup = _setup({**data.get("setup", {}), **cell.get("setup", {})})
    return Cell(cell["name"], load, setup, cell.get("against", ""), {**cell.get("options", {}), **brief.get("options", {})})


def _load(data: dict) -> Load:
    fields = {key.replace("-", "_"): value for key, value in data.items()}
    _refuse_unknown("load", fields, set(Load.__dataclass_fields__))
    if "value_size" in fields:
        fields["value_size"] = str(fields["value_size"])
    return replace(Load(), **fields)


def _setup(data: dict) -> Setup:
    _refuse_unknown("setup", data, {"cores", "directives", "shares-load"})
    directives = tuple((name, str(value)) for name, value in data.get("directives", {}).items())
    return Setup(int(data.get("cores", 1)), directives, bool(data.get("shares-load", False)))


def _refuse_unknown(what: str, data: dict, known: set):
    unknown = sorted(set(data) - known)
    if unknown:
        raise ValueError(f"{what} knows no {', '.join(unknown)}")


def _check(scenario: Scenario):
    """Every server is measured or said to be left out, and why; names are unique; `against` names a cell."""
    if scenario.kind not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}")
    mentioned = list(scenario.servers) + list(scenario.left_out)
    if sorted(mentioned) != sorted(SERVERS):
        raise ValueError(f"each of {', '.join(SERVERS)} stands once in servers or in left-out")
    names = [cell.name for cell in scenario.cells]
    if not names or len(set(names)) != len(names):
        raise ValueError("cells need names of their own")
    for cell in scenario.cells:
        if cell.against and cell.against not in names:
            raise ValueError(f"{cell.name}: there is no cell {cell.against} to set it against")
