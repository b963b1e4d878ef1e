"""`coronet bench` as a process, and servers for it to measure: memcached, and one that lies."""

import json
import os
import shutil
import socket
import subprocess
import threading
import time

from . import settings
from .resp import Incomplete, parse, reply_end
from .server import ServerFailed, free_port

SECONDS = 60
MEMCACHED = shutil.which("memcached") or "/usr/bin/memcached"


class Result:
    """How a run ended: exit code, what it printed, and its JSON if there was any."""

    def __init__(self, code: int, output: str, errors: str):
        self.code = code
        self.output = output
        self.errors = errors
        self.json = json.loads(output) if output.startswith("{") else None


def command_line(port: int, *arguments) -> list:
    return [settings.CORONET, "bench", "--port", str(port), *(str(each) for each in arguments)]


def bench(port: int, *arguments, seconds: float = SECONDS) -> Result:
    """Runs to the end, with its result as JSON; it must end by itself."""
    process = subprocess.run(command_line(port, *arguments, "--json", "-"), capture_output=True, text=True, timeout=seconds)
    return Result(process.returncode, process.stdout, process.stderr)


def good(result: Result) -> dict:
    """The JSON of a run that went well."""
    assert result.code == 0, result.errors + result.output
    assert result.json["errors"] == 0 and result.json["wrongAnswers"] == 0, result.errors
    assert result.json["operations"] > 0
    return result.json


class Memcached:
    """memcached on a port of ours, or on a Unix socket."""

    def __init__(self, unix=None):
        self.unix = unix

    def __enter__(self):
        self.port = free_port()
        place = ["-s", str(self.unix)] if self.unix else ["-l", "127.0.0.1", "-p", str(self.port), "-U", "0"]
        self.process = subprocess.Popen(
            [MEMCACHED, *place, "-t", "1",
             *(["-u", "root" if self.unix else "nobody"] if os.geteuid() == 0 else [])], stderr=subprocess.PIPE)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                if self.unix is None:
                    socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                    return self
                if self.unix.exists():
                    return self
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.02)
        self.process.kill()
        raise ServerFailed(f"memcached did not start: {self.process.stderr.read()}")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)


class FakeServer:
    """A slow little Redis in threads, whose answers a test may bend: `answer(words, right)` gives the reply to send,
    None to fall silent, or raises ConnectionError to hang up."""

    def __init__(self, answer=lambda words, right: right):
        self.answer = answer
        self.values = {}
        self.lock = threading.Lock()
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.port = free_port()
        self.listener.bind(("127.0.0.1", self.port))
        self.listener.listen(128)
        self.clients = []

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Closes the listener and every connection."""
        # Shut down first: closing alone would not wake the thread that accepts.
        for each in [self.listener, *self.clients]:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:  # gone already
                pass
            each.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.clients.append(client)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        data = bytearray()
        try:
            while True:
                received = client.recv(65536)
                if not received:
                    return
                data += received
                replies = []
                while data:
                    try:
                        end = reply_end(data)
                    except Incomplete:
                        break
                    words = parse(bytes(data[:end]))
                    del data[:end]
                    with self.lock:
                        reply = self.answer(words, self._right(words))
                    if reply is not None:
                        replies.append(reply)
                client.sendall(b"".join(replies))
        except OSError:
            return
        finally:
            client.close()

    def _right(self, words) -> bytes:
        if words[0] == b"SET":
            self.values[words[1]] = words[2]
            return b"+OK\r\n"
        if words[0] == b"GET":
            value = self.values.get(words[1])
            return b"$-1\r\n" if value is None else b"$%d\r\n%b\r\n" % (len(value), value)
        return b"-ERR unknown command\r\n"
