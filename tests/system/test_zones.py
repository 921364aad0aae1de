"""Zones and nodes in the running kernel: RAM that the kernel does not map, and RAM that is nearer to some CPUs."""
import re

import pytest

ZONE = re.compile(r"Node (\d), zone +(\w+)\n +pages free +(\d+)\n +min +(\d+)\n +low +(\d+)\n +high +(\d+)\n +spanned +(\d+)\n +managed +(\d+)")


def zones(m):
    """{(node, name): {free, min, ...}} from /proc/zoneinfo."""
    names = "free min low high spanned managed".split()
    return {(int(z[0]), z[1]): dict(zip(names, map(int, z[2:]))) for z in ZONE.findall(m.run("cat /proc/zoneinfo"))}


def memtest(m):
    m.run("/test/memtest")
    assert "[SUCCESS] 13/13" in m.raw


@pytest.mark.parametrize("smp", [1, 4])
def test_highmem(boot, smp):
    """32 of 128 MiB in the direct map: programs' pages lie beyond, and all of memory works."""
    m = boot(MEM="128M", APPEND="highmem=32M", SMP=smp)
    before = zones(m)
    assert set(before) == {(0, "DMA"), (0, "Normal"), (0, "High")}
    assert before[0, "High"]["spanned"] == 96 << 8
    assert before[0, "High"]["free"] < before[0, "High"]["managed"], "the shell's own pages"
    memtest(m)
    assert "reached 2,000,000 allocations without failure!" in m.run("MALLOC=chunk allocstress")
    after = zones(m)
    assert after[0, "High"]["free"] >= before[0, "High"]["free"] - 8, "nothing is lost there"


def test_highmem_too_small(boot):
    m = boot(MEM="64M", APPEND="highmem=1M", SMP=1)
    assert "[mm] highmem=1048576: at least 16M" in m.boot_text
    assert zones(m)[0, "High"]["spanned"] == 48 << 8


@pytest.mark.parametrize("arch, nodes, smp", [("riscv64", 2, 4), ("riscv64", 2, 2), ("aarch64", 2, 4), ("aarch64", 2, 2), ("aarch64", 4, 4)])
def test_numa(boot, nodes, smp):
    m = boot(MEM="128M", NUMA=nodes, SMP=smp)
    assert f"[smp] {smp} of {smp} CPUs" in m.boot_text
    z = zones(m)
    assert {node for node, _ in z} == set(range(nodes))
    assert sum(z[k]["spanned"] for k in z) == 128 << 8
    buddy = m.run("cat /proc/buddyinfo")
    assert all(f"Node {node}, zone   Normal" in buddy for node in range(nodes))
    memtest(m)


@pytest.mark.parametrize("arch", ["riscv64"])
def test_numa_behind_the_boot_loader(boot, arch):
    """Debian's U-Boot for aarch64 sees one node's memory and finds no place for the tree."""
    m = boot(BOOT="uboot", NUMA=2, SMP=2, MEM="512M")
    assert {node for node, _ in zones(m)} == {0, 1}


def test_numa_with_high(boot):
    """Of two nodes one is out of the kernel's reach."""
    m = boot(MEM="128M", NUMA=2, SMP=2, APPEND="highmem=64M")
    assert set(zones(m)) == {(0, "DMA"), (0, "Normal"), (1, "High")}
    memtest(m)
