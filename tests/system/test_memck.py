"""memck finds what was planted, names it, and finds nothing else."""
import re

import pytest

SOUND = r"^sound: \d+ frames, \d+ slabs, \d+ processes$"
WHO = r" \(allocated by \w+\+0x[0-9a-f]+\)$"
PLANTS = {
    "leak": r"^frame 0x[0-9a-f]+ belongs to nobody: refs 1 but 0 found \(allocated by plant_leak\+0x[0-9a-f]+\)$",
    "refs": r"^frame 0x[0-9a-f]+ counts holders that are none: refs (\d+) but \d+ found" + WHO,
    "double": r"^frame 0x[0-9a-f]+ is held more often than it counts: refs \d+ but \d+ found" + WHO,
    "table": r"^frame 0x[0-9a-f]+ is a root that miscounts its entries" + WHO,
    "free": r"^frame 0x[0-9a-f]+ is free, and somebody holds it" + WHO,
}


@pytest.mark.parametrize("smp", [1, 4])
def test_planted_faults(boot, smp):
    m = boot(SMP=smp)
    assert re.search(SOUND, m.run("memck"), re.M)
    for plant, told in PLANTS.items():
        m.run(f"echo {plant} > /proc/memck")
        text = m.run("memck")
        assert re.search(told, text, re.M), (plant, text)
        assert re.search(r"^1 fault$", text, re.M), (plant, text)
        m.run("memck > /tmp/out")
        assert m.status() == 1
        m.run("echo mend > /proc/memck")
        assert re.search(SOUND, m.run("memck"), re.M), plant
    m.run("echo nonsense > /proc/memck")
    assert m.status() != 0


def test_holders_are_named(boot):
    """A page of process 1's program: the page cache has it, and the process maps it."""
    m = boot(SMP=1)
    m.run("echo refs > /proc/memck")
    text = m.run("memck")
    assert re.search(r"^  held by the page cache at 0x[0-9a-f]+$", text, re.M), text
    assert re.search(r"^  held by process 1 \(/bin/init\) at 0x[0-9a-f]+$", text, re.M), text


@pytest.mark.parametrize("smp", [1, 4])
def test_every_exit_is_checked(unattended_run, smp):
    """With memck=exit all memory is looked at whenever a process ends; programs that do much leave it sound."""
    status, text = unattended_run("/test/proctest && /test/memtest && ls -lR / > /tmp/list && memck", SMP=smp,
                                  APPEND="memck=exit panic=poweroff", timeout=300)
    assert re.search(SOUND, text, re.M), text[-2000:]
    assert "[panic]" not in text and "[memck]" not in text
    assert status == 0


def test_sweeps_of_mounts(unattended_run, tmp_path):
    """With a second disk, mounting FAT is swept as well; memory is sound after it."""
    (tmp_path / "file").write_text("something\n")
    status, text = unattended_run("/test/sweeptest mount umount && memck", SMP=1, EXTRA=tmp_path)
    assert re.search(r"^\[OK\] mount FAT: [1-9]\d* failed", text, re.M), text[-2000:]
    assert re.search(SOUND, text, re.M) and "[KO]" not in text
    assert status == 0
