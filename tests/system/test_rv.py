"""The small machine of tools/rv beside QEMU: the same instructions, the same boot, the same verdicts of the tests inside."""
import os
import re
import subprocess

import pytest

from machine import HANG, TREE, launcher, out, unattended

RV = os.path.join(TREE, launcher.RV)
# All that is expected to run without floating point, and says so in the same words whatever the machine.
PROGRAMS = ["selftest", "memck"] + [f"/test/{t}" for t in "memtest mmerrno proctest pagetest badcalls libctest shmtest pooltest threadtest".split()]


def run(*command):
    done = subprocess.run(command, cwd=TREE, stdin=subprocess.DEVNULL, capture_output=True, timeout=HANG)
    return done.returncode, done.stdout.decode("utf-8", "replace").replace("\r", "")


def test_instructions(log):
    """A sum over many operands for each instruction; what is none traps alike."""
    image = "build/rv/isa.bin"
    _, qemu = run("qemu-system-riscv64", "-machine", "virt", "-m", "64M", "-nographic", "-nic", "none", "-no-reboot", "-kernel", image)
    status, ours = run(RV, image)
    log.write(qemu + "\n----\n" + ours)
    expected = re.findall(r"^([a-z][\w.-]*) ([0-9a-f]{16})$", qemu, re.M)
    assert len(expected) >= 150
    assert re.findall(r"^([a-z][\w.-]*) ([0-9a-f]{16})$", ours, re.M) == expected
    assert status == 0


def without_figures(text):
    """The boot log as it is on every machine: no numbers, no names of what the CPU has more."""
    lines = [re.sub(r"\(rv64\w+.*?\)", "(rv64)", line) for line in text.splitlines() if line.startswith("[")]
    return [re.sub(r"0x[0-9a-f]+|\d+", "N", line) for line in lines]


def test_same_boot(log):
    """The same Image from the same disk says the same on both."""
    boot = {vm: unattended(log, "riscv64", "ls /", VM=vm, SMP=1, MEM="64M")[1] for vm in ["qemu", "rv"]}
    qemu = boot["qemu"][boot["qemu"].index("[mm] RAM"):]
    assert without_figures(boot["rv"]) == without_figures(qemu)
    assert "(rv64imac)" in boot["rv"] and "rv64imafdc" in boot["qemu"]


def verdicts(text):
    return re.findall(r"^\[(?:OK|KO|SUCCESS|FAIL)\w*\] .*", text, re.M)


def test_same_verdicts(log):
    """Each test inside passes on both, by name."""
    command = "; ".join(f"{p} || echo '[FAIL] {p}'" for p in PROGRAMS)
    said = {vm: unattended(log, "riscv64", command, VM=vm, SMP=1, MEM="256M") for vm in ["qemu", "rv"]}
    assert said["rv"][0] == said["qemu"][0] == 0
    assert len([v for v in verdicts(said["rv"][1]) if v.startswith("[SUCCESS]")]) >= 9
    assert verdicts(said["rv"][1]) == verdicts(said["qemu"][1])


def test_no_floating_point(log):
    """The machine has none: a program that needs it ends with a signal, and the kernel goes on."""
    status, text = unattended(log, "riscv64", "/test/glibc/hello; echo status $?; echo still here", VM="rv")
    assert "Illegal instruction" in text and "still here" in text.splitlines()
    assert status == 0


@pytest.mark.parametrize("arch", ["riscv64"])
def test_at_the_console(boot):
    """Typed at, like any other; left by Ctrl-A x; a second disk is there."""
    m = boot(ARCH="riscv64", VM="rv", EXTRA=os.path.join(TREE, "tests/rv"), MEM="16M")
    assert m.run("echo hello").strip() == "hello"
    assert "runtime.S" in m.run("ls /mnt")
    assert m.run("sleep 0.1 && echo slept").strip() == "slept"
    m.send("\x01x")
    assert m.ended()[1] == 0


def test_repeatable(log):
    """With ICOUNT=1 two runs are the same to the last digit."""
    said = [unattended(log, "riscv64", "cat /proc/uptime; free; ps", VM="rv", ICOUNT=1)[1] for _ in range(2)]
    assert said[0] == said[1] and "init: command finished with status 0" in said[0]


@pytest.mark.parametrize("options", [["--mem=4"], ["--what"], []])
def test_bad_usage(options):
    assert run(RV, *options, *([out("riscv64", "Image")] if options else []))[0] == 2


def test_image_that_does_not_fit(tmp_path):
    big = tmp_path / "big"
    with open(big, "wb") as f:
        f.truncate(32 << 20)
    status, _ = run(RV, "--mem=16", str(big))
    assert status == 1
