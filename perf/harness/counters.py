"""What the kernel counted for a server: CPU time, context switches, resident memory, system calls."""

import os
import re
import select
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import machine

# The calls that a server makes for its work; the rest are one number.
NAMED_CALLS = ("io_uring_enter", "read", "write", "readv", "writev", "sendto", "sendmsg", "recvfrom", "recvmsg", "epoll_wait",
               "epoll_pwait", "epoll_ctl", "futex")
EVENT = "raw_syscalls:sys_enter"


@dataclass
class Usage:
    """What has been used since a moment, or between two (by subtraction)."""

    cpu_seconds: float
    switches: int
    seconds: float
    machine_busy_seconds: float
    machine_stolen_seconds: float

    def __sub__(self, earlier: "Usage") -> "Usage":
        return Usage(*(mine - theirs for mine, theirs in zip(vars(self).values(), vars(earlier).values())))


def usage(server) -> Usage:
    busy, _, stolen = machine.cpu_times()
    return Usage(server.cpu_seconds(), _switches(server.process.pid), time.monotonic(), busy, stolen)


def _switches(pid: int) -> int:
    """Voluntary and forced switches of all threads."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            total += sum(int(count) for count in re.findall(r"ctxt_switches:\s+(\d+)", (task / "status").read_text()))
        except OSError:  # the thread ended meanwhile
            continue
    return total


def tracer() -> str:
    """How system calls can be counted here: perf (a counter in the kernel), strace (stops the server at each call), or ''."""
    global _tracer
    if _tracer is None:
        _tracer = "perf" if _perf_counts() else "strace" if shutil.which("strace") else ""
    return _tracer


_tracer = None


def _perf_counts() -> bool:
    if not shutil.which("perf"):
        return False
    result = subprocess.run(["perf", "stat", "-x", ",", "-e", EVENT, "true"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return result.returncode == 0 and re.search(r"^\d+,", result.stderr, re.MULTILINE) is not None


@contextmanager
def counted_calls(pid: int, how: str = None):
    """Counts the system calls of a process while the body runs; yields a dictionary that is filled at the end."""
    how = how or tracer()
    if not how:
        yield {}
        return
    with (_perf if how == "perf" else _strace)(pid) as calls:
        yield calls


@contextmanager
def _perf(pid: int):
    """Counting is switched on, and acknowledged, through pipes: nothing before and nothing after belongs to it."""
    calls = {}
    events = ",".join([EVENT, *(f"syscalls:sys_enter_{name}" for name in NAMED_CALLS if _is_known(name))])
    (told, tell), (hear, heard) = os.pipe(), os.pipe()
    process = subprocess.Popen(
        ["perf", "stat", "-x", ",", "-D", "-1", "--control", f"fd:{told},{heard}", "-e", events, "-p", str(pid)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, pass_fds=(told, heard))
    os.close(told)
    os.close(heard)
    try:
        _control(tell, hear, b"enable\n")
        yield calls
        _control(tell, hear, b"disable\n")
    finally:
        process.send_signal(signal.SIGINT)
        _, text = process.communicate(timeout=20)
        os.close(tell)
        os.close(hear)
    calls.update(_of_perf(text))


def _control(tell: int, hear: int, order: bytes):
    os.write(tell, order)
    ready, _, _ = select.select([hear], [], [], 10)
    if not ready or b"ack" not in os.read(hear, 64):
        raise RuntimeError(f"perf did not acknowledge {order!r}")


@contextmanager
def _strace(pid: int):
    """Stops the server at each call, which makes it slower and its batches larger: a lower bound of calls."""
    calls = {}
    process = subprocess.Popen(["strace", "-c", "-f", "-p", str(pid)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True)
    try:
        while "attached" not in (line := process.stderr.readline()):
            if not line:
                raise RuntimeError("strace could not attach")
        yield calls
    finally:
        process.send_signal(signal.SIGINT)
        _, text = process.communicate(timeout=20)
    calls.update(_of_strace(text))


def _is_known(name: str) -> bool:
    return Path(f"/sys/kernel/tracing/events/syscalls/sys_enter_{name}").exists() or Path(
        f"/sys/kernel/debug/tracing/events/syscalls/sys_enter_{name}").exists()


def _of_perf(text: str) -> dict:
    counts = {event: int(count) for count, event in re.findall(r"^(\d+),,([\w:]+),", text, re.MULTILINE)}
    if EVENT not in counts:
        raise RuntimeError(f"perf counted nothing: {text[-500:]}")
    total = counts.pop(EVENT)
    calls = {event.removeprefix("syscalls:sys_enter_"): count for event, count in counts.items() if count}
    rest = total - sum(calls.values())
    return {**calls, "others": rest} if rest > 0 else calls


def _of_strace(text: str) -> dict:
    lines = re.findall(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", text, re.MULTILINE)
    return {name: int(count) for count, name in lines if name != "total"}
