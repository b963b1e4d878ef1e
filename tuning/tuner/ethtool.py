"""Rings, channels, coalescing and features of a card, through the ethtool program: what it prints, and how to set it."""

import re

from .machine import Absent, Machine

#: kind: (option that shows, option that sets)
KINDS = {"rings": ("-g", "-G"), "channels": ("-l", "-L"), "coalescing": ("-c", "-C"), "features": ("-k", "-K")}

#: Names in which ethtool's output differs from its arguments.
_PRINTED = {
    "gro": "generic-receive-offload",
    "lro": "large-receive-offload",
    "tso": "tcp-segmentation-offload",
    "gso": "generic-segmentation-offload",
    "ntuple": "ntuple-filters",
}


def read(machine: Machine, card: str, kind: str, name: str) -> str:
    """The value set now; `Absent` where the driver does not offer it or does not let it be changed."""
    value = _find(_current(_show(machine, card, kind)), kind, name)
    if value is None or value == "n/a" or "[fixed]" in value:
        raise Absent(f"{card}'s driver does not let {kind} {name} be set")
    return value.split()[0]


def most(machine: Machine, card: str, kind: str, name: str):
    """The hardware's limit, or None where there is none."""
    text = _show(machine, card, kind)
    if "Pre-set maximums" not in text:
        return None
    value = _find(text.split("Current hardware settings")[0], kind, name)
    return int(value) if value and value.isdigit() else None


def write(machine: Machine, card: str, kind: str, name: str, value: str):
    machine.shown.clear()
    machine.run("ethtool", KINDS[kind][1], card, name, value)


def _show(machine: Machine, card: str, kind: str) -> str:
    question = ("ethtool", KINDS[kind][0], card)
    if question not in machine.shown:
        machine.shown[question] = machine.run(*question)
    return machine.shown[question]


def _current(text: str) -> str:
    return text.split("Current hardware settings")[-1]


def _find(text: str, kind: str, name: str):
    if kind == "coalescing" and name in ("adaptive-rx", "adaptive-tx"):
        match = re.search(r"^Adaptive RX:\s*(\S+)\s+TX:\s*(\S+)", text, re.MULTILINE)
        return match[1 if name == "adaptive-rx" else 2] if match else None
    printed = _PRINTED.get(name, name)
    match = re.search(rf"^\s*{re.escape(printed)}:\s*(.+)$", text, re.MULTILINE | re.IGNORECASE)
    return match[1].strip() if match else None
