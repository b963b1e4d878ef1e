"""redis-py as applications use it: both protocols, pipelines, pools, threads, and its cluster client on core ports."""

import threading

import pytest

redis_py = pytest.importorskip("redis")

from support import settings  # noqa: E402
from support.server import free_port  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")

NO_RETRY = redis_py.retry.Retry(redis_py.backoff.NoBackoff(), 0)


@pytest.fixture(params=[2, 3], ids=["resp2", "resp3"])
def client(node, request):
    client = redis_py.Redis(port=node.port, protocol=request.param, socket_timeout=10)
    client.flushall()
    yield client
    client.close()


def test_strings(client):
    assert client.set("k", "v", ex=100) is True
    assert client.get("k") == b"v"
    assert 0 < client.ttl("k") <= 100
    assert client.set("k", "w", nx=True) is None
    assert client.set("k", "w", xx=True, get=True) == b"v"
    assert client.incrby("n", 5) == 5 and client.incrbyfloat("n", 0.5) == 5.5
    assert client.getex("k", persist=True) == b"w" and client.ttl("k") == -1
    assert client.getdel("k") == b"w" and client.get("k") is None
    assert client.mset({"a": 1, "b": 2}) and client.mget("a", "b", "c") == [b"1", b"2", None]
    assert client.append("a", "2") == 2 and client.strlen("a") == 2
    assert client.setrange("a", 1, "xyz") == 4 and client.getrange("a", 0, 1) == b"1x"
    assert client.lcs("a", "b") in (b"", "")


def test_bitmaps(client):
    assert client.setbit("bits", 7, 1) == 0 and client.getbit("bits", 7) == 1
    assert client.bitcount("bits") == 1 and client.bitpos("bits", 1) == 7
    assert client.bitop("not", "flipped", "bits") == 1
    assert client.bitfield("f").set("u8", 0, 255).incrby("u8", 0, 1).execute() == [0, 0]


def test_keys(client):
    client.mset({f"key:{number}": number for number in range(300)})
    assert len(client.keys("key:*")) == 300
    assert {key for key in client.scan_iter("key:1*", count=20)} == {f"key:{n}".encode() for n in range(300) if str(n)[0] == "1"}
    assert client.rename("key:0", "other") and client.exists("other", "key:0") == 1
    assert client.copy("other", "copy") and client.type("copy") in (b"string", "string")
    assert client.object("encoding", "copy") == b"int"
    assert client.touch("key:1", "key:2", "nosuch") == 2
    assert client.delete("key:1", "key:2", "nosuch") == 2 and client.unlink("key:3") == 1
    assert client.dbsize() == 298
    assert client.randomkey() is not None
    assert client.expire("other", 100, nx=True) and client.pttl("other") > 90_000
    assert client.move("other", 1) and client.swapdb(0, 1) and client.dbsize() == 1


def test_errors(client):
    client.set("text", "abc")
    with pytest.raises(redis_py.ResponseError, match="not an integer"):
        client.incr("text")
    with pytest.raises(redis_py.ResponseError, match="unknown command"):
        client.execute_command("NOSUCH")
    assert client.ping()


def test_pipelines(client):
    pipe = client.pipeline(transaction=False)
    for number in range(5000):
        pipe.set(f"p:{number}", number)
        pipe.get(f"p:{number}")
    replies = pipe.execute()
    assert replies[0::2] == [True] * 5000 and replies[1::2] == [b"%d" % number for number in range(5000)]


def test_pipeline_with_an_error(client):
    pipe = client.pipeline(transaction=False)
    pipe.set("text", "abc").incr("text").get("text")
    replies = pipe.execute(raise_on_error=False)
    assert replies[0] is True and isinstance(replies[1], redis_py.ResponseError) and replies[2] == b"abc"


@pytest.mark.parametrize("size", [0, 1, 16_383, 16_384, 16_385, 65_537, 1 << 20, 10 << 20])
def test_values_of_every_size(client, size):
    value = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    client.set("large", value)
    assert client.get("large") == value
    assert client.mget("large", "nosuch", "large") == [value, None, value]


def test_server_calls(client):
    assert client.info()["redis_mode"] in ("standalone", "cluster")
    assert client.config_get("maxmemory")["maxmemory"] == "0"
    assert client.client_id() > 0 and client.client_setname("me") and client.client_getname() in (b"me", "me")
    assert any(entry["name"] == "me" for entry in client.client_list())
    assert len(client.time()) == 2
    assert client.command_count() > 50 and "get" in client.command()
    assert client.slowlog_len() >= 0 and client.slowlog_reset()
    assert client.memory_usage("nosuch") is None
    assert client.echo("hello") == b"hello"


def test_decoded_replies(node):
    with redis_py.Redis(port=node.port, decode_responses=True) as client:
        client.set("name", "Größe")
        assert client.get("name") == "Größe"
        assert isinstance(client.client_info(), dict)


def test_monitor(node1):
    client = redis_py.Redis(port=node1.port)
    with client.monitor() as monitor:
        redis_py.Redis(port=node1.port).set("watched", 'a "quoted" value')
        for _ in range(20):
            seen = monitor.next_command()
            if seen["command"].upper().startswith("SET WATCHED"):
                break
        assert seen["client_address"] == "127.0.0.1" and seen["db"] == 0


def test_pool_under_threads(node):
    pool = redis_py.ConnectionPool(port=node.port, max_connections=16, socket_timeout=10)
    client = redis_py.Redis(connection_pool=pool)
    client.flushall()
    failures = []

    def work(worker):
        try:
            for number in range(300):
                assert client.set(f"{worker}:{number}", number)
                assert client.get(f"{worker}:{number}") == b"%d" % number
                client.incr("shared")
        except Exception as failure:  # a thread's failure must fail the test
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures and client.get("shared") == b"2400"
    pool.disconnect()


def test_password_and_database(start):
    server = start({"requirepass": "s3cret"})
    for protocol in (2, 3):
        with redis_py.Redis(port=server.port, password="s3cret", db=3, protocol=protocol) as client:
            assert client.set("k", "v")
        with redis_py.Redis(port=server.port, username="default", password="s3cret", protocol=protocol) as client:
            assert client.get("k") is None and client.select(3) and client.get("k") == b"v"
        with pytest.raises(redis_py.AuthenticationError):
            redis_py.Redis(port=server.port, password="wrong", protocol=protocol, retry=NO_RETRY).ping()


def hops(server) -> int:
    """Commands that travelled between cores, from INFO."""
    return int(server.info("everything")["hops"])


@pytest.mark.skipif(settings.is_redis(settings.CORONET), reason="core ports are ours")
@pytest.mark.parametrize("protocol", [2, 3])
def test_cluster_client_reaches_every_core_without_a_hop(start, protocol):
    base = free_port(run=3)
    server = start([("core-ports", "yes"), ("core-port-base", base + 1)], cores=2, port=base)
    before = hops(server)
    client = redis_py.RedisCluster(host="127.0.0.1", port=server.port, protocol=protocol)
    assert {node.port for node in client.get_nodes()} == {base + 1, base + 2}
    for number in range(2000):
        assert client.set(f"key:{number}", number)
        assert client.get(f"key:{number}") == b"%d" % number
    pipe = client.pipeline()
    for number in range(2000):
        pipe.get(f"key:{number}")
    assert pipe.execute() == [b"%d" % number for number in range(2000)]
    assert client.mget_nonatomic([f"key:{n}" for n in range(50)]) == [b"%d" % n for n in range(50)]
    assert hops(server) == before
    assert client.dbsize() >= 2000
    client.close()


@pytest.mark.skipif(settings.is_redis(settings.CORONET), reason="core ports are ours")
def test_the_hop_counter_counts(start):
    """Through one port about half of the keys are a hop away; a counter that never moved would prove nothing."""
    server = start(cores=2)
    before = hops(server)
    with redis_py.Redis(port=server.port) as client:
        for number in range(200):
            client.set(f"key:{number}", number)
    assert 50 < hops(server) - before < 150
