"""Virtual memory as programs see it: two ledgers, and calls at random under each policy of placing."""
import re

import pytest

ROW = re.compile(r"^ +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)  agree$", re.M)


def rounds(text):
    """For each round: virtual and physical as the pool counts them and as the kernel does, KiB; regions in use."""
    rows = [list(map(int, row)) for row in ROW.findall(text)]
    assert [row[0] for row in rows] == list(range(6)), text[-3000:]
    assert all(row[1] == row[2] and row[3] == row[4] for row in rows)
    return [row[1] for row in rows], [row[3] for row in rows], [row[5] for row in rows]


def test_budget_of_frames_leaks_addresses(unattended_run):
    """The bug: what madvise frees makes room for new regions, round after round, with no more frames in use than before."""
    status, text = unattended_run("ledgers --budget=physical", SMP=1)
    virtual, physical, in_use = rounds(text)
    step = virtual[0] // 2
    assert virtual == [virtual[0] + k * step for k in range(6)]
    assert set(physical) == {virtual[0]} and set(in_use) == {100} and "0 times refused" in text
    assert status == 0


def test_budget_of_addresses_stays_flat(unattended_run):
    """The cure; and the kernel's own limit on addresses never comes into it."""
    status, text = unattended_run("ledgers --budget=virtual --limit", SMP=1)
    virtual, physical, in_use = rounds(text)
    assert len(set(virtual)) == 1 and physical == virtual and set(in_use) == {100}
    assert "0 times refused" in text and "[mmap] BUDGET" not in text
    assert status == 0


def test_limit_stops_the_leak(unattended_run):
    """The bug under RLIMIT_AS: the kernel refuses what the pool does not, and says so."""
    status, text = unattended_run("ledgers --budget=physical --limit", SMP=1)
    virtual, physical, _ = rounds(text)
    assert len(set(virtual)) == 1 and physical[:3] == [virtual[0], virtual[0] // 2, 0]
    assert re.search(r"^\[mmap\] BUDGET: size 0x100000 and 0x\w+ mapped exceed 0x\w+", text, re.M)
    assert "2 times refused" in text and status == 0


@pytest.mark.parametrize("policy", ["bump", "firstfit"])
def test_random_calls_under_each_policy(unattended_run, policy):
    """As in test_guest, where the policy is bestfit."""
    status, text = unattended_run("/test/mmfuzz", SMP=4, APPEND=f"va={policy}")
    assert "[KO]" not in text and re.search(r"\[SUCCESS\] (\d+)/\1\b", text), text[-3000:]
    assert status == 0


def test_cost_with_many_regions(unattended_run):
    """In instructions: 10,000 regions make no call twice as dear as 10 do."""
    status, text = unattended_run("regionbench", SMP=1, ICOUNT=1)
    figures = {name: int(n) for name, n in re.findall(r"^result (\w+) (\d+) instructions$", text, re.M)}
    for name in ("mmap_munmap", "fault", "mprotect_both_ways"):
        assert 0 < figures[name + "_10000"] < 2 * figures[name + "_10"], (name, figures)
    assert status == 0
