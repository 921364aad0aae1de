#!/usr/bin/python3
"""mutants.py [-j N] [--list] [NAME...]: do the host tests notice bugs?

tests/mutants/*.toml is a list of bugs. Each is put into mm/, user/heap/ or user/segpool/ in turn: the text to find, which must occur exactly
once, is replaced, the changed file is compiled and linked with what `make build/mutants/base` built, and the host tests run until one fails.
That kills the mutant; so does a hang. A mutant that survives all tests shows a hole in them. A [[mutant]] has these keys:

  name, file, bug     what to call it, where it is (a header counts for all files beside it that include it), what is wrong, in a sentence
  find, replace       the text; exactly one occurrence
  sanitizers          true: seen by AddressSanitizer or UndefinedBehaviorSanitizer alone, so the slower objects serve

Exit status 0 if all were killed. What does not apply or compile any more is stale, and as bad as a survivor.
"""
import argparse
import concurrent.futures
import glob
import os
import re
import resource
import shutil
import subprocess
import sys
import tomllib

TREE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BASE = "build/mutants"
FLAGS = ["-std=gnu11", "-O1", "-w", "-DCONFIG_DEBUG", "-DCONFIG_HOST", "-Ilib/include", "-Imm/include", "-Iarch/include",
         "-Iarch/riscv64/include"]
HEAP_NAMES = "malloc free calloc realloc aligned_alloc posix_memalign malloc_usable_size".split()
HEAP_FLAGS = ["-D_GNU_SOURCE", *(f"-D{name}=user_{name}" for name in HEAP_NAMES)]     # as the Makefile has them
SANITIZE = ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"]
CPU_SECONDS = 20        # what a test may take; they take less than one

# Which tests to ask first, by the start of the file's name: no more than a matter of speed.
LIKELY = [("buddy zone page", "buddy_test"), ("slab magazine", "slab_test kmalloc_test"), ("kmalloc kheap", "kmalloc_test slab_test"),
          ("segfit block", "segfit_test heap_test"), ("heap", "heap_test"), ("pool", "pool_test"), ("txn", "txn_test"),
          ("vmap", "vmap_test"), ("pt table", "pt_test"), ("space region fault fork asid", "space_rules_test space_sweep_test space_test")]


def load():
    """All mutants, in order."""
    mutants = []
    for path in sorted(glob.glob(os.path.join(TREE, "tests/mutants/*.toml"))):
        with open(path, "rb") as f:
            mutants += tomllib.load(f)["mutant"]
    names = [m["name"] for m in mutants]
    double = {n for n in names if names.count(n) > 1}
    if double:
        sys.exit(f"mutants: two mutants of one name: {', '.join(sorted(double))}")
    return mutants


def mutated(m):
    """The text of its file with the bug in it. ValueError: it does not apply."""
    try:
        with open(os.path.join(TREE, m["file"])) as f:
            text = f.read()
    except OSError as e:
        raise ValueError(e) from None
    n = text.count(m["find"])
    if n != 1:
        raise ValueError(f"the text to find occurs {n} times in {m['file']}")
    if m["find"] == m["replace"]:
        raise ValueError("it changes nothing")
    return text.replace(m["find"], m["replace"])


def compiler(m):
    return ["clang", *(SANITIZE if m.get("sanitizers") else [])]


# Beside mm/: what only one test asks for anything.
HOMES = {"user/heap": "malloc_test", "user/segpool": "segpool_test"}


def home_of(name):
    return next((home for home in HOMES if name.startswith(home + "/")), "mm")


def siblings(name):
    home = home_of(name)
    return sorted(glob.glob(f"{home}/*.[ch]") + glob.glob(f"{home}/include/{home}/*.h"))


def sources_of(name):
    """The files of its directory to compile again when this one has changed."""
    if name.endswith(".c"):
        return [name]
    users = [name]
    for path in users:
        include = re.compile(rf'#include ["<](?:mm/)?{re.escape(os.path.basename(path))}[">]')
        for p in siblings(name):
            with open(p) as f:
                if p not in users and include.search(f.read()):
                    users.append(p)
    return [p for p in users if p.endswith(".c")]


def build(m, work):
    """Objects by the file they come from, to replace those of the base. ValueError: it does not compile."""
    text = mutated(m)
    home = home_of(m["file"])
    place = os.path.join(work, os.path.basename(home))
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(f"{place}/include/mm")
    os.symlink(os.path.join(TREE, "user/libc"), f"{work}/libc")     # the heaps ask for ../libc
    for path in siblings(m["file"]):
        os.symlink(os.path.join(TREE, path), os.path.join(place, os.path.relpath(path, home)))
    changed = os.path.join(place, os.path.relpath(m["file"], home))
    os.unlink(changed)
    with open(changed, "w") as f:
        f.write(text)
    objects = {}
    for source in sources_of(m["file"]):
        obj = os.path.join(work, os.path.basename(source) + ".o")
        flags = [f"-I{place}/include", *FLAGS, *(HEAP_FLAGS if home == "user/heap" else [])]
        done = subprocess.run([*compiler(m), *flags, "-c", "-o", obj, os.path.join(place, os.path.basename(source))],
                              capture_output=True, text=True)
        if done.returncode:
            raise ValueError("it does not compile:\n" + done.stderr)
        objects[source] = obj
    return objects


def limits():
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def fails(program):
    """Run a test: None if it passes, else which of its functions did not, as far as that can be told."""
    try:
        done = subprocess.run([program], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", timeout=20 * CPU_SECONDS, preexec_fn=limits, env={"ASAN_OPTIONS": "detect_leaks=0", "STOP_AT_FAILURE": "1"})
    except subprocess.TimeoutExpired:
        return "hangs"
    if done.returncode == 0:
        return None
    if done.returncode in (-9, -24):
        return "hangs"
    failed = re.findall(r"\[  FAILED  \] (\w+)", done.stdout) or re.findall(r"\[ RUN      \] (\w+)", done.stdout)[-1:]
    return failed[0] if failed else f"status {done.returncode}"


def tests_for(m, objdir):
    tests = sorted(os.path.basename(p)[:-2] for p in glob.glob("tests/host/*_test.c"))
    for test in tests:
        if not os.path.exists(f"{objdir}/tests/host/{test}.c.o"):
            sys.exit(f"mutants: no {test} in {objdir}; `make mutants` builds it first")
    home = home_of(m.get("file", ""))
    if home in HOMES:
        return [HOMES[home]]
    stem = os.path.basename(m.get("file", ""))
    first = next((t.split() for starts, t in LIKELY if stem.startswith(tuple(starts.split()))), [])
    return sorted(tests, key=lambda t: (first + [t]).index(t))


def judge(m, work, objects):
    """The name of the test that kills it, or None."""
    objdir = "build/host/riscv64/obj" if m.get("sanitizers") else f"{BASE}/obj"
    built = [os.path.relpath(p, objdir) for p in sorted(glob.glob(f"{objdir}/**/*.c.o", recursive=True)) if not p.endswith("_test.c.o")]
    common = [f"{objdir}/{p}" for p in built if os.path.exists(p[:-2])]     # what is left of a file that is gone does not count
    replaced = {f"{objdir}/{source}.o": obj for source, obj in objects.items()}
    common = [replaced.get(p, p) for p in common]
    for test in tests_for(m, objdir):
        program = os.path.join(work, test)
        done = subprocess.run([*compiler(m), "-fuse-ld=lld", "-o", program, f"{objdir}/tests/host/{test}.c.o", *common, "-lcmocka"],
                              capture_output=True, text=True)
        if done.returncode:
            raise ValueError("it does not link:\n" + done.stderr)
        why = fails(program)
        if why:
            return f"{test}, {why}"
    return None


def run(m):
    work = os.path.join(BASE, "work", m["name"])
    try:
        killer = judge(m, work, build(m, work))
    except ValueError as e:
        return "stale", str(e)
    shutil.rmtree(work, ignore_errors=True)
    return ("killed", killer) if killer else ("SURVIVED", m["bug"])


def main():
    parser = argparse.ArgumentParser(description="Put bugs into mm/, one at a time, and see the host tests fail.")
    parser.add_argument("-j", type=int, default=os.cpu_count(), help="so many at a time")
    parser.add_argument("--list", action="store_true", help="only say what there is, and whether it still applies")
    parser.add_argument("names", nargs="*", help="mutants, or the start of their names; all by default")
    args = parser.parse_args()
    os.chdir(TREE)
    mutants = [m for m in load() if not args.names or m["name"].startswith(tuple(args.names))]
    if not mutants:
        sys.exit("mutants: no mutant has such a name")
    if args.list:
        stale = 0
        for m in mutants:
            try:
                mutated(m)
                print(f"{m['name']:28} {m['file']:20} {m['bug']}")
            except ValueError as e:
                stale += 1
                print(f"{m['name']:28} STALE: {e}")
        sys.exit(stale > 0)
    killer = judge({}, os.path.join(BASE), {})
    if killer:
        sys.exit(f"mutants: the tests fail without any bug: {killer}")
    count = {"killed": 0, "SURVIVED": 0, "stale": 0}
    with concurrent.futures.ThreadPoolExecutor(args.j) as pool:
        for m, (what, text) in zip(mutants, pool.map(run, mutants)):
            count[what] += 1
            print(f"{m['name']:28} {'killed by ' + text if what == 'killed' else what + ': ' + text}", flush=True)
    print(f"{count['killed']} killed, {count['SURVIVED']} survived" + (f", {count['stale']} stale" if count["stale"] else ""))
    sys.exit(count["SURVIVED"] + count["stale"] > 0)


if __name__ == "__main__":
    main()
