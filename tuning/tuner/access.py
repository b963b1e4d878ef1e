"""An address is where one value lives, as text, so that a journal can keep it:

    file:/proc/sys/net/core/somaxconn    a file of the kernel
    ethtool:eth0:rings:rx                a setting of a card
    limit:LimitNOFILE                    a line of our drop-ins of the service, the one and the many
"""

from . import cpulist, ethtool, values
from .machine import Machine, Refused

#: The drop-ins that hold the service's limits: of the one node, and of any number beside it.
LIMITS = tuple(f"/etc/systemd/system/{unit}.d/90-tune.conf" for unit in ("coronet.service", "coronet@.service"))


def read(machine: Machine, address: str) -> str:
    """The value there now, in its one form; `Absent` where there is none."""
    return canonical(address, read_raw(machine, address))


def read_raw(machine: Machine, address: str) -> str:
    """The value as it may be written back to restore it exactly: the machine's own spelling."""
    way, _, rest = address.partition(":")
    if way == "file":
        text = machine.read(rest)
        return values.chosen(text) if "[" in text else text
    if way == "ethtool":
        return ethtool.read(machine, *rest.split(":"))
    found = {_line(machine.read_or(path), rest) for path in LIMITS}
    return found.pop() if len(found) == 1 else "not set"


def _line(text: str, name: str) -> str:
    for line in text.splitlines():
        if line.startswith(f"{name}="):
            return line.partition("=")[2]
    return "not set"


def most(machine: Machine, address: str):
    """The largest value the hardware takes, or None."""
    way, _, rest = address.partition(":")
    return ethtool.most(machine, *rest.split(":")) if way == "ethtool" else None


def write(machine: Machine, address: str, value: str):
    """Sets a value; `Refused` when the machine said no. What it really took, only reading tells."""
    way, _, rest = address.partition(":")
    if way == "file":
        machine.write(rest, value)
    elif way == "ethtool":
        ethtool.write(machine, *_parts(rest), value)
    else:
        raise Refused(f"{address} is set in {' and '.join(LIMITS)} only")


def canonical(address: str, text: str) -> str:
    """One form for values that the kernel prints differently from what it was given: masks, lists, choices."""
    if address.endswith("_cpus"):
        return cpulist.canonical_mask(text)
    if address.endswith("_list"):
        return cpulist.text(cpulist.parse(text))
    return values.chosen(text)


def title(address: str) -> str:
    """The address as people read it."""
    way, _, rest = address.partition(":")
    if way == "ethtool":
        return " ".join(_parts(rest))
    for folder, short in (("/proc/sys/", ""), ("/sys/class/net/", ""), ("/sys/devices/system/", ""), ("/sys/kernel/mm/", ""), ("/proc/", "")):
        if rest.startswith(folder):
            return short + rest.removeprefix(folder)
    return rest


def _parts(rest: str) -> list:
    return rest.split(":")
