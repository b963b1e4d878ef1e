"""COMMAND tells clients the truth about every command: the same facts as redis-server."""

import pytest

from support.commands import ALL, SUBCOMMANDS, VERSIONS
from support.resp import ErrorReply


def _entry(connection, name) -> dict:
    """COMMAND INFO's ten fields, the unordered ones as sets."""
    reply = connection.ask("COMMAND", "INFO", name)[0]
    assert reply is not None and len(reply) == 10, f"{name}: {reply}"
    return _described(reply)


def _described(reply) -> dict:
    name, arity, flags, first, last, step, categories, tips, specs, subcommands = reply
    return {
        "name": name, "arity": arity, "flags": set(flags), "keys": (first, last, step), "categories": set(categories),
        "tips": set(tips), "specs": [_plain(spec) for spec in specs],
        "subcommands": {sub[0]: _described(sub) for sub in subcommands},
    }


def _plain(spec):
    """A key specification without regard to the order of its flags and fields; notes are in our own words."""
    if isinstance(spec, dict):
        return {name: _plain(value) for name, value in spec.items() if name != b"notes"}
    if isinstance(spec, list) and all(isinstance(item, bytes) for item in spec):
        return sorted(spec)
    return spec


@pytest.mark.parametrize("name", ALL)
def test_info(node1, redis, name):
    with node1.connect(protocol=3) as ours, redis.connect(protocol=3) as theirs:
        our_entry, their_entry = _entry(ours, name), _entry(theirs, name)
    wanted = {f"{name}|{sub}".lower().encode() for sub in SUBCOMMANDS.get(name, [])}
    for entry in (our_entry, their_entry):
        entry["subcommands"] = {sub: fact for sub, fact in entry["subcommands"].items() if sub in wanted}
    assert our_entry == their_entry


@pytest.mark.parametrize("protocol", [2, 3])
def test_info_in_bytes(node1, redis, protocol):
    """One entry to the byte, so that the framing (sets, maps, simple strings) is right in both protocols."""
    with node1.connect(protocol=protocol) as ours, redis.connect(protocol=protocol) as theirs:
        assert ours.command("COMMAND", "INFO", "get", "nosuch") == theirs.command("COMMAND", "INFO", "get", "nosuch")


def test_list_and_count_agree(node1):
    with node1.connect() as connection:
        # LIST names subcommands too, as `config|get`; COUNT and COMMAND itself count containers only.
        names = [name for name in connection.ask("COMMAND", "LIST") if b"|" not in name]
        assert len(names) == connection.ask("COMMAND", "COUNT") == len(connection.ask("COMMAND"))
        ours = [] if node1.is_redis else VERSIONS
        missing = {name.lower().encode() for name in ALL + ours} - set(names)
        assert not missing


def _docs(connection, name) -> dict:
    reply = connection.ask("COMMAND", "DOCS", name)
    assert name.lower().encode() in reply
    return reply[name.lower().encode()]


@pytest.mark.parametrize("name", ALL)
def test_docs(node1, redis, name):
    """The words of a summary are ours; since, group and the tokens a user may type are facts."""
    with node1.connect(protocol=3) as ours, redis.connect(protocol=3) as theirs:
        our_docs, their_docs = _docs(ours, name), _docs(theirs, name)
    assert our_docs[b"summary"]
    for fact in (b"since", b"group"):
        assert our_docs[fact] == their_docs[fact]
    extra = {b"IFEQ", b"IFNE"} if name == "SET" else set()
    assert _tokens(our_docs.get(b"arguments", [])) - extra == _tokens(their_docs.get(b"arguments", []))


def _tokens(arguments) -> set:
    tokens = set()
    for argument in arguments:
        tokens.add(argument.get(b"token"))
        tokens |= _tokens(argument.get(b"arguments", []))
    return tokens - {None}


HELPFUL = [name for name, subs in SUBCOMMANDS.items() if "HELP" in subs]


@pytest.mark.parametrize("name", HELPFUL)
@pytest.mark.parametrize("protocol", [2, 3])
def test_help(node1, redis, name, protocol):
    """HELP is in our words; its shape is Redis's: simple strings, and every subcommand in capitals."""
    with node1.connect(protocol=protocol) as connection:
        reply = connection.command(name, "HELP")
    assert reply[:1] == b"*"
    lines = reply.split(b"\r\n")[1:-1]
    assert all(line[:1] == b"+" for line in lines), lines[:5]
    text = b"\n".join(lines)
    for subcommand in SUBCOMMANDS[name]:
        assert subcommand.encode() in text


def test_unknown_subcommand(node1, redis):
    with node1.connect() as ours, redis.connect() as theirs:
        for name in SUBCOMMANDS:
            reply = ours.ask(name, "NOSUCH")
            assert isinstance(reply, ErrorReply) and reply == theirs.ask(name, "NOSUCH")
