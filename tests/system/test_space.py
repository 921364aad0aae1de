"""What a user sees of a process's address space, and what chooses its addresses: pmap, vmmap, va, /proc/ledgers, aslr=."""
import re

SIZES = {"K": 1, "M": 1 << 10, "G": 1 << 20, "T": 1 << 30}


def sleepers(m):
    return {int(pid) for pid in re.findall(r"^ *(\d+) .*sleep 1000$", m.run("ps"), re.M)}


def background(m):
    """Start a program that does nothing; its process id, once it runs."""
    before = sleepers(m)
    m.run("sleep 1000 &")
    for _ in range(100):
        new = sleepers(m) - before
        if new:
            return new.pop()
    raise AssertionError("sleep does not start")


def smaps(m, pid):
    """(start, end, Rss, dirty) of each region, in bytes and KiB."""
    parts = re.split(r"^([0-9a-f]+)-([0-9a-f]+) .*\n", m.run(f"cat /proc/{pid}/smaps"), flags=re.M)[1:]
    number = lambda part, key: int(re.search(rf"^{key}: +(\d+) kB", part, re.M)[1])
    return [(int(a, 16), int(b, 16), number(part, "Rss"), number(part, "Shared_Dirty") + number(part, "Private_Dirty"))
            for a, b, part in zip(parts[::3], parts[1::3], parts[2::3])]


def status(m, pid, key):
    return re.search(rf"^{key}:\s+(.+)$", m.run(f"cat /proc/{pid}/status"), re.M)[1]


def check_pmap(m, pid):
    regions = smaps(m, pid)
    lines = m.run(f"pmap {pid}").splitlines()
    assert lines[0] == f"{pid}:   sleep 1000"
    rows = [re.fullmatch(r"([0-9a-f]{16}) +(\d+)K [r-][w-][x-][s-]- (.+)", line) for line in lines[1:-1]]
    assert all(rows) and [(int(r[1], 16), int(r[2]) * 1024) for r in rows] == [(a, b - a) for a, b, _, _ in regions]
    assert re.fullmatch(r" total +%dK" % (sum(b - a for a, b, _, _ in regions) // 1024), lines[-1])
    assert "sleep" in [r[3] for r in rows] and "  [ stack ]" in [r[3] for r in rows]
    lines = m.run(f"pmap -x {pid}").splitlines()
    assert re.fullmatch(r"Address +Kbytes +RSS +Dirty +Mode +Mapping", lines[1]) and lines[-2].startswith("-----")
    rows = [line.split() for line in lines[2:-2]]
    assert [(int(r[0], 16), int(r[1]), int(r[2]), int(r[3])) for r in rows] == [(a, (b - a) // 1024, rss, d) for a, b, rss, d in regions]
    sums = [sum((b - a) // 1024 for a, b, _, _ in regions), sum(r[2] for r in regions), sum(r[3] for r in regions)]
    assert [int(n) for n in lines[-1].split()[2:]] == sums and 0 < sums[2] <= sums[1] <= sums[0]
    assert status(m, pid, "VmSize") == f"{sums[0]} kB" and status(m, pid, "VmRSS") == f"{sums[1]} kB"


def check_vmmap(m, pid):
    text = m.run(f"vmmap {pid}")
    regions = smaps(m, pid)
    starts = [int(a, 16) for a in re.findall(r"^0x([0-9a-f]+) +\S+ +[r-][w-][x-][sp] ", text, re.M)]
    assert starts == [a for a, _, _, _ in regions]
    assert len(re.findall(r"^0x\S+ +\S+ +hole +\.+$", text, re.M)) >= 2
    assert len(re.findall(r"---- window (?:begins|ends) ----", text)) == 2
    strip = re.search(r"^window .*\n\[([.1-9#]*)\]$", text, re.M)[1]
    assert len(strip) == 72
    used, mmaps = re.search(r"^addresses (\S+),", text, re.M)[1], int(re.search(r"^(\d+) mmaps, \d+ munmaps; refused: no hole 0,", text, re.M)[1])
    assert str(mmaps) == status(m, pid, "Mmaps")
    assert abs(float(used[:-1]) * SIZES[used[-1]] - int(status(m, pid, "VmSize").split()[0])) <= 60
    assert "vmmap" in m.run("vmmap").splitlines()[0]


def check_refusals(m):
    for command in ("pmap", "vmmap", "va"):
        assert m.run(command + " --help").startswith("usage: " + command)
        assert m.status() == 0
        assert m.run(command + " -z").startswith("usage: " + command)
        assert m.status() == 2
    for command, status in (("pmap", 2), ("pmap x", 2), ("pmap 99999", 1), ("pmap 1 99999", 1), ("pmap 12x", 2), ("vmmap 0", 2),
                            ("vmmap 99999", 1), ("vmmap 1 2", 2), ("va bump", 2), ("va worst true", 125), ("va bump,wide true", 125),
                            ("va bump /nowhere", 127), ("va bump false", 1)):
        m.run(command)
        assert m.status() == status, command


def check_policies(m):
    first = m.run("cat /proc/self/va_policy").split()
    assert first == ["bestfit", "default"] == m.run("va").split()
    m.run("config va_policy=firstfit")
    assert m.run("va").split() == ["firstfit", "default"]
    m.run("config va_policy=bestfit")
    text = m.run("va bump,legacy sh -c 'cat /proc/self/va_policy /proc/self/status; sh -c va'").splitlines()
    assert text[0] == text[-1] == "bump legacy" and "Window:\t10000000-3fee0000" in text
    assert "Window:\t1000000000-2000000000" in m.run("cat /proc/self/status")
    assert m.run("va bump va system va").split() == first
    pid = background(m)
    m.run(f"echo firstfit legacy > /proc/{pid}/va_policy")
    assert m.run(f"cat /proc/{pid}/va_policy").split() == ["firstfit", "legacy"]
    assert status(m, pid, "Window") == "1000000000-2000000000"
    m.run(f"kill {pid}; wait")
    text = m.run("sh -c 'P=$$; echo firstfit,legacy > /proc/$P/va_policy; va; cat /proc/self/status'")
    assert text.startswith("firstfit legacy") and "Window:\t10000000-3fee0000" in text


def ledgers(m):
    rows = [line.split() for line in m.run("cat /proc/ledgers").splitlines()]
    assert rows[0] == ["pid", "name", "virtual", "resident", "share", "zeros", "tables"]
    return {row[0]: [row[1], *map(int, row[2:])] for row in rows[1:]}


def check_ledgers(m):
    pids = [background(m), background(m)]
    rows = ledgers(m)
    everyone = rows.pop("all")
    assert int(everyone[0]) == len(rows)
    for column in (1, 2, 4, 5):
        assert everyone[column] == sum(row[column] for row in rows.values())
    assert abs(everyone[3] - sum(row[3] for row in rows.values())) <= len(rows)
    for pid in pids:
        name, mapped, resident, share, _, tables = rows[str(pid)]
        assert name == "sleep" and mapped >= resident >= share > 0 and tables >= 3
        assert mapped * 4 == int(status(m, pid, "VmSize").split()[0]) and resident * 4 == int(status(m, pid, "VmRSS").split()[0])
    # Both run the same file, so neither is charged for all of it.
    assert rows[str(pids[0])][3] < rows[str(pids[0])][2]
    for pid in pids:
        m.run(f"kill {pid}")
    m.run("wait")
    assert not {str(pid) for pid in pids} & ledgers(m).keys()


def test_address_spaces_are_seen(boot):
    m = boot(SMP=2)
    pid = background(m)
    check_pmap(m, pid)
    check_vmmap(m, pid)
    m.run(f"kill {pid}; wait")
    check_refusals(m)
    check_policies(m)
    check_ledgers(m)


PLACES = "grep stack /proc/self/maps; grep Window /proc/self/status; /test/pie"


def places(text):
    """Where the stack, the window and an image that may lie anywhere begin, of each run."""
    stacks = [int(a, 16) for a in re.findall(r"^[0-9a-f]+-([0-9a-f]+) .*\[stack\]", text, re.M)]
    windows = [int(a, 16) for a in re.findall(r"^Window:\t([0-9a-f]+)-", text, re.M)]
    images = [int(a, 16) for a in re.findall(r"^image at 0x([0-9a-f]+)", text, re.M)]
    assert len(stacks) == len(windows) == len(images) >= 2
    return stacks, windows, images


def test_places_are_the_same(unattended_run):
    status, text = unattended_run(f"{PLACES}; {PLACES}", SMP=1)
    assert status == 0
    assert [set(found) for found in places(text)] == [{0x3fffff0000}, {0x1000000000}, {0x2aaaaaa000}]


def test_places_are_random(unattended_run):
    """With aslr=on no two runs are alike, all are within 1 GiB of where they were, and everything works."""
    programs = "/test/memtest && /test/proctest && /test/pagetest && va bump,legacy /test/memtest"
    status, text = unattended_run(f"{PLACES}; {PLACES}; {PLACES}; {programs} && {PLACES}", SMP=2, APPEND="aslr=on")
    assert status == 0 and "[KO]" not in text, text[-3000:]
    stacks, windows, images = places(text)
    for found, usual, way in ((stacks, 0x3fffff0000, -1), (images, 0x2aaaaaa000, 1)):
        assert len(set(found)) == len(found)
        assert all(0 <= (a - usual) * way < 1 << 30 and a % 4096 == 0 for a in found)
    assert len(set(windows)) == len(windows) and all(0 <= a - 0x1000000000 < 1 << 30 for a in windows)
