"""Who takes turns when: the order of a run, without servers."""

import pytest
from harness import kinds, scenario, session


class Instant:
    """A kind that measures nothing, and remembers in which order it was asked."""

    starts_own = True

    def __init__(self, seconds=0.0):
        self.asked = []
        self.seconds = seconds

    def measure(self, scene, cells, servers, run):
        self.asked.append((run.repetition, scene.name, [server.name for server in servers]))
        run.clock[0] += self.seconds
        return iter(())


@pytest.fixture
def perform(monkeypatch):
    """Runs two scenarios with a kind and a clock of the test's."""
    def go(kind, **options):
        monkeypatch.setitem(kinds.BY_NAME, "cost", kind)
        cell = scenario.Cell("c", scenario.Load(), scenario.Setup())
        scenes = [scenario.Scenario(name, name, 1, "cost", "operation", ("coronet", "redis"), {}, (cell,), 3, False, True, {}) for name in "ab"]
        run = session.Run(scenes, {"coronet": "/bin/true", "redis": "/bin/true"}, "/bin/true", **options)
        run.clock = [0.0]
        monkeypatch.setattr(session.time, "monotonic", lambda: run.clock[0])
        saved = []
        run.perform(save=saved.append)
        go.failures = run.failures
        return kind.asked, saved

    return go


def test_a_repetition_goes_through_all_scenarios_before_the_next(perform):
    asked, saved = perform(Instant())
    assert [(turn, name) for turn, name, _ in asked] == [(0, "a"), (0, "b"), (1, "a"), (1, "b"), (2, "a"), (2, "b")]
    assert len(saved) == 6


def test_who_begins_changes(perform):
    asked, _ = perform(Instant())
    assert [names[0] for turn, name, names in asked if name == "a"] == ["coronet", "redis", "coronet"]


def test_when_the_time_is_up_only_first_repetitions_are_made(perform):
    asked, _ = perform(Instant(seconds=50), minutes=2)
    assert [(turn, name) for turn, name, _ in asked] == [(0, "a"), (0, "b")]


def test_a_number_of_repetitions_may_be_asked_for(perform):
    asked, _ = perform(Instant(), repeats=1)
    assert len(asked) == 2


def test_a_scenario_that_fails_does_not_end_the_run(perform):
    class Broken(Instant):
        def measure(self, scene, cells, servers, run):
            yield from super().measure(scene, cells, servers, run)
            if scene.name == "a":
                raise RuntimeError("the server is gone")

    kind = Broken()
    perform(kind, repeats=1)
    assert [name for _, name, _ in kind.asked] == ["a", "b"]
    assert perform.failures == ["a: the server is gone"]
