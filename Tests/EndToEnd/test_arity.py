"""Every command and subcommand refuses a wrong number of arguments in redis-server's words."""

import pytest

from support.commands import ALL, SUBCOMMANDS
from support.resp import shown

# These end or take over the connection when their arity is right; with a wrong one they answer like the rest.
NAMES = [(name,) for name in ALL] + [(name, sub) for name, subs in SUBCOMMANDS.items() for sub in subs]


def _arity(redis, name) -> int:
    """From redis-server's own table: positive is exact, negative a minimum; the name counts."""
    with redis.connect() as connection:
        if len(name) == 1:
            return connection.ask("COMMAND", "INFO", name[0])[0][1]
        entry = connection.ask("COMMAND", "INFO", name[0])[0]
        subcommands = {sub[0].decode(): sub[1] for sub in entry[9]}
        return subcommands["|".join(name).lower()]


def _wrong_counts(arity: int, least: int) -> list:
    """Numbers of words that this arity forbids."""
    if arity > 0:
        return [count for count in (arity - 1, arity + 1) if count >= least]
    return [count for count in range(least, -arity)]


@pytest.mark.parametrize("name", NAMES, ids=" ".join)
def test_wrong_number_of_arguments(node1, redis, name):
    for count in _wrong_counts(_arity(redis, name), len(name)):
        words = list(name) + ["x"] * (count - len(name))
        with node1.connect() as ours, redis.connect() as theirs:
            our_reply, their_reply = ours.command(*words), theirs.command(*words)
        assert our_reply == their_reply, f"{words}: {shown(our_reply)}, not {shown(their_reply)}"


@pytest.mark.parametrize("name", ["GETS", "CAS"])
def test_wrong_number_of_arguments_of_ours(node1, name):
    if node1.is_redis:
        pytest.skip("redis-server does not know this command")
    with node1.connect() as connection:
        assert connection.command(name) == f"-ERR wrong number of arguments for '{name.lower()}' command\r\n".encode()


def test_names_in_errors_are_lower_case(node1, redis):
    with node1.connect() as ours, redis.connect() as theirs:
        for words in (["GeT"], ["ObJeCt"], ["OBJECT", "EnCoDiNg"], ["CONFIG", "gEt"]):
            assert ours.command(*words) == theirs.command(*words)
