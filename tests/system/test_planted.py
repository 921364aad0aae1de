"""Bugs put into the kernel, one at a time: the running kernel's own checks see them, or the tests inside do."""
import os
import re
import shutil
import subprocess
import tomllib

import pytest

from machine import TREE, out

SOURCES = ["mm", "lib", "arch", "kernel", "tools", "user", "tests", "docs"]
BUILT = ["obj", "ksyms0.S", "ksyms0.o"]

with open(os.path.join(TREE, "tests/system/planted.toml"), "rb") as f:
    PLANTED = tomllib.load(f)["planted"]


def plant(p):
    """The text of its file with the bug in it."""
    with open(os.path.join(TREE, p["file"])) as f:
        text = f.read()
    assert text.count(p["find"]) == 1, f"stale: the text to find occurs {text.count(p['find'])} times in {p['file']}"
    return text.replace(p["find"], p["replace"])


def copy_tree(work, arch, changed):
    """The tree in work, as links but for the folder of the changed file; and what was built of it, older than the change."""
    folder = changed.split("/")[0]
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(os.path.join(work, "build", arch))
    for name in ["Makefile", *SOURCES]:
        if name != folder:
            os.symlink(os.path.join(TREE, name), os.path.join(work, name))
    shutil.copytree(os.path.join(TREE, folder), os.path.join(work, folder))
    for name in BUILT:
        copy = shutil.copytree if name == "obj" else shutil.copy2
        copy(out(arch, name), os.path.join(work, "build", arch, name))
    os.symlink(out(arch, "disk.img"), os.path.join(work, "build", arch, "disk.img"))


def build(p, arch):
    """The folder with a kernel that has the bug: one file compiled, one link."""
    work = os.path.join(TREE, "build", "planted", f"{arch}-{p['name']}")
    text = plant(p)
    copy_tree(work, arch, p["file"])
    with open(os.path.join(work, p["file"]), "w") as f:
        f.write(text)
    done = subprocess.run(["make", "-s", f"ARCH={arch}", "kernel"], cwd=work, capture_output=True, text=True,
                          env={k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")})
    assert done.returncode == 0, done.stdout + done.stderr
    return work


@pytest.mark.parametrize("p", PLANTED, ids=lambda p: p["name"])
def test_planted(unattended_run, arch, p):
    work = build(p, arch)
    status, text = unattended_run(p["cmd"], SMP=2, MANUL_OUT=os.path.join(work, "build", arch))
    assert re.search(p["told"], text), text[-3000:]
    assert status != 0
    shutil.rmtree(work)
