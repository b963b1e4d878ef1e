"""When two replies are the same: byte for byte, save where time, chance or identity may differ."""

import re

from .resp import ErrorReply, Incomplete, parse, reply_end

SECONDS_TOLERANCE = 2
MILLIS_TOLERANCE = 2000


def same(arguments, ours: bytes, theirs: bytes) -> bool:
    """True when both replies say the same to this command."""
    if ours == theirs:
        return True
    name = arguments[0].upper() if arguments else b""
    rule = _RULES.get(name)
    return bool(rule and ours[:1] == theirs[:1] and rule(arguments, ours, theirs))


def _near(tolerance):
    def rule(_, ours, theirs):
        if ours[:1] != b":":
            return False
        a, b = int(ours[1:-2]), int(theirs[1:-2])
        return a >= 0 and b >= 0 and abs(a - b) <= tolerance

    return rule


def _same_members(_, ours, theirs):
    """KEYS in any order."""
    return ours[:1] == b"*" and sorted(parse(ours)) == sorted(parse(theirs))


def _same_scan(_, ours, theirs):
    """One big SCAN step in any order; a step that ended early need only have seen a part."""
    if ours[:1] != b"*":
        return False
    (our_cursor, our_keys), (their_cursor, their_keys) = parse(ours), parse(theirs)
    if our_cursor == b"0" and their_cursor == b"0":
        return sorted(set(our_keys)) == sorted(set(their_keys))
    if our_cursor == b"0":
        return set(their_keys) <= set(our_keys)
    return their_cursor == b"0" and set(our_keys) <= set(their_keys)


def _any_bulk(_, ours, theirs):
    """RANDOMKEY: any key, but nil only together."""
    return ours[:1] == b"$" and (ours[:3] == b"$-1") == (theirs[:3] == b"$-1")


def _object(arguments, ours, theirs):
    """Idle time passes (and is that of the server for the small numbers that Redis shares); access frequency is a
    dice roll; who shares what is each server's own affair."""
    kind = arguments[1].upper() if len(arguments) > 1 else b""
    return kind in (b"IDLETIME", b"FREQ", b"REFCOUNT") and ours[:1] == b":"


_HELLO_FIELDS = [b"server", b"version", b"proto", b"id", b"mode", b"role", b"modules"]


def _hello(_, ours, theirs):
    """The same fields in the same order; version and connection id are each server's own."""
    ours, theirs = parse(ours), parse(theirs)
    if isinstance(ours, ErrorReply):
        return False
    ours, theirs = _pairs(ours), _pairs(theirs)
    if [name for name, _ in ours] != _HELLO_FIELDS:
        return False
    own = (b"version", b"id")
    return [pair for pair in ours if pair[0] not in own] == [pair for pair in theirs if pair[0] not in own]


def _pairs(items) -> list:
    return list(items.items()) if isinstance(items, dict) else list(zip(items[::2], items[1::2]))


def _client(arguments, ours, theirs):
    kind = arguments[1].upper() if len(arguments) > 1 else b""
    return kind == b"ID" and ours[:1] == b":"


_RULES = {
    b"TTL": _near(SECONDS_TOLERANCE), b"EXPIRETIME": _near(SECONDS_TOLERANCE),
    b"PTTL": _near(MILLIS_TOLERANCE), b"PEXPIRETIME": _near(MILLIS_TOLERANCE),
    b"KEYS": _same_members, b"SCAN": _same_scan, b"RANDOMKEY": _any_bulk,
    b"OBJECT": _object, b"HELLO": _hello, b"CLIENT": _client,
}


def first_difference(commands, ours: bytes, theirs: bytes):
    """The first command whose replies differ, with both: (index, ours, theirs), or None.

    `ours` and `theirs` are whole runs of replies. A reply that is missing or cut shows as what is there;
    bytes left over when every command has its reply count against the last one.
    """
    at_ours = at_theirs = 0
    for index, command in enumerate(commands):
        if not command.replies:
            continue
        our_end, their_end = _end(ours, at_ours), _end(theirs, at_theirs)
        our_reply, their_reply = ours[at_ours:our_end], theirs[at_theirs:their_end]
        if not same(command.arguments, our_reply, their_reply):
            return index, our_reply, their_reply
        at_ours, at_theirs = our_end, their_end
    if at_ours < len(ours) or at_theirs < len(theirs):
        return len(commands) - 1, ours[at_ours:], theirs[at_theirs:]
    return None


def _end(data: bytes, start: int) -> int:
    try:
        return reply_end(data, start)
    except (Incomplete, ValueError, IndexError):
        return len(data)


_NUMBER = re.compile(rb"[0-9]+")


def shape(reply: bytes) -> bytes:
    """A reply with its numbers blanked: for texts that carry ids, ports, times."""
    return _NUMBER.sub(b"#", reply)
