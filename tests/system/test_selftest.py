"""The kernel's own tests of mm/, in the kernel as it runs."""
import re

import pytest

GROUPS = ["buddy", "zone", "slab", "blocks", "kmalloc", "vmap", "txn", "pool"]


@pytest.mark.parametrize("smp", [1, 4])
def test_selftest(unattended_run, smp):
    """Every group has tests, and all pass: what they say, that nothing leaks, and that mm_check() finds no fault."""
    status, text = unattended_run("/bin/selftest", SMP=smp, MEM="128M")
    assert not re.findall(r"^\[KO\].*", text, re.M)
    assert re.search(r"^\[SUCCESS\] (\d+)/\1\b", text, re.M), text[-3000:]
    passed = re.findall(r"^\[OK\] (\w+)\.\w+", text, re.M)
    assert set(passed) >= set(GROUPS) and len(passed) >= 39
    assert status == 0


def test_bad_frees_are_named(unattended_run):
    """What a test frees wrongly on purpose is said in the log, with the function that did it."""
    status, text = unattended_run("selftest slab.bad_frees kmalloc.bad_frees", SMP=1)
    assert status == 0, text[-2000:]
    assert len(re.findall(r"^\[mm\] bad free of 0x\w+ from bad_frees\+0x\w+: ", text, re.M)) == 11


def test_unknown_test_is_refused(unattended_run):
    status, text = unattended_run("selftest buddy nonsense", SMP=1)
    assert status == 2 and "selftest: nonsense: no such test" in text


def test_pool_limit(unattended_run):
    """The command line's limit is every process's, and one that is reached is no reason to end."""
    status, text = unattended_run("cat /proc/1/pool; cat /proc/self/pool; /test/pooltest", SMP=1, APPEND="pool.limit=2M")
    assert re.findall(r"^limit (\d+)", text, re.M) == [str(2 << 20)] * 2
    assert re.search(r"^\[SUCCESS\] (\d+)/\1\b", text, re.M), text[-3000:]
    assert "ends with" not in text
    assert status == 0


def test_selftest_of_hardened_caches(unattended_run):
    """The same with red zones and poison in every cache: nobody writes where it should not."""
    status, text = unattended_run("selftest slab kmalloc txn blocks", SMP=4, MEM="128M", APPEND="slab.debug=all")
    assert not re.findall(r"^\[KO\].*", text, re.M) and status == 0, text[-3000:]
    assert re.search(r"^\[SUCCESS\] (\d+)/\1\b", text, re.M), text[-3000:]
    assert "red zone" not in text and "poison" not in text
