"""FAT32 both ways: what the host wrote Manul reads, what Manul wrote the host finds without fault."""
import hashlib
import os
import re
import subprocess

import pytest

import mkdisk
from machine import Machine, launcher, out, unattended

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


HARM = re.compile(r"shares|bad |invalid|loop|wrong|start cluster|contains a free|chain length is <|differ", re.I)


def churn(step):
    """Files and folders come, grow, move and go."""
    kind = step * 7 % 5
    return [f"echo step {step} begins", "cat /bin/cp >> /mnt/log",
            [f"cp /bin/ls '/mnt/a file of number {step}'", f"mkdir /mnt/d{step}; echo hello > /mnt/d{step}/file", "rm -f /mnt/a*",
             f"mv '/mnt/a file of number {step - 3}' /mnt/moved", "sync"][kind]]


@pytest.mark.parametrize("cut", [4, 21, 37])
def test_power_cut(log, arch, tmp_path, cut):
    """The machine is gone in the middle of writing: at most clusters that no file has; the other files are as they were."""
    image, kept = str(tmp_path / "extra.img"), content(300_000)
    with open(image, "wb") as f:
        f.truncate(launcher.EXTRA_MIN)
    mkdisk.format_fat(image, launcher.EXTRA_MIN // mkdisk.SECTOR)
    (tmp_path / "kept").write_bytes(kept)
    tool("mcopy", "-i", image, str(tmp_path / "kept"), "::/kept")
    script = "\n".join(line for step in range(cut + 8) for line in churn(step))
    machine = Machine(log, arch, SMP=2, to_prompt=False, CMD=script)
    machine.command = lambda: launcher.qemu_command(machine.options, machine.disks.main, image)
    with machine as m:
        m.expect(f"step {cut} begins")
    text = subprocess.run(["/usr/sbin/fsck.fat", "-n", "-v", image], capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout
    log.write(text)
    assert not HARM.search(text.replace("Checking for bad clusters", "").replace("Free cluster summary wrong", "")), text
    assert tool("mtype", "-i", image, "::/kept") == kept


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
