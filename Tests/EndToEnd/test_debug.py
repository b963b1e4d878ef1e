"""DEBUG subcommands that redis-server 7.0 does not have, so that nothing can be compared."""

import time


def test_stringmatch_len(node1):
    with node1.connect() as connection:
        def matches(length, pattern):
            return connection.command("DEBUG", "STRINGMATCH-LEN", length, pattern)

        assert matches("3", "aaa") == b":1\r\n"
        assert matches("3", "a*") == b":1\r\n"
        assert matches("3", "a?") == b":0\r\n"
        assert matches("0", "b") == b":0\r\n"
        assert matches("-1", "a").startswith(b"-ERR")
        assert matches("99999999999", "a").startswith(b"-ERR")


def test_stringmatch_len_is_bounded(node1):
    with node1.connect() as connection:
        before = time.monotonic()
        assert connection.command("DEBUG", "STRINGMATCH-LEN", "3000", "a*" * 500 + "b") == b":0\r\n"
        assert time.monotonic() - before < 2
