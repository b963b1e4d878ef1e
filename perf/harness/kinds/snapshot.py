"""Snapshots and rewrites: what they cost those who write meanwhile, how fast they are done, and what memory they take. Clients write
at a fixed rate, first with nothing else going on, then with one job after the other under way. The first part is the
control: what a shared machine does to latency by itself is in both."""

import shutil
import threading
import time
from dataclasses import dataclass, field

from ..results import Measurement

# Each look costs a millisecond or two of a processor that the load needs: at fifty a second that alone is a hundredth of the time.
POLL_SECONDS = 0.2
# What a job may take that was begun while clients wrote.
JOB_SECONDS_MAX = 300

starts_own = True


@dataclass(frozen=True)
class Job:
    """What begins one, and the fields of INFO that say whether it is under way, went well, and what memory it took."""

    command: str
    under_way: str
    status: str
    held: str


JOBS = {
    "snapshot": Job("BGSAVE", "rdb_bgsave_in_progress", "rdb_last_bgsave_status", "rdb_last_cow_size"),
    "rewrite": Job("BGREWRITEAOF", "aof_rewrite_in_progress", "aof_last_bgrewrite_status", "aof_last_cow_size"),
}


def measure(scenario, cells, servers, run):
    for cell in cells:
        for server in servers:
            server.filled = None
            with server:
                metrics = _measure(server, cell, run)
            # The next cell starts empty.
            shutil.rmtree(server.directory / "appendonlydir", ignore_errors=True)
            (server.directory / "dump.rdb").unlink(missing_ok=True)
            yield Measurement(scenario.name, cell.name, server.name, run.repetition, metrics, {})


def _measure(server, cell, run) -> dict:
    rate = cell.options["rate"]
    run.generator.populate(server, cell.load)
    _finish(server, JOBS[cell.options["job"]])
    quiet, _ = run.generator.measure(server, cell.load, cell.options["quiet-seconds"], rate=rate)
    with _Jobs(server, JOBS[cell.options["job"]]) as jobs:
        busy, _ = run.generator.measure(server, cell.load, cell.load.seconds, rate=rate)
    data = cell.load.keys * int(cell.load.value_size)
    seconds = sum(jobs.seconds) / len(jobs.seconds)
    return {
        "quietMicrosP99": quiet["latencyMicrosP99"], "busyMicrosP99": busy["latencyMicrosP99"],
        "quietMicrosP999": quiet["latencyMicrosP999"], "busyMicrosP999": busy["latencyMicrosP999"],
        "quietMicrosMax": quiet["latencyMicrosMax"], "busyMicrosMax": busy["latencyMicrosMax"],
        "ratioOfP99": busy["latencyMicrosP99"] / quiet["latencyMicrosP99"],
        "jobSeconds": seconds, "jobMegabytesPerSecond": data / seconds / 1e6,
        "heldShare": max(jobs.held) / data, "forkMicros": int(server.info("stats").get("latest_fork_usec", 0)),
        "unsentShare": busy["unsentShare"],
    }


def _finish(server, job: Job):
    """Until no job is under way: appending may have begun a rewrite by itself."""
    deadline = time.monotonic() + JOB_SECONDS_MAX
    while server.info("persistence")[job.under_way] == "1":
        if time.monotonic() > deadline:
            raise RuntimeError(f"{server.name}: {job.command} did not end in {JOB_SECONDS_MAX} s")
        time.sleep(POLL_SECONDS)


@dataclass
class _Jobs:
    """One job after the other while the body runs. The last one ends before it is left."""

    server: object
    job: Job
    seconds: list = field(default_factory=list)
    held: list = field(default_factory=list)
    failure: Exception = None

    def __enter__(self):
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, kind, *_):
        self.ended.set()
        self.thread.join(JOB_SECONDS_MAX)
        if kind is None and self.failure:
            raise self.failure

    def _run(self):
        try:
            while not self.ended.is_set():
                self._once()
        except Exception as failure:  # carried to the thread that waits for it
            self.failure = failure

    def _once(self):
        began = time.monotonic()
        with self.server.connect(timeout=JOB_SECONDS_MAX) as client:
            client.ask(self.job.command)
        _finish(self.server, self.job)
        facts = self.server.info("persistence")
        if facts[self.job.status] != "ok":
            raise RuntimeError(f"{self.server.name}: {self.job.command} failed: {self.server.log_end(5)}")
        self.seconds.append(time.monotonic() - began)
        self.held.append(int(facts[self.job.held]))
