"""A folder on a disk with faults: a FUSE file system that passes everything on to another folder.

    with FaultyDisk(tmp_path) as disk:
        disk.fail_syncs(); disk.slow_syncs(0.5); disk.heal()

Runs itself as a program of Debian's Python, which has python3-fusepy. Needs root and /dev/fuse.
"""

import ctypes
import errno
import os
import subprocess
import sys
import time
from pathlib import Path

PYTHON = "/usr/bin/python3"


def is_possible() -> bool:
    probe = subprocess.run([PYTHON, "-c", "import fusepy"], capture_output=True)
    return probe.returncode == 0 and os.path.exists("/dev/fuse") and os.geteuid() == 0


class FaultyDisk:
    def __init__(self, folder):
        self.back = Path(folder) / "back"
        self.path = Path(folder) / "faulty"
        self.process = None

    def __enter__(self):
        self.back.mkdir()
        self.path.mkdir()
        (self.back / ".fault").write_text("")
        self.process = subprocess.Popen([PYTHON, __file__, str(self.back), str(self.path)])
        for _ in range(200):
            if os.path.ismount(self.path):
                return self
            time.sleep(0.05)
        raise AssertionError("the faulty disk does not come up")

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", self.path], capture_output=True)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)

    def fail_syncs(self):
        (self.back / ".fault").write_text("eio 0")

    def slow_syncs(self, seconds: float):
        (self.back / ".fault").write_text(f"slow {seconds}")

    def slow_reads(self, seconds: float):
        """Of whatever is not in the page cache."""
        (self.back / ".fault").write_text(f"slow-reads {seconds}")

    def heal(self):
        (self.back / ".fault").write_text("")


def serve(back: str, path: str):
    from fusepy import FUSE, FuseOSError, Operations

    class Through(Operations):
        """Each call on the folder behind, and the fault of the moment at each sync."""

        def there(self, name):
            return back + name

        def getattr(self, name, handle=None):
            try:
                facts = os.lstat(self.there(name))
            except OSError as error:
                raise FuseOSError(error.errno)
            return {key: getattr(facts, key) for key in (
                "st_mode", "st_nlink", "st_size", "st_ctime", "st_mtime", "st_atime", "st_uid", "st_gid")}

        def readdir(self, name, handle):
            return [".", "..", *os.listdir(self.there(name))]

        def create(self, name, mode, info=None):
            return os.open(self.there(name), os.O_RDWR | os.O_CREAT, mode)

        def open(self, name, flags):
            return os.open(self.there(name), flags)

        def read(self, name, count, offset, handle):
            words = Path(back, ".fault").read_text().split()
            if words and words[0] == "slow-reads":
                time.sleep(float(words[1]))
            return os.pread(handle, count, offset)

        def write(self, name, data, offset, handle):
            return os.pwrite(handle, data, offset)

        def truncate(self, name, length, handle=None):
            os.truncate(self.there(name), length)

        def fsync(self, name, data_only, handle):
            words = Path(back, ".fault").read_text().split()
            if words and words[0] == "slow":
                time.sleep(float(words[1]))
            elif words and words[0] == "eio" and name.endswith(".incr.aof"):
                raise FuseOSError(errno.EIO)
            os.fdatasync(handle)
            return 0

        def release(self, name, handle):
            return os.close(handle)

        def mkdir(self, name, mode):
            os.mkdir(self.there(name), mode)

        def unlink(self, name):
            os.unlink(self.there(name))

        def rmdir(self, name):
            os.rmdir(self.there(name))

        def rename(self, old, new):
            os.rename(self.there(old), self.there(new))

        def fsyncdir(self, name, data_only, handle):
            return 0

        def chmod(self, name, mode):
            os.chmod(self.there(name), mode)

    ctypes.CDLL(None).prctl(1, 15)  # goes when its parent goes
    FUSE(Through(), path, foreground=True)


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2])
