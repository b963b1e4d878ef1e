"""activedefrag: waste between blocks is won back while serving, and the figures say so."""

import random
import time

from support.resp import encode


def _store(connection, numbers, size: int):
    numbers = list(numbers)
    for first in range(0, len(numbers), 500):
        some = numbers[first:first + 500]
        connection.send(b"".join(encode("SET", f"key:{number}", f"{number}:" + "v" * size) for number in some))
        assert set(connection.read_many(len(some))) == {b"+OK\r\n"}


def _delete(connection, numbers):
    numbers = list(numbers)
    for first in range(0, len(numbers), 500):
        some = numbers[first:first + 500]
        connection.send(b"".join(encode("DEL", f"key:{number}") for number in some))
        connection.read_many(len(some))


def _fragmented(server, connection, count: int) -> list:
    """Stores hundreds of thousands of small values and removes seven tenths at random; gives those left."""
    _store(connection, range(count), 100)
    gone = set(random.Random(9).sample(range(count), count * 7 // 10))
    _delete(connection, sorted(gone))
    return [number for number in range(count) if number not in gone]


def test_waste_is_won_back(start, cores):
    """Fill, delete 70 % at random: without compaction the pages stay, with it they go, and no key is harmed."""
    server = start({"active-defrag-ignore-bytes": "1mb", "active-defrag-cycle-max": "75"}, cores=cores)
    with server.connect(timeout=30) as connection:
        left = _fragmented(server, connection, 200_000)
        before = server.info("memory")
        assert float(before["allocator_frag_ratio"]) > 1.5
        assert before["active_defrag_running"] == "0"
        assert b"activedefrag yes" in connection.ask("MEMORY", "DOCTOR")
        assert connection.command("CONFIG", "SET", "activedefrag", "yes") == b"+OK\r\n"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            info = server.info("everything")
            if float(info["allocator_frag_ratio"]) < 1.15 and info["active_defrag_running"] == "0":
                break
            time.sleep(0.1)
        assert float(info["allocator_frag_ratio"]) < 1.15
        assert int(info["active_defrag_key_hits"]) > 10_000
        assert int(info["active_defrag_hits"]) >= int(info["active_defrag_key_hits"])
        assert int(info["total_active_defrag_time"]) > 0
        for number in left[::37]:
            assert connection.ask("GET", f"key:{number}") == b"%d:" % number + b"v" * 100
        assert b"activedefrag" not in connection.ask("MEMORY", "DOCTOR")


def test_freed_room_is_used_by_other_sizes(start):
    """100-byte values, 70 % deleted at random, then 300-byte values: resident memory follows what is used."""
    server = start({"activedefrag": "yes", "active-defrag-ignore-bytes": "1mb", "active-defrag-cycle-max": "75"})
    with server.connect(timeout=30) as connection:
        bare = server.rss() - int(server.info("coronet")["shard_bytes_committed"])
        _fragmented(server, connection, 600_000)
        deadline = time.monotonic() + 60
        while float(server.info("memory")["allocator_frag_ratio"]) > 1.12 and time.monotonic() < deadline:
            time.sleep(0.1)
        _store(connection, range(1_000_000, 1_200_000), 300)
        connection.command("MEMORY", "PURGE")
        used = int(server.info("memory")["used_memory"])
        # The few receive buffers that the load touches count too: the ring keeps no more than it needs.
        assert server.rss() - bare < used * 1.15


def test_it_can_be_switched_off(start):
    server = start({"activedefrag": "yes", "active-defrag-ignore-bytes": "1mb", "active-defrag-cycle-max": "1"})
    with server.connect(timeout=30) as connection:
        _fragmented(server, connection, 200_000)
        time.sleep(0.5)
        assert connection.command("CONFIG", "SET", "activedefrag", "no") == b"+OK\r\n"
        time.sleep(0.3)
        first = server.info("everything")
        time.sleep(0.5)
        second = server.info("everything")
        assert first["active_defrag_running"] == second["active_defrag_running"] == "0"
        assert first["active_defrag_key_hits"] == second["active_defrag_key_hits"]
