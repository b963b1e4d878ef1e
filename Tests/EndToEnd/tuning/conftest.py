"""Machines to tune: folders with what the kernel would show."""

import pytest

from support.fake_machine import FakeMachine


@pytest.fixture
def machine(tmp_path):
    """Four cores, one card with four queues that carries no default route."""
    return FakeMachine(tmp_path, nodes=[[(0,), (1,), (2,), (3,)]]).card().settled()


@pytest.fixture
def remote(tmp_path):
    """The same with the default route on the card."""
    return FakeMachine(tmp_path, nodes=[[(0,), (1,), (2,), (3,)]]).card(default_route=True).settled()
