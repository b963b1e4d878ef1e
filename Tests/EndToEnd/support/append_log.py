"""Servers that follow each other in one folder with an append-only file, and what the tests of it share."""

import shutil
import signal
import subprocess
import time
from pathlib import Path

import redis

from . import settings
from .server import Server


def client(server) -> redis.Redis:
    return redis.Redis(port=server.port, socket_timeout=30)


def start_in(directory, cores=2, wait=True, **directives) -> Server:
    """A server in a folder that another has left; without `wait` it may not answer yet."""
    given = {"appendonly": "yes", **{name.replace("_", "-"): value for name, value in directives.items()}}
    server = Server(cores=cores, directives={**given, "dir": directory})
    server.directory = Path(directory)
    return server.start(wait)


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
    time.sleep(0.05)  # until "short" has expired
    run("INCR", name("short"))


def wait_for(condition, what: str, seconds=20, every=0.05):
    """Polls until `condition()` holds; gives what it gave."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(every)
    raise AssertionError(what)


def wait_for_rewrite(connection):
    def has_ended():
        info = connection.info("persistence")
        return not info["aof_rewrite_in_progress"] and not info["aof_rewrite_scheduled"]

    wait_for(has_ended, "the rewrite does not end")
    assert connection.info("persistence")["aof_last_bgrewrite_status"] == "ok"


def accepts(write) -> bool:
    """Whether a write is taken; MISCONF is the one refusal that a condition may wait out."""
    try:
        write()
        return True
    except redis.ResponseError as error:
        assert "MISCONF" in str(error), error
        return False


def refuses_to_start(folder, **directives) -> str:
    """The log of a node that does not start from what is in the folder."""
    given = {"appendonly": "yes", **{name.replace("_", "-"): value for name, value in directives.items()}}
    server = Server(cores=1, directives={**given, "dir": folder})
    server.start(wait=False)
    assert server.process.wait(20) == 1, server.log.read_text()
    return server.log.read_text()


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
