"""FAT32 both ways: what the host wrote Manul reads, what Manul wrote the host finds without fault."""
import hashlib
import os
import random
import re
import shutil
import subprocess

import pytest

import blocklog
import mkdisk
from machine import TREE, Machine, launcher, out, unattended

CLUSTER = 512
SIZES = [0, 1, CLUSTER - 1, CLUSTER, CLUSTER + 1, 4095, 4096, 4097, 100_000, 1_000_003]


def content(size):
    return hashlib.shake_128(str(size).encode()).digest(size)


def tool(*command):
    env = dict(os.environ, LC_ALL="C.UTF-8", MTOOLS_SKIP_CHECK="1", PATH=os.environ["PATH"] + ":/usr/sbin:/sbin")
    done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True)
    assert done.returncode == 0, (command, done.stdout[-1000:], done.stderr[-1000:])
    return done.stdout


def fsck(image):
    """No fault and no warning: fsck.fat alone exits with 0 in spite of some faults."""
    text = tool("fsck.fat", "-n", "-v", image).decode()
    assert not re.search(r"warn|bad|wrong|differ|orphan|reclaim|dirty|corrupt|truncat|mismatch|not properly|free cluster summary w",
                         text.replace("Checking for bad clusters", ""), re.I), text
    return text


def partition(image, into):
    """The root file system of a main disk, as a file of its own."""
    with open(image, "rb") as f, open(into, "wb") as g:
        f.seek(mkdisk.PARTITION_START * mkdisk.SECTOR)
        while chunk := f.read(1 << 20):
            g.write(chunk)
    return str(into)


def tree_of(image):
    """{path: size} of every file, as mtools sees it."""
    names = [n for n in tool("mdir", "-/", "-b", "-i", image, "::/").decode().split("\n") if n and not n.endswith("/")]
    return {n[2:]: len(tool("mtype", "-i", image, n)) for n in names}


def test_round_trip(unattended_run, tmp_path):
    """A folder in, copied in Manul, changed in Manul, out again."""
    extra = tmp_path / "extra"
    (extra / "A folder with a long name").mkdir(parents=True)
    for size in SIZES:
        (extra / f"size {size}.data").write_bytes(content(size))
        (extra / "A folder with a long name" / f"{size}.bin").write_bytes(content(size))
    image = str(tmp_path / "out.img")
    script = "\n".join(["cd /mnt", "mkdir copies", "mkdir 'copies/second folder with a long name'"]
                       + [f"cp 'size {s}.data' 'copies/second folder with a long name/copy of {s}.data'" for s in SIZES]
                       + [f"cp 'A folder with a long name/{s}.bin' copies/{s}.bin" for s in SIZES]
                       + ["mv copies/4096.bin 'copies/moved elsewhere.bin'", "rm copies/100000.bin", "rm 'size 4095.data'",
                          "echo appended >> 'size 1.data'", "echo hello | cat > 'copies/new file'", "wc -c 'size 100000.data'"])
    status, text = unattended_run(script, EXTRA=extra, EXTRA_OUT=image, SMP=2)
    assert status == 0, text[-2000:]
    fsck(image)
    expected = {}
    for s in SIZES:
        expected[f"/size {s}.data"] = content(s)
        expected[f"/A folder with a long name/{s}.bin"] = content(s)
        expected[f"/copies/second folder with a long name/copy of {s}.data"] = content(s)
        expected[f"/copies/{s}.bin"] = content(s)
    expected["/copies/moved elsewhere.bin"] = expected.pop("/copies/4096.bin")
    del expected["/copies/100000.bin"], expected["/size 4095.data"]
    expected["/size 1.data"] += b"appended\n"
    expected["/copies/new file"] = b"hello\n"
    assert tree_of(image) == {name: len(data) for name, data in expected.items()}
    for name, data in expected.items():
        assert hashlib.sha256(tool("mtype", "-i", image, "::" + name)).digest() == hashlib.sha256(data).digest(), name


def test_many_files(unattended_run, tmp_path):
    """A directory of several clusters, with short names that collide; then most of it is removed."""
    extra = tmp_path / "extra"
    extra.mkdir()
    (extra / "seed.txt").write_text("seed\n")
    image = str(tmp_path / "out.img")
    names = [f"a rather long name number {i}.text" for i in range(60)]
    script = "\n".join(["mkdir /mnt/d"] + [f"echo {i} > '/mnt/d/{n}'" for i, n in enumerate(names)]
                       + [f"rm '/mnt/d/{n}'" for n in names[5:50]] + ["ls /mnt/d | wc -l"])
    status, text = unattended_run(script, EXTRA=extra, EXTRA_OUT=image, SMP=1)
    assert status == 0, text[-2000:]
    assert "15" in text.split()
    fsck(image)
    left = names[:5] + names[50:]
    assert tree_of(image) == {"/seed.txt": 5, **{f"/d/{n}": len(f"{names.index(n)}\n") for n in left}}


def test_create_and_delete_gives_all_back(unattended_run, tmp_path):
    """As many free clusters after as before."""
    extra = tmp_path / "extra"
    extra.mkdir()
    (extra / "big").write_bytes(content(3_000_000))
    before, after = str(tmp_path / "before.img"), str(tmp_path / "after.img")
    used = lambda image: re.search(r"(\d+)/\d+ clusters", fsck(image))[1]
    assert unattended_run("true", EXTRA=extra, EXTRA_OUT=before)[0] == 0
    script = "mkdir /mnt/d; cp /mnt/big /mnt/d/a; cp /mnt/big /mnt/d/b; rm /mnt/d/a /mnt/d/b; rm -r /mnt/d; ls /mnt"
    status, text = unattended_run(script, EXTRA=extra, EXTRA_OUT=after)
    assert status == 0, text[-2000:]
    assert used(before) == used(after)


def test_names_of_all_kinds(unattended_run, tmp_path):
    """Names beyond ASCII both ways; what FAT cannot hold is left out, with a word about it."""
    extra = tmp_path / "extra"
    (extra / "日本").mkdir(parents=True)
    (extra / "Übung äö €.txt").write_text("hi\n")
    (extra / "日本" / "ファイル.txt").write_text("there\n")
    for name in ("README", "readme", "what?.txt"):
        (extra / name).write_text("x")
    (extra / "loop").symlink_to(".")
    (extra / "dangling").symlink_to("nowhere")
    os.mkfifo(extra / "fifo")
    image = str(tmp_path / "out.img")
    status, text = unattended_run("cat /mnt/Ü*; cat /mnt/日本/*; echo new > '/mnt/größe.txt'", EXTRA=extra, EXTRA_OUT=image)
    assert status == 0, text[-2000:]
    assert "hi\nthere\n" in text
    for name in ("readme", "what?.txt", "loop", "dangling", "fifo"):
        assert re.search(rf"run: EXTRA: \S*/{re.escape(name)} is left out: ", text)
    fsck(image)
    assert tree_of(image) == {"/README": 1, "/Übung äö €.txt": 3, "/日本/ファイル.txt": 6, "/größe.txt": 4}


def test_names_at_the_limits(unattended_run, tmp_path):
    """Twelve aliases of one base, a name of 255 characters, one beyond 16 bits, letter case, places of deleted names; what FAT cannot hold."""
    extra, image = tmp_path / "extra", str(tmp_path / "out.img")
    extra.mkdir()
    (extra / "Seed").write_text("s")
    names = [f"collision number {k}.text" for k in range(12)] + ["n" * 255, "\U0001F431 cat", ".hidden", "a.b.c.d", "x+y=z", "MiXeD.TxT"]
    script = ["cd /mnt"] + [f"echo {k} > '{n}'" for k, n in enumerate(names)]
    script += ["cat mixed.txt", "rm 'collision number 3.text'", "echo again > 'collision number 99.text'", "mv MiXeD.TxT mixed.txt",
               "cat '\U0001F431 cat'", "rm '\U0001F431 cat'"]     # mtools has no such name
    script += [f"echo x > '{bad}' && echo WRONG" for bad in ["n" * 256, "dot.", "blank ", "a:b", "q?"]]
    status, text = unattended_run("\n".join(script + ["true"]), EXTRA=extra, EXTRA_OUT=image, SMP=1)
    assert status == 0 and "WRONG" not in text.replace("echo WRONG", "") and "17" in text.split() and "13" in text.split(), text[-2000:]
    fsck(image)
    left = [n for n in names if n != "collision number 3.text" and n != "MiXeD.TxT" and n.isascii()] + ["collision number 99.text", "mixed.txt"]
    assert set(tree_of(image)) == {"/" + n for n in left} | {"/Seed"}
    assert "\U0001F431 cat".encode("utf-16-le")[:8] in open(image, "rb").read()
    aliases = set(re.findall(rb"COLL\w{1,2}~\d{1,2}TEX", open(image, "rb").read()))
    assert {b"COLLIS~1TEX", b"COLLIS~9TEX", b"COLLI~10TEX", b"COLLI~12TEX"} <= aliases


@pytest.mark.parametrize("kib", [4, 32])
def test_larger_clusters(log, arch, tmp_path, kib):
    """A disk that is formatted otherwise than ours: sizes about the cluster's, in and out."""
    cluster = kib * 1024
    image, sizes = str(tmp_path / "extra.img"), [0, 1, cluster - 1, cluster, cluster + 1, 3 * cluster + 5]
    with open(image, "wb") as f:
        f.truncate(66_000 * cluster)
    tool("mkfs.fat", "-F", "32", "-s", str(cluster // 512), image)
    for size in sizes:
        (tmp_path / f"in{size}").write_bytes(content(size))
        tool("mcopy", "-i", image, str(tmp_path / f"in{size}"), f"::/in {size}.data")
    machine = Machine(log, arch, SMP=2)
    machine.command = lambda: launcher.qemu_command(machine.options, machine.disks.main, image)
    with machine as m:
        for size in sizes:
            m.run(f"cp '/mnt/in {size}.data' '/mnt/a copy of {size}.data'")
            assert m.status() == 0
            m.run(f"cp '/mnt/in {size}.data' /mnt/gone; rm /mnt/gone")
        m.run("rm '/mnt/a copy of 0.data'; mkdir /mnt/d; mv '/mnt/a copy of 1.data' /mnt/d/one; echo more >> /mnt/d/one")
        m.send("poweroff\r")
        m.ended()
    fsck(image)
    expected = {f"/in {s}.data": content(s) for s in sizes} | {f"/a copy of {s}.data": content(s) for s in sizes[2:]}
    expected["/d/one"] = content(1) + b"more\n"
    assert tree_of(image) == {name: len(data) for name, data in expected.items()}
    for name, data in expected.items():
        assert tool("mtype", "-i", image, "::" + name) == data, name


HARM = re.compile(r"share |bad |invalid|loop|wrong|start cluster|contains a free|chain length is <|differ", re.I)


def churn(step):
    """Files and folders come, grow, move and go."""
    kind = step * 7 % 5
    return [f"echo step {step} begins", "cat /bin/cp >> /mnt/log",
            [f"cp /bin/ls '/mnt/a file of number {step}'", f"mkdir /mnt/d{step}; echo hello > /mnt/d{step}/file", "rm -f /mnt/a*",
             f"mv '/mnt/a file of number {step - 3}' /mnt/moved", "sync"][kind]]


VERSIONS = 6


def version(k):
    """What `seq` writes: a version of /keep/v, and the contents of /keep/k."""
    return "".join(f"{n}\n" for n in range(k, 4000 + 300 * k)).encode()


def kept_script():
    """Files that are synced, each followed by a marker that is written only then; and much else that comes and goes."""
    lines = ["mkdir /mnt/keep '/mnt/moved away'", "seq 0 3999 > /mnt/keep/v", "sync"]
    for k in range(1, VERSIONS + 1):
        lines += [line for step in range(8 * k - 8, 8 * k) for line in churn(step)]
        lines += [f"seq {k} {4000 + 300 * k - 1} > '/mnt/keep/the file of number {k}'", "sync", f"echo {k} > /mnt/keep/m{k}", "sync",
                  f"seq {k} {4000 + 300 * k - 1} > '/mnt/keep/a new version'", "mv '/mnt/keep/a new version' /mnt/keep/v",
                  f"echo {k} > /mnt/w", "sync", f"mv /mnt/w /mnt/keep/w{k}", "sync",     # to a sector further up
                  f"mkdir /mnt/keep/d{k}; seq {k} {4000 + 300 * k - 1} > /mnt/keep/d{k}/inner", "sync", f"echo {k} > /mnt/keep/n{k}", "sync",
                  f"mv '/mnt/keep/the file of number {k}' '/mnt/moved away/a new name for the file of number {k}, which is long'",
                  f"mv /mnt/keep/d{k} '/mnt/moved away/a directory that was {k}'"]
    return "\n".join(lines + ["rm -r /mnt/d*", "rm /mnt/log", "sync"])


class Cut:
    """The disk as a cut of power leaves it."""

    def __init__(self, image, work):
        self.image, self.folder = str(image), work
        self.disk = open(image, "r+b")
        self.checks = self.lost = self.broken = self.noted = self.undone = 0     # states with lost clusters, a chain that breaks off, a rename's note

    def write(self, at, data):
        self.disk.seek(at)
        self.disk.write(data)

    def check(self, strict=True):
        """fsck.fat finds no harm, and all that was synced is there. How many files had been."""
        self.disk.flush()
        text = subprocess.run(["/usr/sbin/fsck.fat", "-n", "-v", self.image], capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout
        text = text.replace("Checking for bad clusters", "").replace("Free cluster summary wrong", "")
        text = text.replace("FATs differ but appear to be intact", "")     # between the first copy and the second
        assert not (HARM if strict else re.compile("share |loop", re.I)).search(text), text
        self.checks += 1
        if self.checks % 5 == 0 or not strict:
            found = agrees(self.image, text)
            self.lost, self.broken = self.lost + found[0], self.broken + found[1]
        if not self.has_note():
            return self.kept(self.image)
        self.noted += 1
        return self.kept(self.after_mount()) if self.noted % 3 == 0 else 0

    def has_note(self):
        """Is a rename under way? FSInfo, the second sector, says so."""
        self.disk.seek(mkdisk.SECTOR + 4)
        return self.disk.read(8) == b"Manul mv"

    def after_mount(self):
        """The disk as it is when Manul has mounted it once, here on the host."""
        copy = str(self.folder / "mounted.img")
        tool("cp", "--sparse=always", self.image, copy)
        text = tool(MOUNT, copy).decode()
        assert "a rename was cut off" in text, text     # its note does not fit if the old name was not on the disk yet
        self.undone += "undone" in text
        return copy

    def kept(self, image):
        """What was synced is there, under the name that it had or the one that it got. How many files had been."""
        out = self.folder / "read"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        env = dict(os.environ, LC_ALL="C.UTF-8", MTOOLS_SKIP_CHECK="1")
        subprocess.run(["mcopy", "-s", "-n", "-i", image, "::/keep", "::/moved away", str(out)], env=env, stdin=subprocess.DEVNULL, capture_output=True)
        files = {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()}
        marks = [int(name[-1]) for name in files if re.fullmatch(r"keep/m\d", name)]
        for k in range(1, max(marks, default=0) + 1):
            both = f"keep/the file of number {k}", f"moved away/a new name for the file of number {k}, which is long"
            assert [files[name] for name in both if name in files] == [version(k)], k
        for k in [int(name[-1]) for name in files if re.fullmatch(r"keep/n\d", name)]:
            both = f"keep/d{k}/inner", f"moved away/a directory that was {k}/inner"
            assert [files[name] for name in both if name in files] == [version(k)], k
        if marks:
            assert files.get("keep/v") in [version(k) for k in range(max(marks) - 1, VERSIONS + 1)], "neither the old nor the new version"
        return len(marks)


def sectors(at, data):
    """A write as what a disk does at once: sectors."""
    return [(at + k, data[k:k + mkdisk.SECTOR]) for k in range(0, len(data), mkdisk.SECTOR)]


MOUNT = os.path.join(TREE, "build/host/fs/fatmount")
OWN = os.path.join(TREE, "build/posix/bin/fscheck")     # built for the host, under sanitizers


def agrees(image, text):
    """fscheck finds harm where fsck.fat does, and as many lost clusters. (What a chain has beyond its file's size is none to fsck.fat.)"""
    done = subprocess.run([OWN, image], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode in (0, 1) and not done.stderr, done
    broken = any(int(has) < int(needs) for needs, has in re.findall(r"needs (\d+) clusters, its chain has (\d+)", done.stdout))
    harm = broken or "shares" in done.stdout
    theirs = bool(HARM.search(text))
    assert theirs if harm else not theirs or "marked free" in done.stdout, (done.stdout, text)
    lost, theirs = re.search(r"lost clusters: (\d+)", done.stdout), re.search(r"Reclaimed (\d+) unused cluster", text)
    assert (lost and lost[1]) == (theirs and theirs[1]), (done.stdout, text)
    return bool(lost), harm


def torn(at, data):
    """A write in the steps that are looked at: of tables each sector, of files' data two halves."""
    half = len(data) // 2
    return sectors(at, data) if len(data) <= 4096 else [(at, data[:half]), (at + half, data[half:])]


def test_power_cut(log, arch, tmp_path):
    """The machine is gone after any write: at most clusters that no file has, and what was synced is as it was. And after any choice
    of the writes since the last flush, which a drive may order as it likes: nothing is shared, and what was synced is as it was."""
    image, start, wrote = (str(tmp_path / name) for name in ("extra.img", "start.img", "log"))
    with open(image, "wb") as f:
        f.truncate(launcher.EXTRA_MIN)
    mkdisk.format_fat(image, launcher.EXTRA_MIN // mkdisk.SECTOR)
    shutil.copy(image, start)
    machine = Machine(log, arch, SMP=2, to_prompt=False, CMD=kept_script())
    machine.command = lambda: launcher.qemu_command(machine.options, machine.disks.main) + blocklog.drive(image, wrote, 1)
    with machine as m:
        m.ended()
    fsck(image)
    cut, chance, kept = Cut(start, tmp_path), random.Random(1), 0
    settled, window, cuts, choices = Cut(shutil.copy(start, tmp_path / "settled.img"), tmp_path), [], 0, 0
    for write in blocklog.read(wrote):
        if write:
            for part in torn(*write):
                cut.write(*part)
                kept = cut.check()
                cuts += 1
            window += sectors(*write)
            continue
        if len(window) > 1:
            for some in chance.sample(range(len(window)), chance.randrange(1, len(window))):
                settled.write(*window[some])
            settled.check(strict=False)
            choices += 1
        for each in window:
            settled.write(*each)
        window = []
    log.write(f"{cuts} cuts, {choices} choices; {cut.lost + settled.lost} with lost clusters, {settled.broken} with a broken chain, "
              f"{cut.noted + settled.noted} in a rename, {cut.undone + settled.undone} undone\n")
    assert kept == VERSIONS and cuts > 200 and choices > 10 and cut.lost > 10 and cut.undone > VERSIONS


def test_disk_full(unattended_run, tmp_path):
    """The program is told, and the file system stays whole."""
    extra = tmp_path / "extra"
    extra.mkdir()
    (extra / "big").write_bytes(content(20_000_000))
    image = str(tmp_path / "out.img")
    status, text = unattended_run("cp /mnt/big /mnt/1; cp /mnt/big /mnt/2; cp /mnt/big /mnt/3; cp /mnt/big /mnt/4", EXTRA=extra,
                                  EXTRA_OUT=image, SMP=1)
    assert status not in (0, launcher.NO_STATUS), text[-2000:]
    assert "space" in text.lower()
    fsck(image)


def is_marked_whole(image):
    """FAT[1] of both copies."""
    with open(image, "rb") as f:
        boot = f.read(512)
        reserved, fat_sectors = int.from_bytes(boot[14:16], "little"), int.from_bytes(boot[36:40], "little")
        marks = []
        for copy in range(2):
            f.seek((reserved + copy * fat_sectors) * mkdisk.SECTOR + 4)
            marks.append(int.from_bytes(f.read(4), "little") >> 27 & 1)
    assert marks[0] == marks[1]
    return bool(marks[0])


def test_full_holes_and_mark(log, arch, tmp_path):
    """A file that grows until the disk is full keeps what was written and harms nothing; what was skipped reads as zero; from mount to
    umount, or to power-off, the volume says that it is in use."""
    image, big = str(tmp_path / "extra.img"), content(9_000_000)
    with open(image, "wb") as f:
        f.truncate(launcher.EXTRA_MIN)
    mkdisk.format_fat(image, launcher.EXTRA_MIN // mkdisk.SECTOR)
    (tmp_path / "big").write_bytes(big)
    tool("mcopy", "-i", image, str(tmp_path / "big"), "::/big")
    machine = Machine(log, arch, SMP=2, MEM="128M")
    machine.command = lambda: launcher.qemu_command(machine.options, machine.disks.main, image)
    assert is_marked_whole(image)
    with machine as m:
        free = lambda: m.run("df /mnt").split()[-3]
        sums = lambda name: m.run(f"sha256sum {name}").split()[0]
        assert not is_marked_whole(image)
        m.run("sync")
        before = free()
        m.run("while cat /mnt/big; do :; done > /mnt/full")
        assert "space" in m.raw.lower()
        size = int(m.run("wc -c < /mnt/full"))
        assert size > 5 * len(big) and int(free()) < 4     # a page of a file comes as a whole
        m.run("head -c 5000 /mnt/big > /mnt/new")
        assert m.status() != 0
        m.run("umount /mnt")
        assert m.status() == 0 and is_marked_whole(image)
        fsck(image)
        assert tool("mtype", "-i", image, "::/big") == big and tool("mtype", "-i", image, "::/full") == (big * 9)[:size]
        assert "no faults" in m.run("fscheck /dev/vdb")
        m.run("mount /dev/vdb /mnt")
        assert m.status() == 0 and not is_marked_whole(image)
        m.run("rm /mnt/full /mnt/new; sync")
        assert free() == before
        m.run("printf head > /mnt/holes; for at in 100 5000 70000; do printf part | dd of=/mnt/holes bs=1 seek=$at conv=notrunc status=none; done")
        holes = bytearray(70004)
        holes[:4], holes[100:104], holes[5000:5004], holes[70000:] = b"head", b"part", b"part", b"part"
        assert sums("/mnt/holes") == hashlib.sha256(holes).hexdigest()
        m.send("poweroff\r")
        m.ended()
    fsck(image)
    assert is_marked_whole(image)
    assert tool("mtype", "-i", image, "::/holes") == bytes(holes) and tool("mtype", "-i", image, "::/big") == big


def blkdebug(image, bus, errors):
    """QEMU's options for image as a disk with sectors that cannot be read or written: {sector: "read"}."""
    rules = "".join(f",inject-error.{k}.event=none,inject-error.{k}.iotype={kind},inject-error.{k}.errno=5,inject-error.{k}.sector={sector}"
                    for k, (sector, kind) in enumerate(errors.items()))
    return ["-blockdev", f"driver=raw,node-name=faulty,file.driver=blkdebug,file.image.driver=file,file.image.filename={image}"
            + rules.replace(",inject-error", ",file.inject-error"),
            "-device", f"virtio-blk-device,drive=faulty,bus=virtio-mmio-bus.{bus}"]


def test_sectors_that_cannot_be_had(log, arch, tmp_path):
    """Who asks for one is told, once for each time; whoever does not, and the kernel, go on; the rest of the disk is as it should be."""
    image, page, files = str(tmp_path / "extra.img"), 4096, {name: content(size) for name, size in
                                                               {"bad": 80_001, "worse": 80_002, "good": 80_003, "better": 80_004}.items()}
    with open(image, "wb") as f:
        f.truncate(launcher.EXTRA_MIN)
    mkdisk.format_fat(image, launcher.EXTRA_MIN // mkdisk.SECTOR)
    files["prog"] = open(out(arch, "user/bin/ls"), "rb").read()
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        tool("mcopy", "-i", image, str(tmp_path / name), "::/" + name)
    raw = open(image, "rb").read()
    sector_of = lambda name, at: raw.index(files[name][at:at + mkdisk.SECTOR]) // mkdisk.SECTOR
    errors = {sector_of("bad", 5 * page): "read", sector_of("worse", 7 * page + mkdisk.SECTOR): "write", sector_of("prog", page): "read"}
    machine = Machine(log, arch, SMP=2)
    machine.command = lambda: launcher.qemu_command(machine.options, machine.disks.main) + blkdebug(image, 1, errors)
    sums = lambda data: hashlib.sha256(data).hexdigest()
    with machine as m:
        for _ in range(2):      # the page is not kept
            assert sums(files["bad"][:5 * page]) in m.run(f"dd if=/mnt/bad bs={page} count=5 status=none | sha256sum")
            assert "Input/output error" in m.run("cat /mnt/bad > /tmp/part") and m.status() != 0
            assert int(m.run("wc -c < /tmp/part")) == 5 * page
            assert sums(files["bad"][6 * page:]) in m.run(f"dd if=/mnt/bad bs={page} skip=6 status=none | sha256sum")
        m.run("/mnt/prog /")
        assert m.status() != 0
        assert "Input/output error" in m.run("dd if=/mnt/better of=/mnt/worse conv=notrunc,fsync status=none") and m.status() != 0
        m.run("dd if=/mnt/better of=/mnt/good conv=notrunc,fsync status=none")
        assert m.status() == 0
        m.run("echo and so on > /mnt/new; mkdir /mnt/d; mv /mnt/new /mnt/d/moved; sync; memck; dmesg | grep 'blk. request' | wc -l")
        assert int(m.run("dmesg | grep -c 'blk. request'")) >= 4
        m.send("poweroff\r")
        m.ended()
    fsck(image)
    files["good"] = files["better"] + files["good"][len(files["better"]):]
    for name in "bad", "good", "better", "prog":
        assert tool("mtype", "-i", image, "::/" + name) == files[name], name
    assert tool("mtype", "-i", image, "::/d/moved") == b"and so on\n"
    worse, meant = tool("mtype", "-i", image, "::/worse"), files["better"]
    lost = [at for at in range(0, len(meant), page) if worse[at:at + page] != meant[at:at + page]]
    assert len(worse) == len(meant) and 0 < len(lost) <= 16 and 7 * page in lost, lost       # one request's


def test_many_requests_at_once(log, arch, tmp_path):
    """A slow disk has several requests in hand, of readers and of write-back; each gets what is its own. And the device as a file."""
    image, slow = str(tmp_path / "extra.img"), str(tmp_path / "slow.img")
    for name in image, slow:
        with open(name, "wb") as f:
            f.truncate(launcher.EXTRA_MIN)
        mkdisk.format_fat(name, launcher.EXTRA_MIN // mkdisk.SECTOR)
    files = {f"f{k}": content(90_000 + k) for k in range(12)}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        tool("mcopy", "-i", slow, str(tmp_path / name), "::/" + name)
    machine = Machine(log, arch, SMP=2)
    machine.command = lambda: launcher.qemu_command(machine.options, machine.disks.main, image) + [
        "-drive", f"if=none,id=slow,file={slow},format=raw,throttling.iops-total=10", "-device",
        "virtio-blk-device,drive=slow,bus=virtio-mmio-bus.2"]
    with machine as m:
        stats = lambda: [int(n) for n in re.search(r"vdc (.*)", m.run("sync; cat /proc/diskstats"))[1].split()]
        m.run("mkdir /tmp/slow; mount -t vfat /dev/vdc /tmp/slow; cd /tmp")
        assert m.status() == 0
        before = stats()
        assert before[8] == 0
        m.run("for k in 0 1 2 3 4 5 6 7 8 9 10 11; do sha256sum slow/f$k > sum$k & cat sum0 > slow/new$k & done; wait")
        for k in range(12):
            assert hashlib.sha256(files[f"f{k}"]).hexdigest() in m.run(f"cat sum{k}")
        after = stats()
        assert after[17] > 1, "requests wait for each other"
        assert after[0] - before[0] < 12 * 3 + 40, "a request has few pages"
        m.run("sync; cd /; head -c 70000 /tmp/slow/f1 > /tmp/data; umount /tmp/slow")
        assert m.status() == 0
        m.run("printf 'in the middle' | dd of=/dev/vdc bs=1 seek=40000100 conv=notrunc status=none")
        m.run("dd if=/tmp/data of=/dev/vdc bs=70000 seek=600 conv=notrunc status=none")
        assert m.status() == 0
        m.send("poweroff\r")
        m.ended()
    raw = open(slow, "rb").read()
    assert raw[40_000_090:40_000_123] == bytes(10) + b"in the middle" + bytes(10)
    assert raw[42_000_000 - 512:42_070_512] == bytes(512) + files["f1"][:70_000] + bytes(512)
    fsck(slow)
    for name, data in files.items():
        assert tool("mtype", "-i", slow, "::/" + name) == data, name


def test_main_disk_stays_as_built(log, arch):
    """A run writes to a copy."""
    digest = lambda: hashlib.sha256(open(out(arch, "disk.img"), "rb").read()).hexdigest()
    before = digest()
    status, text = unattended(log, arch, "echo changed > /etc/marker; cat /etc/marker")
    assert status == 0 and "changed" in text
    assert digest() == before


def test_keep(log, arch, tmp_path):
    """KEEP=1: what one run writes the next one reads. (On a copy of the build folder's files.)"""
    for name in ("disk.img", "Image"):
        tool("cp", "--sparse=always", out(arch, name), str(tmp_path / name))
    status, _ = unattended(log, arch, "echo kept > /etc/marker; mkdir /etc/folder", MANUL_OUT=tmp_path, KEEP=1)
    assert status == 0
    fsck(partition(tmp_path / "disk.img", tmp_path / "root.img"))
    status, text = unattended(log, arch, "cat /etc/marker; ls /etc", MANUL_OUT=tmp_path)
    assert status == 0
    assert "kept" in text.splitlines() and "folder" in text.split() and "cmd" not in text[text.index("kept"):].split()


def test_image_is_fat32_by_its_own_definition(arch, tmp_path):
    """At least 65,525 clusters, in a partition of type 0x0c that starts at 1 MiB."""
    image = out(arch, "disk.img")
    with open(image, "rb") as f:
        mbr = f.read(512)
    assert mbr[510:] == b"\x55\xaa" and mbr[450] == 0x0C
    assert int.from_bytes(mbr[454:458], "little") == 2048
    clusters = re.search(r"\d+/(\d+) clusters", fsck(partition(image, tmp_path / "root.img")))
    assert int(clusters[1]) >= 65_525
    assert os.path.getsize(image) >= 128 << 20
