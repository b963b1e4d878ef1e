"""The scenario and budget files say what can be measured, and a wrong one is refused with its name."""

import pytest
from harness import budgets, scenario

GOOD = """
title = "t"
kind = "cost"
servers = ["coronet", "redis"]
[left-out]
memcached = "because"
floor = "because"
[load]
mix = "get=100"
[[cells]]
name = "a"
pipeline = 4
[[cells]]
name = "b"
against = "a"
setup = { cores = 2, directives = { core-ports = "yes" } }
[short]
repeats = 2
seconds = 0.1
cells = ["a"]
"""


@pytest.fixture
def read(tmp_path):
    def reader(text, short=False):
        path = tmp_path / "sample.toml"
        path.write_text(text)
        return scenario.read(path, short)

    return reader


@pytest.mark.parametrize("short", [False, True])
def test_all_files_are_good(short):
    found = scenario.load_all(short=short)
    assert len(found) >= 13
    assert {each.kind for each in found} == set(scenario.KINDS)


def test_a_cell_inherits_the_shared_load(read):
    whole = read(GOOD)
    assert whole.cell("a").load == scenario.Load(mix="get=100", pipeline=4)
    assert whole.cell("b").setup == scenario.Setup(2, (("core-ports", "yes"),))
    assert len(whole.groups()) == 2


def test_the_short_form(read):
    brief = read(GOOD, short=True)
    assert (brief.repeats, [cell.name for cell in brief.cells], brief.cells[0].load.seconds) == (2, ["a"], 0.1)


@pytest.mark.parametrize("change, complaint", [
    (('kind = "cost"', 'kind = "speed"'), "kind is one of"),
    (('floor = "because"', ""), "stands once in servers or in left-out"),
    (("pipeline = 4", "pipelines = 4"), "load knows no pipelines"),
    (('against = "a"', 'against = "z"'), "there is no cell z"),
    (('name = "b"', 'name = "a"'), "names of their own"),
    (("repeats = 2", "repeat = 2"), "short knows no repeat"),
])
def test_a_wrong_file_is_refused(read, change, complaint):
    with pytest.raises(scenario.ScenarioError, match="sample.toml.*" + complaint):
        read(GOOD.replace(*change))


def test_the_budgets_name_what_exists():
    found = budgets.read_all()
    assert {each.scenario.name for each in found} >= {"counts", "memory"}
    for each in found:
        assert each.limits and "coronet" in each.scenario.servers
        for limit in each.limits:
            assert not limit.against or limit.against in each.scenario.servers


@pytest.mark.parametrize("cost, good", [(1.0, True), (1.9, False)])
def test_a_budget_is_judged(result, cost, good):
    limit = budgets.Limit("pipeline 16", "cpuMicrosPerOperation", 1.5, "floor")
    scene = scenario.Scenario("mix", "t", 1, "cost", "operation", (), {}, (), 1, False, True, {})
    verdict, sentence = budgets.judge(result(node=cost), budgets.Budget("b", scene, (limit,)), limit)
    assert verdict is good
    assert ("within" if good else "beyond") in sentence


def test_what_could_not_be_measured_is_not_within_its_budget(result):
    limit = budgets.Limit("pipeline 16", "allocationsPerOperation", 1.5)
    scene = scenario.Scenario("mix", "t", 1, "cost", "operation", (), {}, (), 1, False, True, {})
    assert budgets.judge(result(), budgets.Budget("b", scene, (limit,)), limit)[0] is False
