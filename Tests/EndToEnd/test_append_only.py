"""The append-only file: what it promises when the process is killed, both ways with redis-server, and at run time."""

import os
import random
import shutil
import subprocess
import time

import pytest
import redis

from support import settings
from support.append_log import (
    client, contents, kill, start_in, start_redis_in, wait_for, wait_for_rewrite, write_everything)
from support.ledger import Ledger
from support.resp import encode
from support.server import Server

ROUNDS = settings.scaled(8, 50)


@pytest.mark.parametrize("policy", ["always", "everysec", "no"])
@pytest.mark.parametrize("cores", [1, 2])
def test_killed_at_any_moment_nothing_acknowledged_is_lost(policy, cores, folder):
    """kill -9 while clients write; in some rounds during a rewrite, a snapshot or a switch of files."""
    seed = settings.SEED or random.SystemRandom().randrange(1 << 30)
    print("seed", seed)
    chance = random.Random(seed)
    server = start_in(folder, cores=cores, appendfsync=policy)
    for number in range(ROUNDS if cores == 2 else max(2, ROUNDS // 4)):
        base = {key: int(client(server).get(key)) for key in client(server).scan_iter("ledger:*")}
        ledger = Ledger(server.port, seed=seed + number)
        ledger.sent = {key: value for key, value in base.items()}
        ledger.acknowledged = dict(base)
        ledger.start()
        time.sleep(chance.uniform(0.05, 0.3))  # some writes, up to any moment
        control = client(server)
        for command in chance.sample(["BGREWRITEAOF", "BGSAVE", "FLUSHDB 5", "SWAPDB 6 7", ""], 2):
            if command:
                try:
                    control.execute_command(*(["FLUSHDB"] if command.startswith("FLUSHDB") else command.split())) \
                        if not command.startswith("FLUSHDB") else redis.Redis(port=server.port, db=5).flushdb()
                except redis.ResponseError as error:
                    assert "already in progress" in str(error) or "child process is active" in str(error)
            time.sleep(chance.uniform(0, 0.02))  # so that it is killed at any moment of the job
        kill(server)
        ledger.join()
        assert not ledger.errors
        server = start_in(folder, cores=chance.choice([cores, cores, 1, 2]), appendfsync=policy)
        ledger.check(client(server).get)
    server.stop()


def test_redis_loads_what_we_wrote_and_we_what_redis_wrote(folder):
    ours = start_in(folder, cores=2)
    connection = client(ours)
    write_everything(connection)
    connection.execute_command("BGREWRITEAOF")
    wait_for_rewrite(connection)
    write_everything(connection, prefix="after:")
    expected = contents(connection)
    ours.stop()
    theirs = start_redis_in(folder)
    assert contents(client(theirs)) == expected
    write_everything(client(theirs), prefix="redis:")
    client(theirs).execute_command("BGREWRITEAOF")
    wait_for_rewrite(client(theirs))
    write_everything(client(theirs), prefix="later:")
    expected = contents(client(theirs))
    theirs.stop()
    for cores in (1, 2):
        ours = start_in(folder, cores=cores)
        assert contents(client(ours)) == expected
        ours.stop()
    check = subprocess.run(
        [shutil.which("redis-check-aof"), folder / "appendonlydir" / "appendonly.aof.manifest"],
        capture_output=True, text=True)
    assert check.returncode == 0, check.stdout


def test_a_snapshot_begins_a_log(folder):
    server = Server(cores=2, directives={"dir": folder})
    server.directory = folder
    server.start()
    client(server).set("from", "snapshot")
    client(server).save()
    server.stop()
    server = start_in(folder, cores=2)
    assert client(server).get("from") == b"snapshot"
    wait_for((folder / "appendonlydir" / "appendonly.aof.manifest").exists, "no log begins")
    client(server).set("then", "logged")
    kill(server)
    server = start_in(folder, cores=2)
    assert client(server).mget("from", "then") == [b"snapshot", b"logged"]
    server.stop()


def test_switched_on_and_off_at_run_time(folder):
    server = Server(cores=2, directives={"dir": folder})
    server.directory = folder
    server.start()
    connection = client(server)
    connection.set("before", 1)
    connection.config_set("appendonly", "yes")
    wait_for((folder / "appendonlydir" / "appendonly.aof.manifest").exists, "no log begins")
    assert connection.info("persistence")["aof_enabled"]
    connection.set("after", 1)
    kill(server)
    server = start_in(folder)
    assert client(server).mget("before", "after") == [b"1", b"1"]
    client(server).config_set("appendonly", "no")
    client(server).set("unlogged", 1)
    kill(server)
    server = start_in(folder)
    assert client(server).mget("before", "after", "unlogged") == [b"1", b"1", None]
    server.stop()


@pytest.mark.parametrize("cores", [1, 2])
def test_what_was_evicted_stays_away(folder, cores):
    server = start_in(folder, cores, maxmemory="8mb", maxmemory_policy="allkeys-lru")
    connection = client(server)
    for start in range(0, 60_000, 100):
        connection.mset({f"k{index}": "v" * 200 for index in range(start, start + 100)})
    assert connection.info("stats")["evicted_keys"] > 10_000
    # Eviction goes on ahead of the limit until it is paid for.
    before = -1
    while before != (before := connection.dbsize()):
        time.sleep(0.2)
    kept = set(connection.scan_iter(count=10_000))
    kill(server)
    # Without a limit: after a start eviction would go on.
    server = start_in(folder, cores, maxmemory="0")
    assert set(client(server).scan_iter(count=10_000)) == kept
    server.stop()


def test_waitaof(folder):
    server = start_in(folder, appendfsync="no")
    connection = client(server)
    assert connection.execute_command("WAITAOF", 0, 0, 0) == [0, 0]
    connection.set("a", 1)
    assert connection.execute_command("WAITAOF", 1, 0, 5000) == [1, 0]
    began = time.monotonic()
    assert connection.execute_command("WAITAOF", 1, 1, 200) == [1, 0]
    assert time.monotonic() - began > 0.15
    for arguments, text in [((2, 0, 0), "between 0 and 1"), ((0, -1, 0), "must be positive"),
                            ((0, 0, -1), "negative"), ((0, 0, "x"), "timeout is not an integer")]:
        with pytest.raises(redis.ResponseError, match=text):
            connection.execute_command("WAITAOF", *arguments)
    server.stop()


@pytest.mark.parametrize("method", ["fdatasync", "o_dsync"])
def test_both_ways_of_committing(method, folder):
    """Forced by a directive, named by INFO, and what was acknowledged is there after a kill."""
    server = start_in(folder, cores=1, appendfsync="always", aof_commit_method=method)
    connection = client(server)
    assert connection.info("everything")["log_commit_method"] == method
    for index in range(50):
        connection.set(f"k{index}", index)
    assert f"commits by {method}, as aof-commit-method says" in server.log.read_text()
    kill(server)
    server = start_in(folder, cores=2)
    assert [client(server).get(f"k{index}") for index in range(50)] == [b"%d" % index for index in range(50)]
    server.stop()


def test_the_way_of_committing_is_probed_where_the_log_lies(folder):
    server = start_in(folder, cores=1)
    assert client(server).info("everything")["log_commit_method"] in ("fdatasync", "o_dsync")
    assert "commits by" in server.log.read_text() and "a write with O_DSYNC" in server.log.read_text()
    assert not list((folder / "appendonlydir").glob("temp-*"))
    server.stop()


def test_a_log_of_what_was_flushed_is_rewritten(folder):
    server = start_in(folder, cores=2, auto_aof_rewrite_min_size="20mb")
    connection = client(server)
    for start in range(0, 300, 10):
        connection.mset({f"k{index}": os.urandom(100_000) for index in range(start, start + 10)})
    connection.execute_command("BGREWRITEAOF")
    wait_for_rewrite(connection)
    assert connection.info("persistence")["aof_current_size"] > 20 << 20
    rewrites = connection.info("persistence")["aof_rewrites"]
    connection.flushall()
    wait_for(lambda: connection.info("persistence")["aof_current_size"] < 1 << 20, "old files stay")
    wait_for_rewrite(connection)
    assert connection.info("persistence")["aof_rewrites"] == rewrites + 1
    server.stop()


@pytest.mark.parametrize("cores", [1, 2])
def test_a_base_of_commands(folder, cores):
    """aof-use-rdb-preamble no: the base holds commands, which redis-server loads; and we load the base that it writes so."""
    ours = start_in(folder, cores=cores, aof_use_rdb_preamble="no")
    connection = client(ours)
    write_everything(connection)
    connection.mset({f"many{index}": "x" * (index % 700) for index in range(3000)})
    connection.execute_command("BGREWRITEAOF")
    wait_for_rewrite(connection)
    write_everything(connection, prefix="after:")
    expected = contents(connection)
    base = folder / "appendonlydir" / "appendonly.aof.1.base.aof"
    assert base.read_bytes().startswith(b"*2\r\n$6\r\nSELECT\r\n")
    # The next one is a snapshot again.
    ours.stop()
    theirs = start_redis_in(folder, **{"aof-use-rdb-preamble": "no"})
    assert contents(client(theirs)) == expected
    client(theirs).execute_command("BGREWRITEAOF")
    wait_for_rewrite(client(theirs))
    write_everything(client(theirs), prefix="redis:")
    expected = contents(client(theirs))
    assert list((folder / "appendonlydir").glob("*.2.base.aof")), "redis-server's base holds commands too"
    theirs.stop()
    ours = start_in(folder, cores=cores)
    assert contents(client(ours)) == expected
    client(ours).execute_command("BGREWRITEAOF")
    wait_for_rewrite(client(ours))
    assert list((folder / "appendonlydir").glob("*.3.base.rdb")), "and a snapshot where that is wanted"
    kill(ours)
    ours = start_in(folder, cores=3 - cores)
    assert contents(client(ours)) == expected
    ours.stop()


def test_loading_shows_how_far_it_is(folder):
    """A log that takes some seconds: -LOADING to clients, true figures in INFO, a line a second."""
    folder.joinpath("appendonlydir").mkdir()
    log = encode("SETRANGE", "k", 4_000_000, "x") + encode("BITOP", "NOT", "{k}d", "k") * 300
    (folder / "appendonlydir" / "appendonly.aof.1.incr.aof").write_bytes(log)
    (folder / "appendonlydir" / "appendonly.aof.manifest").write_text("file appendonly.aof.1.incr.aof seq 1 type i\n")
    server = Server(cores=1, directives={"appendonly": "yes", "dir": folder})
    server.start(wait=False)
    seen = []

    def is_loaded():
        try:
            with server.connect(timeout=30) as connection:
                text, reply = connection.ask("INFO", "persistence").decode(), connection.ask("GET", "k")
        except OSError:
            return False  # not listening yet
        info = dict(line.split(":") for line in text.split("\r\n")[1:] if line)
        if info["loading"] == "1":
            seen.append(info)
            # It may have ended between the two.
            assert str(reply).startswith("LOADING") or len(reply) == 4_000_001
            # A client that introduces itself (CLIENT SETINFO) gets in too.
            assert redis.Redis(port=server.port, retry=None).info("persistence")["loading"] in (0, 1)
        return info["loading"] == "0"

    wait_for(is_loaded, "it does not end", seconds=60)
    assert seen, "it was over too soon"
    for info in seen:
        done = int(info["loading_loaded_bytes"])
        assert info["loading_total_bytes"] == str(len(log))
        assert 0 <= done <= len(log)
        assert abs(float(info["loading_loaded_perc"]) - 100 * done / len(log)) < 0.01
        assert int(info["loading_eta_seconds"]) >= 0
    done = [int(info["loading_loaded_bytes"]) for info in seen]
    assert done == sorted(done) and done[-1] > done[0]
    assert "Loading the append-only file: " in server.log.read_text() and "s to go" in server.log.read_text()
    server.stop()


def test_latency_events_have_redis_names(folder):
    server = start_in(folder, cores=1, appendfsync="always", latency_monitor_threshold=1, save="")
    connection = client(server)
    for index in range(20):
        connection.set("k", "v" * 4_000_000)
    found = {row[0].decode(): row[3] for row in connection.execute_command("LATENCY", "LATEST")}
    assert set(found) & {"aof-write", "aof-write-alone", "aof-fsync-always"}
    assert connection.execute_command("LATENCY", "HISTORY", "aof-write")
    server.stop()
