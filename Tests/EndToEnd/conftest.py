"""Fixtures: the server under test on one and two cores, and redis-server 7.0.15 as the measure."""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from support import settings  # noqa: E402
from support.server import Server, directories  # noqa: E402


def pytest_report_header():
    return [f"server under test: {settings.CORONET}", f"measure: {settings.REDIS}", f"long: {settings.LONG}"]


def pytest_collection_modifyitems(items):
    """Without a server there is nothing to say: fail with the reason instead of a hundred stack traces."""
    if not os.path.exists(settings.CORONET):
        pytest.exit(f"{settings.CORONET} does not exist: build it or set CORONET", returncode=2)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """When a test fails, the ends of the logs of its servers join the report, and their folders stay."""
    outcome = yield
    report = outcome.get_result()
    directories.are_kept = directories.are_kept or report.failed
    if report.when != "call" or not report.failed:
        return
    for name, value in item.funcargs.items():
        if isinstance(value, Server) and not value.is_redis:
            report.sections.append((f"log of {name}", value.log_end(12)))


class Shared:
    """Servers shared by the tests of a session. One that died is started again for the next test, so that a crash
    fails the test that caused it and no other."""

    def __init__(self):
        self.servers = {}

    def get(self, **options) -> Server:
        name = tuple(sorted(options.items()))
        server = self.servers.get(name)
        if server is None or not server.is_alive():
            server = self.servers[name] = Server(**options).start()
        return server

    def stop(self):
        for server in self.servers.values():
            server.stop()


@pytest.fixture(scope="session")
def shared():
    shared = Shared()
    yield shared
    shared.stop()


def _lend(shared, **options):
    """A shared server for one test, which must leave it alive."""
    server = shared.get(**options)
    yield server
    server.check_alive()


@pytest.fixture
def redis(shared):
    """The measure: redis-server as Debian ships it."""
    yield from _lend(shared, binary=settings.REDIS)


@pytest.fixture(params=[1, 2], ids=["1core", "2cores"])
def node(request, shared):
    """The server under test: tests flush what they use and change no settings for good."""
    yield from _lend(shared, cores=request.param)


@pytest.fixture
def node1(shared):
    """The server under test on one core, for tests to which the number of cores means nothing."""
    yield from _lend(shared, cores=1)


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


@pytest.fixture
def folder(tmp_path):
    """A folder of the test's own, for servers that follow each other in it."""
    return tmp_path
