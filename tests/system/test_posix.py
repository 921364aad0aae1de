"""The shell and the tools against the host's own: the scripts of tests/posix/scripts must print the same and end with the same status, here under
sanitizers and in the machine."""
import glob
import os
import re
import signal
import subprocess

import pytest

from machine import TREE

FOLDER = os.path.join(TREE, "tests/posix/scripts")
SCRIPTS = sorted(os.path.basename(p)[:-3] for p in glob.glob(os.path.join(FOLDER, "*.sh")))
OURS = os.path.join(TREE, "build/posix/bin")


def take_interrupts():
    """Whoever starts the tests in the background ignores SIGINT, and dash does not trap what it is to ignore from the start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def run(shell, name, where, path, **more):
    """Standard output and status of a script in an empty folder, with more in the environment."""
    os.makedirs(where)
    done = subprocess.run([shell, os.path.join(FOLDER, name + ".sh")], cwd=where, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=300, env={"PATH": path, "HOME": "/", "LC_ALL": "C", "TZ": "UTC", **more,
                                                                    "ASAN_OPTIONS": "detect_leaks=0"},
                          preexec_fn=take_interrupts)
    assert b"Sanitizer" not in done.stderr and b"runtime error" not in done.stderr, done.stderr.decode()[-3000:]
    return done.stdout.decode("utf-8", "replace") + f"status {done.returncode}\n"


@pytest.fixture(scope="module")
def wanted(tmp_path_factory):
    """What dash and the host's tools make of each script."""
    folder = tmp_path_factory.mktemp("wanted")
    (folder / "bin").mkdir()
    os.symlink("/bin/dash", folder / "bin/sh")
    return {name: run("/bin/dash", name, folder / name, f"{folder}/bin:/usr/bin:/bin") for name in SCRIPTS}


def test_scripts_exist(wanted):
    assert len(wanted) >= 9 and all(len(text.splitlines()) > 10 for text in wanted.values())


@pytest.mark.parametrize("name", SCRIPTS)
def test_host(log, wanted, tmp_path, name):
    """Our sources, compiled for the host."""
    text = run(os.path.join(OURS, "sh"), name, tmp_path / "empty", f"{OURS}:/usr/bin:/bin", POSIXLY_CORRECT="1")
    log.write(text)
    assert text == wanted[name]


def test_machine(log, unattended_run, wanted):
    """All of them in one boot."""
    loop = "export LC_ALL=C HOME=/; for s in {}; do mkdir /tmp/$s; cd /tmp/$s; sh /mnt/$s.sh > /tmp/out 2>/dev/null </dev/null; " \
           "echo \"status $?\" >> /tmp/out; echo \"=== $s\"; cat /tmp/out; done; echo ===".format(" ".join(SCRIPTS))
    status, text = unattended_run(loop, EXTRA=FOLDER, APPEND="quiet", MEM="256M", timeout=300)
    assert status == 0
    parts = dict(re.findall(r"^=== (\w+)\n(.*?)(?=^===)", text, re.M | re.S))
    assert sorted(parts) == SCRIPTS, text[-2000:]
    for name in SCRIPTS:
        assert parts[name] == wanted[name], name
