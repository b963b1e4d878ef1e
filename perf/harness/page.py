"""One HTML file with everything in it: charts, tables, the machine. No script, nothing fetched; light and dark."""

import html

from . import style, table
from .results import Result

CSS = """
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.55 %(font)s}
main{max-width:1180px;margin:0 auto;padding:40px 24px 80px}
h1{font-size:28px;margin:0 0 4px;letter-spacing:-.01em}
h2{font-size:17px;margin:44px 0 10px}
p{margin:6px 0}.quiet{color:var(--quiet);font-size:13.5px}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(210px,1fr));gap:10px 24px;margin:22px 0 8px;padding:16px 0;
border-top:1px solid var(--grid);border-bottom:1px solid var(--grid)}
dt{color:var(--quiet);font-size:12.5px}dd{margin:0;font-weight:600}
figure{margin:28px 0;max-width:1000px}figure svg{width:100%%;height:auto;display:block}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums;min-width:100%%}
th,td{padding:6px 9px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--grid)}
th{font-weight:600;color:var(--quiet);vertical-align:bottom}
th.text,td.text{text-align:left}td.text{font-weight:600}
td.coronet{color:var(--coronet)}td.redis{color:var(--redis)}td.memcached{color:var(--memcached)}td.floor{color:var(--floor)}
tbody tr:hover{background:color-mix(in srgb,var(--grid) 45%%,transparent)}
th.ours,td.ours{background:color-mix(in srgb,var(--coronet) 8%%,transparent)}
details{margin-top:8px}summary{cursor:pointer;color:var(--quiet)}
"""


def page(result: Result, charts: dict) -> str:
    """`charts`: name -> SVG text that uses the page's variables."""
    figures = "".join(f"<figure>{svg}</figure>" for svg in charts.values())
    sections = "".join(_section(result, name) for name in result.measured_scenarios())
    style_sheet = style.variables(":root") + CSS % {"font": style.FONT}
    return (f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f'<meta name="color-scheme" content="light dark"><title>Coronet: measured side by side</title><style>{style_sheet}</style></head>'
            f"<body><main>{_head(result)}{figures}{sections}</main></body></html>\n")


def _head(result: Result) -> str:
    facts = result.environment
    shown = {
        "CPU": f"{facts['cpu']}, {facts['cores']} cores", "Kernel": f"Linux {facts['kernel']}", "Hypervisor": facts["hypervisor"],
        "Governor": facts["governor"], "Network": facts["network"]["used"], "Machine": facts["machine"], "Commit": facts["commit"],
        "Run": f"{'short' if result.options['short'] else 'full'}, {facts.get('seconds', 0)} s",
    }
    for name, program in result.programs.items():
        shown[name] = program["version"] or f"build {program['sha256'][:8]}"
    facts_list = "".join(f"<div><dt>{html.escape(name)}</dt><dd>{html.escape(str(value))}</dd></div>" for name, value in shown.items())
    mitigations = "; ".join(f"{name}: {state}" for name, state in facts["mitigations"].items()) or "none"
    return (f"<h1>Coronet, measured side by side</h1><p class=quiet>{html.escape(table.noise(result))}</p><dl>{facts_list}</dl>"
            f"<details><summary>Mitigations</summary><p class=quiet>{html.escape(mitigations)}</p></details>"
            f"<p class=quiet>{html.escape(table.READING)}</p>")


def _section(result: Result, name: str) -> str:
    head, rows = table.rows(result, name)
    notes = "".join(f"<p class=quiet>{html.escape(note)}</p>" for note in table.notes(result, name))
    return f"<h2>{html.escape(result.scenarios[name]['title'])}</h2><div class=scroll>{_table(head, rows)}</div>{notes}"


def _table(head: list, rows: list) -> str:
    """Names to the left, numbers to the right; the node's own columns are tinted."""
    def classes(index, text=""):
        named = [text] if text in style.COLOURS else []
        return " ".join((["text"] if index == 0 or head[index] == "server" else []) + (["ours"] if head[index].startswith("coronet ") else []) + named)

    top = "".join(f'<th class="{classes(index)}">{html.escape(text)}</th>' for index, text in enumerate(head))
    body = "".join("<tr>" + "".join(f'<td class="{classes(index, str(cell))}">{html.escape(str(cell))}</td>' for index, cell in enumerate(row)) + "</tr>"
                   for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
