"""Puts a result's tables and two of its charts into perf/README.md, between its two marks."""

from pathlib import Path

from . import table
from .results import Result

PERF = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- figures: written by perf/plots --readme -->", "<!-- end of figures -->"
CHARTS = {"latency": "Latency against load", "cpu": "CPU time per operation by server"}


def update(result: Result, charts: dict, readme: Path = PERF / "README.md", folder: Path = PERF / "charts"):
    """`charts`: name -> SVG text that stands alone."""
    folder.mkdir(exist_ok=True)
    pictures = []
    for name, alternative in CHARTS.items():
        if name in charts:
            (folder / f"{name}.svg").write_text(charts[name])
            pictures.append(f"![{alternative}]({folder.name}/{name}.svg)")
    before, _, rest = readme.read_text().partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"{readme.name} lacks the marks {BEGIN} and {END}")
    readme.write_text("\n\n".join([before + BEGIN, *pictures, table.whole(result), END]) + after)
