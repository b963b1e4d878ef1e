"""`coronet doctor`: what it says of this machine, and that a node agrees."""

import json
import os
import resource
import subprocess

import pytest

from support import settings


def doctor(*arguments, **options):
    return subprocess.run([settings.CORONET, "doctor", *map(str, arguments)], capture_output=True, text=True,
                          timeout=60, **options)


def findings(*arguments, **options) -> dict:
    """The findings by check, having seen that the exit code and the sum agree with them."""
    result = doctor(*arguments, "--json", **options)
    report = json.loads(result.stdout)
    by_name = {finding["check"]: finding for finding in report["findings"]}
    fails = [name for name, finding in by_name.items() if finding["state"] == "fail"]
    assert report["ok"] == (not fails) and result.returncode == (1 if fails else 0), result.stderr
    return by_name


def test_this_machine_can_run_a_node(node1):
    """The tests' node runs, so nothing that it cannot do without may be said to be missing."""
    found = findings()
    assert found["kernel"]["state"] == "ok" and found["io_uring"]["state"] == "ok"
    assert all(finding["why"] and finding["found"] for finding in found.values())
    assert all((finding["remedy"] is not None) == (finding["state"] in ("warn", "fail")) for finding in found.values())
    # The limits of a running node, as it has set them for itself.
    assert findings("--process", node1.process.pid)["open files"]["state"] == "ok"


def test_for_people():
    text = doctor("--explain").stdout
    for name, finding in findings().items():
        assert f"{finding['state']:9}{name} " in text and finding["why"] in text


def test_a_configuration_that_does_not_fit(tmp_path):
    conf = tmp_path / "redis.conf"
    conf.write_text(f"cpus 0,1000\nmaxmemory {1 << 50}\n")
    found = findings(conf)
    assert found["CPUs"]["state"] == "warn" and found["memory limit"]["state"] == "fail"
    conf.write_text("maxmemory 1gb\ncpus 0\n")
    found = findings(conf)
    assert found["CPUs"]["state"] == "ok" and "maxmemory is 1 GiB" in found["memory limit"]["found"]


def test_a_configuration_that_cannot_be_read(tmp_path):
    assert doctor(tmp_path / "absent").returncode == 1
    conf = tmp_path / "redis.conf"
    conf.write_text("port nine\n")
    result = doctor(conf)
    assert result.returncode == 1 and f"{conf}:1: port" in result.stderr and result.stdout == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become an ordinary user")
def test_locked_memory_of_an_ordinary_user():
    """With what the doctor asks for, a node's rings can be had; with half of that they cannot, on a kernel that counts."""
    if "not counted" in findings()["locked memory"]["found"]:
        pytest.skip("this kernel does not count the rings' memory")

    def verdict(binary: int, kibibytes: int) -> tuple:
        # Through our descriptor: an ordinary user may not be let into the folder where the program lies.
        result = subprocess.run(
            ["prlimit", f"--memlock={kibibytes << 10}", "setpriv", "--reuid", "65534", "--clear-groups",
             f"/proc/self/fd/{binary}", "doctor", "--json"], capture_output=True, text=True, timeout=60,
            pass_fds=[binary], cwd="/")
        by_name = {finding["check"]: finding for finding in json.loads(result.stdout)["findings"]}
        return by_name["locked memory"]["state"], by_name["io_uring"]["state"]

    with open(settings.CORONET, "rb") as binary:
        assert verdict(binary.fileno(), 8) == ("fail", "fail")
        # Half a megabyte a core is twice what a ring takes; not even root may always ask for more than it has.
        enough = (os.cpu_count() or 1) << 9
        hard = resource.getrlimit(resource.RLIMIT_MEMLOCK)[1]
        if hard == resource.RLIM_INFINITY or hard >= enough << 10:
            assert verdict(binary.fileno(), enough) == ("ok", "ok")
