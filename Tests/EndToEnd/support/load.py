"""Hostile clients and the watchers that see what they do to everybody else."""

import selectors
import socket
import struct
import threading
import time


class Flood:
    """Writes as much of `data` as the server will take and reads nothing, until stopped."""

    def __init__(self, address, data: bytes, receive_buffer: int = None):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.connect(address)
        self.socket.setblocking(False)
        self.unsent = memoryview(data)
        self.sent = 0
        self.closed = False

    def run(self, seconds: float, quiet: float = 0.5):
        """Sends until all is sent, the server closes, or it has taken nothing for `quiet` seconds."""
        end = time.monotonic() + seconds
        while self.unsent and not self.closed and time.monotonic() < end:
            with selectors.DefaultSelector() as selector:
                selector.register(self.socket, selectors.EVENT_WRITE)
                if not selector.select(min(quiet, max(0.0, end - time.monotonic()))):
                    return self
            self._send()
        return self

    def _send(self):
        try:
            taken = self.socket.send(self.unsent[: 1 << 18])
        except BlockingIOError:
            return
        except OSError:
            self.closed = True
            return
        self.sent += taken
        self.unsent = self.unsent[taken:]

    def drain(self, seconds: float, wanted: int = None, quiet: float = 3.0) -> int:
        """Reads on (sending what is left to send) until nothing has come for `quiet` seconds; the number of bytes."""
        received, end = 0, time.monotonic() + seconds
        while time.monotonic() < end and not self.closed and (wanted is None or received < wanted):
            with selectors.DefaultSelector() as selector:
                events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self.unsent else 0)
                selector.register(self.socket, events)
                ready = selector.select(quiet)
            if not ready:
                break
            if ready[0][1] & selectors.EVENT_WRITE:
                self._send()
            if ready[0][1] & selectors.EVENT_READ:
                received += self._receive()
        return received

    def _receive(self) -> int:
        try:
            data = self.socket.recv(1 << 18)
        except BlockingIOError:
            return 0
        except OSError:
            data = b""
        self.closed = not data
        return len(data)

    def close(self):
        self.socket.close()

    def abort(self):
        """Closes with a reset, as a killed peer behind a lossy network would."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Bystander:
    """Another client's view: how long its PINGs take while something else goes on."""

    def __init__(self, server):
        self.connection = server.connect()
        self.times = []
        self.failure = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        try:
            while not self._stop.is_set():
                began = time.monotonic()
                assert self.connection.command("PING") == b"+PONG\r\n"
                self.times.append(time.monotonic() - began)
                time.sleep(0.002)
        except Exception as failure:  # told at the end: a bystander must never be hurt
            self.failure = failure

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, kind, *_):
        self._stop.set()
        self._thread.join(15)
        self.connection.close()
        if kind is None and self.failure:
            raise AssertionError(f"another connection was hurt: {self.failure!r}")

    def percentile(self, part: float) -> float:
        times = sorted(self.times)
        return times[min(len(times) - 1, int(len(times) * part))] if times else 0.0
