"""`make run` itself: its parameters, its exit status, and what it leaves behind."""
import os
import re
import subprocess
import sys

import pexpect
import pytest

from machine import HANG, PROMPT, TREE, env, launcher


@pytest.mark.parametrize("cmd, expected", [("true", 0), ("false", 1), ("sh -c 'exit 42'", 42), ("nosuchprogram", 127),
                                           ("false; echo last", 0), ("echo 'a $HOME'", 0)])
@pytest.mark.parametrize("arch", ["riscv64"])
def test_status(unattended_run, cmd, expected):
    status, text = unattended_run(cmd, SMP=1)
    assert status == expected, text[-1000:]
    assert f"init: command finished with status {expected}" in text


@pytest.mark.parametrize("arch", ["aarch64"])
def test_status_through_uboot(unattended_run):
    assert unattended_run("sh -c 'exit 42'", BOOT="uboot")[0] == 42


def test_several_lines(unattended_run):
    status, text = unattended_run("echo one\necho two\nsh -c 'exit 3'")
    assert status == 3
    assert text.index("one") < text.index("two")


def test_machine_that_stops_early(unattended_run):
    """No status line: 125, and a message that says so."""
    status, text = unattended_run("poweroff; sleep 100")
    assert status == launcher.NO_STATUS
    assert "run: the command did not finish: the machine stopped before that" in text


@pytest.mark.parametrize("arch", ["riscv64"])
def test_command_that_does_not_end(unattended_run):
    status, text = unattended_run("sleep 1000", TIMEOUT=15)
    assert status == launcher.NO_STATUS
    assert "still running after 15 s" in text


BAD = {"ARCH": "sparc", "SMP": "9", "MEM": "much", "BOOT": "floppy", "EXTRA": "/nowhere", "EXTRA_OUT": "/tmp/x", "GIC": "3", "KEEP": "yes",
       "TIMEOUT": "soon", "VIRT": "on", "ICOUNT": "2"}


@pytest.mark.parametrize("name", BAD)
def test_bad_parameter(log, name):
    """One line that names it; status 2."""
    done = subprocess.run([sys.executable, "tools/run.py"], cwd=TREE, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          env=dict(env("riscv64"), **{name: BAD[name]}))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and name in done.stderr


def test_make_refuses_another_machine(log):
    done = subprocess.run(["make", "run", "ARCH=sparc"], cwd=TREE, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 2
    assert "ARCH=sparc: the machines are riscv64 and aarch64" in done.stderr


@pytest.mark.parametrize("arch", ["riscv64"])
def test_through_make(log, arch):
    """make hands CMD over as it is, dollar signs and quotes too."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("MAKE") and k != "MFLAGS"}
    done = subprocess.run(["make", "run", f"ARCH={arch}", "BOOT=direct", "SMP=1", "CMD=X='a  b'; echo \"<$X>\"; sh -c 'exit 5'"], cwd=TREE,
                          capture_output=True, text=True, stdin=subprocess.DEVNULL, env=clean)
    log.write(done.stdout + done.stderr)
    assert "<a  b>" in done.stdout
    assert "init: command finished with status 5" in done.stdout
    assert done.returncode != 0


@pytest.mark.parametrize("arch", ["riscv64"])
def test_a_person_at_the_terminal(log, arch):
    """make run as it is: firmware, prompt, Ctrl-C for the guest and not for QEMU, poweroff; make is content."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("MAKE") and k != "MFLAGS"}
    make = pexpect.spawn("make", ["run", f"ARCH={arch}"], cwd=TREE, env=clean, timeout=HANG, encoding="utf-8", codec_errors="replace",
                         logfile=log, dimensions=(24, 100))
    make.expect(PROMPT)
    make.send("sleep 1000\r")
    make.expect("sleep 1000")
    make.send("\x03")
    make.expect(PROMPT)
    make.send("ls /bin\r")
    make.expect("allocstress")
    make.expect(PROMPT)
    make.send("poweroff\r")
    make.expect(pexpect.EOF)
    make.close()
    assert make.exitstatus == 0


def test_help_names_every_target(log):
    done = subprocess.run(["make", "help"], cwd=TREE, capture_output=True, text=True)
    for target in ["all", "run", "test", "test-host", "bench", "docs", "gdb", "doctor", "setup", "clean", "help"]:
        assert f"  {target} " in done.stdout


def test_doctor_reports(log, tmp_path):
    """What is missing, and why it is needed; nothing is installed."""
    shim = tmp_path / "dpkg-query"
    shim.write_text("#!/bin/sh\necho 'installed make'\necho 'config-files mtools'\n")
    shim.chmod(0o755)
    done = subprocess.run(["make", "--no-print-directory", "doctor"], cwd=TREE, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          env=dict(env("riscv64"), PATH=f"{tmp_path}:{os.environ['PATH']}"))
    log.write(done.stdout + done.stderr)
    assert done.returncode != 0
    assert re.search(r"^  mtools +copies files to and from the disk$", done.stdout, re.M)
    assert not re.search(r"^  make ", done.stdout, re.M)
    assert "`make setup` installs them" in done.stdout


def test_gdb(log, arch):
    """The kernel's symbols, a stop in the running kernel, and the helpers."""
    steps = ["hbreak kernel_main", "continue", "bt", "hbreak sys_exit_group", "continue", "manul-cpus", "manul-ps", "manul-dmesg"]
    done = subprocess.run([sys.executable, "tools/gdb.py", "-batch"] + [word for step in steps for word in ("-ex", step)], cwd=TREE,
                          capture_output=True, text=True, stdin=subprocess.DEVNULL, env=env(arch, BOOT="direct", SMP=2), timeout=240)
    log.write(done.stdout + done.stderr)
    assert "kernel_main (" in done.stdout
    assert re.search(r"^cpu 1 .* online 1", done.stdout, re.M)
    assert re.search(r"^ +1 +0 +1  /bin/init$", done.stdout, re.M)
    assert "[boot] command line" in done.stdout
