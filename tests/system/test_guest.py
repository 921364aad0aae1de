"""Programs that run inside: our own tests, and programs that know nothing of Manul."""
import glob
import os
import re

import pytest

from machine import TREE

PROGRAMS = sorted(os.path.basename(p)[:-2] for p in glob.glob(os.path.join(TREE, "tests/guest/*.c"))) + ["pie"]


@pytest.mark.parametrize("smp", [1, 4])
@pytest.mark.parametrize("name", PROGRAMS)
def test_program(unattended_run, name, smp):
    status, text = unattended_run(f"/test/{name}", SMP=smp)
    assert not re.findall(r"^\[KO\].*", text, re.M)
    assert re.search(r"\[SUCCESS\] (\d+)/\1\b", text), text[-3000:]
    assert status == 0


def test_threads_on_two_cpus(unattended_run):
    """Of one, two and four CPUs the one that test_program leaves out."""
    status, text = unattended_run("/test/threadtest", SMP=2)
    assert status == 0 and re.search(r"\[SUCCESS\] (\d+)/\1\b", text) and "[KO]" not in text, text[-3000:]


@pytest.mark.parametrize("mode", ["simple", "hybrid"])
def test_memory_in_each_mode(unattended_run, mode):
    """Kernel memory by first fit, and as a last resort only; both fail and recover as the default does."""
    programs = "/test/memtest && /test/sweeptest && /bin/selftest kmalloc slab txn"
    status, text = unattended_run(f"{programs} && cat /proc/fingerprint", SMP=4, MEM="128M", APPEND=f"alloc={mode}")
    assert len(re.findall(r"\[SUCCESS\] (\d+)/\1\b", text)) == 3 and "[KO]" not in text, text[-3000:]
    used, blocks = map(int, re.search(r"^heap (\d+) in (\d+)", text, re.M).groups())
    assert (used > 10000 and blocks > 20) if mode == "simple" else (used, blocks) == (0, 0)
    assert status == 0


@pytest.mark.parametrize("name, arch", [("hello", "riscv64"), ("hello", "aarch64"), ("hello-pie", "aarch64")])
def test_glibc(unattended_run, name, arch):
    """A static program by other people's compiler and libc."""
    status, text = unattended_run(f"/test/glibc/{name} one 'two words'", SMP=2)
    for line in ["hello from glibc, argc 3", "argv[2] = two words", f"malloc: {sum(i % 256 for i in range(200))}",
                 "float: 1.643935 5.166e-11", "hello: done"]:
        assert line in text.splitlines(), text[-2000:]
    assert status == 0


def test_glibc_threads(unattended_run):
    """glibc's mutexes, conditions, thread-local memory, signals to one thread, and poll."""
    status, text = unattended_run("/test/glibc/threads", SMP=2)
    for line in ["mutex: 80000, 80000 of their own, 0 here", "condition: 125250", "signal: in its thread", "threads: done"]:
        assert line in text.splitlines(), text[-2000:]
    assert status == 0


def test_glibc_services(unattended_run):
    """glibc's barriers, cancellation, posix_spawn and fexecve, timers with threads, signalfd, a stack for signals."""
    status, text = unattended_run("/test/glibc/services", SMP=2)
    for line in ["barrier 50, rwlock 100, semaphore 200", "cancelled 3, cleaned 2", "fexecve 42, posix_spawn 42, popen child 4, system 3",
                 "timer 3, left 0", "signalfd 0 1 0, signal 10", "overflow: on its own stack",
                 "match 2-5, 1 path, files 1, 2023-11-14 23:13:20 CET", "services: done"]:
        assert line in text.splitlines(), text[-2000:]
    assert status == 0


def test_osbench(unattended_run):
    """Every operation of the benchmark works: a figure for each, none missing."""
    status, text = unattended_run("/bin/osbench -r 1", SMP=1)
    assert status == 0, text[-2000:]
    rows = re.findall(r"^result (\w+)\s+(\S+)", text, re.M)
    assert len(rows) >= 28
    assert not [row for row in rows if row[1] == "n/a"]


def test_heaps(unattended_run):
    """The same work under each heap: the page heap makes a call per malloc and one per free, the chunk heap hardly any."""
    names = ["page", "chunk", "chunk:1M", "buddy", "debug:chunk"]
    status, text = unattended_run("; ".join(f"MALLOC={name} heapbench all 3000" for name in names), SMP=1)
    assert status == 0, text[-2000:]
    assert len(re.findall(r"^result (?:pair|lifo|fifo|mixed|grow) \d+ per operation", text, re.M)) == 5 * len(names)
    calls = [float(n) for n in re.findall(r"^heap \w+: .*: (\d+\.\d+) system calls per 1000 allocations", text, re.M)]
    live = re.findall(r"^heap \w+: (\d+) bytes live", text, re.M)
    assert len(calls) == len(live) == len(names) and set(live) == {"0"}
    assert 1500 < calls[0] < 2100 and all(n < 300 for n in calls[1:4]), calls
    mapped = re.findall(r" per 1000 allocations; (\d+) KiB mapped", text)
    assert mapped[:2] == ["0", "128"], mapped    # of the chunk heap an empty chunk on each side: caches gave back all
    assert calls[4] < 1000, calls    # it asks the kernel before it looks at a large object's record


@pytest.mark.parametrize("smp", [1, 2])
def test_membench(unattended_run, smp):
    """Every benchmark of the kernel's allocators works: a figure in each line."""
    status, text = unattended_run("/bin/membench && cat /proc/membench", SMP=smp)
    assert status == 0, text[-2000:]
    rows = dict(re.findall(r"^result (\w+)\s+(\S+) .*per", text, re.M))
    assert len(rows) >= 30 and "slab_64" in rows and f"smp{smp}_slab_64_locks" in rows and "twotier_overhead" in rows
    assert len(rows) == len(re.findall(r"^result ", text, re.M)), "a line without a figure"
    assert not [name for name, figure in rows.items() if not re.fullmatch(r"\d+\.\d\d", figure)]
    assert re.search(r"^kmalloc$", text, re.M)


def test_membench_refuses(unattended_run):
    """A wrong name is said to be wrong, and files of /proc without a command cannot be written."""
    status, text = unattended_run("membench nonsense; echo slab > /proc/membench && echo obeyed; echo x > /proc/meminfo", SMP=1)
    assert "no such benchmark" in text and "obeyed" in text.splitlines()
    assert status == 1
