"""From power-on to the prompt, every way there is, and off again."""
import re

import pytest

PROGRAMS = "allocstress cat cp dmesg echo free grep hexdump init kill ls mkdir mount mv osbench poweroff ps rm sh sleep uname wc".split()


@pytest.mark.parametrize("smp", [1, 2, 4, 8])
def test_direct(boot, smp):
    m = boot(SMP=smp)
    assert m.where == "/"
    if smp > 1:
        assert f"[smp] {smp} of {smp} CPUs" in m.boot_text
    assert m.run("echo hello").strip() == "hello"


@pytest.mark.parametrize("smp", [1, 4])
def test_uboot(boot, arch, smp):
    """Firmware, boot loader, extlinux.conf, Image."""
    m = boot(BOOT="uboot", SMP=smp)
    if arch == "riscv64":
        assert "OpenSBI" in m.boot_text
    assert "U-Boot" in m.boot_text
    assert "/extlinux/extlinux.conf" in m.boot_text
    assert m.run("echo hello").strip() == "hello"


@pytest.mark.parametrize("label, words", [("2", "va=bump va.window=legacy"), ("3", "mem=16M"), ("4", "alloc=simple"), ("5", "alloc=hybrid")])
def test_uboot_menu(boot, label, words):
    m = boot(BOOT="uboot", SMP=1, to_prompt=False)
    m.expect("Enter choice: ")
    m.send(label + "\r")
    text = m.prompt()
    assert re.search(r"\[boot\] command line: .*" + re.escape(words), text)


def test_uboot_append(boot):
    m = boot(BOOT="uboot", SMP=1, APPEND="va=firstfit spare=word")
    assert re.search(r"\[boot\] command line: .*va=firstfit spare=word", m.boot_text)


@pytest.mark.parametrize("gic", [2, 3])
@pytest.mark.parametrize("virt", ["off", "on"])
@pytest.mark.parametrize("arch", ["aarch64"])
def test_gic_and_el2(boot, arch, gic, virt):
    """Both interrupt controllers; entered at EL1, and at EL2 and then dropped."""
    m = boot(GIC=gic, VIRT=virt, SMP=4)
    assert "[smp] 4 of 4 CPUs" in m.boot_text
    assert m.run("echo hello").strip() == "hello"


def test_programs(boot):
    m = boot()
    listed = m.run("ls /bin").split()
    assert set(PROGRAMS) <= set(listed), sorted(set(PROGRAMS) - set(listed))


def test_poweroff(boot):
    m = boot(SMP=4)
    m.send("poweroff\r")
    text, status = m.ended()
    assert "[power] off" in text
    assert status == 0


def test_leave_by_key(boot):
    """Ctrl-A x ends QEMU."""
    m = boot()
    m.send("\x01x")
    _, status = m.ended()
    assert status == 0


def test_uname(boot, arch):
    m = boot()
    assert arch in m.run("uname -a")


def test_small_memory(boot):
    """16 MiB of RAM: a shell, and a program that allocates two million times."""
    m = boot(MEM="16M", SMP=1)
    assert "reached 2,000,000 allocations without failure!" in m.run("MALLOC=chunk allocstress")


def test_16_mib_over_four_cpus(boot):
    m = boot(MEM="16M", SMP=4)
    assert m.run("ls /bin | wc -l").strip().isdigit()
