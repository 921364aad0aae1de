"""Segment pools in the guest: the table of the story, the old bugs beside the cures, owners and threads, a long run."""
import re

import pytest


def rows(text):
    """phase -> the six figures of the table."""
    found = re.findall(r"^(initial|load|free 100|reuse 50|steady state) +(-?\d+) +(\d+) +(\d+) +(\d+) +(-?\d+) +(-?\d+)$", text, re.M)
    return {row[0]: tuple(map(int, row[1:])) for row in found}


def part(text, n):
    """What the n-th command printed: each ends with its status in a line."""
    parts = re.split(r"^status (\d+)\n", text, flags=re.M)
    return parts[2 * n], int(parts[2 * n + 1])


COMMANDS = ["segtest -v", "segtest --budget=physical", "segtest --budget=virtual", "segtest --owners -n 20000", "segtest --owners=upstream -t 1",
            "segtest --soak -n 60000 --trace", "segtest --owners -v -n 8000", "segtest --nonsense", "segtest -n 99999999999999999999",
            "MALLOC=chunk segtest --soak -n 15000", "MALLOC=debug:chunk segtest --soak -n 15000", "segtest --populate"]


@pytest.mark.parametrize("smp", [1, 4])
def test_segtest(unattended_run, smp):
    status, text = unattended_run("; ".join(f"{c}; echo status $?" for c in COMMANDS), SMP=smp, MEM="128M")
    assert status == 0

    # Active and freed count regions; addresses never move, and the kernel's figures follow the ledgers.
    table, code = part(text, 0)
    assert code == 0 and rows(table) == {
        "initial": (0, 0, 0, 0, 0, 0), "load": (500, 500, 250, 0, 500, 20), "free 100": (500, 300, 150, 100, 500, 12),
        "reuse 50": (500, 400, 200, 50, 500, 16), "steady state": (500, 400, 200, 50, 500, 16)}
    assert len(re.findall(r"^NEW mmap for pool [46]: ", table, re.M)) == 250
    assert len(re.findall(r"^REUSING region for pool [46]: ", table, re.M)) == 50 + 20 * 100

    # The old budget lets addresses grow by 200 MiB a round; the new one not at all.
    for n, want in [(1, [200, 400, 600, 800, 1000]), (2, [200] * 5)]:
        out, code = part(text, n)
        found = re.findall(r"^ +(\d) +(\d+) +(\d+) +(\d+) +(\d+)$", out, re.M)
        assert [int(f[1]) for f in found] == want and [int(f[4]) for f in found] == want
        assert all(f[2] == "200" and f[3] == "0" for f in found) and code == (n == 1)

    out, code = part(text, 3)
    assert code == 0 and "each had one owner" in out
    out, code = part(text, 4)
    assert code == 1 and "two owners of one segment" in out and "has another owner" in out
    out, code = part(text, 5)
    assert code == 0 and re.search(r"virtual at most 16 MiB of 16, sound$", out, re.M) and "trace " in out
    assert all(int(n) <= 8 for n in re.findall(r"mapped (\d+)", out)) and len(re.findall(r"^segtest: part \d", out, re.M)) == 4
    out, code = part(text, 6)
    assert code == 0 and re.search(r"^NEW mmap for pool \d", out, re.M)
    assert re.search(r"^Virtual budget pressure: pool \d, virtual 16384 KiB of 16384 KiB", out, re.M)
    assert part(text, 7)[1] == part(text, 8)[1] == 2
    for n in [9, 10]:
        out, code = part(text, n)
        assert code == 0 and re.search(r"virtual at most 16 MiB of 16, sound$", out, re.M)

    # More than there are frames for: refused, and whoever asked lives.
    out, code = part(text, 11)
    assert code == 0 and re.search(r"^segtest: \d{2,} MiB of segments with their frames, then refused; nobody was ended, sound$", out, re.M)
