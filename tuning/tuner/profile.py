"""The knobs, as data: `profiles/*.conf`, one file a group, one section a knob. The tables of the README, `tune explain`
and the plan all come from here."""

import configparser
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "profiles"
#: In the order in which they are shown and applied: what resets a link comes last but for what needs its queues.
GROUPS = ("sysctl", "memory", "cpu", "limits", "nic", "irq")
MODES = ("throughput", "latency")
#: How a knob is reached: a file of the kernel, ethtool, a limit of the service, or not at all (printed).
WAYS = ("file", "ethtool", "limit", "print")

_KEYS = {*WAYS, "value", *(f"value-{mode}" for mode in MODES), "what", "why", "measured", "undo", "scope", "resets-link", "needs"}


@dataclass(frozen=True)
class Knob:
    """One thing to set. `way` says how, `address` where; `value` is in the words of `values.py`."""

    name: str
    group: str
    way: str
    address: str
    values: dict
    what: str
    why: str
    measured: str
    undo: str
    scope: str
    resets_link: bool
    needs: str

    def value(self, mode: str) -> str:
        return self.values[mode]


def load(folder=None) -> list:
    """All knobs in order. `ValueError` names the file and the section that is wrong."""
    folder = Path(folder or FOLDER)
    knobs = []
    for path in sorted(folder.glob("*.conf"), key=lambda path: _rank(path.stem)):
        knobs += _read(path)
    names = [knob.name for knob in knobs]
    doubles = sorted({name for name in names if names.count(name) > 1})
    if doubles:
        raise ValueError(f"{folder}: {', '.join(doubles)} stands there twice")
    if not knobs:
        raise ValueError(f"{folder} holds no profile")
    return knobs


def _rank(group: str):
    if group not in GROUPS:
        raise ValueError(f"{group}.conf: the groups are {', '.join(GROUPS)}")
    return GROUPS.index(group)


def _read(path: Path) -> list:
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#",), strict=True)
    parser.optionxform = str
    parser.read_string(path.read_text(), source=str(path))
    return [_knob(path, name, parser[name]) for name in parser.sections()]


def _knob(path: Path, name: str, section) -> Knob:
    where = f"{path.name} [{name}]"
    unknown = sorted(set(section) - _KEYS)
    if unknown:
        raise ValueError(f"{where}: nothing is called {', '.join(unknown)}")
    ways = [way for way in WAYS if way in section]
    if len(ways) != 1:
        raise ValueError(f"{where}: exactly one of {', '.join(WAYS)} says how it is set")
    missing = [key for key in ("value", "what", "why", "measured") if not section.get(key, "").strip()]
    if missing:
        raise ValueError(f"{where}: {', '.join(missing)} must be said")

    def text(key: str, default: str = "") -> str:
        return " ".join(section.get(key, default).split())

    return Knob(
        name=name, group=path.stem, way=ways[0], address=text(ways[0]),
        values={mode: text(f"value-{mode}", section["value"]) for mode in MODES},
        what=text("what"), why=text("why"), measured=text("measured"), undo=text("undo", "`tune revert`"),
        scope=text("scope", "machine"), resets_link=section.getboolean("resets-link", fallback=False), needs=text("needs"))
