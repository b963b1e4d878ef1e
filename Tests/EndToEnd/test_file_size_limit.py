"""A limit of the file size (RLIMIT_FSIZE) cuts writes short: nothing torn stays behind, and all is well when it goes."""

import os
import subprocess

import pytest
import redis

from support.append_log import accepts, client, kill, last_increment, run_check, start_in, wait_for, wait_for_rewrite
from support.server import Server


def limit(server, size):
    subprocess.run(["prlimit", f"--pid={server.process.pid}", f"--fsize={size}:unlimited"], check=True)


@pytest.mark.parametrize("policy, method", [("everysec", "fdatasync"), ("always", "fdatasync"), ("always", "o_dsync")])
def test_a_log_is_cut_back_to_its_last_whole_batch(folder, policy, method):
    server = start_in(folder, cores=1, appendfsync=policy, aof_commit_method=method)
    connection = client(server)
    connection.set("first", "1")
    limit(server, 4096)
    acknowledged = []
    with pytest.raises((redis.ResponseError, redis.TimeoutError)):
        quick = redis.Redis(port=server.port, socket_timeout=2)
        for index in range(20):
            quick.set(f"k{index}", "v" * 1000)
            acknowledged.append(f"k{index}")
    assert connection.get("first") == b"1"
    assert 0 < last_increment(folder).stat().st_size <= 4096
    # Each new attempt is written in part before it fails and is cut back, so a look in between may see a torn end.
    manifest = folder / "appendonlydir" / "appendonly.aof.manifest"
    wait_for(lambda: run_check(manifest).returncode == 0, "the torn record stays")
    limit(server, "unlimited")
    wait_for(lambda: accepts(lambda: connection.set("again", "1")), "writes do not come back")
    kill(server)
    server = start_in(folder, cores=1)
    assert client(server).mget("first", "again") == [b"1", b"1"]
    assert len(acknowledged) == 3 and client(server).mget(acknowledged) == [b"v" * 1000] * 3
    server.stop()


@pytest.mark.parametrize("cores", [1, 2])
@pytest.mark.parametrize("direct", ["0", "1gb"])
def test_a_snapshot_that_does_not_fit_leaves_the_old_one(folder, cores, direct):
    with Server(cores=cores, directives={"dir": folder, "rdb-direct-min-size": direct}) as server:
        connection = client(server)
        connection.set("old", "1")
        connection.save()
        old = (folder / "dump.rdb").read_bytes()
        for index in range(40):
            connection.set(f"k{index}", os.urandom(10_000))
        limit(server, 100_000)
        with pytest.raises(redis.ResponseError):
            connection.save()
        connection.bgsave()
        wait_for(lambda: connection.info("persistence")["rdb_last_bgsave_status"] == "err", "it does not fail")
        assert (folder / "dump.rdb").read_bytes() == old
        wait_for(lambda: os.listdir(folder) == ["dump.rdb"], "the temporary file stays")
        limit(server, "unlimited")
        connection.save()
        assert len((folder / "dump.rdb").read_bytes()) > 400_000
    with Server(cores=1, directives={"dir": folder}) as server:
        assert client(server).dbsize() == 41


def test_a_rewrite_that_does_not_fit_leaves_the_log_as_it_was(folder):
    server = start_in(folder, cores=2)
    connection = client(server)
    for index in range(40):
        connection.set(f"k{index}", os.urandom(10_000))
    limit(server, 100_000)
    connection.execute_command("BGREWRITEAOF")
    wait_for(lambda: connection.info("persistence")["aof_last_bgrewrite_status"] == "err", "it does not fail")
    assert connection.info("persistence")["aof_rewrites_consecutive_failures"] >= 1
    connection.set("between", "1")
    wait_for(lambda: not list((folder / "appendonlydir").glob("temp-*")), "the temporary file stays")
    limit(server, "unlimited")
    # It is tried again after some seconds by itself, or now.
    wait_for(lambda: accepts(lambda: connection.set("again", "1")), "writes do not come back")
    try:
        connection.execute_command("BGREWRITEAOF")
    except redis.ResponseError as error:
        assert "already in progress" in str(error)
    wait_for_rewrite(connection)
    figures = connection.info("persistence")
    assert figures["aof_rewrites_consecutive_failures"] == 0
    assert figures["aof_last_cow_size"] > 400_000, "all of it at once, since it is less than a chunk"
    kill(server)
    server = start_in(folder, cores=1)
    assert client(server).dbsize() == 42
    server.stop()
