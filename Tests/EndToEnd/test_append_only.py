"""The append-only file: what it promises when the process is killed, the disk is full, or a file is damaged."""

import os
import random
import signal
import shutil
import subprocess
import threading
import time
from pathlib import Path

import pytest
import redis

from support import faulty_disk, settings
from support.ledger import Ledger
from support.server import Server, free_port

ROUNDS = settings.scaled(8, 50)


def client(server) -> redis.Redis:
    return redis.Redis(port=server.port, socket_timeout=30)


def log_folder(server) -> Path:
    return server.directory / "appendonlydir"


def start_in(directory, cores=2, **directives) -> Server:
    """A server in a folder that another has left."""
    given = {"appendonly": "yes", **{name.replace("_", "-"): value for name, value in directives.items()}}
    server = Server(cores=cores, directives={**given, "dir": directory})
    server.directory = Path(directory)
    return server.start()


def start_redis_in(directory, **directives) -> Server:
    server = Server(binary=settings.REDIS, directives={"appendonly": "yes", "dir": directory, **directives})
    server.directory = Path(directory)
    return server.start()


def kill(server):
    server.process.send_signal(signal.SIGKILL)
    server.process.wait(20)
    server.process = None


def contents(connection) -> dict:
    """Every key of every database with its value and expiry."""
    found = {}
    for database in range(16):
        view = redis.Redis(port=connection.connection_pool.connection_kwargs["port"], db=database)
        for key in view.scan_iter(count=1000):
            found[(database, key)] = (view.get(key), view.pexpiretime(key))
    return found


@pytest.fixture
def folder(tmp_path):
    return tmp_path


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
        time.sleep(chance.uniform(0.05, 0.3))
        control = client(server)
        for command in chance.sample(["BGREWRITEAOF", "BGSAVE", "FLUSHDB 5", "SWAPDB 6 7", ""], 2):
            if command:
                try:
                    control.execute_command(*(["FLUSHDB"] if command.startswith("FLUSHDB") else command.split())) \
                        if not command.startswith("FLUSHDB") else redis.Redis(port=server.port, db=5).flushdb()
                except redis.ResponseError as error:
                    assert "already in progress" in str(error)
            time.sleep(chance.uniform(0, 0.02))
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
    time.sleep(1)
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


def write_everything(connection, prefix=""):
    """Every command that changes data, with options whose outcome depends on time, state or other keys."""
    name = lambda text: f"{prefix}{text}"
    run = connection.execute_command
    port = connection.connection_pool.connection_kwargs["port"]
    third = redis.Redis(port=port, db=3)
    run("SET", name("plain"), "1")
    run("SET", name("ex"), "1", "EX", 1000)
    run("SET", name("px"), "1", "PX", 1000000)
    run("SET", name("keep"), "1", "EX", 5000)
    run("SET", name("keep"), "2", "KEEPTTL")
    run("SET", name("nx"), "1", "NX")
    run("SET", name("nx"), "2", "NX")
    run("SET", name("get"), "2", "GET")
    run("SETEX", name("setex"), 1000, "v")
    run("PSETEX", name("psetex"), 1000000, "v")
    run("SETNX", name("setnx"), "v")
    run("MSET", *[part for index in range(20) for part in (name(f"m{index}"), index)])
    run("MSETNX", name("msetnx1"), "1", name("msetnx2"), "2")
    run("APPEND", name("append"), "binary \x00\r\n\xff")
    run("APPEND", name("append"), "more")
    run("SETRANGE", name("range"), 5, "x")
    run("SETBIT", name("bit"), 77, 1)
    run("BITFIELD", name("field"), "SET", "u8", 0, 200, "INCRBY", "u8", 0, 100)
    run("BITOP", "XOR", name("bitop"), name("append"), name("bit"))
    run("INCR", name("counter"))
    run("INCRBY", name("counter"), 10)
    run("DECR", name("counter"))
    run("INCRBYFLOAT", name("float"), "1.1")
    run("INCRBYFLOAT", name("float"), "2.2")
    run("GETSET", name("getset"), "new")
    run("SET", name("getdel"), "1")
    run("GETDEL", name("getdel"))
    run("SET", name("getex"), "1")
    run("GETEX", name("getex"), "EX", 1000)
    run("SET", name("persist"), "1", "EX", 100)
    run("PERSIST", name("persist"))
    run("SET", name("expire"), "1")
    run("EXPIRE", name("expire"), 1000)
    run("PEXPIREAT", name("plain"), 4102444800000)
    run("SET", name("past"), "1")
    run("EXPIRE", name("past"), -1)
    run("SET", name("short"), "1", "PX", 1)
    run("SET", name("rename"), "renamed")
    run("RENAME", name("rename"), name("renamed"))
    run("SET", name("copy"), "copied", "EX", 1000)
    run("COPY", name("copy"), name("copied"))
    run("COPY", name("copy"), name("copied"), "DB", 3)
    run("RESTORE", name("restored"), 1000000, run("DUMP", name("copy")))
    run("SET", name("move"), "moved")
    run("MOVE", name("move"), 3)
    run("DEL", name("m1"), name("m2"), name("m3"))
    run("UNLINK", name("m4"))
    third.set(name("third"), "3")
    third.execute_command("SWAPDB", 3, 4)
    redis.Redis(port=port, db=5).set(name("flushed"), "1")
    redis.Redis(port=port, db=5).flushdb()
    time.sleep(0.05)
    run("INCR", name("short"))


def wait_for_rewrite(connection):
    for _ in range(200):
        info = connection.info("persistence")
        if not info["aof_rewrite_in_progress"] and not info["aof_rewrite_scheduled"]:
            assert info["aof_last_bgrewrite_status"] == "ok"
            return
        time.sleep(0.05)
    raise AssertionError("the rewrite does not end")


def last_increment(folder) -> Path:
    names = [line.split()[1] for line in (folder / "appendonlydir" / "appendonly.aof.manifest").read_text().splitlines()
             if line.split()[5] == "i"]
    sizes = [folder / "appendonlydir" / name for name in names]
    return [path for path in sizes if path.stat().st_size > 0][-1]


def run_check(path, *options):
    return subprocess.run([settings.CORONET, "check", "aof", str(path), *options], capture_output=True, text=True)


def make_log(folder, records=6, checksums="yes"):
    """A log on one core whose last records are known: k0 to k(n-1), each in a batch of its own."""
    server = start_in(folder, cores=1, appendfsync="always", aof_checksums=checksums)
    for index in range(records):
        client(server).set(f"k{index}", f"value {index}")
    server.stop()
    return last_increment(folder)


def test_cut_at_every_byte_of_the_last_three_records(folder):
    path = make_log(folder / "whole" if (folder / "whole").mkdir() is None else folder)
    whole = path.read_bytes()
    start = whole.index(b"*3\r\n$3\r\nSET\r\n$2\r\nk3")
    name = path.name
    for cut in range(start, len(whole) + 1, 1 if settings.LONG else 7):
        copy = folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder / "whole", copy)
        (copy / "appendonlydir" / name).write_bytes(whole[:cut])
        checked = run_check(copy / "appendonlydir" / "appendonly.aof.manifest")
        server = start_in(copy, cores=1)
        found = [client(server).get(f"k{index}") for index in range(6)]
        server.stop()
        present = [value is not None for value in found]
        assert present == sorted(present, reverse=True), "a prefix of the records"
        complete = whole[:cut].count(b"value ") if cut == len(whole) else None
        for index, value in enumerate(found):
            record = whole.index(b"$7\r\nvalue %d\r\n" % index) + len(b"$7\r\nvalue 0\r\n")
            assert (value is not None) == (record <= cut), f"k{index} when cut at {cut}"
        assert complete in (None, 6)
        assert checked.returncode in (0, 1)


def test_a_torn_tail_is_refused_when_told_so_and_repaired_by_check(folder):
    path = make_log(folder)
    path.write_bytes(path.read_bytes()[:-30])
    server = Server(cores=1, directives={"appendonly": "yes", "dir": folder, "aof-load-truncated": "no"})
    server.start(wait=False)
    assert server.process.wait(20) == 1
    text = server.log.read_text()
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
    place = data.index(b"value 2")
    data[place] ^= 1
    path.write_bytes(data)
    server = Server(cores=1, directives={"appendonly": "yes", "dir": folder})
    server.start(wait=False)
    assert server.process.wait(20) == 1
    text = server.log.read_text()
    assert str(path.name) in text and "offset" in text and "--fix" in text


def test_random_flips_are_refused_or_harmless(folder):
    """With checksums a flipped byte is found, whatever it hits; never a crash, never other data."""
    seed = settings.SEED or random.SystemRandom().randrange(1 << 30)
    print("seed", seed)
    chance = random.Random(seed)
    path = make_log(folder, records=40)
    whole = path.read_bytes()
    refused = 0
    for _ in range(settings.scaled(60, 1000)):
        data = bytearray(whole)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        checked = run_check(path)
        assert checked.returncode in (0, 1), checked.stderr
        if checked.returncode == 1:
            refused += 1
    # The last annotation may be hit so that it is none any more: then nothing is wrong with the records.
    assert refused >= settings.scaled(50, 950)


def test_what_was_not_loaded_does_not_start(folder):
    """A missing file, a garbled manifest, an unreadable folder: exit code 1 and a sentence, and nothing is changed."""
    path = make_log(folder)
    manifest = folder / "appendonlydir" / "appendonly.aof.manifest"
    good = manifest.read_bytes()

    def refuses(row):
        server = Server(cores=1, directives={"appendonly": "yes", "dir": folder})
        server.start(wait=False)
        assert server.process.wait(20) == 1, server.log.read_text()
        assert f"row {row}" in server.log.read_text(), server.log.read_text()

    manifest.write_bytes(b"nonsense\n")
    refuses("H")
    manifest.unlink()
    refuses("F")
    manifest.write_bytes(good)
    away = path.rename(folder / "away")
    refuses("I")
    away.rename(path)
    server = start_in(folder, cores=1)
    assert client(server).dbsize() == 6
    server.stop()


def test_a_snapshot_begins_a_log(folder):
    server = Server(cores=2, directives={"dir": folder})
    server.directory = folder
    server.start()
    client(server).set("from", "snapshot")
    client(server).save()
    server.stop()
    server = start_in(folder, cores=2)
    assert client(server).get("from") == b"snapshot"
    for _ in range(100):
        if (folder / "appendonlydir" / "appendonly.aof.manifest").exists():
            break
        time.sleep(0.1)
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
    for _ in range(100):
        if connection.info("persistence")["aof_enabled"] and (
                folder / "appendonlydir" / "appendonly.aof.manifest").exists():
            break
        time.sleep(0.1)
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
    for start in range(0, 60_000, 1000):
        connection.mset({f"k{index}": "v" * 200 for index in range(start, start + 1000)})
    assert connection.info("stats")["evicted_keys"] > 10_000
    # Eviction goes on ahead of the limit until it is paid for.
    before = -1
    while before != (before := connection.dbsize()):
        time.sleep(0.2)
    kept = set(connection.scan_iter(count=10_000))
    kill(server)
    server = start_in(folder, cores)
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
        time.sleep(0.5)
        assert connection.get("small") == b"1"
        with pytest.raises(redis.ResponseError, match="MISCONF Errors writing to the AOF file"):
            connection.set("refused", "1")
        assert connection.info("persistence")["aof_last_write_status"] == "err"
        filler.unlink()
        deadline = time.monotonic() + 20
        while True:
            try:
                connection.set("again", "1")
                break
            except redis.ResponseError:
                assert time.monotonic() < deadline, "writes do not come back"
                time.sleep(0.1)
        kill(server)
        server = start_in(mount, cores=2)
        assert client(server).mget("small", "again") == [b"1", b"1"]
        for index in acknowledged:
            assert client(server).get(f"k{index}") == b"v" * 5000
        server.stop()
        assert failure is not None
    finally:
        subprocess.run(["umount", "-l", mount])


def test_a_limit_of_the_file_size_is_an_error_of_one_write(folder):
    server = start_in(folder, cores=1)
    connection = client(server)
    connection.set("first", "1")
    subprocess.run(["prlimit", f"--pid={server.process.pid}", "--fsize=4096:unlimited"], check=True)
    with pytest.raises((redis.ResponseError, redis.TimeoutError)):
        quick = redis.Redis(port=server.port, socket_timeout=2)
        for index in range(20):
            quick.set(f"k{index}", "v" * 1000)
    assert connection.get("first") == b"1"
    assert last_increment(folder).stat().st_size <= 4096
    assert run_check(folder / "appendonlydir" / "appendonly.aof.manifest").returncode == 0, "no torn record"
    subprocess.run(["prlimit", f"--pid={server.process.pid}", "--fsize=unlimited"], check=True)
    deadline = time.monotonic() + 10
    while True:
        try:
            connection.set("again", "1")
            break
        except redis.ResponseError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    kill(server)
    server = start_in(folder, cores=1)
    assert client(server).mget("first", "again") == [b"1", b"1"]
    server.stop()


@pytest.fixture
def disk(tmp_path):
    if not faulty_disk.is_possible():
        pytest.skip("a faulty disk needs root, /dev/fuse and Debian's python3-fusepy")
    with faulty_disk.FaultyDisk(tmp_path) as disk:
        yield disk


def test_a_failed_sync_under_always_ends_the_node_with_the_reason(disk):
    server = start_in(disk.path, cores=2, appendfsync="always")
    client(server).set("good", "1")
    disk.fail_syncs()
    with pytest.raises(redis.RedisError):
        redis.Redis(port=server.port, socket_timeout=10).set("bad", "1")
    assert server.process.wait(20) == 1
    server.process = None
    assert "fdatasync" in server.log.read_text() and "nothing more is acknowledged" in server.log.read_text()
    disk.heal()
    server = start_in(disk.path, cores=2)
    assert client(server).get("good") == b"1"
    server.stop()


def test_after_a_failed_sync_writes_wait_for_a_rewrite(disk):
    server = start_in(disk.path, cores=2, appendfsync="everysec")
    connection = client(server)
    connection.set("first", "1")
    disk.fail_syncs()
    deadline = time.monotonic() + 20
    with pytest.raises(redis.ResponseError, match="MISCONF Errors writing to the AOF file"):
        while time.monotonic() < deadline:
            connection.set("more", "1")
            time.sleep(0.05)
    assert connection.get("first") == b"1"
    rewrites = connection.info("persistence")["aof_rewrites"]
    disk.heal()
    while True:
        try:
            connection.set("again", "1")
            break
        except redis.ResponseError:
            assert time.monotonic() < deadline + 20
            time.sleep(0.1)
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
