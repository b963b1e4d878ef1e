"""What makes changes last: files of our own, each with our mark in its first line, removed by revert.

    /etc/sysctl.d/90-coronet.conf                        the sysctls that apply changed
    /etc/systemd/system/coronet.service.d/90-tune.conf   the service's limits; coronet@.service.d has the same
    /etc/systemd/system/coronet-tune.service             applies the rest again at boot (cards and interrupts are
                                                         numbered anew then), wanted by multi-user.target

A link is never reset at boot: ring sizes and channels belong into the machine's own network configuration.
"""

import os
import sys
from pathlib import Path

from . import access
from .journal import Journal, digest, durable_write, make_folders, remove_empty
from .machine import Machine, Refused
from .plan import Setting, Wishes

MARK = "# Written by coronet's tuning/tune; `tune revert` removes it."
SYSCTL = "/etc/sysctl.d/90-coronet.conf"
UNIT = "/etc/systemd/system/coronet-tune.service"
WANTED = "/etc/systemd/system/multi-user.target.wants/coronet-tune.service"
_SYS = "file:/proc/sys/"


def is_lasting(setting: Setting) -> bool:
    """True for what a file of ours sets again at boot at the same address."""
    return setting.address.startswith(_SYS)


def files(settings: list, journal: Journal, wishes: Wishes, arguments: list) -> dict:
    """path -> text of the files that make these settings last, with those that earlier applies made to last."""
    lines = {entry.address: entry.ours[-1] for entry in journal.entries if entry.lasts}
    limits = [setting for setting in settings if setting.knob.way == "limit"]
    others = [s.knob.group for s in settings if s.knob.way != "limit" and not is_lasting(s) and not s.knob.resets_link]
    found = {}
    if lines:
        body = "\n".join(f"{address.removeprefix(_SYS).replace('/', '.')} = {value}" for address, value in lines.items())
        found[SYSCTL] = f"{MARK}\n{body}\n"
    if limits:
        body = "\n".join(f"{setting.knob.address}={setting.wanted}" for setting in limits)
        found |= {path: f"{MARK}\n[Service]\n{body}\n" for path in access.LIMITS}
    if others:
        found[UNIT] = _unit(sorted(set(others)), wishes, arguments)
    return found


def _unit(groups: list, wishes: Wishes, arguments: list) -> str:
    script = Path(__file__).resolve().parents[1] / "tune"
    command = " ".join(_quoted(word) for word in [
        sys.executable, str(script), "apply", "--only", ",".join(groups), "--mode", wishes.mode,
        "--siblings", wishes.siblings, *arguments])
    return (
        f"{MARK}\n[Unit]\nDescription=Tuning for coronet: cards, interrupts, memory\n"
        "After=network.target systemd-sysctl.service\nBefore=coronet.service\n\n"
        f"[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart={command}\n\n"
        "[Install]\nWantedBy=multi-user.target\n")


def _quoted(word: str) -> str:
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$") + '"'


def note(machine: Machine, journal: Journal, texts: dict):
    """Puts the files into the journal, before they are written. A file that is there and is not ours is `Refused`."""
    for path, text in texts.items():
        there = machine.read_or(path)
        if machine.exists(path) and not there.startswith(MARK):
            raise Refused(f"{path} is there and not ours; nothing was changed")
        journal.files[path] = digest(text)
        if path == UNIT:
            journal.files[WANTED] = ""


def write(machine: Machine, journal: Journal, texts: dict):
    for path, text in texts.items():
        make_folders(machine, journal, path.rpartition("/")[0])
        durable_write(machine.path(path), text)
        if path == UNIT:
            make_folders(machine, journal, WANTED.rpartition("/")[0])
            link = machine.path(WANTED)
            if not link.is_symlink():
                link.symlink_to("../coronet-tune.service")
    _tell_systemd(machine, texts)


def remove(machine: Machine, journal: Journal, force: bool) -> list:
    """Removes our files. Those that somebody changed stay (unless forced) and are returned, with the reason."""
    drift, removed = [], []
    for path, written in list(journal.files.items()):
        target = machine.path(path)
        if not os.path.lexists(target):
            del journal.files[path]
            continue
        if not force and _was_changed(target, written):
            drift.append((path, "somebody changed it since; it stays"))
            continue
        target.unlink()
        removed.append(path)
        del journal.files[path]
    _tell_systemd(machine, removed)
    remove_empty(machine, journal.folders)
    return drift


def standing(machine: Machine, journal: Journal) -> list:
    """(path, "ours", "changed" or "gone") of each file of ours."""
    found = []
    for path, written in journal.files.items():
        target = machine.path(path)
        there = os.path.lexists(target)
        found.append((path, "gone" if not there else "changed" if _was_changed(target, written) else "ours"))
    return found


def _was_changed(target: Path, written: str) -> bool:
    if target.is_symlink():
        return os.readlink(target) != "../coronet-tune.service"
    return digest(target.read_text()) != written


def _tell_systemd(machine: Machine, paths):
    if any(path.startswith("/etc/systemd/") for path in paths) and machine.exists("/run/systemd/system"):
        try:
            machine.run("systemctl", "daemon-reload")
        except Refused as error:
            print(f"systemd was not told of it: {error}", file=sys.stderr)
