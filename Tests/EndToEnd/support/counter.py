"""Counts what the hot path must not do, in the program itself: calls of the allocator and of reference counting by the
cores' threads, by a library that is preloaded into the server."""

import signal
import subprocess
import time
from pathlib import Path

SOURCE = Path(__file__).parent / "native" / "count_calls.c"
ANSWER_SECONDS = 5


def build(directory: Path) -> Path:
    """The library, compiled into `directory`."""
    library = directory / "count_calls.so"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, SOURCE, "-ldl"], check=True)
    return library


def environment(library: Path, answer: Path) -> dict:
    """What a server needs in its environment to be counted, and to tell in the file `answer`."""
    return {"LD_PRELOAD": str(library), "COUNT_CALLS_FILE": str(answer)}


def counts(server, answer: Path) -> list:
    """(allocations, references) of the server's cores so far."""
    answer.unlink(missing_ok=True)
    server.process.send_signal(signal.SIGUSR2)
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        if answer.exists() and answer.read_text().endswith("\n"):
            return [int(word) for word in answer.read_text().split()]
        time.sleep(0.01)
    raise AssertionError("the preloaded library did not answer")
