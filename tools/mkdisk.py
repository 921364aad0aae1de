#!/usr/bin/python3
"""mkdisk.py ROOT IMAGE FILE...: the disk that Manul boots from, holding ROOT/FILE at /FILE.

An MBR with one partition of type 0x0c at 1 MiB, FAT32 with one sector per cluster (so that 128 MiB are
clusters enough for FAT32 by its own definition, 65,525). The image is sparse and made anew each time;
it is put in place only when it is complete.
"""
import os
import shutil
import subprocess
import sys
import tempfile

SECTOR = 512
PARTITION_START = 2048                      # sectors: 1 MiB
IMAGE_SECTORS = 128 * 2048                  # 128 MiB
EMPTY_FOLDERS = ["etc", "tmp", "dev", "proc", "mnt"]

ROOT_DEVICE = "root=/dev/vda1"
MENU = [
    # label, what the menu says, further words of the kernel command line
    ("manul", "Manul", ""),
    ("bump", "Manul, va=bump: address space that is never used again", "va=bump va.window=legacy"),
    ("small", "Manul with 16 MiB of memory", "mem=16M"),
    ("simple", "Manul, alloc=simple: kernel memory by first fit", "alloc=simple"),
    ("hybrid", "Manul, alloc=hybrid: first fit where slabs and frames fail", "alloc=hybrid"),
]


def extlinux_conf(append=""):
    """The boot menu. What a run adds to the command line goes to every label."""
    lines = ["menu title Manul", "prompt 1", "timeout 10", "default " + MENU[0][0], ""]
    for label, title, words in MENU:
        command_line = " ".join(filter(None, [ROOT_DEVICE, words, append]))
        lines += [f"label {label}", f"\tmenu label {title}", "\tkernel /boot/Image", f"\tappend {command_line}", ""]
    return "\n".join(lines)


def partition_table(sectors):
    """A master boot record with one FAT32 (LBA) partition from PARTITION_START to the end."""
    entry = bytes([0x80, 0xFE, 0xFF, 0xFF, 0x0C, 0xFE, 0xFF, 0xFF])
    entry += PARTITION_START.to_bytes(4, "little") + (sectors - PARTITION_START).to_bytes(4, "little")
    return bytes(440) + b"MANL" + bytes(2) + entry + bytes(48) + b"\x55\xaa"


def run(*command):
    """A tool that says something only when it fails."""
    # mtools writes names as the locale says, and asks nothing if it has no terminal.
    env = dict(os.environ, LC_ALL="C.UTF-8", MTOOLS_SKIP_CHECK="1", PATH=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{os.path.basename(sys.argv[0])}: {' '.join(command[:4])} ...: {(done.stderr or done.stdout).strip()}")


def format_fat(image, sectors, start=0, label="MANUL"):
    """FAT32 in sectors start.. of the image file."""
    run("mkfs.fat", "-F", "32", "-s", "1", "-S", str(SECTOR), "-h", str(start), "-i", "4d414e55", "-n", label,
        f"--offset={start}", image, str((sectors - start) // 2))


def copy_tree(image, root, start=0, names=None):
    """Copy what is in the folder root to the top of the FAT at sector start."""
    names = sorted(os.listdir(root)) if names is None else names
    if names:
        run("mcopy", "-s", "-Q", "-m", "-i", f"{image}@@{start * SECTOR}", *(os.path.join(root, n) for n in names), "::/")


def make_disk(root, image, files):
    with tempfile.TemporaryDirectory(prefix="manul-disk-") as stage:
        for name in EMPTY_FOLDERS:
            os.mkdir(os.path.join(stage, name))
        for name in files:
            target = os.path.join(stage, name)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy(os.path.join(root, name), target)
        os.makedirs(os.path.join(stage, "extlinux"))
        with open(os.path.join(stage, "extlinux", "extlinux.conf"), "w", encoding="ascii") as f:
            f.write(extlinux_conf())
        unfinished = image + ".part"
        with open(unfinished, "wb") as f:
            f.truncate(IMAGE_SECTORS * SECTOR)
            f.write(partition_table(IMAGE_SECTORS))
        format_fat(unfinished, IMAGE_SECTORS, PARTITION_START)
        copy_tree(unfinished, stage, PARTITION_START)
        os.replace(unfinished, image)


if __name__ == "__main__":
    make_disk(sys.argv[1], sys.argv[2], sys.argv[3:])
