"""The small machine of tools/rv beside QEMU: the same instructions, the same boot, the same verdicts of the tests inside."""
import os
import random
import re
import struct
import subprocess
import sys

import pytest

from machine import ESCAPES, HANG, TREE, launcher, out, unattended

RV = os.path.join(TREE, launcher.RV)
DOTS = "." * 9000   # of tests/rv/priv.c: more than the console has room for at once
ZERO = 1 << 16      # of tools/rv/guest.h: the page of zeros
# All that is expected to run without floating point and on one CPU, and says so in the same words whatever the machine. Not sweeptest, whose
# words are counts of allocations, nor oomtest, which takes as long as all others together.
GROUPS = {"mm": "memtest mmerrno pagetest shmtest pooltest vmtest truncmap".split(),
          "calls": "proctest badcalls libctest threadtest abitest abifd abiwait abitime fserrno streamtest tracetest".split()}


def run(*command):
    done = subprocess.run(command, cwd=TREE, stdin=subprocess.DEVNULL, capture_output=True, timeout=HANG)
    return done.returncode, done.stdout.decode("utf-8", "replace").replace("\r", "")


@pytest.mark.parametrize("name, lines", [("isa", 150), ("priv", 49)])
def test_instructions(log, name, lines):
    """isa: a sum over many operands for each instruction; what is none traps alike. priv: each leaf, every access, from each mode; traps,
    status registers, interrupts, pairs of lr and sc. Two CPUs, for with one QEMU makes an atomic instruction of a load and a store."""
    image = f"build/rv/{name}.bin"
    _, qemu = run("qemu-system-riscv64", "-machine", "virt", "-smp", "2", "-m", "64M", "-nographic", "-nic", "none", "-no-reboot", "-kernel", image)
    status, ours = run(RV, image)
    log.write(qemu + "\n----\n" + ours)
    expected = re.findall(r"^([a-z][\w.-]*) ([0-9a-f]{16})$", qemu, re.M)
    assert len(expected) >= lines
    assert re.findall(r"^([a-z][\w.-]*) ([0-9a-f]{16})$", ours, re.M) == expected
    assert (DOTS in ours) == (DOTS in qemu) == (name == "priv")
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


def from_uboot_on(text):
    """What U-Boot and the kernel say, but for numbers and what they list of the machine's devices."""
    lines = text[text.index("U-Boot 20"):].splitlines()
    return [re.sub(r"0x[0-9a-f]+|\b[0-9a-f]{8,}\b|\d+", "N", re.sub(r"\(rv64\w+.*?\)", "(rv64)", line)).strip()
            for line in lines if not re.match("CPU:|Model:|Core:|Flash:", line)]


def test_same_uboot(log):
    """The U-Boot that QEMU starts, from the same disk, word for word: it finds the kernel, hands it its command line, and more memory than
    the kernel is to see."""
    said = {vm: unattended(log, "riscv64", "cat /proc/cmdline", VM=vm, SMP=1, BOOT="uboot", MEM="64M") for vm in ["qemu", "rv"]}
    assert said["rv"][0] == said["qemu"][0] == 0
    assert from_uboot_on(said["rv"][1]) == from_uboot_on(said["qemu"][1])
    assert "Retrieving file: /boot/Image" in said["rv"][1] and "mem=64M panic=poweroff\n" in said["rv"][1]


def verdicts(text):
    return re.findall(r"^\[(?:OK|KO|SUCCESS|FAIL)\w*\] .*", text, re.M)


@pytest.mark.parametrize("group", GROUPS)
def test_same_verdicts(log, group):
    """Each test inside passes on both, by name."""
    programs = [f"/test/{name}" for name in GROUPS[group]] + (["selftest", "memck"] if group == "mm" else [])
    command = "; ".join(f"{p} || echo '[FAIL] {p}'" for p in programs)
    said = {vm: unattended(log, "riscv64", command, VM=vm, SMP=1, MEM="256M") for vm in ["qemu", "rv"]}
    assert said["rv"][0] == said["qemu"][0] == 0
    assert len([v for v in verdicts(said["rv"][1]) if v.startswith("[SUCCESS]")]) >= len(GROUPS[group])
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


@pytest.fixture(scope="module")
def layout(tmp_path_factory):
    """Where this kernel has what tools/rv/guest.h shows of it."""
    path = tmp_path_factory.mktemp("rv") / "layout"
    with open(path, "wb") as f:
        subprocess.run([sys.executable, "tools/pack.py", "layout", out("riscv64", "kernel.elf")], cwd=TREE, stdout=f, check=True)
    return path


def looked_at(typed, layout, rv=RV, most=1000):
    """What a run says, and what the machine then says of the kernel in its memory."""
    opt = launcher.Options(dict(ARCH="riscv64", VM="rv", MEM="64M", MANUL_OUT=out("riscv64")))
    with launcher.Disks(opt) as disks:
        command = launcher.rv_command(opt, disks.main)
        done = subprocess.run([rv, f"--layout={layout}", f"--max={most}", *command[1:]], cwd=TREE, input=typed.encode(), capture_output=True, timeout=HANG)
    said = ESCAPES.sub("", done.stdout.decode("utf-8", "replace"))
    assert done.returncode in (0, 3), done.stderr.decode("utf-8", "replace")[-3000:]
    return said


def test_look_inside(log, layout):
    """Regions, holes, frames and tables of init, read out of the machine's memory: what /proc says of them."""
    said = looked_at("cat /proc/1/maps /proc/1/status; poweroff\n", layout)
    log.write(said)
    status = {name: int(n) for name, n in re.findall(r"^(\w+):\t *(\d+)(?: kB)?$", said, re.M)}
    init = re.search(r"^process 1 init\n((?: .*\n)+)", said, re.M)[1]
    regions = re.findall(r"^  region (\w+-\w+) prot (\d) flags \w+ frames (\d+) (.*)", init, re.M)
    maps = re.findall(r"^(\w+-\w+) ([rwx-]{3})[ps] \S+ \S+ \d+ *(?:/bin/)?(.*)", said, re.M)
    assert [(at, prot, name) for at, prot, _, name in regions] == [
        (at, str(sum(bit for c, bit in zip(rights, [1, 2, 4]) if c != "-")), name) for at, rights, name in maps]
    holes = [int(end, 16) - int(start, 16) for start, end in re.findall(r"^  hole (\w+)-(\w+)", init, re.M)]
    assert (sum(holes) // 4096, max(holes) // 4096) == (status["HolePages"], status["LargestHole"])
    assert sum(int(frames) for *_, frames, _ in regions) == status["VmRSS"] // 4
    rows = re.findall(r"^ +(table|leaves) (\d) (\w+)-\w+ count (\d+) pa \w+ bits (\w+)", init, re.M)
    user = [(kind, int(n), int(bits, 16)) for kind, _, start, n, bits in rows if int(start, 16) < 1 << 38]
    assert len([kind for kind, *_ in user if kind == "table"]) == status["VmPTE"] // 4
    assert sum(n for kind, n, bits in user if kind == "leaves" and not bits & ZERO) == status["VmRSS"] // 4
    assert all(bits & 0x11 == 0x11 for kind, _, bits in user if kind == "leaves"), "a user's page that is not the user's"


def test_look_at_nonsense(layout, tmp_path):
    """A layout that says anything, of a kernel that is anywhere in its work: the machine is looked at, and no harm done. Under the sanitizers."""
    right, rng = [v for v, in struct.iter_unpack("<Q", layout.read_bytes())], random.Random(1)
    wrong, seen = tmp_path / "layout", set()
    for _ in range(12):
        values = [rng.choice([v, v, v, v + 8 * rng.randrange(-4, 4), rng.getrandbits(rng.choice([8, 16, 38, 64]))]) for v in right]
        wrong.write_bytes(b"".join(struct.pack("<Q", v & (1 << 64) - 1) for v in values))
        said = looked_at("seq 99999 | sort\n", wrong, os.path.join(TREE, "build/host/asan/rv"), rng.choice([1, 2, 3]))
        seen.add(re.sub(r"[\w-]*\d[\w-]*", "N", said.splitlines()[-1]))
    assert len(seen) > 1
    wrong.write_bytes(b"\0" * 8)     # of another length: another kernel's
    assert run(RV, f"--layout={wrong}", "--max=1", out("riscv64", "Image"))[0] == 1


@pytest.mark.parametrize("options", [["--mem=4"], ["--what"], []])
def test_bad_usage(options):
    assert run(RV, *options, *([out("riscv64", "Image")] if options else []))[0] == 2


NOISE_REGISTERS = [0x14, 0x24, 0x30, 0x38, 0x44, 0x50, 0x64, 0x70, 0x80, 0x84, 0x90, 0x94, 0xa0, 0xa4]     # of the disk


def noise(rng):
    """A program of random instructions that knows where the devices are: it sets up the disk's queue, on rings of random content, rings the
    bell, and then much of it goes on talking to the disk."""
    sw = lambda source, at: 0x23 | 2 << 12 | (at & 31) << 7 | 10 << 15 | source << 20 | at >> 5 << 25
    auipc, lui, addi, jal, system, sret = 0x17, 0x37, 0x13, 0x6f, 0x73, 0x10200073
    words = [auipc | 5 << 7, addi | 5 << 7 | 5 << 15 | 40 << 20, system | 1 << 12 | 5 << 15 | 0x105 << 20,
             lui | 10 << 7 | 0x10001 << 12, lui | 11 << 7 | 0x0c000 << 12, lui | 12 << 7 | 0x10000 << 12, auipc | 13 << 7 | 8 << 12,
             auipc | 30 << 7, addi | 30 << 7 | 30 << 15 | 24 << 20, jal | 16 << 20,
             # A trap goes on a little behind where the last one did.
             addi | 30 << 7 | 30 << 15 | 16 << 20, system | 1 << 12 | 30 << 15 | 0x141 << 20, sret,
             addi | 6 << 7 | 32 << 20, sw(6, 0x38), sw(13, 0x80), addi | 7 << 7 | 13 << 15 | 512 << 20, sw(7, 0x90),
             addi | 7 << 7 | 13 << 15 | 1024 << 20, sw(7, 0xa0), addi | 6 << 7 | 1 << 20, sw(6, 0x44), sw(6, 0x50)]
    source = lambda: rng.choice([rng.randrange(32), 10, 11, 12, 13, 13])
    target = lambda: rng.choice([1, 2, 3, 4, 6, 7, 8, 9, *range(14, 30)])
    for _ in range(4096):
        kind, at = rng.random(), rng.choice(NOISE_REGISTERS)
        if kind < 0.5:
            words.append(sw(rng.choice([13, 13, 6, 7, source()]), at))
        elif kind < 0.6:
            words.append(addi | rng.choice([6, 7]) << 7 | rng.choice([1, 2, 8, 64, 128, rng.randrange(2048)]) << 20)
        elif kind < 0.65:
            words.append(system | rng.randrange(1, 4) << 12 | source() << 15 | rng.choice([0x100, 0x104, 0x144, 0x140]) << 20)
        else:
            opcode = rng.choice([0x03, 0x13, 0x17, 0x1b, 0x23, 0x2f, 0x33, 0x3b, 0x63, 0x73, rng.randrange(128)])
            words.append(rng.getrandbits(12) << 20 & ~0x1f00000 | rng.randrange(8) << 12 | opcode | target() << 7 | source() << 15 | source() << 20)
    return b"".join(w.to_bytes(4, "little") for w in words).ljust(0x8000 + 24, b"\0") + rings(rng)


def rings(rng):
    """Descriptors that mostly lie in RAM, an avail ring that names them, and others; and headers of requests, near the disk's end too."""
    headers = 0x80208018 + 2048
    address = lambda: rng.choice([headers + 16 * rng.randrange(32), headers + 16 * rng.randrange(32), 0x80200000 + rng.randrange(1 << 16),
                                  0x80ffffff, 0, rng.getrandbits(64)])
    table = b"".join(address().to_bytes(8, "little") + rng.choice([1, 16, 512, 4096, 1 << 20, 0xffffffff]).to_bytes(4, "little")
                     + rng.choice([0, 1, 1, 2, 3, 3]).to_bytes(2, "little") + rng.randrange(34).to_bytes(2, "little") for _ in range(32))
    avail = [0, 20] + [rng.choice([rng.randrange(32), rng.randrange(32), rng.randrange(1 << 16)]) for _ in range(64)]
    rows = [(rng.choice([0, 0, 1, 1, 4, 9]), rng.choice([0, 2040, 2047, 2048, rng.randrange(2048), rng.getrandbits(64)])) for _ in range(32)]
    data = table + b"".join(v.to_bytes(2, "little") for v in avail)
    return data.ljust(2048, b"\0") + b"".join(kind.to_bytes(8, "little") + sector.to_bytes(8, "little") for kind, sector in rows)


def test_noise(log, tmp_path):
    """Whatever the program inside does, to the devices too, the machine touches only what is its own. Under the sanitizers."""
    image, disk = tmp_path / "noise", tmp_path / "disk"
    with open(disk, "wb") as f:
        f.truncate(1 << 20)
    blocks = 0
    for seed in range(40):
        image.write_bytes(noise(random.Random(seed)))
        done = subprocess.run([os.path.join(TREE, "build/host/asan/rv"), "--max=1", "--mem=16", "--stats", str(image), str(disk)],
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=HANG)
        said = done.stderr.decode("utf-8", "replace")
        log.write(f"{seed}: {said}")
        assert done.returncode in (0, 3), f"seed {seed}: {said[-3000:]}"
        blocks += int(re.search(r"blocks (\d+)", said)[1])
    assert blocks > 500, "no program rang the disk's bell in earnest"


def test_image_that_does_not_fit(tmp_path):
    big = tmp_path / "big"
    with open(big, "wb") as f:
        f.truncate(32 << 20)
    status, _ = run(RV, "--mem=16", str(big))
    assert status == 1
