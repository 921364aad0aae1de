"""Figures that are promised: sizes, and instructions counted by QEMU (-icount), never seconds."""
import os
import re

from machine import out, unattended

INSTRUCTIONS_PER_US = 1000      # -icount shift=0: one instruction takes a nanosecond of the machine's clock


def test_image_under_1_mib(arch):
    assert os.path.getsize(out(arch, "Image")) < 1 << 20


def test_boot_under_30_million_instructions(unattended_run):
    """From the kernel's entry to /bin/init: 1 CPU, 128 MiB, loaded by QEMU."""
    status, text = unattended_run("true", ICOUNT=1, MEM="128M")
    assert status == 0, text[-2000:]
    us = int(re.search(r"\[boot\] (\d+) us from kernel entry to /bin/init", text)[1])
    assert us * INSTRUCTIONS_PER_US < 30_000_000


def test_null_system_call_under_150_instructions(unattended_run):
    status, text = unattended_run("osbench -r 3 null_syscall", ICOUNT=1, MEM="128M")
    assert status == 0, text[-2000:]
    assert float(re.search(r"^result null_syscall\s+([\d.]+)", text, re.M)[1]) < 150


def test_same_run_same_figure(unattended_run):
    """What the figures rest on: two runs of one machine agree to the last digit."""
    figures = [re.findall(r"^result .*", unattended_run("osbench -r 1 null_syscall", ICOUNT=1)[1], re.M) for _ in range(2)]
    assert figures[0] and figures[0] == figures[1]
