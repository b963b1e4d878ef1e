"""The clock behind link-resetting changes: undone after a while unless somebody who can still reach the machine says
`tune confirm`. Started before the first of them, since afterwards it may be too late.

A transient timer of systemd where it runs, a detached process elsewhere.
"""

import secrets
import subprocess
import sys
import time
from pathlib import Path

from .journal import Journal, Pending
from .machine import Machine, Refused


def begin(machine: Machine, journal: Journal, addresses: list, seconds: float) -> Pending:
    """Notes what waits for confirmation; the caller saves the journal and then calls `start`. What already waits
    goes on waiting, with the new deadline."""
    earlier = journal.pending.addresses if journal.pending else []
    journal.pending = Pending(secrets.token_hex(4), time.time() + seconds, list(dict.fromkeys([*earlier, *addresses])))
    return journal.pending


def start(machine: Machine, pending: Pending, seconds: float) -> str:
    """Sets the clock; says which one it is."""
    script = str(Path(__file__).resolve().parents[1] / "tune")
    command = [sys.executable, script, "revert", "--root", str(machine.root), "--unconfirmed", pending.token]
    if machine.exists("/run/systemd/system"):
        try:
            machine.run(
                "systemd-run", f"--unit={unit(pending)}", f"--on-active={seconds:g}s", "--timer-property=AccuracySec=1s", *command)
            return f"systemd timer {unit(pending)}"
        except Refused as error:
            print(f"no timer of systemd: {error}", file=sys.stderr)
    process = subprocess.Popen(
        [*command, "--after", f"{seconds:g}"], start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
    return f"process {process.pid}"


def stop(machine: Machine, pending: Pending):
    """Stops systemd's timer; the process finds nothing to do by itself."""
    if machine.exists("/run/systemd/system"):
        try:
            machine.run("systemctl", "stop", f"{unit(pending)}.timer")
        except Refused:
            # It may have been the process: then there is no such timer.
            pass


def unit(pending: Pending) -> str:
    return f"coronet-tune-undo-{pending.token}"
