"""What a run of the load generator must not hide."""

import pytest
from harness import load

REPORT = {"errors": 0, "wrongAnswers": 0, "misses": 0, "unsent": 0, "errorSamples": {}}


def test_a_clean_report_is_fine():
    assert load.what_went_wrong(REPORT) == {}


@pytest.mark.parametrize("kind", ["errors", "wrongAnswers", "misses"])
def test_what_went_wrong_is_named(kind):
    assert load.what_went_wrong(REPORT | {kind: 3})[kind] == 3


def test_what_could_not_be_sent_is_no_error_of_the_server():
    assert load.what_went_wrong(REPORT | {"errors": 5, "unsent": 5}) == {}
    assert load.what_went_wrong(REPORT | {"errors": 6, "unsent": 5})["errors"] == 1

    assert load.what_went_wrong(REPORT | {"errors": 55, "unsent": 5}, in_flight=50) == {}
    assert load.what_went_wrong(REPORT | {"errors": 50}, in_flight=50)["errors"] == 50


def test_no_report_is_wrong():
    assert load.what_went_wrong({})
