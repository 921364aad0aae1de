"""FAT32 images that were made to hurt: each is refused, or read as far as it goes; the kernel goes on, and says what it met."""
import struct

import pytest

import mkdisk
from machine import Machine, launcher
from test_disk import content, tool

SECTOR, RESERVED, FAT_SECTORS = 512, 32, 1009
FAT, DATA = RESERVED * SECTOR, (RESERVED + 2 * FAT_SECTORS) * SECTOR


class Image:
    """A small volume with a file of eight clusters (from 3 on) and a directory, before something is done to it."""

    def __init__(self, path, source):
        self.path = str(path)
        with open(path, "wb") as f:
            f.truncate(launcher.EXTRA_MIN)
        mkdisk.format_fat(self.path, launcher.EXTRA_MIN // SECTOR)
        tool("mcopy", "-i", self.path, str(source), "::/file")
        tool("mmd", "-i", self.path, "::/dir")
        with open(self.path, "rb") as f:
            assert int.from_bytes(f.read(RESERVED * SECTOR)[36:40], "little") == FAT_SECTORS

    def put(self, at, data):
        with open(self.path, "r+b") as f:
            f.seek(at)
            f.write(data)

    def chain(self, cluster, value):
        for copy in range(2):
            self.put(FAT + copy * FAT_SECTORS * SECTOR + 4 * cluster, struct.pack("<I", value))

    def slot(self, name, offset, data):
        with open(self.path, "rb") as f:
            f.seek(DATA)
            root = f.read(SECTOR)
        self.put(DATA + root.index(name) + offset, data)


JUNK = b"\x05" * FAT_SECTORS * SECTOR


def only_second(image):
    """The second FAT is in use, and the first one is junk."""
    for boot in (0, 6):     # the boot sector and its copy
        image.put(boot * SECTOR + 40, b"\x81")
    image.put(FAT, JUNK)


FILE, DIR = b"FILE       ", b"DIR        "
DAMAGE = {     # name: (what is done, whether it can be mounted, what fscheck says)
    "clean": (lambda i: None, True, "no faults"),
    "loop": (lambda i: i.chain(5, 3), True, "/FILE: its chain is a loop at cluster 3"),
    "outside": (lambda i: i.chain(5, 0x0FFFFF00), True, "/FILE: its chain leads to outside: 268435200"),
    "free": (lambda i: i.chain(5, 0), True, "/FILE: its cluster 5 is marked free"),
    "size": (lambda i: i.slot(FILE, 28, b"\xff\xff\xff\xff"), True, "/FILE: its size of 4294967295 bytes needs 8388608 clusters, its chain has 8"),
    "start": (lambda i: i.slot(FILE, 20, b"\xff\x0f") or i.slot(FILE, 26, b"\xff\xff"), True, "FAT: lost clusters: 8, the first is 3"),
    "nodir": (lambda i: i.slot(DIR, 20, b"\0\0") or i.slot(DIR, 26, b"\0\0"), True, "/DIR: a directory without a cluster"),
    "rootdir": (lambda i: i.slot(DIR, 20, b"\0\0") or i.slot(DIR, 26, b"\2\0"), True, "/DIR: shares cluster 2"),
    "rootloop": (lambda i: i.chain(2, 2), False, "/: its chain is a loop at cluster 2"),
    "shift": (lambda i: i.put(13, b"\3"), False, "boot sector: sectors per cluster is no power of two"),
    "huge": (lambda i: i.put(32, b"\xff\xff\xff\xff"), False, "boot sector: sizes that do not fit"),
    "root": (lambda i: i.put(44, b"\xff\xff\xff\x0f"), False, "boot sector: the root directory lies outside"),
    "otherfat": (only_second, True, "no faults"),
    "nofat": (lambda i: i.put(16, b"\0"), False, "boot sector: no reserved sectors, or no FAT"),
}
SOUND = ["clean", "otherfat"]
READABLE = SOUND + ["loop", "nodir", "rootdir"]     # a loop beyond the file's size is not met


@pytest.mark.parametrize("part", [0, 1])     # riscv64 has room for seven disks besides the main one
def test_damaged_images(log, arch, tmp_path, part):
    (tmp_path / "file").write_bytes(content(8 * SECTOR))
    machine, images, damage = Machine(log, arch, SMP=2), [], list(DAMAGE.items())[part::2]
    for bus, (name, (harm, *_)) in enumerate(damage, 1):
        image = Image(tmp_path / name, tmp_path / "file")
        harm(image)
        images += launcher.disk(name, image.path, bus)
    machine.command = lambda: launcher.qemu_command(machine.options, machine.disks.main) + images
    with machine as m:
        m.run("mkdir /tmp/m; umount /mnt")
        m.run("fscheck /dev/nothing")
        assert m.status() == 2
        for k, (name, (_, mounts, word)) in enumerate(damage, 1):
            assert word in m.run(f"fscheck /dev/vd{chr(ord('a') + k)}"), name
            assert m.status() == (name not in SOUND), name
            m.run(f"mount -t vfat /dev/vd{chr(ord('a') + k)} /tmp/m")
            assert (m.status() == 0) == mounts, name
            if not mounts:
                continue
            m.run("ls -l /tmp/m /tmp/m/dir")
            m.run("cat /tmp/m/file > /tmp/got")
            assert (m.status() == 0) == (name in READABLE), name
            m.run("echo more >> /tmp/m/file; echo new > /tmp/m/new; mkdir /tmp/m/dir/x; rm -r /tmp/m/file /tmp/m/dir")
            assert m.run("cat /tmp/m/new").split() == ["new"], name
            m.run("sync; umount /tmp/m")
            assert m.status() == 0, name
            m.run(f"fscheck /dev/vd{chr(ord('a') + k)}")     # removing what was damaged may have mended it
            assert m.status() == 0 or name not in SOUND
        m.run("memck")
        assert m.status() == 0
        m.send("poweroff\r")
        text, _ = m.ended()
        assert "[panic]" not in text
    if (tmp_path / "otherfat").exists():
        assert (tmp_path / "otherfat").read_bytes()[FAT:FAT + len(JUNK)] == JUNK
