"""`tune apply`: record, write, read back.

The order, and why:
1. lock; what the last boot took away is forgotten;
2. every original into the journal and onto the disk, with the files to be made: from here on a death can be undone;
3. the clock for link-resetting changes, before the link may be gone;
4. write each value and read it back: what counts is what the kernel took;
5. files that last, for what was taken.
"""

from . import access, journal as journals, persist, undo
from .journal import Journal
from .machine import Absent, Machine, Refused
from .plan import CHANGE, Setting, Wishes
from .report import line


def apply(machine: Machine, settings: list, wishes: Wishes, confirm_within: float, arguments: list) -> int:
    """Applies what is to be changed; gives the number of settings that failed. `settings` is called with the lock
    held, so that what is recorded is what is there."""
    with journals.session(machine) as journal:
        for entry in journal.forget_last_boot(machine.boot):
            print(f"the last boot undid {access.title(entry.address)}")
        found = settings()
        changes = [setting for setting in found if setting.state == CHANGE]
        if changes:
            failed = _change(machine, journal, changes, wishes, confirm_within, arguments)
        else:
            failed = 0
            print("nothing to change")
        journals.save(machine, journal)
    return failed


def _change(machine, journal: Journal, changes: list, wishes: Wishes, confirm_within: float, arguments: list) -> int:
    texts = _record(machine, journal, changes, wishes, arguments)
    resetting = [setting.address for setting in changes if setting.knob.resets_link]
    if resetting:
        undo.begin(machine, journal, resetting, confirm_within)
    journals.save(machine, journal)
    if resetting:
        clock = undo.start(machine, journal.pending, confirm_within)
        print(f"undone in {confirm_within:g} s unless you say `tune confirm`: {', '.join(map(access.title, resetting))} ({clock})")
    failed = [setting for setting in changes if setting.knob.way != "limit" and not _set(machine, journal, setting)]
    if any(":channels:" in setting.address and setting not in failed for setting in changes):
        print("a card has other queues now: apply once more to place and steer those that are new")
    if texts:
        for setting in failed:
            entry = journal.entry(setting.address)
            entry.lasts = False
        taken = [setting for setting in changes if setting not in failed]
        _last(machine, journal, persist.files(taken, journal, wishes, arguments), texts)
    return len(failed)


def _record(machine: Machine, journal: Journal, changes: list, wishes: Wishes, arguments: list) -> dict:
    for setting in changes:
        if setting.knob.way == "limit":
            continue
        entry = journal.remember(setting.address, setting.knob.name, setting.raw, setting.wanted)
        entry.lasts = entry.lasts or (wishes.persist and persist.is_lasting(setting))
    if not wishes.persist:
        return {}
    texts = persist.files(changes, journal, wishes, arguments)
    persist.note(machine, journal, texts)
    return texts


def _set(machine: Machine, journal: Journal, setting: Setting) -> bool:
    """One value: written, read back, told. False when the machine did not take it."""
    try:
        access.write(machine, setting.address, setting.wanted)
        taken = access.read(machine, setting.address)
    except Absent as reason:
        print(line("skipped", setting, str(reason)))
        return True
    except Refused as reason:
        print(line("FAILED", setting, str(reason)))
        return False
    if taken == setting.wanted:
        print(line("set", setting))
        return True
    journal.entry(setting.address).ours.append(taken)
    journals.save(machine, journal)
    print(line("FAILED", setting, f"the machine took {taken} instead"))
    return False


def _last(machine: Machine, journal: Journal, texts: dict, noted: dict):
    """Writes the files for what was taken; those noted that nothing is left for are not made."""
    for path in set(noted) - set(texts):
        journal.files.pop(path, None)
        if path == persist.UNIT:
            journal.files.pop(persist.WANTED, None)
    persist.note(machine, journal, texts)
    journals.save(machine, journal)
    persist.write(machine, journal, texts)
    for path in sorted(texts):
        print(f"  made     {path}")
