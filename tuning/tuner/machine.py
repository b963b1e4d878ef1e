"""The machine as files and commands under one root: `/`, or a folder that plays a machine in tests."""

import os
import subprocess
from pathlib import Path


class Refused(Exception):
    """The machine did not do what was asked; the text says what and why."""


class Absent(Refused):
    """This kernel, driver or card does not have it."""


class Machine:
    def __init__(self, root: str = "/"):
        self.root = Path(root).resolve()
        self.is_real = self.root == Path("/")
        #: What programs showed, until something is set by them: one question instead of one for each value.
        self.shown = {}

    def path(self, path: str) -> Path:
        """Where an absolute path of the machine lies for us."""
        return self.root / path.lstrip("/")

    def read(self, path: str) -> str:
        """A file's text without the spaces around it; `Absent` when it is not there or cannot be asked."""
        try:
            return self.path(path).read_text().strip()
        except FileNotFoundError:
            raise Absent(f"there is no {path} here") from None
        except (OSError, UnicodeDecodeError) as error:
            raise Absent(f"{path} cannot be read: {_reason(error)}") from None

    def read_or(self, path: str, default: str = "") -> str:
        try:
            return self.read(path)
        except Absent:
            return default

    def write(self, path: str, text: str):
        """Writes a kernel's file: one write, no new file, as the kernel's files want it."""
        try:
            descriptor = os.open(self.path(path), os.O_WRONLY | os.O_TRUNC)
            try:
                os.write(descriptor, f"{text}\n".encode())
            finally:
                os.close(descriptor)
        except FileNotFoundError:
            raise Absent(f"there is no {path} here") from None
        except OSError as error:
            raise Refused(f"{path} was refused: {_reason(error)}") from None

    def exists(self, path: str) -> bool:
        return self.path(path).exists()

    def names(self, folder: str) -> list:
        """The names in a folder, sorted; none when there is no such folder."""
        try:
            return sorted(os.listdir(self.path(folder)))
        except OSError:
            return []

    def glob(self, pattern: str) -> list:
        """The machine's paths that match a pattern, numbers in their own order: rx-2 before rx-10."""
        found = self.root.glob(pattern.lstrip("/"))
        return sorted((f"/{path.relative_to(self.root)}" for path in found), key=natural_order)

    def command(self, name: str):
        """The path of a program of this machine, or None."""
        for folder in ("usr/sbin", "usr/bin", "sbin", "bin"):
            path = self.root / folder / name
            if path.is_file() and os.access(path, os.X_OK):
                return str(path)
        return None

    def run(self, name: str, *arguments: str) -> str:
        """Runs a program of this machine and gives what it printed; `Refused` with its complaint when it failed."""
        program = self.command(name)
        if program is None:
            raise Absent(f"{name} is not installed")
        result = subprocess.run(
            [program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30,
            env={**os.environ, "LC_ALL": "C"})
        if result.returncode == 0:
            return result.stdout
        complaint = " ".join((result.stderr or result.stdout).split()) or f"exit status {result.returncode}"
        kind = Absent if "not supported" in complaint.lower() else Refused
        raise kind(f"{name} {' '.join(arguments)}: {complaint}")

    @property
    def boot(self) -> str:
        """Changes with every boot: what was not made to last is gone then."""
        return self.read_or("/proc/sys/kernel/random/boot_id")


def natural_order(text: str) -> list:
    """A sort key in which numbers inside a text count as numbers."""
    parts, digits = [], ""
    for character in text + "\0":
        if character.isdigit():
            digits += character
            continue
        if digits:
            parts.append((0, int(digits), ""))
            digits = ""
        parts.append((1, 0, character))
    return parts


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
