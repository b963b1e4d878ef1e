"""What a node tells the service manager that started it: sd_notify(3), with a socket of our own as the manager."""

import os
import signal
import socket
import time

import pytest

from support.resp import encode
from support.server import Server

WAIT_SECONDS = 20


class Manager:
    """The manager's end of the notification socket."""

    def __init__(self, address: str):
        self.address = address
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + address[1:] if address.startswith("@") else address)

    def wait_for(self, wanted: str, seconds: float = WAIT_SECONDS) -> list:
        """Every line that came until one that starts with `wanted`, in order."""
        lines = []
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.socket.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                lines += self.socket.recv(65536).decode().split("\n")
            except TimeoutError:
                break
            if any(line.startswith(wanted) for line in lines):
                return lines
        raise AssertionError(f"no {wanted} in {seconds} s, only {lines}")


@pytest.fixture(params=["path", "abstract"])
def manager(request, tmp_path):
    name = "@coronet-test-%d" % os.getpid() if request.param == "abstract" else str(tmp_path / "notify")
    manager = Manager(name)
    yield manager
    manager.socket.close()


def test_a_life(manager, cores):
    server = Server(cores=cores, environment={"NOTIFY_SOCKET": manager.address}).start(wait=False)
    try:
        lines = manager.wait_for("READY=1")
        noun = "core" if cores == 1 else "cores"
        assert lines[0] == "READY=1"
        assert f"MAINPID={server.process.pid}" in lines
        assert f"STATUS=serving 0 clients, 0 keys on {cores} {noun}" in lines
        # Whoever is told READY may connect at once.
        with server.connect() as connection:
            connection.command("SET", "a", "1")
            connection.command("SET", "b", "2")
            manager.wait_for(f"STATUS=serving 1 client, 2 keys on {cores} {noun}")
        server.process.send_signal(signal.SIGTERM)
        manager.wait_for("STOPPING=1")
        assert server.process.wait(WAIT_SECONDS) == 0
    finally:
        server.kill()


def test_watchdog(tmp_path):
    """A living node pets the watchdog; one whose cores do not turn leaves it alone."""
    manager = Manager(str(tmp_path / "notify"))
    environment = {"NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "5200000"}
    server = Server(cores=2, environment=environment).start()
    try:
        manager.wait_for("READY=1")
        for _ in range(2):
            manager.wait_for("WATCHDOG=1", 8)
        with server.connect(timeout=40) as connection:
            connection.send(encode("DEBUG", "SLEEP", "9"))
            began = time.monotonic()
            # Half of the watchdog's time later the silence is noticed, by the next report at the latest.
            assert all(moment < 6.5 for moment in _pets(manager, began, began + 9))
            assert connection.read() == b"+OK\r\n"
        manager.wait_for("WATCHDOG=1", 10)
        server.stop()
    finally:
        server.kill()
        manager.socket.close()


def _pets(manager: Manager, began: float, end: float) -> list:
    """Seconds after `began` at which the watchdog was pet, until `end`."""
    moments = []
    while time.monotonic() < end:
        try:
            manager.wait_for("WATCHDOG=1", end - time.monotonic())
        except AssertionError:
            break
        moments.append(time.monotonic() - began)
    return moments


def test_a_manager_out_of_reach(start):
    """An address of a kind we do not know, and one where nobody listens, keep nobody from serving."""
    for address in ("vsock:2:9999", "/nonexistent/notify"):
        server = start(environment={"NOTIFY_SOCKET": address})
        with server.connect() as connection:
            assert connection.ask("PING") == b"PONG"
