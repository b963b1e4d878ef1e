"""coronet bench --cluster: a node of several cores, and a redis cluster while a slot moves."""

import threading
import time

import pytest

from support import settings
from support.bench import bench, good
from support.resp import ErrorReply
from support.server import free_port

pytestmark = pytest.mark.skipif(settings.is_redis(settings.CORONET), reason="Redis has a load generator of its own")

SHORT = ("--duration", 0.5, "--warmup", 0.1, "--keys", 2000, "--connections", 8)


def test_zero_hops_in_a_cluster(start):
    base = free_port(run=3)
    server = start({"port": base, "core-ports": "yes", "core-port-base": base + 1}, port=base, cores=2)
    before = server.info()
    result = good(bench(base, *SHORT, "--cluster", "--populate", "--verify", "--pipeline", 4))
    assert result["misses"] == 0 and result["moved"] == 0
    hops = [name for name in before if "hops" in name]
    assert hops, "INFO does not tell of hops"
    after = server.info()
    # INFO itself asks every core.
    assert sum(int(after[name]) - int(before[name]) for name in hops if after[name].isdigit()) <= 16
    # Through one port half of the keys are a hop away: the figure above can move.
    good(bench(base, *SHORT, "--pipeline", 4))
    moved = server.info()
    assert sum(int(moved[name]) - int(after[name]) for name in hops if after[name].isdigit()) > 100


class Cluster:
    """Two redis-servers that share all slots, the first with every one but the last."""

    def __init__(self, start):
        self.servers = []
        for _ in range(2):
            port = free_port(run=2)
            self.servers.append(start(
                [("cluster-enabled", "yes"), ("cluster-port", port + 1), ("cluster-config-file", f"nodes-{port}.conf"),
                 ("cluster-require-full-coverage", "no")], binary=settings.REDIS, port=port))
        self.ask(0, "CLUSTER", "ADDSLOTSRANGE", 0, 16382)
        self.ask(1, "CLUSTER", "ADDSLOTSRANGE", 16383, 16383)
        self.ask(0, "CLUSTER", "SET-CONFIG-EPOCH", 1)
        self.ask(1, "CLUSTER", "SET-CONFIG-EPOCH", 2)
        self.ask(0, "CLUSTER", "MEET", "127.0.0.1", self.servers[1].port, self.servers[1].port + 1)
        deadline = time.monotonic() + 30
        while not all(self.knows_all(index) for index in (0, 1)):
            assert time.monotonic() < deadline, "the two do not find each other"
            time.sleep(0.1)

    def ask(self, index, *words):
        with self.servers[index].connect() as connection:
            reply = connection.ask(*words)
        assert not isinstance(reply, ErrorReply), (words, reply)
        return reply

    def knows_all(self, index) -> bool:
        info = self.ask(index, "CLUSTER", "INFO").decode()
        return "cluster_state:ok" in info and "cluster_slots_ok:16384" in info

    def move(self, slot, pause):
        """Moves a slot from the first to the second, some keys at a time."""
        ids = [self.ask(index, "CLUSTER", "MYID") for index in (0, 1)]
        self.ask(1, "CLUSTER", "SETSLOT", slot, "IMPORTING", ids[0])
        self.ask(0, "CLUSTER", "SETSLOT", slot, "MIGRATING", ids[1])
        while keys := self.ask(0, "CLUSTER", "GETKEYSINSLOT", slot, 20):
            self.ask(0, "MIGRATE", "127.0.0.1", self.servers[1].port, "", 0, 5000, "KEYS", *keys)
            time.sleep(pause)
        for index in (1, 0):
            self.ask(index, "CLUSTER", "SETSLOT", slot, "NODE", ids[1])


def test_a_slot_moves_under_verification(start):
    """All keys lie in one slot, which moves: what has left is asked for at its new place, then the map changes."""
    cluster = Cluster(start)
    slot = cluster.ask(0, "CLUSTER", "KEYSLOT", "{a}")
    failures = []

    def move():
        try:
            time.sleep(1)
            cluster.move(slot, pause=0.05)
        except Exception as error:  # told by the test
            failures.append(error)

    mover = threading.Thread(target=move)
    mover.start()
    result = bench(cluster.servers[0].port, "--cluster", "--populate", "--verify", "--keys", 400, "--key-prefix", "{a}", "--connections", 4,
                   "--pipeline", 4, "--mix", "get=60,set=40", "--rate", 2000, "--duration", 4, "--warmup", 0)
    mover.join()
    assert not failures, failures
    result = good(result)
    assert result["asked"] > 50 and result["moved"] > 0 and result["misses"] == 0
    assert result["unsent"] == 0 and result["operations"] == 8000
    assert len(cluster.ask(1, "CLUSTER", "GETKEYSINSLOT", slot, 1000)) == 400
