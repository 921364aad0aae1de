"""Volumes by other people's tools, of every geometry: kernel/fs on the host reads and writes them, and the tools agree with what comes of it."""
import os
import struct
import subprocess

import pytest

from machine import TREE
from test_disk import content, fsck, tool, tree_of

FATMOUNT = os.path.join(TREE, "build/host/fs/fatmount")
FSCHECK = os.path.join(TREE, "build/posix/bin/fscheck")
EXIST, INVAL, NOSPC, NAMETOOLONG = "EXIST", "INVAL", "NOSPC", "NAMETOOLONG"
ERRORS = [line.split(",")[0].split()[0].removeprefix("ERR_") for line in open(os.path.join(TREE, "lib/include/lib/err.h"))
          if line.strip().startswith(("ERR_", "OK"))]


def volume(path, size, *options):
    with open(path, "wb") as f:
        f.truncate(size)
    tool("mkfs.fat", "-F", "32", *options, str(path))
    return str(path)


def manul(image, *lines, status=0):
    """What kernel/fs does with the volume: the text of it."""
    done = subprocess.run([FATMOUNT, image], input="".join("\t".join(map(str, line)) + "\n" for line in lines), text=True, capture_output=True,
                          timeout=300)
    assert done.returncode == status, (done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout


def check(image):
    """What fsck.fat says, which knows two FATs at most; else fscheck, and all FATs are the same."""
    with open(image, "rb") as f:
        b = f.read(512)
        reserved, nfats, size = int.from_bytes(b[14:16], "little") * 512, b[16], int.from_bytes(b[36:40], "little") * 512
        f.seek(reserved)
        fats = [f.read(size) for _ in range(nfats)]
    assert fats.count(fats[0]) == nfats
    if nfats <= 2:
        return fsck(image)
    text = subprocess.run([FSCHECK, image], capture_output=True, text=True, timeout=300)
    assert text.returncode == 0 and "no faults" in text.stdout, text
    return f" {fats[0].count(bytes(4))} clusters "


def names(text):
    return sorted(line[4:] for line in text.splitlines() if line.startswith(("  - ", "  d ")))


MANY = 66_000     # clusters: with fewer than 65,525 others take it for FAT16
GEOMETRIES = {**{f"clusters of {512 * s}": (MANY * s * 512 + (2 << 20), ["-s", str(s)]) for s in (1, 2, 8, 16, 64, 128)},
              "one FAT": (36 << 20, ["-f", "1", "-s", "1"]), "four FATs": (36 << 20, ["-f", "4", "-s", "1"]),
              "few reserved sectors": (36 << 20, ["-R", "9", "-a", "-s", "1"]), "many reserved sectors": (36 << 20, ["-R", "1033", "-a", "-s", "1"]),
              "a label": (70 << 20, ["-n", "A LABEL", "-s", "2"]), "not aligned": ((36 << 20) + 1536, ["-a", "-s", "1"])}


@pytest.mark.parametrize("name", GEOMETRIES)
def test_geometry(tmp_path, name):
    """Files of all sizes both ways, long names, aliases that collide, a directory of several clusters with holes, and a full volume."""
    size, options = GEOMETRIES[name]
    image = volume(tmp_path / "image", size, *options)
    with open(image, "rb") as f:
        cluster = f.read(16)[13] * 512
    sizes = [0, 1, cluster - 1, cluster, cluster + 1, 3 * cluster + 5]
    for n in sizes:
        (tmp_path / f"in{n}").write_bytes(content(n))
        tool("mcopy", "-i", image, str(tmp_path / f"in{n}"), f"::/a file of theirs, {n}")
    (tmp_path / "big").write_bytes(content(6 << 20))
    free = lambda: check(image).split(" clusters")[-2].split()[-1]
    before = free()
    many = [f"a collision with number {k}" for k in range(max(14, cluster // 32 // 3 + 10 if cluster <= 8192 else 0))]
    script = [("get", f"a file of theirs, {n}", tmp_path / f"out{n}") for n in sizes]
    script += [("mkdir", "d")] + [("put", f"d/a file of ours, {n}", tmp_path / f"in{n}") for n in sizes]
    script += [("put", f"d/{name}", tmp_path / "in1") for name in many] + [("rm", f"d/{name}") for name in many[2::3]]
    script += [("put", "d/in a hole", tmp_path / "in1"), ("mv", "d/a file of ours, 1", "moved away"), ("rm", "a file of theirs, 0")]
    assert "error" not in manul(image, *script)
    check(image)
    left = {f"/a file of theirs, {n}": n for n in sizes[1:]} | {f"/d/a file of ours, {n}": n for n in sizes if n != 1}
    left |= {f"/d/{name}": 1 for k, name in enumerate(many) if k < 2 or (k - 2) % 3} | {"/d/in a hole": 1, "/moved away": 1}
    assert tree_of(image) == left
    for n in sizes:
        assert (tmp_path / f"out{n}").read_bytes() == content(n)
    for n in sizes[2:]:
        assert tool("mtype", "-i", image, f"::/d/a file of ours, {n}") == content(n)
    full = [f"full{k}" for k in range(8 if size < 40 << 20 else 1)]
    text = manul(image, ("rm", "d/in a hole"), *(("put", name, tmp_path / "big") for name in full), ("put", "d/after", tmp_path / "in1"))
    assert len(full) == 1 or ERRORS[error_of(text, "put full")] == NOSPC
    check(image)
    manul(image, *(("rm", name) for name in full), *(("rm", path[1:]) for path in left if path != "/d/in a hole"), ("rm", "d/after"), ("rmdir", "d"))
    check(image)
    assert names(manul(image, ("ls", ""))) == []
    for n in sizes:
        tool("mcopy", "-o", "-i", image, str(tmp_path / f"in{n}"), f"::/a file of theirs, {n}")
    assert free() == before


def error_of(text, what):
    """The number in the last line that tells of what."""
    return int([line for line in text.splitlines() if what in line and ": error " in line][-1].rpartition(" ")[2])


@pytest.mark.parametrize("options, word", [(["-F", "12"], "FAT12 or FAT16"), (["-F", "16"], "FAT12 or FAT16"), (["-F", "32", "-S", "4096"], "not of 512 bytes")])
def test_refused(tmp_path, options, word):
    with open(tmp_path / "image", "wb") as f:
        f.truncate((8 if "12" in options else 64) << 20)
    tool("mkfs.fat", *options, str(tmp_path / "image"))
    before = (tmp_path / "image").read_bytes()
    assert word in manul(str(tmp_path / "image"), status=1)
    assert (tmp_path / "image").read_bytes() == before


@pytest.mark.parametrize("at, data", [((0, 48), b"\0\0"), ((0, 48), b"\xff\xff"), ((512, 0), b"junk"), ((512, 488), b"\xff" * 8), ((512, 488), b"\x01\0\0\0\xff\xff\xff\x0f")])
def test_no_count_to_believe(tmp_path, at, data):
    """No FSInfo, one that is none, one that does not know, and one that says too little."""
    image = volume(tmp_path / "image", 36 << 20, "-s", "1")
    with open(image, "r+b") as f:
        f.seek(sum(at))
        f.write(data)
    (tmp_path / "in").write_bytes(content(100_000))
    script = [("put", f"{k}", tmp_path / "in") for k in range(5)] + [("mv", "0", "a longer name, of some slots"), ("get", "3", tmp_path / "out")]
    assert "error" not in manul(image, *script)
    assert (tmp_path / "out").read_bytes() == content(100_000)
    assert set(tree_of(image)) == {"/1", "/2", "/3", "/4", "/a longer name, of some slots"}
    text = subprocess.run(["/usr/sbin/fsck.fat", "-n", image], capture_output=True, text=True).stdout
    assert not any(word in text for word in ("share", "Reclaim", "contains a free", "chain length")), text


def test_huge_root(tmp_path):
    """A root of many clusters, by them; every name is found, some go, others come."""
    image = volume(tmp_path / "image", 36 << 20, "-s", "1")
    (tmp_path / "in").mkdir()
    theirs = [f"file number {k} of many.text" for k in range(700)]
    for name in theirs:
        (tmp_path / "in" / name).write_bytes(b"x")
    tool("mcopy", "-i", image, *(str(tmp_path / "in" / name) for name in theirs), "::/")
    text = manul(image, ("ls", ""), *(("rm", name) for name in theirs[::2]), *(("mv", name, "moved " + name) for name in theirs[1::20]))
    assert names(text) == sorted(theirs) and "error" not in text
    fsck(image)
    assert set(tree_of(image)) == {"/" + name for name in theirs[1::2] if name not in theirs[1::20]} | {"/moved " + name for name in theirs[1::20]}


# ---- slots as nobody's tool writes them ----

def checksum(short):
    total = 0
    for c in short:
        total = ((total >> 1) + (total << 7) + c) & 255
    return total


def short_slot(short, cluster=0, size=0, attr=0x20, case=0):
    return short + struct.pack("<BBBHHHHHHHI", attr, case, 0, 0, 0x5821, 0x5821, cluster >> 16, 0, 0x5821, cluster & 0xFFFF, size)


def long_slots(name, sum_, drop=()):
    units = name.encode("utf-16-le", "surrogatepass")
    units = [units[k:k + 2] for k in range(0, len(units), 2)]
    n = (len(units) + 12) // 13
    units += [b"\0\0"] if len(units) % 13 else []
    units += [b"\xff\xff"] * (13 * n - len(units))
    slots = []
    for ord_ in range(n, 0, -1):
        part = units[13 * (ord_ - 1):13 * ord_]
        slots.append(bytes([ord_ | (0x40 if ord_ == n else 0)]) + b"".join(part[:5]) + bytes([15, 0, sum_]) + b"".join(part[5:11]) + b"\0\0" + b"".join(part[11:]))
    return [s for k, s in enumerate(slots) if k not in drop]


def entry(name, short, **more):
    return long_slots(name, checksum(short)) + [short_slot(short, **more)]


def put_root(image, slots):
    """These are the slots of the root, in its first cluster."""
    with open(image, "r+b") as f:
        b = f.read(512)
        f.seek(512 * (int.from_bytes(b[14:16], "little") + b[16] * int.from_bytes(b[36:40], "little")))
        assert len(slots) * 32 < b[13] * 512
        f.write(b"".join(slots))


LABEL = short_slot(b"SOME LABEL ", attr=8)
ROOTS = {     # slots, and the names that are seen
    "a label among files": ([LABEL, short_slot(b"A       TXT"), LABEL], ["A.TXT"]),
    "long slots that belong to nobody": (long_slots("an orphan of two slots", 7) + [short_slot(b"A       TXT")], ["A.TXT"]),
    "a part is missing": (long_slots("the name of a file of three slots.x", checksum(b"THENAM~1X  "), drop=[1]) + [short_slot(b"THENAM~1X  ")], ["THENAM~1.X"]),
    "another's checksum": (long_slots("mine", 99) + [short_slot(b"OTHER   TXT")], ["OTHER.TXT"]),
    "deleted between": (long_slots("left over", checksum(b"B          ")) + [b"\xe5" + short_slot(b"B          ")[1:], short_slot(b"B          ")], ["B"]),
    "at the end": ([short_slot(b"A          ")] + long_slots("nothing comes", 1), ["A"]),
    "255 characters": (entry("n" * 255, b"N~1        "), ["n" * 255]),
    "255 characters, 510 bytes": (entry("ü" * 255, b"U~1        "), ["ü" * 127]),     # more than a name may have here; it cannot be had
    "beyond 16 bits": (entry("\U0001F431 cat", b"_CAT~1     "), ["\U0001F431 cat"]),
    "half of a pair": (entry("half \ud83d of one", b"HALF~1     "), ["half ? of one"]),
    "a slash": (entry("a/b", b"A_B~1      "), ["a?b"]),
    "dots": (entry("..", b"DOTS~1     ") + entry(".", b"DOT~1      ") + entry("...", b"DOTS~2     "), sorted(["DOTS~1", "DOT~1", "..."])),
    "a trailing dot": (entry("ends with.", b"ENDSWI~1   "), ["ends with."]),
    "case flags": ([short_slot(b"LOWER   TXT", case=0x18), short_slot(b"HALF    TXT", case=8)], ["half.TXT", "lower.txt"]),
    "0xe5 in a name": ([short_slot(b"\x05BC     TXT")], ["σBC.TXT"]),
    "an old code page": ([short_slot(b"\x9aBUNG   TXT")], ["ÜBUNG.TXT"]),
    "no name": ([short_slot(b"           "), short_slot(b"        TXT"), short_slot(b"A          ")], ["A"]),
    "a system's hidden file": ([short_slot(b"A          ", attr=0x27)], ["A"]),
    "20 parts exactly": (entry("n" * 26, b"NNNNNN~1   "), ["n" * 26]),
}


@pytest.mark.parametrize("name", ROOTS)
def test_slots(tmp_path, name):
    """What is seen; it can all be read but what has no name, and a file that is made beside it is whole."""
    slots, seen = ROOTS[name]
    image = volume(tmp_path / "image", 70 << 20, "-s", "2")
    put_root(image, slots)
    (tmp_path / "in").write_bytes(b"mine")
    text = manul(image, ("ls", ""), ("put", "a new file beside it", tmp_path / "in"), ("ls", ""))
    assert names(text) == sorted(seen + seen + ["a new file beside it"]), text
    assert "error" not in text
    assert tool("mtype", "-i", image, "::/a new file beside it") == b"mine"
    whole = [n for n in seen if "?" not in n and not n.endswith((".", "üü"))]
    text = manul(image, *(("get", n, tmp_path / "out") for n in whole), *(("rm", n) for n in whole), ("ls", ""))
    assert "error" not in text and names(text) == sorted([n for n in seen if n not in whole] + ["a new file beside it"])


def test_letter_case(tmp_path):
    """A name is found in either case and kept as it was written; another case is no other file; long names and aliases both lead to it."""
    image = volume(tmp_path / "image", 36 << 20, "-s", "1")
    for name in ("one", "two"):
        (tmp_path / name).write_text(name)
    tool("mcopy", "-i", image, str(tmp_path / "one"), "::/A Long Name.Text")
    script = [("get", "a long name.text", tmp_path / "got"), ("put", "A LONG NAME.TEXT", tmp_path / "two"), ("get", "ALONGN~1.TEX", tmp_path / "alias"),
              ("mv", "A Long Name.Text", "a long name.text"), ("ls", ""), ("put", "Übung", tmp_path / "one"), ("put", "übung", tmp_path / "two"),
              ("mkdir", "ends with a dot."), ("put", "ends with a blank ", tmp_path / "one"), ("put", "n" * 256, tmp_path / "one"), ("put", "n" * 255, tmp_path / "one")]
    text = manul(image, *script)
    assert names(text) == ["a long name.text"]
    assert [ERRORS[error_of(text, what)] for what in ("put A LONG", "put übung", "mkdir ends", "put ends", "put nnn")] == [EXIST, EXIST, INVAL, INVAL, NAMETOOLONG], text
    assert (tmp_path / "got").read_text() == (tmp_path / "alias").read_text() == "one"
    fsck(image)
    assert set(tree_of(image)) == {"/a long name.text", "/Übung", "/" + "n" * 255}
