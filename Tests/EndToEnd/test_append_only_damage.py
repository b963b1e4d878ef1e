"""Append-only files that were cut, flipped, lost or left over: what a start and `coronet check` make of them."""

import os
import random
import shutil
import subprocess

import pytest

from support import settings
from support.append_log import client, contents, make_log, refuses_to_start, run_check, start_in
from support.server import Server, ServerFailed


def seeded():
    """A random generator whose seed is printed."""
    seed = settings.SEED or random.SystemRandom().randrange(1 << 30)
    print("seed", seed)
    return random.Random(seed)


def copy_of(whole, folder):
    copy = folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(whole, copy)
    return copy


def test_cut_at_every_byte_of_the_last_three_records(folder):
    (folder / "whole").mkdir()
    path = make_log(folder / "whole")
    whole = path.read_bytes()
    start = whole.index(b"*3\r\n$3\r\nSET\r\n$2\r\nk3")
    ends = [whole.index(b"$7\r\nvalue %d\r\n" % index) + len(b"$7\r\nvalue 0\r\n") for index in range(6)]
    cuts = range(start, len(whole) + 1, 1 if settings.LONG else 7)
    for cut in cuts:
        copy = copy_of(folder / "whole", folder)
        (copy / "appendonlydir" / path.name).write_bytes(whole[:cut])
        checked = run_check(copy / "appendonlydir" / "appendonly.aof.manifest")
        assert checked.returncode in (0, 1)
        server = start_in(copy, cores=1)
        found = [client(server).get(f"k{index}") for index in range(6)]
        server.stop()
        assert found == [b"value %d" % index if end <= cut else None for index, end in enumerate(ends)], cut
    print(len(cuts), "cuts")


def test_a_torn_tail_is_refused_when_told_so_and_repaired_by_check(folder):
    path = make_log(folder)
    path.write_bytes(path.read_bytes()[:-30])
    text = refuses_to_start(folder, aof_load_truncated="no")
    assert "coronet check aof" in text and "row M" in text
    manifest = folder / "appendonlydir" / "appendonly.aof.manifest"
    assert run_check(manifest).returncode == 1
    before = path.read_bytes()
    assert run_check(manifest, "--fix").returncode == 0
    assert path.with_name(path.name + ".backup").read_bytes() == before
    assert run_check(manifest).returncode == 0
    server = start_in(folder, cores=1, aof_load_truncated="no")
    assert client(server).get("k4") == b"value 4"
    server.stop()


def test_a_damaged_middle_is_refused_with_the_place_and_the_remedy(folder):
    path = make_log(folder)
    data = bytearray(path.read_bytes())
    data[data.index(b"value 2")] ^= 1
    path.write_bytes(data)
    text = refuses_to_start(folder)
    assert str(path.name) in text and "offset" in text and "--fix" in text


def starts_from(folder):
    """What a node holds that starts from what is in the folder; None if it does not start, as it says by exit code 1."""
    try:
        server = start_in(folder, cores=1)
    except ServerFailed as failure:
        assert "ended with 1\n" in str(failure), failure
        return None
    found = contents(client(server))
    server.stop()
    return found


def test_random_flips_in_a_log_are_refused_or_harmless(folder):
    """With checksums a flipped byte is found, whatever it hits; never a crash, never other data. What looks like a torn end
    is cut: then whole records are missing at the end, and nothing else is."""
    chance = seeded()
    (folder / "whole").mkdir()
    path = make_log(folder / "whole", records=40)
    whole = path.read_bytes()
    rounds = settings.scaled(60, 1000)
    refused = started = 0
    for number in range(rounds):
        data = bytearray(whole)
        place = chance.randrange(len(data))
        data[place] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        checked = run_check(path)
        assert checked.returncode in (0, 1), checked.stderr
        refused += checked.returncode
        # The last annotation may be hit so that it is none any more: then nothing is wrong with the records.
        if checked.returncode == 0 or number % 10 == 0:
            found = starts_from(copy_of(folder / "whole", folder))
            started += found is not None
            expected = {(0, b"k%d" % index): (b"value %d" % index, -1) for index in range(40)}
            if checked.returncode == 0:
                assert found == expected, f"byte {place}"
            elif found is not None:
                assert found == {key: expected[key] for key in list(expected)[:len(found)]}, f"byte {place}"
    print(f"{rounds} flips, {refused} found, {started} started from")
    assert refused >= rounds * 0.9


def test_random_flips_in_a_snapshot_are_refused_or_harmless(folder):
    chance = seeded()
    (folder / "whole").mkdir()
    server = Server(cores=2, directives={"dir": folder / "whole"}).start()
    for index in range(200):
        client(server).set(f"k{index}", f"value {index}" * chance.randrange(10), ex=chance.choice([None, 100_000]))
    expected = contents(client(server))
    client(server).save()
    server.stop()
    path = folder / "whole" / "dump.rdb"
    whole = path.read_bytes()
    rounds = settings.scaled(60, 1000)
    refused = 0
    for number in range(rounds):
        data = bytearray(whole)
        place = chance.randrange(len(data))
        data[place] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        checked = subprocess.run([settings.CORONET, "check", "rdb", str(path)], capture_output=True, text=True)
        assert checked.returncode in (0, 1), checked.stderr
        refused += checked.returncode
        if checked.returncode == 0 or number % 10 == 0:
            copy = copy_of(folder / "whole", folder)
            server = Server(cores=2, directives={"dir": copy})
            server.start(wait=False)
            if checked.returncode == 0:
                server._wait_until_it_answers()
                assert contents(client(server)) == expected, f"byte {place}"
                server.stop()
            else:
                assert server.process.wait(20) == 1, f"byte {place}"
                server.process = None
    print(f"{rounds} flips, {refused} found")
    assert refused >= rounds * 0.9


def test_what_was_not_loaded_does_not_start(folder):
    """A missing file, a garbled manifest, an unreadable folder: exit code 1 and a sentence, and nothing is changed."""
    path = make_log(folder)
    manifest = folder / "appendonlydir" / "appendonly.aof.manifest"
    good = manifest.read_bytes()
    manifest.write_bytes(b"nonsense\n")
    assert "row H" in refuses_to_start(folder)
    manifest.unlink()
    assert "row F" in refuses_to_start(folder)
    manifest.write_bytes(good)
    away = path.rename(folder / "away")
    assert "row I" in refuses_to_start(folder)
    away.rename(path)
    server = start_in(folder, cores=1)
    assert client(server).dbsize() == 6
    server.stop()


@pytest.mark.parametrize("appendonly", ["yes", "no"])
def test_a_snapshot_that_cannot_be_looked_at_is_not_taken_for_none(folder, appendonly):
    """A name that leads in circles: what lies behind it nobody can say."""
    (folder / "dump.rdb").symlink_to("dump.rdb")
    text = refuses_to_start(folder, appendonly=appendonly)
    assert "row O" in text and "dump.rdb cannot be looked at: Too many levels of symbolic links" in text
    assert not (folder / "appendonlydir").exists(), "nothing has been begun"
    (folder / "dump.rdb").unlink()
    server = start_in(folder, cores=1, appendonly=appendonly)
    assert client(server).dbsize() == 0
    server.stop()


def test_a_single_file_of_old_that_cannot_be_looked_at_is_not_taken_for_none(folder):
    (folder / "appendonly.aof").symlink_to("appendonly.aof")
    text = refuses_to_start(folder)
    assert "row G" in text and "appendonly.aof cannot be looked at" in text


def test_left_overs_go_and_what_cannot_go_is_named(folder):
    """Of a crash: a temporary file and a numbered one that no manifest names. Folders of such names cannot be removed."""
    make_log(folder)
    inside = folder / "appendonlydir"
    for name in ["temp-appendonly.aof.manifest", "appendonly.aof.77.incr.aof"]:
        (inside / name).write_bytes(b"")
    stuck = ["temp-appendonly.aof.9.base", "appendonly.aof.88.incr.aof"]
    for name in stuck:
        (inside / name).mkdir()
    server = start_in(folder, cores=1)
    assert client(server).dbsize() == 6
    text = server.log.read_text()
    for name in stuck:
        assert f"{name} could not be removed: Is a directory" in text
    assert sorted(name for name in os.listdir(inside) if "temp" in name or "77" in name or "88" in name) == sorted(stuck)
    server.stop()
