"""Loading: how fast a snapshot file is read at the start. All servers read the same file, from the page cache, in turn; the time is
the one that they themselves write into their logs."""

import re
import shutil
import statistics
import time

from ..results import Measurement

POLL_SECONDS = 0.02
LOAD_SECONDS_MAX = 300
LINE = re.compile(r"DB loaded from disk: ([\d.]+) seconds")

starts_own = True


def measure(scenario, cells, servers, run):
    for cell in cells:
        _write_file(servers, cell, run)
        found = {server.name: [] for server in servers}
        for _ in range(cell.options["starts"]):
            for server in servers:
                found[server.name].append(_load(server, cell.load.keys))
        for server in servers:
            (server.directory / "dump.rdb").unlink()
            metrics = {name: statistics.median(each[name] for each in found[server.name]) for name in found[server.name][0]}
            yield Measurement(scenario.name, cell.name, server.name, run.repetition, metrics, {})


def _write_file(servers, cell, run):
    """The last server's file, for all: redis-server's where it takes part, for it comes from another house than ours."""
    author = next((server for server in servers if server.name == "redis"), servers[-1])
    author.filled = None
    with author:
        run.generator.populate(author, cell.load)
        with author.connect(timeout=LOAD_SECONDS_MAX) as client:
            client.ask("SAVE")
    for server in servers:
        if server is not author:
            shutil.copy(author.directory / "dump.rdb", server.directory / "dump.rdb")


def _load(server, keys: int) -> dict:
    # Into the page cache, whoever wrote it: the disk is the same for all.
    with open(server.directory / "dump.rdb", "rb") as file:
        while file.read(1 << 20):
            pass
    told = len(_times(server))
    server.start(wait=False)
    try:
        deadline = time.monotonic() + LOAD_SECONDS_MAX
        while len(_times(server)) == told:
            if not server.is_alive() or time.monotonic() > deadline:
                raise RuntimeError(f"{server.name} did not load its file: {server.log_end(5)}")
            time.sleep(POLL_SECONDS)
        seconds = _times(server)[-1]
        used = server.cpu_seconds()
    finally:
        server.kill()
    return {"loadSeconds": seconds, "loadedPerSecond": keys / seconds, "cpuMicrosPerKey": used / keys * 1e6}


def _times(server) -> list:
    return [float(text) for text in LINE.findall(server.log.read_text(errors="replace"))] if server.log.exists() else []
