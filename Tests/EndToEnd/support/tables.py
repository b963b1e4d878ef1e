"""Reads the reply tables (replies/*.txt, described in replies/README.md)."""

from dataclasses import dataclass, field
from pathlib import Path

from .compare import shape
from .resp import encode, parse, words

DIRECTORY = Path(__file__).resolve().parents[1] / "replies"
_MARKS = ("~", "?", "{}", "@")


@dataclass
class Line:
    """One command and how its replies are compared."""

    text: str
    mark: str = ""

    @property
    def arguments(self) -> list:
        return words(self.text)

    def ask(self, connection) -> bytes:
        """The raw reply; of a walk, all its keys as one array."""
        arguments = self.arguments
        if self.mark != "@":
            return connection.command(*arguments)
        found, cursor = set(), b"0"
        while True:
            cursor, keys = connection.ask(arguments[0], cursor, *arguments[2:])
            found.update(keys)
            if cursor == b"0":
                return encode(*sorted(found))

    def agrees(self, ours: bytes, theirs: bytes) -> bool:
        if self.mark == "~":
            return shape(ours) == shape(theirs)
        if self.mark == "?":
            return ours[:1] == theirs[:1]
        if self.mark == "{}":
            return ours[:1] == theirs[:1] and _members(ours) == _members(theirs)
        return ours == theirs


@dataclass
class Scenario:
    name: str
    lines: list = field(default_factory=list)


def _members(reply: bytes) -> list:
    """The items of an array or the pairs of a map, in one fixed order. Flat pairs of a RESP2 map stay pairs."""
    value = parse(reply)
    if isinstance(value, dict):
        value = list(value.items())
    return sorted(repr(item) for item in value)


def scenarios() -> list:
    """Every scenario of every table, named `table: scenario`."""
    found = []
    for path in sorted(DIRECTORY.glob("*.txt")):
        found += [scenario for scenario in list(_scenarios_of(path)) if scenario.lines]
    return found


def _scenarios_of(path: Path):
    scenario = None
    for raw in path.read_text().splitlines():
        text = raw.strip()
        if not text:
            scenario = None
        elif text.startswith("#"):
            if scenario is None:
                scenario = Scenario(f"{path.stem}: {text[1:].strip()}")
                yield scenario
        elif scenario is None:
            raise ValueError(f"{path.name}: a scenario needs a name before {text!r}")
        else:
            scenario.lines.append(_line(text))


def _line(text: str) -> Line:
    mark, _, rest = text.partition(" ")
    return Line(rest, mark) if mark in _MARKS else Line(text)
