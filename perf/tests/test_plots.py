"""perf/plots draws from a result's file; the page needs nothing from outside, and follows light and dark."""

import html
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from harness import readme, results

PLOTS = Path(__file__).resolve().parents[1] / "plots"
CHROMIUM = shutil.which("chromium")
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def drawn(result, tmp_path_factory):
    """The folder that perf/plots made of a result with a mix and latencies."""
    folder = tmp_path_factory.mktemp("plots")
    whole = result()
    mix = whole.scenarios.pop("mix")
    whole.scenarios["mix-64"] = mix
    cells = [{**cell, "name": name, "options": {"share": share}} for cell, name, share in zip(mix["cells"], ("50 %", "90 %"), (0.5, 0.9))]
    whole.scenarios["latency"] = {**mix, "kind": "latency", "cells": cells, "title": "Latency <&> load"}
    renamed = {"pipeline 1": "50 %", "pipeline 16": "90 %"}
    for each in list(whole.measurements):
        each.scenario = "mix-64"
        waits = {"latencyMicrosP50": 40.0, "latencyMicrosP90": 60.0, "latencyMicrosP99": 90.0, "latencyMicrosP999": 200.0, "latencyMicrosMax": 900.0}
        whole.measurements.append(results.Measurement("latency", renamed[each.cell], each.server, each.repetition, each.metrics | waits, each.detail))
    results.write(whole, folder / "result.json")
    done = subprocess.run([sys.executable, PLOTS, folder / "result.json", "--out", folder / "out"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return folder / "out"


def test_every_chart_is_there_as_svg_and_png(drawn):
    for name in ("latency", "throughput", "cpu", "percentiles"):
        assert (drawn / f"{name}.png").read_bytes().startswith(PNG_SIGNATURE)
        text = (drawn / f"{name}.svg").read_text()
        ElementTree.fromstring(text)
        assert "coronet" in text and "prefers-color-scheme: dark" in text
        assert "#0102" not in text, "a placeholder colour was left in"


def test_the_page_stands_alone(drawn):
    text = (drawn / "report.html").read_text()
    assert text.count("<svg") == 4
    assert not re.search(r"<(?:script|link|img|iframe)\b|@import|url\((?!#)", text)
    assert "Latency &lt;&amp;&gt; load" in text
    assert "#0102" not in text


def test_a_name_in_an_svg_is_used_by_it_alone(drawn):
    """Charts stand on one page: what one defines must not be what another finds."""
    text = (drawn / "report.html").read_text()
    names = re.findall(r'\bid="([^"]+)"', text)
    assert len(names) == len(set(names))


def test_the_readme_is_renewed_between_its_marks(result, tmp_path):
    page = tmp_path / "README.md"
    page.write_text(f"above\n\n{readme.BEGIN}\nold\n{readme.END}\n\nbelow\n")
    readme.update(result(), {"cpu": "<svg/>"}, page, tmp_path / "charts")
    text = page.read_text()
    assert text.startswith("above\n") and text.endswith("below\n") and "old" not in text
    assert "charts/cpu.svg" in text and (tmp_path / "charts" / "cpu.svg").read_text() == "<svg/>"
    assert "| pipeline 16 |" in text


def test_a_readme_without_marks_is_left_alone(result, tmp_path):
    page = tmp_path / "README.md"
    page.write_text("nothing\n")
    with pytest.raises(ValueError, match="lacks the marks"):
        readme.update(result(), {}, page, tmp_path / "charts")
    assert page.read_text() == "nothing\n"


# What stands in the way of a reader: a chart without extent, marks that draw nothing, a line beside its chart. Put behind
# the page, so that it sees what the browser made of it.
LOOK = """<script>
document.title = JSON.stringify([...document.querySelectorAll("svg")].map(svg => {
  const frame = svg.getBoundingClientRect();
  const drawn = [...svg.querySelectorAll("path, use, text")].map(each => [each.tagName, each.getBoundingClientRect(), getComputedStyle(each)])
    .filter(([_, box, style]) => (box.width > 1 || box.height > 1) && style.visibility === "visible" && style.display !== "none");
  return {
    width: frame.width, height: frame.height,
    marks: drawn.filter(([name]) => name !== "text").length, words: drawn.filter(([name]) => name === "text").length,
    outside: drawn.filter(([_, box]) => box.left < frame.left - 2 || box.right > frame.right + 2 || box.top < frame.top - 2
      || box.bottom > frame.bottom + 2).length,
    colours: new Set(drawn.flatMap(([_, __, style]) => [style.fill, style.stroke])).size,
  };
}));
</script>"""


@pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed")
@pytest.mark.parametrize("width", [1200, 600])
def test_a_browser_shows_every_chart(drawn, tmp_path, width):
    page = tmp_path / "page.html"
    page.write_text((drawn / "report.html").read_text() + LOOK)
    shown = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--user-data-dir={tmp_path}/profile",
         f"--window-size={width},900", "--virtual-time-budget=5000", "--dump-dom", page.as_uri()],
        capture_output=True, text=True, timeout=120)
    assert shown.returncode == 0, shown.stderr
    charts = json.loads(html.unescape(re.search(r"<title>(.*?)</title>", shown.stdout, re.DOTALL)[1]))
    assert len(charts) == 4
    for chart in charts:
        assert 300 < chart["width"] <= width and chart["height"] > 150, chart
        assert chart["marks"] > 5 and chart["words"] > 5 and chart["colours"] > 3, chart
        assert chart["outside"] == 0, chart
