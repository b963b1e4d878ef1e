"""Fixtures: the server under test on one and two cores, and redis-server 7.0.15 as the measure."""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from support import settings  # noqa: E402
from support.server import Server  # noqa: E402


def pytest_report_header():
    return [f"server under test: {settings.CORONET}", f"measure: {settings.REDIS}", f"long: {settings.LONG}"]


def pytest_collection_modifyitems(items):
    """Without a server there is nothing to say: fail with the reason instead of a hundred stack traces."""
    if not os.path.exists(settings.CORONET):
        pytest.exit(f"{settings.CORONET} does not exist: build it or set CORONET", returncode=2)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """When a test fails, the ends of the logs of its servers join the report."""
    outcome = yield
    report = outcome.get_result()
    if report.when != "call" or not report.failed:
        return
    for name, value in item.funcargs.items():
        if isinstance(value, Server):
            report.sections.append((f"log of {name}", value.log_end(12)))


def _serve(**options):
    with Server(**options) as server:
        yield server


@pytest.fixture(scope="session")
def redis():
    """The measure: redis-server as Debian ships it."""
    yield from _serve(binary=settings.REDIS)


@pytest.fixture(scope="session", params=[1, 2], ids=["1core", "2cores"])
def node(request):
    """The server under test, shared by a session's tests: they flush what they use and change no settings for good."""
    yield from _serve(cores=request.param)


@pytest.fixture(scope="session")
def node1():
    """The server under test on one core, for tests to which the number of cores means nothing."""
    yield from _serve(cores=1)


@pytest.fixture(params=[1, 2], ids=["1core", "2cores"])
def cores(request):
    return request.param


@pytest.fixture
def start(request):
    """Starts servers of a test's own: `start(directives, cores=2)`. They are stopped, and must then still be alive."""
    servers = []

    def begin(directives=(), **options):
        server = Server(directives=directives, **options)
        servers.append(server)
        return server.start()

    yield begin
    for server in servers:
        server.stop()
