"""The append-only file on a full, failing or slow disk."""

import os
import subprocess
import threading
import time

import pytest
import redis

from support import faulty_disk
from support.append_log import accepts, client, kill, last_increment, start_in, wait_for
from support.resp import Connection


def test_a_full_disk_refuses_writes_and_serves_reads_until_there_is_room(folder):
    """A small tmpfs: -MISCONF, reads go on, no torn record, and writes again when there is room."""
    mount = folder / "small"
    mount.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", mount], capture_output=True).returncode:
        pytest.skip("this machine does not let us mount a tmpfs")
    try:
        server = start_in(mount, cores=2, appendfsync="everysec")
        connection = client(server)
        connection.set("small", "1")
        filler = mount / "filler"
        filler.write_bytes(b"x" * (1 << 20))
        acknowledged = []
        with pytest.raises((redis.ResponseError, redis.TimeoutError)) as failure:
            slow = redis.Redis(port=server.port, socket_timeout=3)
            for index in range(400):
                slow.set(f"k{index}", "v" * 5000)
                acknowledged.append(index)
        assert connection.get("small") == b"1"
        wait_for(lambda: not accepts(lambda: connection.set("refused", "1")), "writes go on without room")
        with pytest.raises(redis.ResponseError, match="MISCONF Errors writing to the AOF file"):
            connection.set("refused", "1")
        assert connection.info("persistence")["aof_last_write_status"] == "err"
        filler.unlink()
        wait_for(lambda: accepts(lambda: connection.set("again", "1")), "writes do not come back")
        kill(server)
        server = start_in(mount, cores=2)
        assert client(server).mget("small", "again") == [b"1", b"1"]
        for index in acknowledged:
            assert client(server).get(f"k{index}") == b"v" * 5000
        server.stop()
        assert failure is not None
    finally:
        subprocess.run(["umount", "-l", mount])


@pytest.fixture
def disk(tmp_path):
    if not faulty_disk.is_possible():
        pytest.skip("a faulty disk needs root, /dev/fuse and Debian's python3-fusepy")
    with faulty_disk.FaultyDisk(tmp_path) as disk:
        yield disk


@pytest.mark.parametrize("method, step", [("fdatasync", "fdatasync of"), ("o_dsync", "a write with O_DSYNC to")])
def test_a_failed_sync_under_always_ends_the_node_with_the_reason(disk, method, step):
    server = start_in(disk.path, cores=2, appendfsync="always", aof_commit_method=method)
    client(server).set("good", "1")
    disk.fail_syncs()
    with pytest.raises(redis.RedisError):
        redis.Redis(port=server.port, socket_timeout=10).set("bad", "1")
    assert server.process.wait(20) == 1
    server.process = None
    assert step in server.log.read_text() and "nothing more is acknowledged" in server.log.read_text()
    disk.heal()
    server = start_in(disk.path, cores=2)
    assert client(server).get("good") == b"1"
    server.stop()


def test_after_a_failed_sync_writes_wait_for_a_rewrite(disk):
    server = start_in(disk.path, cores=2, appendfsync="everysec")
    connection = client(server)
    connection.set("first", "1")
    disk.fail_syncs()
    # The sync of the second in which it fails.
    wait_for(lambda: not accepts(lambda: connection.set("more", "1")), "the failure is not noticed")
    with pytest.raises(redis.ResponseError, match="MISCONF Errors writing to the AOF file"):
        connection.set("more", "1")
    assert connection.get("first") == b"1"
    rewrites = connection.info("persistence")["aof_rewrites"]
    disk.heal()
    wait_for(lambda: accepts(lambda: connection.set("again", "1")), "no rewrite mends it")
    assert connection.info("persistence")["aof_rewrites"] > rewrites
    kill(server)
    server = start_in(disk.path, cores=2)
    assert client(server).mget("first", "again") == [b"1", b"1"]
    server.stop()


def test_a_slow_disk_makes_writers_wait_and_nobody_else(disk):
    """everysec: when a sync takes longer than two seconds replies to writes wait for it; the loop goes on."""
    server = start_in(disk.path, cores=1, appendfsync="everysec")
    connection = client(server)
    connection.set("first", "1")
    disk.slow_syncs(4)
    times = {"SET": [], "GET": []}
    deadline = time.monotonic() + 9

    def repeat(name, *arguments):
        own = redis.Redis(port=server.port, socket_timeout=30)
        while time.monotonic() < deadline:
            began = time.monotonic()
            own.execute_command(name, *arguments)
            times[name].append(time.monotonic() - began)
            time.sleep(0.01)

    threads = [threading.Thread(target=repeat, args=("SET", "more", "1")),
               threading.Thread(target=repeat, args=("GET", "first"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert 1 < max(times["SET"]) < 7, "a writer must have waited for the disk"
    assert max(times["GET"]) < 1, "a reader must not"
    assert connection.info("persistence")["aof_delayed_fsync"] > 0
    disk.heal()
    server.stop()


def _started_slowly(disk, seconds=1.5):
    """A node whose look through the log takes a while, since the disk reads slowly."""
    disk.slow_reads(seconds)
    server = start_in(disk.path, wait=False, cores=2)
    wait_for(lambda: _reply(server, "PING") is not None, "the port does not open")
    return server


def _reply(server, *words):
    try:
        with Connection(("127.0.0.1", server.port), timeout=1) as connection:
            return connection.command(*words)
    except OSError:
        return None


def test_clients_are_told_to_wait_while_the_log_is_looked_through(disk):
    server = start_in(disk.path, cores=2)
    client(server).mset({f"k{index}": "v" for index in range(1000)})
    kill(server)
    server = _started_slowly(disk)
    assert _reply(server, "GET", "k1").startswith(b"-LOADING")
    assert b"loading:1" in _reply(server, "INFO", "persistence")
    disk.heal()
    wait_for(lambda: _reply(server, "GET", "k1") == b"$1\r\nv\r\n", "the log is not loaded")
    assert client(server).dbsize() == 1000
    assert client(server).info("persistence")["loading"] == 0
    assert server.stop() == 0


def test_a_node_that_looks_through_its_log_can_be_stopped(disk):
    server = start_in(disk.path, cores=2, save="3600 1")
    client(server).set("k", "v")
    kill(server)
    server = _started_slowly(disk)
    assert server.stop() == 0
    disk.heal()
    server = start_in(disk.path, cores=2)
    assert client(server).get("k") == b"v"
    server.stop()


def test_a_broken_log_that_is_found_late_ends_the_node_with_the_reason(disk):
    server = start_in(disk.path, cores=2)
    client(server).mset({f"k{index}": "v" * 100 for index in range(1000)})
    kill(server)
    path = max((disk.back / "appendonlydir").glob("*.incr.aof"), key=lambda path: path.stat().st_size)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    server = _started_slowly(disk)
    disk.heal()
    assert server.process.wait(20) == 1
    server.process = None
    assert "not started" in server.log.read_text() and "coronet check aof" in server.log.read_text()


def test_a_log_on_the_disk_leaves_the_page_cache(folder):
    """What has been synced is not kept in memory that data could use."""
    server = start_in(folder, cores=1)
    connection = client(server)
    for _ in range(40):
        connection.mset({f"k{index}": os.urandom(100_000) for index in range(10)})

    def cached():
        run = subprocess.run(["fincore", "-b", "-n", "-o", "RES", str(last_increment(folder))],
                             capture_output=True, text=True, check=True)
        return int(run.stdout)

    assert last_increment(folder).stat().st_size > 40_000_000
    wait_for(lambda: cached() < 3_000_000, "it stays in the page cache")
    server.stop()
