"""A run: who is started when, and who takes turns.

The restart is the unit of repetition, since runs differ most between starts. A repetition goes through all scenarios before
the next begins, so that a bad minute of the machine touches one repetition of each and not all of one. Within a cell the
servers take turns, and who begins changes with the repetition.
"""

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field

from . import counters, kinds, machine, results, servers
from .load import Generator


# A server that died, a load that was refused, a machine without the means: the scenario is lost, the run is not.
FAILURES = (servers.ServerFailed, RuntimeError, OSError, subprocess.SubprocessError)


@dataclass
class Run:
    """What is measured, with what, and the repetition that is under way. After `minutes` no further repetition begins, if
    that is not 0; the first of each scenario is always made."""

    scenarios: list
    programs: dict
    generator_binary: str
    repeats: int = 0  # 0: as each scenario says
    short: bool = False
    minutes: float = 0
    repetition: int = 0
    generator: Generator = None
    # What went wrong, in sentences: the scenarios after it are measured all the same.
    failures: list = field(default_factory=list)

    def perform(self, save=lambda result: None) -> results.Result:
        """`save` is given the result so far after each scenario, so that a run that is broken off has not been in vain."""
        result = results.Result(
            machine.environment() | {"seconds": 0}, {"short": self.short, "repeats": self.repeats, "tracer": counters.tracer()},
            {name: servers.identity(name, binary) for name, binary in self.programs.items()},
            {each.name: results.describe(each) for each in self.scenarios}, [])
        began, took = time.monotonic(), {}
        for self.repetition in range(max((self._repeats(each) for each in self.scenarios), default=0)):
            for scenario in self.scenarios:
                if self.repetition >= self._repeats(scenario):
                    continue
                elapsed = time.monotonic() - began
                name = f"{elapsed:5.0f} s  repetition {self.repetition + 1}/{self._repeats(scenario)}  {scenario.name}"
                if self.repetition and self.minutes and elapsed + took[scenario.name] > self.minutes * 60:
                    _say(f"{name}: left out, the time is up")
                    continue
                _say(name)
                try:
                    result.measurements += self._repetition(scenario)
                except FAILURES as failure:
                    self.failures.append(f"{scenario.name}: {failure}")
                    _say(f"{name}: FAILED: {failure}")
                took[scenario.name] = time.monotonic() - began - elapsed
                result.environment["seconds"] = round(time.monotonic() - began)
                save(result)
        return result

    def _repeats(self, scenario) -> int:
        """As asked for; but what a scenario says needs no repetition (bytes are bytes) is measured once."""
        return scenario.repeats if scenario.repeats == 1 else self.repeats or scenario.repeats

    def _repetition(self, scenario) -> list:
        found = []
        for setup, cells in scenario.groups():
            contenders = self._contenders(scenario, setup, cells)
            self.generator = Generator(self.generator_binary, self._load_cpus(setup))
            measure = kinds.BY_NAME[scenario.kind]
            if measure.starts_own:
                found += list(measure.measure(scenario, cells, contenders, self))
                continue
            started = []
            try:
                for contender in contenders:
                    started.append(contender.start())
                found += list(measure.measure(scenario, cells, started, self))
            except BaseException:
                for contender in started:
                    contender.kill()
                raise
            for contender in started:
                contender.stop()
        return found

    def _contenders(self, scenario, setup, cells) -> list:
        names = [name for name in scenario.servers if name in self.programs]
        first = self.repetition % len(names) if names else 0
        size = int(cells[0].load.value_size.split("-")[0])
        return [servers.make(name, self.programs[name], cores=setup.cores, directives=setup.directives, value_size=size)
                for name in names[first:] + names[:first]]

    @staticmethod
    def _load_cpus(setup) -> tuple:
        """The core after the servers'; where there is none, the load shares theirs and only CPU time compares."""
        count = os.cpu_count() or 1
        return (setup.cores,) if setup.cores < count and not setup.shares_load else tuple(range(count))


def _say(line: str):
    print(line, file=sys.stderr, flush=True)
