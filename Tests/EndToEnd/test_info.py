"""INFO: Redis's sections, fields and order, so that tools that read it by eye, by strstr and by regexp all work."""

import re

import pytest

SECTIONS = ["server", "clients", "memory", "persistence", "stats", "replication", "cpu", "modules", "errorstats", "cluster", "keyspace"]
# redis-cli finds fields with strstr, first match wins: none of ours may contain these anywhere but in their own place.
SEARCHED = ["used_memory:", "connected_clients:", "blocked_clients:", "total_commands_processed:",
            "total_connections_received:", "loading:", "cluster_enabled:", "bgsave_in_progress:", "aof_rewrite_in_progress:"]
# A fork, a page cache and an allocator we do not have may leave their fields out; the tools read none of these.
OPTIONAL = re.compile("^(executable|config_file|monotonic_clock|atomicvar_api|gcc_version|.*_human)$")


def _sections(server, *names) -> dict:
    """Title -> [(field, value)], in the order of the text."""
    with server.connect() as connection:
        text = connection.ask("INFO", *names).decode()
    sections, current = {}, None
    for line in text.split("\r\n"):
        if line.startswith("# "):
            current = sections.setdefault(line[2:], [])
        elif line:
            name, colon, value = line.partition(":")
            assert colon, f"a line without a colon: {line!r}"
            current.append((name, value))
    return sections


@pytest.mark.parametrize("name", SECTIONS)
def test_fields_and_order(node1, redis, name):
    ours, theirs = _sections(node1, name), _sections(redis, name)
    assert list(ours)[:1] == list(theirs)
    our_names = [field for field, _ in ours[list(ours)[0]]]
    their_names = [field for field, _ in theirs[list(theirs)[0]] if not re.match("^(errorstat_|db[0-9])", field)]
    missing = [field for field in their_names if field not in our_names and not OPTIONAL.match(field)]
    assert not missing
    assert [field for field in our_names if field in their_names] == [field for field in their_names if field in our_names]


@pytest.mark.parametrize("names", [[], ["all"], ["everything"], ["default"], ["server", "clients"], ["SERVER"], ["nosuch"]], ids=str)
def test_sections_and_order(node1, redis, names):
    """Ours come after all of Redis's."""
    ours, theirs = list(_sections(node1, *names)), list(_sections(redis, *names))
    assert ours[: len(theirs)] == theirs


def test_searched_fields_are_unique(node1):
    with node1.connect() as connection:
        text = connection.ask("INFO", "everything").decode()
    for field in SEARCHED:
        places = [line for line in text.split("\r\n") if field in line]
        own = [line for line in places if line.startswith(field)]
        allowed = {"bgsave_in_progress:": "rdb_bgsave_in_progress:", "loading:": "async_loading:"}.get(field)
        others = [line for line in places if line not in own and not (allowed and line.startswith(allowed))]
        assert not others, f"{field} also in {others}"
        assert places[0].startswith(field) or allowed


def test_run_id_is_forty_hex_digits(node1):
    info = node1.info("all")
    assert re.fullmatch("[0-9a-f]{40}", info["run_id"])
    assert re.fullmatch("[0-9a-f]{40}", info["master_replid"])


def test_keyspace_line(node, redis):
    for server in (node, redis):
        with server.connect() as connection:
            connection.command("FLUSHALL")
            connection.command("MSET", "a", 1, "b", 2, "c", 3)
            connection.command("EXPIREAT", "a", 4102444800)
            connection.command("SELECT", 3)
            connection.command("SET", "x", 1)
    ours, theirs = _sections(node, "keyspace")["Keyspace"], _sections(redis, "keyspace")["Keyspace"]
    blank = re.compile("avg_ttl=[0-9]+")
    assert [(db, blank.sub("", value)) for db, value in ours] == [(db, blank.sub("", value)) for db, value in theirs]


def test_counters_count(start):
    server = start()
    before = server.info("stats")
    with server.connect() as connection:
        connection.pipeline([("SET", "k", "v"), ("GET", "k"), ("GET", "missing"), ("NOSUCH",), ("INCR", "k")])
    after = server.info("stats")

    def grown(name):
        return int(after[name]) - int(before[name])

    assert grown("keyspace_hits") == 1
    assert grown("keyspace_misses") == 1
    assert grown("total_error_replies") == 2
    assert grown("total_commands_processed") >= 4
    assert grown("total_connections_received") >= 1
    assert grown("total_net_input_bytes") > 0 and grown("total_net_output_bytes") > 0


def test_command_and_error_statistics(start):
    server = start()
    with server.connect() as connection:
        connection.pipeline([("SET", "k", "v"), ("SET", "k"), ("INCR", "k"), ("CONFIG", "GET", "save"), ("NOSUCH",)])
        text = connection.ask("INFO", "commandstats", "errorstats").decode()
    assert re.search(r"cmdstat_set:calls=1,usec=\d+,usec_per_call=[\d.]+,rejected_calls=1,failed_calls=0\r\n", text)
    assert re.search(r"cmdstat_incr:calls=1,usec=\d+,usec_per_call=[\d.]+,rejected_calls=0,failed_calls=1\r\n", text)
    assert re.search(r"cmdstat_config\|get:calls=1,", text)
    assert re.search(r"errorstat_ERR:count=3\r\n", text)


def test_reset_of_statistics(start):
    server = start()
    with server.connect() as connection:
        connection.pipeline([("GET", "missing"), ("NOSUCH",), ("CONFIG", "RESETSTAT")])
    info = server.info("all")
    assert info["keyspace_misses"] == "0" and info["total_error_replies"] == "0"
    assert "cmdstat_get" not in info and "errorstat_ERR" not in info
