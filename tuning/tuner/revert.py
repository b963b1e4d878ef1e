"""`tune revert`, `tune status`, `tune confirm`: from the journal alone, so that they work whatever the profiles say by now."""

import syslog
import time

from . import access, journal as journals, persist, undo
from .journal import DRIFT, GONE, ORIGINAL, OURS, Entry, Journal
from .machine import Absent, Machine, Refused


def revert(machine: Machine, force: bool) -> int:
    """Restores every first original, last change first. Gives the number of values and files that are not as they were:
    refused by the machine, or somebody else's by now (restored by force only)."""
    if journals.load(machine) is None:
        print("nothing was applied: nothing to revert")
        return 0
    with journals.session(machine) as journal:
        for entry in journal.forget_last_boot(machine.boot):
            print(f"  gone     {access.title(entry.address)}: the last boot undid it")
        if journal.pending:
            undo.stop(machine, journal.pending)
            journal.pending = None
        left = _restore(machine, journal, list(journal.entries), force)
        drift = persist.remove(machine, journal, force)
        for path, reason in drift:
            print(f"  drift    {path}: {reason}")
        journals.save(machine, journal)
    return left + len(drift)


def _restore(machine: Machine, journal: Journal, entries: list, force: bool) -> int:
    left = 0
    for entry in reversed(entries):
        if _restore_one(machine, entry, force):
            journal.entries.remove(entry)
        else:
            left += 1
    return left


def _restore_one(machine: Machine, entry: Entry, force: bool) -> bool:
    """True when there is nothing left to restore."""
    title = access.title(entry.address)
    state, now = entry.standing(machine)
    if state == GONE:
        print(f"  gone     {title}: it is there no more")
        return True
    if state == ORIGINAL:
        return True
    if state == DRIFT and not force:
        print(f"  drift    {title}: {now} is neither ours ({entry.ours[-1]}) nor the original ({entry.original}); it stays, --force restores")
        return False
    try:
        access.write(machine, entry.address, entry.original)
        taken = access.read(machine, entry.address)
    except (Absent, Refused) as reason:
        print(f"  FAILED   {title}: {reason}")
        return False
    if taken != access.canonical(entry.address, entry.original):
        print(f"  FAILED   {title}: the machine took {taken} instead of {entry.original}")
        return False
    print(f"  restored {title}: {now} -> {entry.original}")
    return True


def undo_unconfirmed(machine: Machine, token: str, after: float) -> int:
    """What the clock runs: waits, then restores what nobody confirmed. Ends early when it is confirmed."""
    end = time.monotonic() + after
    while time.monotonic() < end:
        time.sleep(min(0.5, max(end - time.monotonic(), 0)))
        if not _is_pending(journals.load(machine), token):
            return 0
    # An apply that still runs is waited for: it holds the lock.
    with journals.session(machine, patience=60) as journal:
        if not _is_pending(journal, token):
            return 0
        _say("nobody confirmed: undoing what reset the link", machine)
        addresses = set(journal.pending.addresses)
        journal.pending = None
        left = _restore(machine, journal, [entry for entry in journal.entries if entry.address in addresses], force=False)
        journals.save(machine, journal)
    return left


def _say(text: str, machine: Machine):
    """To the system's log, too: the clock runs where nobody looks."""
    print(text)
    if machine.is_real:
        syslog.openlog("coronet-tune")
        syslog.syslog(syslog.LOG_WARNING, text)


def _is_pending(journal, token: str) -> bool:
    return journal is not None and journal.pending is not None and journal.pending.token == token


def confirm(machine: Machine) -> int:
    """Keeps what waits for it."""
    if journals.load(machine) is None:
        print("nothing waits for confirmation")
        return 1
    with journals.session(machine) as journal:
        pending = journal.pending
        if pending is None:
            print("nothing waits for confirmation")
            return 1
        undo.stop(machine, pending)
        journal.pending = None
        journals.save(machine, journal)
    print(f"kept: {', '.join(access.title(address) for address in pending.addresses)}")
    return 0


def status(machine: Machine) -> int:
    """What we changed and whether it still stands. Gives the number of values and files that drifted."""
    journal = journals.load(machine)
    if journal is None:
        print("nothing is applied")
        return 0
    if journal.boot != machine.boot:
        print("the machine was booted since: only what files of ours set is still ours")
    drifted = sum(_tell(machine, entry) for entry in journal.entries)
    for path, state in persist.standing(machine, journal):
        print(f"  {state:<8} {path}")
        drifted += state == "changed"
    if journal.pending:
        left = max(0, round(journal.pending.deadline - time.time()))
        print(f"undone in {left} s unless you say `tune confirm`: {', '.join(map(access.title, journal.pending.addresses))}")
    return drifted


def _tell(machine: Machine, entry: Entry) -> bool:
    state, now = entry.standing(machine)
    words = {OURS: "ours", ORIGINAL: "original", DRIFT: "drift", GONE: "gone"}
    note = f"; neither ours ({entry.ours[-1]}) nor the original" if state == DRIFT else ""
    print(f"  {words[state]:<8} {access.title(entry.address)}: was {entry.original}, is {now or 'there no more'}{note}")
    return state == DRIFT
