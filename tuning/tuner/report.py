"""Plans and knobs in words: the plan's lines, `explain`, the README's tables."""

from . import access
from .plan import CHANGE, HOLDS, PRINTED, REFUSED, SKIPPED, Setting
from .profile import MODES, Knob

_WORDS = {CHANGE: "change", HOLDS: "holds", SKIPPED: "skipped", REFUSED: "REFUSED", PRINTED: "advice"}


def line(word: str, setting: Setting, reason: str = "") -> str:
    """One setting: what happens to it, where, from what to what, why not."""
    name = access.title(setting.address) if setting.address else setting.knob.name
    change = f": {setting.current} -> {setting.wanted}" if setting.wanted and setting.wanted != setting.current else ""
    if not change and setting.current:
        change = f": {setting.current}"
    return f"  {word:<8} {name}{change}" + (f"  ({reason})" if reason else "")


def print_plan(settings: list, everything: bool):
    """The plan, group by group; what holds already is a count unless everything is asked for."""
    group = None
    for setting in settings:
        if setting.state == HOLDS and not everything:
            continue
        if setting.knob.group != group:
            group = setting.knob.group
            print(group)
        if setting.state == PRINTED:
            print(f"  advice   {setting.knob.name}: {setting.wanted}")
        else:
            print(line(_WORDS[setting.state], setting, setting.reason))
    print(summary(settings))


def summary(settings: list) -> str:
    counts = [(word, sum(setting.state == state for setting in settings)) for state, word in (
        (CHANGE, "to change"), (HOLDS, "hold already"), (REFUSED, "refused"), (SKIPPED, "skipped"), (PRINTED, "only advice"))]
    return ", ".join(f"{count} {word}" for word, count in counts if count) or "nothing asked for"


def print_knob(knob: Knob, settings: list):
    """What a profile says of a knob, and how it stands on this machine."""
    print(f"{knob.name}  ({knob.group}; {knob.scope})")
    print(f"  set by    {_place(knob)}")
    differs = len(set(knob.values.values())) > 1
    for mode in MODES if differs else MODES[:1]:
        print(f"  value     {knob.value(mode)}" + (f"  (mode {mode})" if differs else ""))
    for title, text in (("what", knob.what), ("why", knob.why), ("measured", knob.measured), ("undo", knob.undo.replace("`", ""))):
        print(f"  {title:<9} {text}")
    if knob.resets_link:
        print("  careful   resets the link: refused on the default route's card without --allow-link-reset")
    print("  here")
    for setting in settings:
        if setting.state == PRINTED:
            print(f"    advice   {setting.wanted}")
        else:
            print("  " + line(_WORDS[setting.state], setting, setting.reason))


def _place(knob: Knob) -> str:
    places = {
        "file": knob.address, "ethtool": f"ethtool, {knob.address}", "limit": f"{' and '.join(access.LIMITS)}, {knob.address}",
        "print": "you: printed only"}
    return places[knob.way]


def tables(knobs: list) -> str:
    """The README's tables: one a group, one row a knob."""
    lines = []
    for group in dict.fromkeys(knob.group for knob in knobs):
        lines += [f"### {group}", "", "| knob | value | why | effect measured | undo |", "|---|---|---|---|---|"]
        for knob in knobs:
            if knob.group == group:
                lines.append(f"| {' | '.join(_row(knob))} |")
        lines.append("")
    return "\n".join(lines)


def _row(knob: Knob) -> list:
    values = f"`{knob.value('throughput')}`"
    if knob.value("latency") != knob.value("throughput"):
        values += f"; latency: `{knob.value('latency')}`"
    flags = " (printed only)" if knob.way == "print" else " (resets the link)" if knob.resets_link else ""
    return [cell.replace("|", "\\|") for cell in (f"`{knob.name}`{flags}", values, f"{knob.what} {knob.why}", knob.measured, knob.undo)]
