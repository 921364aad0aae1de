#!/usr/bin/python3
"""Boot Manul in QEMU, or in the book's own small machine: what `make run` does.

Options come from the environment: ARCH, BOOT, VM, SMP, NUMA, MEM, APPEND, CMD, EXTRA, EXTRA_OUT, KEEP, GDB, GIC, VIRT, ICOUNT,
TIMEOUT (docs/ch/howto.rst says what each means), and MANUL_OUT, the folder with Image and disk.img.
The tests use Options, Disks and qemu_command() from here.
"""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import mkdisk

MIB = 1 << 20
# U-Boot loads what it reads to fixed addresses, some way into RAM.
UBOOT_MIN = {"riscv64": 256 * MIB, "aarch64": 128 * MIB}
RV = "build/host/rv"
EXTRA_MIN = 64 * MIB        # enough clusters for FAT32
ENTRY_BYTES = 4096          # for a file's unfinished cluster, its name and its share of the table
FILE_MAX = 1 << 32
NOT_ON_FAT = re.compile(r'["*/:<>?\\|]|[. ]$')
NO_STATUS = 125             # exit status when the command did not come to an end
VIRTIO_NODE = re.compile(r"\n\t\tvirtio_mmio@[^{]*\{[^}]*\};")
BOOT_FAILED = b"EXTLINUX FAILED"
FINISHED = re.compile(rb"init: command finished with status (\d+)")


class Bad(Exception):
    """A parameter that makes no sense; the text says which and why."""


def parse_size(name, text):
    m = re.fullmatch(r"(\d+)([KMG]?)", text)
    if not m:
        raise Bad(f"{name}={text}: a number with K, M or G, such as 16M")
    return int(m[1]) * {"K": 1 << 10, "M": MIB, "": MIB, "G": 1 << 30}[m[2]]


def choice(name, text, allowed):
    if text not in allowed:
        raise Bad(f"{name}={text}: one of {', '.join(filter(None, allowed))}")
    return text


class Options:
    """What to boot and how, checked."""

    def __init__(self, env):
        get = lambda name, default="": env.get(name, "") or default
        flag = lambda name: choice(name, get(name, "0"), ["0", "1"]) == "1"
        self.arch = choice("ARCH", get("ARCH", "riscv64"), ["riscv64", "aarch64"])
        self.out = get("MANUL_OUT", f"build/{self.arch}")
        self.vm = choice("VM", get("VM", "qemu"), ["qemu", "rv"])
        self.boot = choice("BOOT", get("BOOT", "uboot" if self.vm == "qemu" else "direct"), ["uboot", "direct"])
        self.icount = flag("ICOUNT")
        smp = get("SMP", "1" if self.icount or self.vm == "rv" else "2")
        if not smp.isdigit() or not 1 <= int(smp) <= 8:
            raise Bad(f"SMP={smp}: 1 to 8 CPUs")
        self.smp = int(smp)
        self.mem = parse_size("MEM", get("MEM", "256M"))
        if self.mem < 8 * MIB or self.mem % MIB:
            raise Bad(f"MEM={get('MEM')}: at least 8M, and a whole number of MiB")
        numa = get("NUMA", "1")
        if numa not in ("1", "2", "3", "4") or self.mem // MIB % int(numa):
            raise Bad(f"NUMA={numa}: 1 to 4 nodes, among which MEM={self.mem // MIB}M can be divided")
        self.numa = int(numa)
        if self.numa > 2 and self.arch == "riscv64":
            raise Bad(f"NUMA={numa}: QEMU 7.2's riscv64 machine starts with at most 2 nodes")
        if self.numa > self.smp:
            raise Bad(f"NUMA={numa}: a node without a CPU; SMP={self.smp}")
        self.append = get("APPEND")
        if "\n" in self.append or not self.append.isascii():
            raise Bad("APPEND: one line of ASCII")
        self.cmd = get("CMD")
        self.extra = get("EXTRA")
        if self.extra and not os.path.isdir(self.extra):
            raise Bad(f"EXTRA={self.extra}: no such folder")
        self.extra_out = get("EXTRA_OUT")
        if self.extra_out and not self.extra:
            raise Bad("EXTRA_OUT needs EXTRA=DIR")
        if self.extra_out and not os.path.isdir(os.path.dirname(os.path.abspath(self.extra_out))):
            raise Bad(f"EXTRA_OUT={self.extra_out}: no such folder")
        if os.path.isdir(self.extra_out):
            raise Bad(f"EXTRA_OUT={self.extra_out}: a folder; give a file's name")
        self.keep = flag("KEEP")
        self.gdb = flag("GDB")
        self.gic = choice("GIC", get("GIC"), ["", "2", "3"])
        self.virt = choice("VIRT", get("VIRT"), ["", "on", "off"]) == "on"
        if (self.gic or self.virt) and self.arch != "aarch64":
            raise Bad("GIC and VIRT are for ARCH=aarch64")
        if self.icount and self.smp != 1:
            raise Bad("ICOUNT=1 goes with SMP=1")
        if self.vm == "rv" and (self.arch, self.smp, self.gdb) != ("riscv64", 1, False):
            raise Bad("VM=rv is a riscv64 machine with one CPU, and gdb cannot look into it")
        timeout = get("TIMEOUT", "600")
        if not timeout.isdigit() or not int(timeout):
            raise Bad(f"TIMEOUT={timeout}: seconds, as a whole number")
        self.timeout = int(timeout)

    @property
    def ram(self):
        return max(self.mem, UBOOT_MIN[self.arch]) if self.boot == "uboot" else self.mem

    @property
    def words(self):
        """What is added to the kernel command line."""
        words = [self.append]
        if self.ram != self.mem:
            words.append(f"mem={self.mem // MIB}M")
        if self.cmd:
            words.append("panic=poweroff")
        return " ".join(filter(None, words))

    def image(self, name):
        return os.path.join(self.out, name)


def why_not_on_fat(path, taken):
    """Why this file or folder cannot lie on a FAT disk beside the names taken, or None."""
    name = os.path.basename(path)
    if os.path.islink(path) and os.path.isdir(path):
        return "a link to a folder"
    if not os.path.isfile(path) and not os.path.isdir(path):
        return "neither file nor folder"
    if not os.access(path, os.R_OK):
        return "not readable"
    if NOT_ON_FAT.search(name) or not name.isprintable():
        return "FAT has no such name"
    if name.casefold() in taken:
        return "FAT takes it for the same name as another one"
    return "over 4 GiB" if os.path.getsize(path) >= FILE_MAX else None


def stage_for_fat(folder, stage):
    """Gather in stage what of folder FAT can hold, and say what it cannot. Roughly the bytes that it takes."""
    used, taken = 0, set()
    os.mkdir(stage)
    for name in sorted(os.listdir(folder)):
        path, copy = os.path.join(folder, name), os.path.join(stage, name)
        why = why_not_on_fat(path, taken)
        if why:
            print(f"run: EXTRA: {path} is left out: {why}", file=sys.stderr)
            continue
        taken.add(name.casefold())
        if os.path.isdir(path):
            used += stage_for_fat(path, copy)
        else:
            shutil.copyfile(path, copy)
            shutil.copystat(path, copy)
            used += os.path.getsize(copy)
        used += ENTRY_BYTES
    return used


class Disks:
    """The images of one run: the main disk (a copy unless KEEP=1) and, with EXTRA, the second one. A context manager."""

    def __init__(self, options):
        self.options = options
        self.main = self.extra = self.folder = None

    def __enter__(self):
        try:
            self.make()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *_):
        try:
            if self.options.extra_out and self.extra and os.path.exists(self.extra):
                shutil.move(self.extra, self.options.extra_out)
            if self.options.keep and self.main and self.options.boot == "uboot" and self.options.words:
                self.put("extlinux/extlinux.conf", mkdisk.extlinux_conf())
        finally:
            self.remove()

    def make(self):
        opt = self.options
        built = opt.image("disk.img")
        if not os.path.exists(built):
            raise Bad(f"{built}: not there; `make ARCH={opt.arch} disk` makes it")
        self.folder = tempfile.mkdtemp(prefix="manul-run-")
        self.main = built
        if not opt.keep:
            self.main = os.path.join(self.folder, "disk.img")
            subprocess.run(["cp", "--sparse=always", "--reflink=auto", built, self.main], check=True)
        if opt.boot == "uboot" and opt.words:
            self.put("extlinux/extlinux.conf", mkdisk.extlinux_conf(opt.words))
        if opt.cmd:
            self.put("etc/cmd", opt.cmd + "\n")
        if opt.extra:
            self.make_extra()

    def put(self, name, text):
        """Write a file of the main disk."""
        source = os.path.join(self.folder, os.path.basename(name))
        with open(source, "w", encoding="utf-8") as f:
            f.write(text)
        mkdisk.run("mcopy", "-o", "-Q", "-i", f"{self.main}@@{mkdisk.PARTITION_START * mkdisk.SECTOR}", source, f"::/{name}")

    def make_extra(self):
        stage = os.path.join(self.folder, "extra")
        used = stage_for_fat(self.options.extra, stage)
        self.extra = os.path.join(self.folder, "extra.img")
        size = max(EXTRA_MIN, (used * 2 + MIB - 1) // MIB * MIB)
        with open(self.extra, "wb") as f:
            f.truncate(size)
        mkdisk.format_fat(self.extra, size // mkdisk.SECTOR, label="EXTRA")
        mkdisk.copy_tree(self.extra, stage)

    def remove(self):
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


def machine(opt):
    if opt.arch == "riscv64":
        return ["qemu-system-riscv64", "-machine", "virt"]
    kind = "virt" + (f",gic-version={opt.gic}" if opt.gic else "") + (",virtualization=on" if opt.virt else "")
    return ["qemu-system-aarch64", "-machine", kind, "-cpu", "cortex-a72"]


UBOOT_RISCV64 = "/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin"


def firmware(opt):
    if opt.boot == "direct":
        words = " ".join(filter(None, [mkdisk.ROOT_DEVICE, opt.words]))
        return ["-kernel", opt.image("Image"), "-append", words]
    if opt.arch == "riscv64":
        # OpenSBI is QEMU's default; it starts U-Boot as its payload.
        return ["-kernel", UBOOT_RISCV64]
    return ["-bios", "/usr/lib/u-boot/qemu_arm64/u-boot.bin"]


def virtio_ascending(opt, folder):
    """A device tree in which the virtio slots stand by ascending address.

    U-Boot boots from the first disk that the tree lists. QEMU's riscv64 machine lists the highest slot first (the
    aarch64 one the lowest), so with two disks U-Boot would try the wrong one.
    """
    dumped, sorted_dtb = os.path.join(folder, "virt.dtb"), os.path.join(folder, "virt-sorted.dtb")
    subprocess.run(["qemu-system-riscv64", "-machine", f"virt,dumpdtb={dumped}", "-smp", str(opt.smp), "-m", f"{opt.ram // MIB}M",
                    "-nographic", "-nic", "none"] + numa(opt) + (["-seed", "1"] if opt.icount else []),
                   stdin=subprocess.DEVNULL, capture_output=True, check=True)
    dts = subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", dumped], capture_output=True, text=True, check=True).stdout
    slots = iter(sorted(VIRTIO_NODE.findall(dts)))
    with open(sorted_dtb, "wb") as f:
        subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb"], input=VIRTIO_NODE.sub(lambda _: next(slots), dts).encode(),
                       stdout=f, check=True)
    return sorted_dtb


def numa(opt):
    """Nodes with as many CPUs and as much memory each, in a row: the next one is 20 away, the one behind it 30."""
    args = []
    for i in range(opt.numa if opt.numa > 1 else 0):
        first, end = i * opt.smp // opt.numa, (i + 1) * opt.smp // opt.numa
        cpus = f",cpus={first}-{end - 1}" if first < end else ""
        args += ["-object", f"memory-backend-ram,id=node{i},size={opt.ram // MIB // opt.numa}M",
                 "-numa", f"node,nodeid={i},memdev=node{i}{cpus}"]
    for i in range(opt.numa):
        for k in range(i + 1, opt.numa):
            args += ["-numa", f"dist,src={i},dst={k},val={10 + 10 * (k - i)}"]
    return args


def disk(name, path, bus):
    # Bus 0 has the lowest address, so it is vda.
    return ["-drive", f"file={path},format=raw,if=none,id={name},cache=unsafe",
            "-device", f"virtio-blk-device,drive={name},bus=virtio-mmio-bus.{bus}"]


def rv_command(opt, main, extra=None):
    """The small machine of tools/rv; with ICOUNT its clock starts at a fixed time too, and then nothing differs between two runs.

    It starts U-Boot as it starts a kernel. The command line is then on the disk.
    """
    words = "" if opt.boot == "uboot" else " ".join(filter(None, [mkdisk.ROOT_DEVICE, opt.words]))
    image = UBOOT_RISCV64 if opt.boot == "uboot" else opt.image("Image")
    return [RV, f"--mem={opt.ram // MIB}", f"--append={words}"] + (["--time=1767225600"] if opt.icount else []) + \
        [image] + [d for d in (main, extra) if d]


def command_of(opt, main, extra=None):
    return rv_command(opt, main, extra) if opt.vm == "rv" else qemu_command(opt, main, extra)


def qemu_command(opt, main, extra=None):
    cmd = machine(opt) + ["-smp", str(opt.smp), "-m", f"{opt.ram // MIB}M", "-nographic", "-nic", "none", "-no-reboot",
                          "-global", "virtio-mmio.force-legacy=false"]
    cmd += numa(opt)
    cmd += firmware(opt)
    if extra and opt.arch == "riscv64" and opt.boot == "uboot":
        cmd += ["-dtb", virtio_ascending(opt, os.path.dirname(extra))]
    cmd += disk("main", main, 0) if main else []
    cmd += disk("extra", extra, 1) if extra else []
    if opt.icount:
        cmd += ["-icount", "shift=0,sleep=off", "-seed", "1", "-rtc", "base=2026-01-01T00:00:00,clock=vm"]
    if opt.gdb:
        cmd += ["-S", "-gdb", "tcp:127.0.0.1:1234"]
    return cmd


def check_tools(opt, command):
    if not shutil.which(command[0]):
        raise Bad(f"{command[0]}: not there; `make {RV}` builds it" if opt.vm == "rv" else f"{command[0]}: not installed; `make setup` installs it")
    wanted = [w for w in command if w.startswith("/usr/lib/u-boot/")] + ([opt.image("Image")] if opt.boot == "direct" else [])
    for path in wanted:
        if not os.path.exists(path):
            raise Bad(f"{path}: not there; `make setup` and `make ARCH={opt.arch} all` see to it")


def run_unattended(opt, command):
    """Print the console, and return the status of the last command in it."""
    proc = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    late = threading.Event()

    def too_late():
        late.set()
        proc.kill()
    timer = threading.Timer(opt.timeout, too_late)
    timer.start()
    status, line, boot_failed = None, b"", False
    try:
        while chunk := proc.stdout.read1(65536):
            sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()
            line += chunk
            for found in FINISHED.finditer(line):
                status = int(found[1])
            if BOOT_FAILED in line:
                # U-Boot would now wait for a person.
                boot_failed = True
                proc.kill()
            line = line[line.rfind(b"\n") + 1:]
        proc.wait()
    finally:
        timer.cancel()
        if proc.poll() is None:
            proc.kill()
            proc.wait()
    if status is not None:
        return status
    if boot_failed:
        why = "U-Boot found no kernel that it could start"
    elif late.is_set():
        why = f"it was still running after {opt.timeout} s (TIMEOUT=)"
    else:
        why = "the machine stopped before that"
    print(f"{'' if line == b'' else chr(10)}run: the command did not finish: {why}", file=sys.stderr)
    return NO_STATUS


def run_attended(command):
    # Ctrl-C belongs to the guest; QEMU takes it from the terminal in raw mode.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return subprocess.call(command)


def main():
    try:
        opt = Options(os.environ)
        if opt.ram != opt.mem:
            print(f"run: U-Boot itself needs {opt.ram // MIB} MiB: the machine gets them, the kernel is told mem={opt.mem // MIB}M")
        with Disks(opt) as disks:
            command = command_of(opt, disks.main, disks.extra)
            check_tools(opt, command)
            if opt.gdb:
                print(f"run: stopped; attach with: gdb-multiarch {opt.image('kernel.elf')} -ex 'target remote :1234'", flush=True)
            return run_unattended(opt, command) if opt.cmd else run_attended(command)
    except Bad as e:
        print(f"run: {e}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
