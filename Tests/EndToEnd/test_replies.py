"""Fixed commands, borders and mistakes: the reply bytes are redis-server's, over RESP2 and RESP3."""

import pytest

from support.resp import ConnectionClosed, shown
from support.tables import scenarios

SCENARIOS = scenarios()


@pytest.mark.parametrize("protocol", [2, 3], ids=["resp2", "resp3"])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=[scenario.name for scenario in SCENARIOS])
def test_replies(node, redis, scenario, protocol):
    with node.connect(protocol=protocol) as ours, redis.connect(protocol=protocol) as theirs:
        for connection in (ours, theirs):
            connection.command("FLUSHALL")
        different = [line for line in map(lambda each: _compared(each, ours, theirs), scenario.lines) if line]
    if different:
        pytest.fail("\n".join(different), pytrace=False)


def _compared(line, ours, theirs):
    """None when both replies agree, otherwise the difference in words."""
    our_reply, their_reply = (_reply(connection, line) for connection in (ours, theirs))
    if line.agrees(our_reply, their_reply):
        return None
    return f"{line.text}\n    ours:   {shown(our_reply)}\n    theirs: {shown(their_reply)}"


def _reply(connection, line) -> bytes:
    try:
        return line.ask(connection)
    except (ConnectionClosed, OSError) as failure:
        return f"({type(failure).__name__})".encode()
