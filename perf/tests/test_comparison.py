"""perf/compare finds what got worse, is not fooled by a slow hour, and says when it cannot tell."""

import subprocess
import sys
from pathlib import Path

import pytest
from harness import comparison, results

COMPARE = Path(__file__).resolve().parents[1] / "compare"


def verdicts(before, after, metric="cpuMicrosPerOperation") -> set:
    return {line.verdict for line in comparison.compare(before, after) if line.metric == metric}


def test_two_runs_of_the_same_build_are_the_same(result):
    lines = comparison.compare(result(seed=1), result(seed=2))
    assert len(lines) == 4
    assert {line.verdict for line in lines} == {"same"}


def test_a_regression_beyond_the_budget_is_found(result):
    assert verdicts(result(seed=1), result(seed=2, node=1.4)) == {"worse"}


def test_a_call_more_a_turn_is_found_when_times_hide_it(result):
    """The times of a busy machine say nothing; the counts do."""
    before, after = result(seed=1, scatter=0.3), result(seed=2, scatter=0.3, calls=2.0)
    assert verdicts(before, after, "callsPerTurn") == {"worse"}
    assert "worse" not in verdicts(before, after)


def test_an_improvement_is_told(result):
    assert verdicts(result(seed=1), result(seed=2, node=0.6)) == {"better"}


def test_a_change_within_the_budget_is_the_same(result):
    assert verdicts(result(seed=1), result(seed=2, node=1.05)) == {"same"}


@pytest.mark.parametrize("seed", range(10))
def test_noise_gets_no_verdict(result, seed):
    """Repetitions that scatter by half allow no word on one change of 15 %, whichever way they fall."""
    found = verdicts(result(seed=seed, scatter=0.5), result(seed=seed + 100, scatter=0.5))
    assert found <= {"too noisy"}


def test_a_slow_hour_cancels(result):
    """Everything took half as long again, the floor too: no regression."""
    assert verdicts(result(seed=1), result(seed=2, drift=0.5)) == {"same"}


def test_two_repetitions_are_too_few_for_times(result):
    assert verdicts(result(repeats=2), result(repeats=2, node=2.0)) == {"too few repetitions"}


def test_without_the_floor_redis_is_the_reference(result):
    def without_floor(whole):
        whole.measurements = [each for each in whole.measurements if each.server != "floor"]
        return whole

    lines = comparison.compare(without_floor(result(seed=1)), without_floor(result(seed=2, drift=0.5)))
    assert {line.against for line in lines if line.metric == "cpuMicrosPerOperation"} == {"redis"}
    assert not comparison.regressions(lines)


def test_other_machines_are_not_compared(result):
    with pytest.raises(comparison.Incomparable, match="different machines"):
        comparison.compare(result(machine="a"), result(machine="b"))


def run(*arguments):
    return subprocess.run([sys.executable, COMPARE, *map(str, arguments)], capture_output=True, text=True, timeout=60)


def test_the_exit_status_tells(result, tmp_path):
    paths = {}
    for name, whole in (("before", result(seed=1)), ("same", result(seed=2)), ("slow", result(seed=3, calls=2.0)), ("else", result(machine="b"))):
        paths[name] = tmp_path / f"{name}.json"
        results.write(whole, paths[name])
    same, slow, other = (run(paths["before"], paths[name]) for name in ("same", "slow", "else"))
    assert (same.returncode, slow.returncode, other.returncode) == (0, 1, 2)
    assert "4 same" in same.stdout
    assert "callsPerTurn" in slow.stdout and "2 worse" in slow.stdout
    assert "different machines" in other.stderr


def test_what_is_no_result_is_refused(tmp_path):
    path = tmp_path / "x.json"
    path.write_text('{"version": 99}')
    refused = run(path, path)
    assert refused.returncode == 2 and "not a result of version 1" in refused.stderr
