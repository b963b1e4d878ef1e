"""The machine a result comes from: what is needed to understand its figures later, and an id to compare only like with
like."""

import hashlib
import os
import platform
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def environment() -> dict:
    """Facts about this machine, all of them readable without privileges. Nothing that names its owner."""
    return {
        "machine": machine_id(),
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "memoryBytes": _memory(),
        "kernel": platform.release(),
        "governor": _first("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "none offered"),
        "turbo": _first("/sys/devices/system/cpu/cpufreq/boost", "unknown"),
        "hypervisor": _hypervisor(),
        "clocksource": _first("/sys/devices/system/clocksource/clocksource0/current_clocksource"),
        "transparentHugePages": _chosen("/sys/kernel/mm/transparent_hugepage/enabled"),
        "numaNodes": len(list(Path("/sys/devices/system/node").glob("node[0-9]*"))) or 1,
        "mitigations": mitigations(),
        "network": {"used": "lo (loopback TCP)", "cards": network_cards()},
        "loadAverage": float(_first("/proc/loadavg", "0").split()[0]),
        "commit": commit(),
    }


def machine_id() -> str:
    """A readable name and a hash that differs between machines. The hash is keyed: machine-id(5) is not to be shown."""
    words = re.sub(r"[^a-z0-9]+", "-", re.sub(r"\((r|tm)\)|@.*|processor|cpu", "", cpu_model().lower())).strip("-")
    secret = _first("/etc/machine-id", "") + cpu_model() + str(os.cpu_count())
    digest = hashlib.sha256(b"coronet perf machine " + secret.encode()).hexdigest()[:8]
    return f"{words or 'machine'}-{os.cpu_count()}-{digest}"


def cpu_model() -> str:
    for line in _text("/proc/cpuinfo").splitlines():
        if line.startswith(("model name", "Model", "CPU part")):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def mitigations() -> dict:
    """Vulnerability -> what the kernel does about it, without those that this CPU does not have."""
    found = {}
    for path in sorted(Path("/sys/devices/system/cpu/vulnerabilities").glob("*")):
        state = _text(path).strip()
        if state and state != "Not affected":
            found[path.name] = state
    return found


def network_cards() -> list:
    """Cards with their drivers; loopback and what is not backed by a device are left out."""
    cards = []
    for path in sorted(Path("/sys/class/net").glob("*")):
        if (path / "device").exists():
            driver = path / "device" / "driver"
            queues = len(list((path / "queues").glob("rx-*")))
            cards.append({"driver": driver.resolve().name if driver.exists() else "unknown", "receiveQueues": queues})
    return cards


def commit() -> str:
    """The commit that was measured, with a plus when the tree had changes on top."""
    def git(*words):
        return subprocess.run(["git", *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT).stdout.strip()

    short = git("rev-parse", "--short", "HEAD")
    return f"{short}+" if short and git("status", "--porcelain", "--untracked-files=no", "Sources", "CShims", "perf/floor") else short or "unknown"


def cpu_times() -> tuple:
    """(busy, idle, stolen) seconds of all cores since the start: what others took shows in their growth."""
    fields = [int(word) for word in _text("/proc/stat").splitlines()[0].split()[1:9]]
    hertz = os.sysconf("SC_CLK_TCK")
    user, nice, system, idle, waiting, interrupt, soft, stolen = fields
    return ((user + nice + system + interrupt + soft) / hertz, (idle + waiting) / hertz, stolen / hertz)


def _hypervisor() -> str:
    if re.search(r"^flags.*\bhypervisor\b", _text("/proc/cpuinfo"), re.MULTILINE):
        return _first("/sys/hypervisor/type", "yes")
    return "none seen"


def _memory() -> int:
    match = re.search(r"MemTotal:\s+(\d+)", _text("/proc/meminfo"))
    return int(match.group(1)) * 1024 if match else 0


def _chosen(path: str) -> str:
    match = re.search(r"\[(\w+)\]", _text(path))
    return match.group(1) if match else "unknown"


def _first(path: str, otherwise: str = "unknown") -> str:
    return _text(path).strip() or otherwise


def _text(path) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
