"""Snapshots: SAVE, BGSAVE, loading, save points, both ways with redis-server, and what happens when things go wrong."""

import os
import random
import shutil
import subprocess
import threading
import time

import pytest

from support import settings
from support.resp import ErrorReply, encode
from support.server import Server

CORES = pytest.mark.parametrize("cores", [1, 2])
# From how much data on a file is written past the page cache: all of these, or none.
DIRECT = pytest.mark.parametrize("direct", ["0", "1gb"])


def call(server, *arguments):
    """The meaning of one reply, which is no error."""
    with server.connect() as client:
        reply = client.ask(*arguments)
    assert not isinstance(reply, ErrorReply), reply
    return reply


def refused(server, *arguments):
    """The text of the error that a command gets; None where it gets none."""
    with server.connect() as client:
        reply = client.ask(*arguments)
    return str(reply) if isinstance(reply, ErrorReply) else None


def info(server):
    return server.info("persistence")


def wait_until_gone(server):
    """The server ends by itself, and well."""
    process, server.process = server.process, None
    assert process.wait(20) == 0


def wait_for(condition, seconds=20, every=0.02):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(every)
    raise AssertionError("it did not happen in time")


def wait_for_save(server):
    wait_for(lambda: info(server)["rdb_bgsave_in_progress"] == "0")


def fill(server, keys=2000, seed=1):
    """Strings of every form, in two databases, some expiring. Gives what is there."""
    dice = random.Random(seed)
    known = {}
    with server.connect() as client:
        for database in (0, 3):
            client.ask("SELECT", database)
            for number in range(keys // 2):
                key = b"%d" % number if dice.random() < 0.2 else b"key:%d" % number
                value = dice.choice([
                    b"%d" % dice.randrange(-2**40, 2**40), b"", b"x" * dice.randrange(300),
                    dice.randbytes(dice.randrange(200)), b"%d" % dice.randrange(-300, 300),
                    bytes(dice.choices(b"ab", k=dice.randrange(100)))])
                client.ask("SET", key, value)
                expiry = -1
                if dice.random() < 0.3:
                    expiry = int(time.time() * 1000) + dice.randrange(10**6, 10**9)
                    client.ask("PEXPIREAT", key, expiry)
                known[database, key] = (value, expiry)
    return known


def contents(server):
    known = {}
    with server.connect() as client:
        for database in (0, 3):
            client.ask("SELECT", database)
            for key in client.ask("KEYS", "*"):
                known[database, key] = (client.ask("GET", key), client.ask("PEXPIRETIME", key))
    return known


def check_rdb(path):
    """redis-check-rdb has nothing to say against it."""
    run = subprocess.run(["redis-check-rdb", str(path)], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "RDB looks OK" in run.stdout, run.stdout


@CORES
@DIRECT
@pytest.mark.parametrize("compression", ["yes", "no"])
def test_redis_loads_what_we_save(cores, compression, direct):
    with Server(cores=cores, directives={"rdbcompression": compression, "rdb-direct-min-size": direct}) as node:
        known = fill(node)
        for number in range(3):
            long = bytes(random.Random(number).randbytes(300_000))
            call(node, "SET", f"long:{number}", long)
            known[0, b"long:%d" % number] = (long, -1)
        assert call(node, "SAVE") == b"OK"
        check_rdb(node.directory / "dump.rdb")
        with Server(binary=settings.REDIS, directives={"dir": node.directory}) as redis:
            assert contents(redis) == known
            assert call(redis, "DEBUG", "DIGEST") == call(node, "DEBUG", "DIGEST")


@CORES
@pytest.mark.parametrize("compression", ["yes", "no"])
def test_we_load_what_redis_saves(cores, compression):
    with Server(binary=settings.REDIS, directives={"rdbcompression": compression}) as redis:
        known = fill(redis)
        assert call(redis, "SAVE") == b"OK"
        with Server(cores=cores, directives={"dir": redis.directory}) as node:
            assert contents(node) == known
            assert info(node)["rdb_last_load_keys_loaded"] == str(len(known))
            assert call(redis, "DEBUG", "DIGEST") == call(node, "DEBUG", "DIGEST")


@CORES
def test_a_change_of_cores_is_no_matter(cores):
    with Server(cores=3 - cores) as first:
        known = fill(first)
        call(first, "SAVE")
        with Server(cores=cores, directives={"dir": first.directory}) as second:
            assert contents(second) == known


@CORES
def test_fields_of_info(cores):
    with Server(cores=cores) as node:
        before = int(time.time())
        fill(node, keys=100)
        fields = info(node)
        assert int(fields["rdb_changes_since_last_save"]) >= 100
        assert fields["rdb_last_bgsave_time_sec"] == "-1"
        assert call(node, "BGSAVE") == b"Background saving started"
        wait_for_save(node)
        fields = info(node)
        assert fields["rdb_changes_since_last_save"] == "0"
        assert fields["rdb_last_bgsave_status"] == "ok"
        assert 0 <= int(fields["rdb_last_bgsave_time_sec"]) <= 5
        assert fields["rdb_saves"] == "1"
        assert int(fields["rdb_last_save_time"]) >= before
        assert call(node, "LASTSAVE") == int(fields["rdb_last_save_time"])
        assert (fields["current_save_keys_processed"], fields["current_save_keys_total"]) == ("0", "0")
        # The shards' chunks came from registered memory, and the log says what was written.
        assert int(node.info("everything")["ring_fixed_writes"]) >= 1
        assert "dump.rdb: 100 keys, 0." in node.log.read_text()
        call(node, "SET", "one", "more")
        assert info(node)["rdb_changes_since_last_save"] == "1"


def test_latency_shows_what_takes_the_place_of_a_fork():
    with Server(cores=2, directives={"latency-monitor-threshold": 1}) as node:
        call(node, "SET", "big", b"x" * (64 << 20))
        call(node, "SAVE")
        events = {row[0] for row in call(node, "LATENCY", "LATEST")}
        # 64 MiB are copied in one slice.
        assert b"snapshot-slice" in events
        assert {b"snapshot-slice", b"fork", b"command", b"fast-command", b"rdb-unlink-temp-file"} >= events


def test_info_persistence_has_redis_fields_in_redis_order(redis, node):
    ours = [line.split(":")[0] for line in call(node, "INFO", "persistence").decode().splitlines()]
    theirs = [line.split(":")[0] for line in call(redis, "INFO", "persistence").decode().splitlines()]
    assert ours == theirs


@CORES
def test_a_second_bgsave_is_refused(cores):
    with Server(cores=cores, directives={"rdb-key-save-delay": 50000}) as node:
        fill(node, keys=200)
        assert call(node, "BGSAVE") == b"Background saving started"
        assert info(node)["rdb_bgsave_in_progress"] == "1"
        assert refused(node, "BGSAVE") == "ERR Background save already in progress"
        assert refused(node, "SAVE") == "ERR Background save already in progress"
        assert refused(node, "BGSAVE", "nonsense") == "ERR syntax error"
        wait_for(lambda: int(info(node)["current_save_keys_processed"]) > 0)
        assert int(info(node)["current_save_keys_total"]) > 0
        call(node, "CONFIG", "SET", "rdb-key-save-delay", "0")


@CORES
@DIRECT
def test_the_file_shows_one_instant(cores, direct):
    """Writers keep two keys, usually of different cores, equal by MSET; the file never shows them different."""
    with Server(cores=cores, directives={"rdb-key-save-delay": 30, "rdb-direct-min-size": direct}) as node:
        with node.connect() as client:
            for number in range(5000):
                client.ask("MSET", f"a:{number}", "0", f"b:{number}", "0")
        stop = threading.Event()

        def write(seed):
            dice = random.Random(seed)
            with node.connect() as client:
                while not stop.is_set():
                    number, value = dice.randrange(5000), dice.randrange(10**9)
                    client.ask("MSET", f"a:{number}", value, f"b:{number}", value)

        writers = [threading.Thread(target=write, args=(seed,)) for seed in range(3)]
        for writer in writers:
            writer.start()
        try:
            for round in range(3):
                time.sleep(0.1)  # the writers change something between two of them
                call(node, "BGSAVE")
                wait_for_save(node)
                copy = node.directory / f"copy{round}"
                copy.mkdir()
                shutil.copy(node.directory / "dump.rdb", copy / "dump.rdb")
        finally:
            stop.set()
            for writer in writers:
                writer.join()
        for round in range(3):
            path = node.directory / f"copy{round}"
            check_rdb(path / "dump.rdb")
            with Server(binary=settings.REDIS, directives={"dir": path}) as redis:
                assert call(redis, "DBSIZE") == 10000
                with redis.connect() as client:
                    for number in range(5000):
                        left, right = client.ask("MGET", f"a:{number}", f"b:{number}")
                        assert left == right, f"round {round}: {number}: {left} and {right}"


@CORES
def test_flushes_and_swaps_during_a_snapshot(cores):
    with Server(cores=cores, directives={"rdb-key-save-delay": 3000}) as node:
        known = fill(node)
        call(node, "BGSAVE")
        # The instant comes after the reply, as soon as the file is open.
        wait_for(lambda: int(info(node)["current_save_keys_total"]) > 0)
        with node.connect() as client:
            client.ask("SWAPDB", 0, 3)
            client.ask("SET", "new", "value")
            client.ask("FLUSHDB")
            client.ask("SET", "newer", "value")
            client.ask("FLUSHALL")
            client.ask("SET", "newest", "value")
        assert info(node)["rdb_bgsave_in_progress"] == "1"
        wait_for_save(node)
        with Server(binary=settings.REDIS, directives={"dir": node.directory}) as redis:
            assert contents(redis) == known
        assert call(node, "DBSIZE") == 1


@CORES
@DIRECT
def test_kill_during_bgsave_leaves_the_old_file(cores, direct):
    node = Server(cores=cores, directives={"rdb-direct-min-size": direct}).start()
    known = fill(node)
    call(node, "SAVE")
    call(node, "CONFIG", "SET", "rdb-key-save-delay", "20000")
    call(node, "FLUSHALL")
    fill(node, seed=2)
    call(node, "BGSAVE")
    time.sleep(0.2)  # into the midst of it: 20 ms a key make it last for seconds
    node.kill()
    with Server(cores=cores, directives={"dir": node.directory}) as again:
        assert contents(again) == known


@CORES
def test_stopping_saves_when_save_points_are_configured(cores):
    node = Server(cores=cores, directives={"save": "3600 1"}).start()
    known = fill(node)
    assert node.stop() == 0
    with Server(cores=cores, directives={"dir": node.directory, "save": "3600 1"}) as again:
        assert contents(again) == known
        call(again, "FLUSHALL")
        with again.connect() as client:
            client.send(encode("SHUTDOWN", "NOSAVE"))
            assert client.read_to_close() == b""
        wait_until_gone(again)
    with Server(cores=cores, directives={"dir": node.directory}) as third:
        assert contents(third) == known


@CORES
def test_shutdown_save(cores):
    node = Server(cores=cores).start()
    known = fill(node)
    with node.connect() as client:
        client.send(encode("SHUTDOWN", "SAVE"))
        assert client.read_to_close() == b""
    wait_until_gone(node)
    with Server(cores=cores, directives={"dir": node.directory}) as again:
        assert contents(again) == known


@CORES
def test_save_points(cores):
    with Server(cores=cores, directives={"save": "1 3"}) as node:
        call(node, "MSET", "a", 1, "b", 2)
        time.sleep(3)  # that nothing happens shows only after its second and one more look at it
        assert info(node)["rdb_saves"] == "0"
        call(node, "SET", "c", 3)
        wait_for(lambda: info(node)["rdb_saves"] == "1")
        call(node, "CONFIG", "SET", "save", "")
        call(node, "MSET", "a", 1, "b", 2, "c", 3)
        time.sleep(3)  # as above
        assert info(node)["rdb_saves"] == "1"


@CORES
def test_a_failed_save_stops_writes_until_a_good_one(cores, redis):
    """The folder goes read-only under the node; root may write all the same, so a folder of the temporary name."""
    with Server(cores=cores, directives={"save": "3600 1"}) as node:
        call(node, "SET", "a", 1)
        obstacle = node.directory / f"temp-{node.process.pid}.rdb"
        obstacle.mkdir()
        call(node, "BGSAVE")
        wait_for(lambda: info(node)["rdb_last_bgsave_status"] == "err")
        refusal = (
            "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. "
            "Commands that may modify the data set are disabled, because this instance is configured to report "
            "errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the "
            "Redis logs for details about the RDB error.")
        wait_for(lambda: refused(node, "SET", "a", 2) == refusal)
        assert refused(node, "PING") == refusal
        assert call(node, "GET", "a") == b"1"
        assert refused(node, "SAVE") == "ERR"
        call(node, "CONFIG", "SET", "stop-writes-on-bgsave-error", "no")
        assert call(node, "SET", "a", 2) == b"OK"
        call(node, "CONFIG", "SET", "stop-writes-on-bgsave-error", "yes")
        assert refused(node, "SET", "a", 3) == refusal
        obstacle.rmdir()
        call(node, "BGSAVE")
        wait_for(lambda: info(node)["rdb_last_bgsave_status"] == "ok")
        wait_for(lambda: refused(node, "SET", "a", 3) is None)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of two megabytes."""
    run = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(tmp_path)], capture_output=True)
    if run.returncode != 0:
        pytest.skip("mounting a small file system takes root")
    yield tmp_path
    subprocess.run(["umount", "-l", str(tmp_path)], check=True)


@CORES
@DIRECT
def test_full_disk(cores, small_disk, direct):
    with Server(cores=cores, directives={"dir": small_disk, "save": "3600 1", "rdb-direct-min-size": direct}) as node:
        call(node, "SET", "a", "1")
        assert call(node, "SAVE") == b"OK"
        for number in range(40):
            call(node, "SET", f"big:{number}", random.randbytes(100_000))
        assert refused(node, "SAVE") == "ERR"
        assert os.listdir(small_disk) == ["dump.rdb"]
        call(node, "BGSAVE")
        wait_for(lambda: info(node)["rdb_last_bgsave_status"] == "err")
        wait_for(lambda: refused(node, "SET", "b", 1) is not None)
        check_rdb(small_disk / "dump.rdb")
        # Deleting is a write as well, so room is made on the disk: here by a larger one.
        subprocess.run(["mount", "-o", "remount,size=20m", str(small_disk)], check=True)
        call(node, "BGSAVE")
        wait_for(lambda: info(node)["rdb_last_bgsave_status"] == "ok")
        wait_for(lambda: refused(node, "SET", "b", 1) is None)
        assert sorted(os.listdir(small_disk)) == ["dump.rdb"]


def open_flags(server, part):
    """The flags of the files that a server has open and whose path holds this."""
    folder = f"/proc/{server.process.pid}"
    found = []
    for name in os.listdir(f"{folder}/fd"):
        try:
            if part in os.readlink(f"{folder}/fd/{name}"):
                lines = open(f"{folder}/fdinfo/{name}").read().splitlines()
                found += [int(line.split()[1], 8) for line in lines if line.startswith("flags:")]
        except FileNotFoundError:
            continue  # closed meanwhile
    return found


@CORES
@pytest.mark.parametrize("least, expected", [("20000", True), ("100mb", False)])
def test_only_a_large_snapshot_goes_past_the_page_cache(cores, least, expected):
    with Server(cores=cores, directives={"rdb-direct-min-size": least, "rdb-key-save-delay": 500}) as node:
        known = fill(node)
        call(node, "BGSAVE")
        wait_for(lambda: len(open_flags(node, "/temp-")) == cores)
        assert [bool(flags & os.O_DIRECT) for flags in open_flags(node, "/temp-")] == [expected] * cores
        wait_for_save(node)
        assert os.path.getsize(node.directory / "dump.rdb") < 1_000_000, "what was made ahead is cut off"
        with Server(binary=settings.REDIS, directives={"dir": node.directory}) as redis:
            assert contents(redis) == known


@CORES
def test_debug_reload(cores):
    with Server(cores=cores) as node:
        known = fill(node)
        assert call(node, "DEBUG", "RELOAD") == b"OK"
        assert contents(node) == known
        call(node, "SET", "late", "comer")
        assert call(node, "DEBUG", "RELOAD", "NOSAVE") == b"OK"
        assert contents(node) == known


@CORES
@pytest.mark.parametrize("damage", ["cut", "flip", "sum", "tail", "type"])
def test_a_damaged_file_is_refused_and_can_be_repaired(cores, damage):
    with Server(cores=cores) as node:
        known = fill(node)
        call(node, "SAVE")
        file = node.directory / "dump.rdb"
    whole = file.read_bytes()
    place = len(whole) // 2
    damaged = {
        "cut": whole[:place],
        "flip": whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1:],
        "sum": whole[:-1] + bytes([whole[-1] ^ 1]),
        "tail": whole + b"tail",
        "type": whole[:-9] + b"\xfe\x00\x01\x01k\x01\x01a" + whole[-9:],
    }[damage]
    file.write_bytes(damaged)
    refused = Server(cores=cores, directives={"dir": file.parent}).start(wait=False)
    assert refused.process.wait(20) == 1
    refused.process = None
    assert "dump.rdb cannot be loaded: at offset" in refused.log.read_text()
    assert file.read_bytes() == damaged
    check = [settings.CORONET, "check", "rdb", str(file)]
    found = subprocess.run(check, capture_output=True, text=True)
    assert found.returncode == 1 or damage == "type", found.stdout
    if damage == "type":
        assert "list" in found.stdout, found.stdout
        return
    assert "offset" in found.stdout, found.stdout
    fixed = subprocess.run(check + ["--fix"], capture_output=True, text=True)
    assert fixed.returncode == 0, fixed.stdout + fixed.stderr
    backups = [name for name in os.listdir(file.parent) if "backup" in name]
    assert len(backups) == 1 and (file.parent / backups[0]).read_bytes() == damaged
    check_rdb(file)
    assert subprocess.run(check, capture_output=True).returncode == 0
    with Server(cores=cores, directives={"dir": file.parent}) as again:
        kept = contents(again)
    if damage in ("sum", "tail"):
        assert kept == known
    elif damage == "cut":
        assert kept.items() <= known.items() and len(kept) > len(known) // 4
