"""What would be changed, and what not and why: profiles against the machine, as values. Reads only."""

import re
from dataclasses import dataclass

from . import access, computed, cpulist, layout, values
from .computed import Place
from .machine import Absent, Machine, natural_order
from .profile import Knob
from .topology import Topology

CHANGE, HOLDS, SKIPPED, REFUSED, PRINTED = "change", "holds", "skipped", "refused", "printed"


@dataclass
class Setting:
    """One value of one knob. `state` says what apply does about it, `reason` why nothing."""

    knob: Knob
    address: str
    #: As the machine spells it, to be written back; `current` is its one form, to be compared.
    raw: str = ""
    current: str = ""
    wanted: str = ""
    state: str = CHANGE
    reason: str = ""


@dataclass
class Wishes:
    """What was asked for on the command line."""

    mode: str = "throughput"
    groups: tuple = ()
    allow_link_reset: bool = False
    persist: bool = False
    siblings: str = "interrupts"


def settings(machine: Machine, topology: Topology, knobs: list, wishes: Wishes) -> list:
    """Every setting of every knob asked for, in the order in which they are applied."""
    roles = layout.decide(topology, wishes.siblings)
    found = []
    for knob in knobs:
        if wishes.groups and knob.group not in wishes.groups:
            continue
        if knob.way == "print":
            found.append(_printed(knob, topology, roles))
            continue
        places = _places(machine, topology, knob)
        if not places:
            reason = "there is no card for it" if "{" in knob.address or knob.way == "ethtool" else "this machine has none"
            found.append(Setting(knob, "", state=SKIPPED, reason=reason))
        for address, place in places:
            found.append(_judged(machine, topology, roles, wishes, Setting(knob, address), place))
    return found


def _printed(knob: Knob, topology: Topology, roles) -> Setting:
    text = knob.value("throughput")
    if "{shards}" in text and not set(topology.cpus) - set(roles.shards):
        text = "nothing: every CPU is a shard's, so none is left to keep the rest of the machine"
    return Setting(knob, "", wanted=text.replace("{shards}", cpulist.text(roles.shards)), state=PRINTED)


def _places(machine: Machine, topology: Topology, knob: Knob) -> list:
    """(address, place) for each value of a knob: one, or one a card, a queue, an interrupt, a CPU."""
    if knob.way == "limit":
        return [(f"limit:{knob.address}", Place())]
    if knob.way == "ethtool":
        kind, name = knob.address.split()
        return [(f"ethtool:{card.name}:{kind}:{name}", Place(card)) for card in topology.cards]
    if "{irq}" in knob.address:
        return [
            (f"file:{knob.address.replace('{irq}', str(number))}", Place(card, queue))
            for card in topology.cards for queue, number in card.interrupts]
    if "{nic}" in knob.address:
        return [
            (f"file:{path}", Place(card, _queue(path)))
            for card in topology.cards for path in _paths(machine, knob.address.replace("{nic}", card.name))]
    return [(f"file:{path}", Place()) for path in _paths(machine, knob.address)]


def _paths(machine: Machine, path: str) -> list:
    return sorted(machine.glob(path), key=natural_order) if "*" in path else [path]


def _queue(path: str) -> int:
    match = re.search(r"/[rt]x-(\d+)/", path)
    return int(match[1]) if match else 0


def _judged(machine: Machine, topology: Topology, roles, wishes: Wishes, setting: Setting, place: Place) -> Setting:
    """Finds the current and the wanted value, and what is to be done."""
    try:
        setting.raw = access.read_raw(machine, setting.address)
        setting.current = access.canonical(setting.address, setting.raw)
        value = setting.knob.value(wishes.mode)
        if value.startswith("layout "):
            value = computed.compute(value.removeprefix("layout "), topology, roles, place)
        most = access.most(machine, setting.address)
        if most is not None and value.isdigit():
            value = str(min(int(value), most))
        setting.wanted = access.canonical(setting.address, values.wanted(value, setting.current, most))
        _check_offered(machine, setting)
    except Absent as reason:
        setting.state, setting.reason = SKIPPED, str(reason)
        return setting
    if setting.wanted == setting.current:
        setting.state = HOLDS
    elif setting.knob.way == "limit" and not wishes.persist:
        setting.state, setting.reason = SKIPPED, f"a limit lives in {access.LIMITS[0]}: takes --persist"
    elif setting.knob.resets_link and place.card.carries_default_route and not wishes.allow_link_reset:
        setting.state = REFUSED
        setting.reason = f"resets the link of {place.card.name}, which carries the default route: takes --allow-link-reset"
    return setting


def _check_offered(machine: Machine, setting: Setting):
    """Where the kernel lists what it offers, what it does not list is not asked for."""
    if not setting.knob.needs or setting.wanted == setting.current:
        return
    path = setting.address.partition(":")[2]
    needs = setting.knob.needs if setting.knob.needs.startswith("/") else f"{path.rpartition('/')[0]}/{setting.knob.needs}"
    if setting.wanted not in machine.read(needs).replace("[", "").replace("]", "").split():
        raise Absent(f"{needs} does not offer {setting.wanted}")
