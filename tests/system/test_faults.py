"""Bad input: a clear message, no hang, no panic where the fault is the user's."""
import os
import re

import pytest

import mkdisk
from machine import Machine, launcher, out
from test_disk import tool

FAT = mkdisk.PARTITION_START * mkdisk.SECTOR


@pytest.fixture
def built(arch, tmp_path):
    """A copy of what a machine is booted from, to be damaged."""
    for name in ("disk.img", "Image"):
        tool("cp", "--sparse=always", out(arch, name), str(tmp_path / name))
    return tmp_path


@pytest.fixture
def start(log, arch, built):
    """start(BOOT=...): a machine that boots from the copy and is not expected to reach the prompt."""
    started = []

    def go(no_disk=False, **options):
        options.setdefault("SMP", 1)
        machine = Machine(log, arch, to_prompt=False, MANUL_OUT=built, **options)
        if no_disk:
            machine.command = lambda: launcher.qemu_command(machine.options, None)
        started.append(machine)
        return machine.__enter__()
    yield go
    for machine in started:
        machine.__exit__(None, None, None)


def gives_up(machine, message):
    """The kernel says what is wrong and turns the machine off; it does not panic."""
    text, status = machine.ended()
    assert re.search(message, text), text[-1500:]
    assert "[panic]" not in text
    assert status == 0


def patch(path, offset, data):
    with open(path, "r+b") as f:
        f.seek(offset)
        f.write(data)


def in_image(built, source, name):
    tool("mcopy", "-o", "-i", f"{built}/disk.img@@{FAT}", str(source), f"::/{name}")


def test_no_disk(start):
    gives_up(start(no_disk=True), r"no disk")


def test_garbage_disk(start, built):
    (built / "disk.img").write_bytes(os.urandom(1 << 20) * 4)
    gives_up(start(), r"no root file system")


def test_empty_disk(start, built):
    with open(built / "disk.img", "wb") as f:
        f.truncate(64 << 20)
    gives_up(start(), r"no root file system")


def test_root_names_nothing(start):
    gives_up(start(APPEND="root=/dev/vdz9"), r"no root file system")


@pytest.mark.parametrize("field, data", [(0x0B, b"\0\0"), (0x0D, b"\3"), (0x0E, b"\0\0"), (0x10, b"\0"), (0x24, b"\xff\xff\xff\xff"),
                                         (0x2C, b"\0\0\0\0"), (0x20, b"\1\0\0\0"), (0x1FE, b"\0\0")])
@pytest.mark.parametrize("arch", ["riscv64"])
def test_damaged_boot_sector(start, built, field, data):
    patch(built / "disk.img", FAT + field, data)
    gives_up(start(), r"\[fat\] .*\n(.*\n)*.*no root file system")


def test_partition_past_the_end(start, built):
    patch(built / "disk.img", 454, (1 << 30).to_bytes(4, "little"))
    gives_up(start(), r"no root file system")


def fat_copies(image):
    """Offsets of the two FATs, and their length."""
    with open(image, "rb") as f:
        f.seek(FAT)
        boot = f.read(512)
    reserved, length = int.from_bytes(boot[14:16], "little") * 512, int.from_bytes(boot[36:40], "little") * 512
    return [FAT + reserved, FAT + reserved + length], length


def test_damaged_fat(start, built):
    """Every chain leads into nowhere: init cannot be read."""
    copies, _ = fat_copies(built / "disk.img")
    for at in copies:
        patch(built / "disk.img", at + 12, b"\xf6\xff\xff\x0f" * 20_000)
    machine = start(APPEND="panic=poweroff")
    gives_up(machine, r"no root file system|init|\[fat\]")


def test_looping_directory(start, built):
    """The root directory's chain comes back to itself: no endless loop."""
    copies, _ = fat_copies(built / "disk.img")
    for at in copies:
        patch(built / "disk.img", at + 8, (2).to_bytes(4, "little"))
    machine = start(APPEND="init=/bin/nothere")
    gives_up(machine, r"/bin/nothere|no root file system")


def test_missing_init(start, built):
    tool("mdel", "-i", f"{built}/disk.img@@{FAT}", "::/bin/init")
    gives_up(start(), r"/bin/init")


def test_init_that_is_no_program(start, built, tmp_path):
    (tmp_path / "text").write_text("this is not a program\n")
    in_image(built, tmp_path / "text", "bin/init")
    gives_up(start(), r"/bin/init")


# Where an ELF file may lie: type, machine, program headers' place, size and number; entry; the first segment's fields.
MALFORMED = [(0x12, b"\x3e\0"), (0x10, b"\1\0"), (0x20, b"\xff" * 8), (0x36, b"\1\0"), (0x38, b"\xff\xff"), (0x38, b"\0\0"),
             (0x18, b"\xff" * 8)] + [(header + field, b"\xff" * 8) for header in (0x40, 0x78, 0xb0) for field in (0x08, 0x10, 0x20, 0x28)]


def test_truncated_and_malformed_programs(log, arch, built, tmp_path):
    """exec refuses them or the kernel ends them; the shell goes on, and nothing panics."""
    whole = open(out(arch, "root", "bin", "ls"), "rb").read()
    folder = tmp_path / "bad"
    folder.mkdir()
    for size in (0, 3, 63, 64, 200, len(whole) // 2):
        (folder / f"cut{size}").write_bytes(whole[:size])
    for offset, data in MALFORMED:
        (folder / f"off{offset:x}-{data.hex()}").write_bytes(whole[:offset] + data + whole[offset + len(data):])
    tool("mcopy", "-s", "-i", f"{built}/disk.img@@{FAT}", str(folder), "::/bad")
    with Machine(log, arch, MANUL_OUT=built, SMP=1) as m:
        for name in sorted(os.listdir(folder)):
            m.run(f"/bad/{name} > /tmp/out")
            assert "[panic]" not in m.raw
            # (A shell takes an empty file for a script without commands.)
            if name.startswith("cut") and name != "cut0" or name == "off12-3e00":
                assert m.status() != 0, name
        assert m.run("ls /bad | wc -l").strip() == str(len(os.listdir(folder)))


CRASHES = {"read-null": "invalid read", "write-null": "invalid write", "jump-null": "invalid jump", "write-text": "invalid write",
           "jump-data": "invalid jump", "read-kernel": "", "write-kernel": "", "read-noncanonical": "", "illegal": "",
           "stack": "invalid write", "privileged": "", "bad-pointers": "invalid read"}


def test_programs_that_fault(boot):
    """Each is ended with a line that says where; the shell and the kernel go on, and no frame is lost."""
    m = boot(SMP=2)
    assert m.run("crash nothing") and m.status() == 1
    for kind, what in CRASHES.items():
        m.run(f"crash {kind}")
        assert re.search(r"\[fault\] Process \d+ \(/test/crash\): .*" + what + r".*address 0x[0-9a-f]+, pc 0x[0-9a-f]+", m.raw), kind
        assert re.search(r"\[exception\] Process \d+ \(/test/crash\) exited", m.raw), kind
        assert "did not fault" not in m.raw and "[panic]" not in m.raw
        assert m.status() > 128, kind
    m.run("crash abort")
    assert m.status() == 128 + 6
    before = available(m)
    for _ in range(3):
        for kind in CRASHES:
            m.run(f"crash {kind}")
    assert available(m) >= before - SLACK_KIB


def available(m):
    """KiB that a program could have."""
    return int(re.search(r"MemAvailable: +(\d+) kB", m.run("cat /proc/meminfo"))[1])


SLACK_KIB = 256     # caches that fill


@pytest.mark.parametrize("how", ["touch", "fork", "file"])
@pytest.mark.parametrize("smp", [1, 4])
def test_out_of_memory(boot, how, smp):
    """The process is refused or ended; the rest goes on, and all of its memory comes back."""
    m = boot(MEM="16M", SMP=smp)
    m.run(f"eat {how}")
    before = available(m)
    for _ in range(3):
        m.run(f"eat {how}")
        assert "[panic]" not in m.raw
        assert m.status() in ((0,) if how == "file" else (0, 128 + 9)), m.raw
    assert available(m) >= before - SLACK_KIB
    assert m.run("ls /bin | wc -l").strip().isdigit()


def test_image_that_is_no_image(start, built, tmp_path):
    """The boot loader says so."""
    (tmp_path / "cut").write_bytes(b"\0" * 40)
    in_image(built, tmp_path / "cut", "boot/Image")
    start(BOOT="uboot").expect(r"Bad Linux .* Image magic")


def test_image_missing_under_uboot(start, built):
    tool("mdel", "-i", f"{built}/disk.img@@{FAT}", "::/boot/Image")
    start(BOOT="uboot").expect(r"EXTLINUX FAILED|[Uu]nable to read|Skipping")


@pytest.mark.parametrize("boot", ["direct", "uboot"])
def test_truncated_image(start, built, boot):
    """Half of the kernel is missing: its first instructions notice, and end the machine."""
    whole = (built / "Image").read_bytes()
    (built / "Image").write_bytes(whole[:len(whole) // 2])
    in_image(built, built / "Image", "boot/Image")
    text, _ = start(BOOT=boot).ended()
    assert "the Image is truncated" in text


def test_unknown_values_on_the_command_line(boot):
    m = boot(APPEND="va=sideways va.window=large alloc=some fail_fast=perhaps mem=lots nonsense=1 quiet=")
    log = m.boot_text + m.run("dmesg") + m.raw
    for word in ["va=sideways", "va.window=large", "alloc=some", "fail_fast=perhaps"]:
        assert f"{word} is not known" in log
    assert m.run("echo up").strip() == "up"


def test_unreadable_extra_disk(log, arch, tmp_path):
    """A second disk that is no FAT: the system boots without it."""
    garbage = tmp_path / "extra.img"
    garbage.write_bytes(os.urandom(1 << 20))
    machine = Machine(log, arch, SMP=1)
    machine.command = lambda: launcher.qemu_command(machine.options, machine.disks.main, str(garbage))
    with machine as m:
        assert m.run("echo up").strip() == "up"
