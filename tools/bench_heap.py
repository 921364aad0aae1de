#!/usr/bin/env python3
"""bench_heap.py DIR: the heaps of user/heap beside other people's, on the host: instructions by valgrind, per operation, as ratios to
glibc's; and peak resident memory over live bytes. DIR has heapbench-manul and heapbench-host."""
import glob
import os
import re
import subprocess
import sys

WORKS = ["pair", "lifo", "fifo", "mixed", "grow"]
COUNT = 40000


def library(name):
    found = glob.glob(f"/usr/lib/*/{name}*")
    return found[0] if found else None


def heaps(where):
    ours, host = os.path.join(where, "heapbench-manul"), os.path.join(where, "heapbench-host")
    yield "glibc", host, {}
    for name, file in [("jemalloc", "libjemalloc.so.2"), ("mimalloc", "libmimalloc.so.2")]:
        if library(file):
            yield name, host, {"LD_PRELOAD": library(file)}
    for name in ["chunk", "buddy", "page"]:
        yield name, ours, {"MALLOC": name}


def instructions(program, env, work, count):
    """Of the whole program, so a difference of two counts is taken."""
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, work, str(count)],
                          env={**os.environ, **env}, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    return int(re.search(r"Collected : (\d+)", done.stderr)[1])


def resident(program, env):
    """The most resident KiB that the work adds while its objects are live, over the most live KiB: looked at after each of twelve lengths."""
    def figures(count):
        text = subprocess.run([program, "mixed", str(count)], env={**os.environ, **env}, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, check=True).stdout
        return [int(n) for n in re.search(r"resident (\d+) live (\d+)", text).groups()]
    runs = [figures(n * 50000) for n in range(1, 13)]
    return (max(r for r, _ in runs) - figures(0)[0]) / max(live for _, live in runs)


def main():
    glibc = None
    print(f"{'heap':10}" + "".join(f"{w:>8}{'':7}" for w in WORKS) + "rss/live   (instructions per operation, and over glibc's)")
    for name, program, env in heaps(sys.argv[1]):
        row = [(instructions(program, env, w, 2 * COUNT) - instructions(program, env, w, COUNT)) / COUNT for w in WORKS]
        glibc = glibc or row
        print(f"{name:10}" + "".join(f"{n:8.1f} ({n / g:4.2f})" for n, g in zip(row, glibc)) + f"{resident(program, env):8.2f}", flush=True)


if __name__ == "__main__":
    main()
