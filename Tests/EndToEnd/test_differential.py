"""Random command streams: every reply of Coronet equals redis-server's, byte for byte."""

import random

import pytest

from differential import Difference, Differential, quiesce
from support import settings
from support.server import Server
from support.streams import Stream

COUNT = settings.scaled(500_000, 5_000_000)  # for each number of cores

# The same streams in every ordinary run, so that a change is judged by what it changed: these have found differences
# before. A long run, and anyone who sets CORONET_SEED, looks where nobody has looked yet.
SEEDS = [3094376357, 2873023004]


@pytest.fixture
def pair(cores):
    with Server(cores=cores) as ours, Server(binary=settings.REDIS) as theirs:
        quiesce(ours.address)
        quiesce(theirs.address)
        yield ours, theirs


def _seeds() -> list:
    if settings.SEED:
        return [settings.SEED]
    return [random.SystemRandom().randrange(1 << 32)] if settings.LONG else SEEDS


def test_every_reply_is_the_same(pair):
    ours, theirs = pair
    seeds = _seeds()
    count = COUNT // len(seeds)
    try:
        for seed in seeds:
            print(f"seed {seed}")
            assert Differential(ours.address, theirs.address, seed).run(count) >= count
    except Difference as difference:
        pytest.fail(str(difference), pytrace=False)


def test_a_stream_repeats_from_its_seed():
    """A report is worth something only if its seed gives the same commands again."""
    first, second = (Stream(11, 3).batch(2000) for _ in range(2))
    assert [command.raw for command in first] == [command.raw for command in second]


def test_a_difference_is_seen(start):
    """The test can fail: two servers of unequal settings are told apart, and the replay is short."""
    ours, theirs = (Server(binary=settings.REDIS, directives=[("databases", n)]).start() for n in (4, 16))
    try:
        quiesce(ours.address)
        quiesce(theirs.address)
        with pytest.raises(Difference) as found:
            Differential(ours.address, theirs.address, 5, say=lambda _: None).run(100_000)
        assert "replay (1 commands)" in str(found.value)
    finally:
        ours.stop()
        theirs.stop()
