"""Programs that nobody here wrote run unchanged: Debian's busybox, fetched by tools/foreign.py.

Without network and with an empty build/cache these tests fail, and say that: what was not run has not passed.
"""
import os
import re
import shutil
import sys

import pytest

from machine import TREE

sys.path.insert(0, os.path.join(TREE, "tools"))
import foreign

SCRIPT = os.path.join(TREE, "tests/system/foreign/busybox.sh")
ESC = "\x1b"


@pytest.fixture
def folder(arch, tmp_path):
    """What the second disk holds: busybox and the script."""
    try:
        shutil.copy(foreign.busybox(arch), tmp_path)
    except foreign.NotThere as e:
        pytest.fail(f"not run, busybox is not there: {e}", pytrace=False)
    shutil.copy(SCRIPT, tmp_path)
    return str(tmp_path)


def test_busybox(unattended_run, folder):
    """ash, awk, sed, tar, find, sort, ps, top and the rest, on tmpfs and on FAT32, in one boot."""
    status, text = unattended_run("/mnt/busybox ash /mnt/busybox.sh /tmp && /mnt/busybox ash /mnt/busybox.sh /mnt", SMP=2, EXTRA=folder)
    assert not re.findall(r"^\[KO\].*", text, re.M)
    assert len(re.findall(r"\[SUCCESS\] (\d+)/\1\b", text)) == 2, text[-3000:]
    assert not re.search(r"number \d+ is not supported", text)
    assert status == 0


def test_vi(boot, folder):
    """Open, edit, save, with busybox's vi at the console; then a file that is there already."""
    m = boot(EXTRA=folder, SMP=2)
    m.run("cd /tmp")

    def type_keys(*keys):
        """Each is taken before the next is sent: the status line shows the file's name when a command is done."""
        for key, answer in keys:
            m.send(key)
            m.expect(answer)

    m.send("/mnt/busybox vi letter\r")
    m.expect("- letter")
    type_keys(("i", "I letter"), ("first line\rsecnd line\rthird", "3/3"), (ESC, "- letter"), ("k0fc", "2/3"), ("a", "I letter"),
              ("o" + ESC, "- letter"), (":w\r", "'letter' 3L"))
    m.send(":q\r")
    m.prompt()
    assert m.run("cat letter").splitlines() == ["first line", "second line", "third"]
    m.send("/mnt/busybox vi letter\r")
    m.expect("- letter 1/3")
    type_keys(("jdd", "Delete 1 lines"), (":%s/third/last/\r", "last"), ("Gyyp", "Put 1 lines"))
    m.send(":x\r")
    m.prompt()
    assert m.run("cat letter").splitlines() == ["first line", "last", "last"]
    m.send("/mnt/busybox vi letter\r")
    m.expect("- letter 1/3")
    type_keys(("dd", "Delete 1 lines"), ("dd", "Delete 1 lines"))
    m.send(":q!\r")
    m.prompt()
    assert m.run("wc -l letter").split()[0] == "3"
