"""redis-cli and redis-benchmark, the programs people reach for first."""

import re
import subprocess

import pytest

from support import settings
from support.resp import encode
from support.server import free_port

SECONDS = 30


def cli(server, *arguments, stdin: bytes = b"", seconds: float = SECONDS) -> str:
    """Runs redis-cli to its end; it must end well."""
    result = subprocess.run(
        [settings.REDIS_CLI, "-p", str(server.port), *arguments], input=stdin, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, timeout=seconds)
    assert result.returncode == 0, result.stdout.decode(errors="replace")
    return result.stdout.decode(errors="replace")


def watched(server, *arguments, seconds: float = 2.0) -> str:
    """Runs a redis-cli mode that never ends for a while and gives what it printed."""
    process = subprocess.Popen(
        # Line by line, or what it printed is lost with it when it is ended.
        ["stdbuf", "-oL", settings.REDIS_CLI, "-p", str(server.port), *arguments], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        output, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.terminate()
        output, _ = process.communicate(timeout=SECONDS)
    return output.decode(errors="replace")


@pytest.fixture
def filled(node):
    """A thousand keys of different sizes."""
    with node.connect() as connection:
        connection.command("FLUSHALL")
        connection.pipeline([("SET", f"key:{number}", "x" * number) for number in range(1000)])
    return node


def test_one_shot(node):
    assert cli(node, "PING") == "PONG\n"
    assert cli(node, "SET", "k", "a value") == "OK\n"
    assert cli(node, "GET", "k") == "a value\n"
    assert cli(node, "-3", "GET", "nosuch") == "\n"
    assert cli(node, "-n", "5", "DBSIZE") in ("0\n", "(integer) 0\n")
    assert "redis_version" in cli(node, "-3", "INFO", "server")
    assert cli(node, "-r", "3", "INCR", "counter").split()[-1].isdigit()


def test_commands_from_standard_input(node):
    assert cli(node, stdin=b"FLUSHALL\nSET k v\nGET k\nNOSUCH\nSELECT 2\nGET k\n").startswith("OK\nOK\nv\nERR unknown command")


def test_same_text_as_redis(node, redis):
    for words in (["COMMAND", "COUNT", "x"], ["CLIENT", "GETNAME"], ["LCS", "a", "b", "IDX"], ["-3", "CONFIG", "GET", "save"]):
        options = [word for word in words if word.startswith("-")]
        rest = [word for word in words if not word.startswith("-")]
        assert cli(node, *options, *rest) == cli(redis, *options, *rest)


def test_scan(filled):
    assert len(cli(filled, "--scan").split()) == 1000
    assert set(cli(filled, "--scan", "--pattern", "key:99?").split()) == {f"key:99{digit}" for digit in range(10)}


def test_bigkeys_and_memkeys(filled):
    text = cli(filled, "--bigkeys")
    assert "Sampled 1000 keys" in text
    assert re.search(r'Biggest string found .*"key:999"\D* has 999 bytes', text)
    assert "Sampled 1000 keys" in cli(filled, "--memkeys")


def test_stat(filled):
    text = watched(filled, "--stat", "-i", "0.2")
    assert re.search(r"^1000\s+\d", text, re.MULTILINE), text


def test_latency(node):
    samples = watched(node, "--latency", "-i", "1", "--raw", seconds=2.5).split()
    assert len(samples) >= 4 and float(samples[2]) < 50


def test_pipe(node):
    requests = b"".join(encode("SET", f"piped:{number}", number) for number in range(20_000))
    text = cli(node, "--pipe", stdin=requests)
    assert "errors: 0, replies: 20000" in text


def test_pipe_counts_errors(node):
    text = subprocess.run(
        [settings.REDIS_CLI, "-p", str(node.port), "--pipe"], input=encode("SET", "k", "abc") + encode("INCR", "k"),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS).stdout.decode()
    assert "errors: 1, replies: 2" in text


def benchmark(server, *arguments) -> str:
    """Runs redis-benchmark, which leaves at the first error reply."""
    result = subprocess.run(
        [settings.REDIS_BENCHMARK, "-p", str(server.port), *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, timeout=SECONDS)
    output = result.stdout.decode(errors="replace")
    assert result.returncode == 0, output
    assert "Error from server" not in output, output
    return output


@pytest.mark.parametrize("pipeline", [1, 16])
@pytest.mark.parametrize("resp3", [False, True], ids=["resp2", "resp3"])
def test_benchmark(node, pipeline, resp3):
    count = settings.scaled(10_000, 500_000)
    options = ["-3"] if resp3 else []
    output = benchmark(
        node, "-t", "ping,set,get,incr,mset", "-n", str(count), "-P", str(pipeline), "-r", "10000", "--csv", *options)
    rows = [line for line in output.splitlines() if line.startswith('"') and '"test"' not in line]
    assert len(rows) == 6, output


def test_benchmark_with_large_values(node):
    benchmark(node, "-t", "set,get", "-n", "2000", "-d", "100000", "-q")


@pytest.mark.skipif(settings.is_redis(settings.CORONET), reason="core ports are ours")
def test_benchmark_as_a_cluster_client(start):
    base = free_port(run=3)
    server = start([("core-ports", "yes"), ("core-port-base", base + 1)], cores=2, port=base)
    before = server.info("everything")["hops"]
    # It keeps to the port it was given for the node that answers as `myself`, so it is given a core's own.
    output = benchmark(server, "-p", str(base + 1), "--cluster", "-t", "set,get", "-n", "20000", "-P", "8", "-r", "10000", "-q")
    assert "GET:" in output
    assert server.info("everything")["hops"] == before
    assert "cluster_state:ok" in cli(server, "CLUSTER", "INFO")
    assert "[OK] All 16384 slots covered" in cli(server, "--cluster", "check", f"127.0.0.1:{base + 1}")
