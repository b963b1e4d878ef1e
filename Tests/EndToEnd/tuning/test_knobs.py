"""The knobs of `tuning/tune` as data, and what is said about each."""

import subprocess
import sys

import pytest

from support.fake_machine import TUNE, knobs
from support.settings import ROOT


def test_every_knob_has_its_row_in_the_readme():
    tables = subprocess.run([sys.executable, str(TUNE), "explain", "--markdown"], capture_output=True, text=True, check=True).stdout
    readme = (ROOT / "tuning/README.md").read_text()
    assert tables.strip() in readme, "put `tuning/tune explain --markdown` into tuning/README.md"
    assert all(f"`{knob.name}`" in tables for knob in knobs())


def test_every_knob_says_whether_it_was_measured():
    for knob in knobs():
        said = knob.measured.split(":")[0].split(".")[0]
        assert any(character.isdigit() for character in knob.measured) or said.startswith(("Not here", "Nothing to measure", "As ", "The node ")), (
            f"{knob.name}: figures, or why there are none: {knob.measured}")


def test_every_knob_can_be_explained(machine):
    listed = machine.run("explain")
    assert all(knob.name in listed for knob in knobs())
    for knob in {knob.way: knob for knob in knobs()}.values():
        told = machine.run("explain", knob.name)
        assert knob.why in told and knob.measured in told and "undo " in told
    assert "there is no knob" in machine.run("explain", "net.core.wishes", status=1)


@pytest.mark.parametrize("text, complaint", [
    ("[a]\nfile = /x\nvalue = 1\nwhat = w\nwhy = y\n", "measured must be said"),
    ("[a]\nvalue = 1\nwhat = w\nwhy = y\nmeasured = m\n", "exactly one of"),
    ("[a]\nfile = /x\nvalu = 1\n", "nothing is called valu"),
    ("", "holds no profile"),
])
def test_a_profile_that_is_wrong_says_where(machine, tmp_path_factory, text, complaint):
    folder = tmp_path_factory.mktemp("profiles")
    (folder / "sysctl.conf").write_text(text)
    assert complaint in machine.run("plan", "--profiles", folder, status=1)


def test_profiles_of_ones_own(machine, tmp_path_factory):
    folder = tmp_path_factory.mktemp("profiles")
    (folder / "sysctl.conf").write_text("[a]\nfile = /proc/sys/vm/swappiness\nvalue = 7\nwhat = w\nwhy = y\nmeasured = 1\n")
    machine.run("apply", "--profiles", folder)
    assert machine.sysctl("vm/swappiness") == "7" and machine.sysctl("net/core/somaxconn") == "4096"
    # Taking back needs no profile: what was done is in the journal.
    machine.run("revert")
    assert machine.sysctl("vm/swappiness") == "60"
