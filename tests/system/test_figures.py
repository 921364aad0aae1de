"""Figures that are promised: sizes, and executed instructions counted by QEMU, never seconds."""
import os
import re
import subprocess

import pytest

import plot_liveblocks
from machine import Machine, TREE, out

# What runs before the kernel: the machine's reset code, and on riscv64 OpenSBI, which lies at the start of RAM.
FIRMWARE = {"riscv64": [(0, 0x80200000)], "aarch64": [(0, 0x40200000)]}


def test_image_under_1_mib(arch):
    assert os.path.getsize(out(arch, "Image")) < 1 << 20


@pytest.fixture(scope="module")
def counter():
    """The QEMU plugin that counts instructions."""
    plugin = os.path.join(TREE, "build", "host", "hotpc.so")
    os.makedirs(os.path.dirname(plugin), exist_ok=True)
    subprocess.run(["clang", "-O2", "-shared", "-fPIC", "-o", plugin, "tests/bench/hotpc/hotpc.c"], cwd=TREE, check=True)
    return plugin


def test_boot_under_30_million_instructions(log, arch, counter, tmp_path):
    """From the kernel's entry to the prompt: 1 CPU, 128 MiB, loaded by QEMU."""
    counts = tmp_path / "counts"
    machine = Machine(log, arch, SMP=1, MEM="128M")
    command = machine.command
    machine.command = lambda: command() + ["-plugin", f"{counter},out={counts}"]
    with machine as m:
        m.send("\x01x")
        m.ended()
    blocks = [line.split() for line in counts.read_text().splitlines()]
    total = sum(int(insns) * int(runs) for at, insns, runs in blocks
                if not any(low <= int(at, 16) < high for low, high in FIRMWARE[arch]))
    log.write(f"\n{total} instructions from kernel entry to the prompt\n")
    assert 100_000 < total < 30_000_000


def test_null_system_call_under_150_instructions(unattended_run):
    status, text = unattended_run("osbench -r 3 null_syscall", ICOUNT=1, MEM="128M")
    assert status == 0, text[-2000:]
    assert float(re.search(r"^result null_syscall\s+([\d.]+)", text, re.M)[1]) < 150


def test_same_run_same_figure(unattended_run):
    """What the figures rest on: two runs of one machine agree to the last digit."""
    figures = [re.findall(r"^result .*", unattended_run("osbench -r 1 null_syscall", ICOUNT=1)[1], re.M) for _ in range(2)]
    assert figures[0] and figures[0] == figures[1]


@pytest.fixture(scope="module")
def liveblocks():
    program = os.path.join(TREE, "build", "host", "bench", "liveblocks")
    subprocess.run(["make", "-s", program.removeprefix(TREE + "/")], cwd=TREE, check=True, stdout=subprocess.DEVNULL)
    return program


@pytest.mark.parametrize("name", ["frame", "buddy", "slab", "segfit"])
def test_cost_does_not_grow_with_live_blocks(liveblocks, name):
    few, many = (plot_liveblocks.cost(liveblocks, name, count) for count in (1000, 100_000))
    assert 0 < many < few * 1.15


def test_simple_heap_looks_at_every_block(liveblocks):
    """The measurement can see growth: this is the allocator that has it."""
    few, many = (plot_liveblocks.cost(liveblocks, "heap", count) for count in (100, 1000))
    assert many > few * 3
