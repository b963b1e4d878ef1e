"""Medians, spreads and markdown tables."""

import platform
import statistics
import subprocess
from pathlib import Path


def median(values) -> float:
    return statistics.median(values)


def spread(values) -> float:
    """Half the distance between the quartiles, as a part of the median: how far to trust it."""
    if len(values) < 2:
        return 0.0
    ordered = sorted(values)
    low, high = ordered[len(ordered) // 4], ordered[(3 * len(ordered)) // 4]
    return (high - low) / 2 / median(values)


def ratio(ours, theirs) -> str:
    """The median of the ratios of runs made side by side, with its spread."""
    ratios = [a / b for a, b in zip(ours, theirs)]
    return f"{median(ratios):.2f} ±{spread(ratios) * 100:.0f} %" if ratios else "-"


def table(title: str, head, rows):
    print(f"\n### {title}\n")
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |", flush=True)


def environment():
    """The machine and the programs, so that a table can be understood later."""
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "?")
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                            cwd=Path(__file__).parent).stdout.strip()
    cpus = sum(line.startswith("processor") for line in Path("/proc/cpuinfo").read_text().splitlines())
    print(f"{model}, {cpus} cores, Linux {platform.release()}, loopback TCP, commit {commit or '?'}")
    busy = float(Path("/proc/loadavg").read_text().split()[0])
    if busy > 0.7:
        print(f"\n**The machine is not idle (load {busy}); take the ratios with care.**")
