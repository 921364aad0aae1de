"""The famous failure and its cure: 196,320 pages of addresses, and two million allocations."""
import re

import pytest

import casts
import transcripts

WINDOW = 196_320        # pages from 0x1000_0000 to 0x3fee_0000
FIRST = "allocstress: starting virtual address exhaustion test"
REACHED = ["allocstress: reached 2,000,000 allocations without failure!", "allocstress: done"]


def number(pattern, text):
    found = re.search(pattern, text)
    assert found, f"no {pattern!r} in:\n{text[-2000:]}"
    return int(found[1].replace(",", ""))


def test_the_failure(boot, arch):
    """bump in the historical window: every address is used once, and then the program dies of having freed everything."""
    m = boot(APPEND="va=bump va.window=legacy", SMP=1)
    m.run("MALLOC=page allocstress")
    text = m.raw
    assert not transcripts.untrue("MALLOC=page allocstress", text)
    assert arch not in casts.CASTS["stress"][3] or not casts.untrue("stress", arch, "MALLOC=page allocstress", text)
    lines = text.splitlines()
    assert FIRST in lines
    assert "[mmap] REJECT: size 0x1000 exceeds limit" in lines
    assert "OUT OF MEMORY!" in text
    counts = [int(n) for n in re.findall(r"^Allocations: (\d+) \(actual count: \d+\)", text, re.M)]
    assert counts == list(range(10_000, 190_001, 10_000))
    report = text[text.index("OUT OF MEMORY!"):].lower()
    for word in ["net", "total allocated", "total freed", "allocation count"]:
        assert word in report
    died_at = number(r"allocation count[^\d]*([\d,]+)", report)
    assert WINDOW - 320 <= died_at <= WINDOW
    assert re.search(r"^\[exception\] Process \d+ \(/bin/allocstress\) exited", text, re.M)
    assert REACHED[0] not in lines
    assert m.status() != 0
    assert m.run("echo the shell goes on").strip() == "the shell goes on"


# Two million mmaps take some minutes each.
@pytest.mark.parametrize("policy, heap", [("firstfit", "page"), ("bestfit", "page"), ("bump", "chunk")])
def test_the_cure(unattended_run, policy, heap):
    """The same program in the same window, with holes that are used again; or with a heap that asks less often."""
    status, text = unattended_run(f"MALLOC={heap} allocstress", APPEND=f"va={policy} va.window=legacy", SMP=1, timeout=1800)
    lines = text.splitlines()
    assert FIRST in lines
    counts = re.findall(r"^Allocations: (\d+) \(actual count: (\d+)\)", text, re.M)
    assert [int(a) for a, _ in counts] == list(range(10_000, 2_000_001, 10_000))
    assert all(a == b for a, b in counts)
    at = lines.index(REACHED[0])
    assert lines[at + 1] == REACHED[1]
    assert "REJECT" not in text
    assert status == 0


@pytest.mark.parametrize("policy", ["firstfit", "bestfit"])
def test_waves(unattended_run, policy):
    """64 objects of k pages, k = 1, 2, 3, ...: reuse without coalescing would run out after 4,980 objects."""
    status, text = unattended_run("allocstress --waves 1000", APPEND=f"va={policy} va.window=legacy", SMP=1)
    assert "REJECT" not in text
    assert "OUT OF MEMORY" not in text
    assert status == 0, text[-2000:]


def test_waves_under_bump(unattended_run):
    """The test is one that can fail."""
    status, text = unattended_run("allocstress --waves 1000", APPEND="va=bump va.window=legacy", SMP=1)
    assert "REJECT" in text
    assert status != 0


PHASES = ["mixed", "lifo", "fifo", "random", "realloc", "threads"]


def test_phases(unattended_run):
    """Objects of many sizes and lifetimes, from threads too, hold what was written, and nothing is left; the page heap gives all
    addresses back, the chunk heap asks less often. Where addresses are not used again, a phase runs out of them and says so."""
    commands = ["allocstress --all", "MALLOC=chunk allocstress --all", "allocstress --threads -t 9 -s 7 -n 2000",
                "MALLOC=chunk allocstress --threads -t 6 -n 10000", "MALLOC=debug:chunk allocstress --threads -t 6 -n 2000",
                "va bump,legacy allocstress --random -n 200000", "allocstress --nonsense", "allocstress -s 0"]
    status, text = unattended_run("; ".join(f"{c}; echo status $?" for c in commands), SMP=4)
    assert status == 0 and re.findall(r"^status (\d+)", text, re.M) == ["0"] * 5 + ["1", "2", "2"], text[-3000:]
    found = re.findall(r"^allocstress: (\w+): (\d+) steps, (\d+) allocations, every content right\n"
                       r"  addresses: ([+-]\d+) KiB, at most (\d+); holes (\d+), .*; mmap (\d+), munmap (\d+), faults (\d+)$", text, re.M)
    assert [f[0] for f in found] == PHASES + PHASES + ["threads"] * 3
    page, chunk = found[:6], found[6:12]
    assert all(f[3] == "+0" and int(f[6]) == int(f[7]) >= int(f[2]) for f in page)
    assert all(int(c[6]) < int(p[6]) / 4 for p, c in zip(page, chunk) if p[0] != "realloc")
    assert "allocstress: no memory for" in text and re.search(r"^allocstress: random: 200000 steps, \d+ allocations, FAILED$", text, re.M)
