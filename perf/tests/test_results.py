"""Figures survive the file, and the tables show what is in it."""

from harness import results, stats, table


def test_a_result_survives_its_file(result, tmp_path):
    path = tmp_path / "r.json"
    results.write(result(), path)
    again = results.read(path)
    assert again.scenarios == result().scenarios
    assert len(again.measurements) == len(result().measurements)
    assert again.measurements[0].detail == result().measurements[0].detail
    assert again.values("mix", "pipeline 1", "coronet", "callsPerTurn").keys() == set(range(7))


def test_the_table_shows_ratios_and_who_is_missing(result):
    text = table.whole(result(node=0.75, scatter=0.0))
    assert "0.50" in text and "0.75" in text  # of redis, of the floor
    assert "Not measured in this run: memcached." in text


def test_a_rate_that_the_generator_held_back_is_marked(result):
    whole = result()
    for each in whole.measurements:
        each.metrics |= {"generatorShare": 1.0, "serverShare": 0.5}
    assert " >" in table.section(whole, "mix")


def test_the_interval_holds_the_ratio():
    ratio, low, high = stats.ratio_interval([1.0, 1.1, 0.9, 1.0, 1.05], [2.0, 2.2, 1.9, 2.1, 2.0])
    assert low <= ratio <= high and 1.7 < low and high < 2.5


def test_written_numbers_have_three_digits():
    assert [table.written(value, "short") for value in (0.0123, 0.456, 12.34, 456.7, 12345.6)] == ["0.012", "0.46", "12.3", "457", "12,346"]


def test_a_broken_off_run_shows_what_it_came_to(result):
    whole = result()
    whole.scenarios["later"] = {**whole.scenarios["mix"], "title": "Never begun"}
    text = table.whole(whole)
    assert "A mix" in text and "Never begun" not in text
