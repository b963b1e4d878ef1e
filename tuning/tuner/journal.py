"""What every value was before us, on disk before the first write, so that a run that dies half-way can be undone.

    /var/lib/coronet/tune/journal.json   the originals, what we set, the files and folders we made
    /var/lib/coronet/tune/lock           held by the run that changes something; one at a time

An entry's original is the value before the first of all applies; later applies add to `ours` only. So a value found
later is one of three: the original, one of ours, or somebody else's (drift).
"""

import errno
import fcntl
import hashlib
import json
import os
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field

from . import access
from .machine import Absent, Machine

FOLDER = "/var/lib/coronet/tune"
_FILE, _LOCK = f"{FOLDER}/journal.json", f"{FOLDER}/lock"
_VERSION = 1

ORIGINAL, OURS, DRIFT, GONE = "original", "ours", "drift", "gone"


class Busy(Exception):
    """Somebody else is changing this machine now."""


@dataclass
class Entry:
    """One value: its original as the machine spelt it, and all that we set since (what the kernel made of it
    included)."""

    address: str
    knob: str
    original: str
    ours: list
    lasts: bool = False

    def standing(self, machine: Machine) -> tuple:
        """(ORIGINAL, OURS, DRIFT or GONE, the value now)."""
        try:
            now = access.read(machine, self.address)
        except Absent:
            return GONE, ""
        if now == access.canonical(self.address, self.original):
            return ORIGINAL, now
        return (OURS if now in self.ours else DRIFT), now


@dataclass
class Pending:
    """Link-resetting changes that are undone at `deadline` (seconds since the epoch) unless confirmed."""

    token: str
    deadline: float
    addresses: list


@dataclass
class Journal:
    boot: str = ""
    entries: list = field(default_factory=list)
    #: path -> digest of what we wrote: files of our own, made by --persist.
    files: dict = field(default_factory=dict)
    #: Folders that we made, outermost first.
    folders: list = field(default_factory=list)
    pending: Pending = None

    def entry(self, address: str):
        return next((entry for entry in self.entries if entry.address == address), None)

    def remember(self, address: str, knob: str, original: str, wanted: str):
        entry = self.entry(address)
        if entry is None:
            entry = Entry(address, knob, original, [])
            self.entries.append(entry)
        entry.ours = [value for value in entry.ours if value != wanted] + [wanted]
        return entry

    def forget_last_boot(self, boot: str) -> list:
        """After a boot only what files of ours set again is still changed: the rest is forgotten, and told. (Interrupts
        have other numbers now, too: an old entry might name somebody else's.)"""
        if self.boot == boot:
            return []
        gone = [entry for entry in self.entries if not entry.lasts]
        self.entries = [entry for entry in self.entries if entry.lasts]
        self.pending, self.boot = None, boot
        return gone

    @property
    def is_empty(self) -> bool:
        return not self.entries and not self.files and self.pending is None


def load(machine: Machine):
    """The journal, or None when nothing was ever applied. `ValueError` when it cannot be understood."""
    try:
        text = machine.read(_FILE)
    except Absent:
        if machine.exists(_FILE):
            raise
        return None
    try:
        raw = json.loads(text)
        if raw.pop("version") != _VERSION:
            raise ValueError("another version wrote it")
        pending = raw.pop("pending")
        entries = [Entry(**entry) for entry in raw.pop("entries")]
        return Journal(entries=entries, pending=Pending(**pending) if pending else None, **raw)
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{_FILE} cannot be understood ({error}); it was not touched") from None


def save(machine: Machine, journal: Journal):
    """Replaces the journal as a whole: after a crash there is the old one or the new one. Nothing left to remember
    removes it."""
    path = machine.path(_FILE)
    if journal.is_empty:
        path.unlink(missing_ok=True)
        return
    text = json.dumps({"version": _VERSION, **asdict(journal)}, indent=1)
    durable_write(path, text)


def durable_write(path, text: str, mode: int = 0o644):
    """A file with this text, whole and on the disk, or the one that was there before."""
    draft = path.with_name(f".{path.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with open(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def make_folders(machine: Machine, journal: Journal, path: str):
    """Makes the folders down to `path` and notes those that are new, to take them away again."""
    missing = []
    folder = path
    while not machine.exists(folder):
        missing.append(folder)
        folder = folder.rpartition("/")[0] or "/"
    for folder in reversed(missing):
        try:
            machine.path(folder).mkdir()
        except FileExistsError:
            continue
        journal.folders.append(folder)


@contextmanager
def session(machine: Machine, patience: float = 0):
    """The journal, with the lock held; `Busy` when somebody else has it for longer than `patience` seconds. Where
    nothing is left to remember at the end, the lock and the folders we made go, too.

    The lock's file may be removed by its last holder while others wait for it: who gets a lock checks that it is still
    the one that has the name.
    """
    made = Journal()
    descriptor = _lock(machine, made, time.monotonic() + patience)
    try:
        journal = load(machine) or Journal(boot=machine.boot)
        made.folders += journal.folders
        journal.folders = made.folders
        yield journal
    finally:
        if not machine.exists(_FILE):
            machine.path(_LOCK).unlink(missing_ok=True)
            remove_empty(machine, made.folders)
        os.close(descriptor)


def _lock(machine: Machine, made: Journal, end: float) -> int:
    while True:
        make_folders(machine, made, FOLDER)
        descriptor = _try_lock(machine.path(_LOCK))
        if descriptor is not None:
            return descriptor
        if time.monotonic() >= end:
            raise Busy(f"another run is changing this machine (it holds {_LOCK}); nothing was done")
        time.sleep(0.05)


def _try_lock(path):
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(descriptor), os.stat(path)):
            return descriptor
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(descriptor)
    return None


def remove_empty(machine: Machine, folders: list):
    """Takes away folders we made, innermost first, those that somebody else uses by now excepted."""
    for folder in reversed(list(folders)):
        try:
            machine.path(folder).rmdir()
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENOTEMPTY, errno.EBUSY):
                raise
            if error.errno != errno.ENOENT:
                continue
        folders.remove(folder)
