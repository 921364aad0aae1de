#!/usr/bin/python3
"""`make bench`: what operations cost in guest instructions, on both machines.

The release build runs under -icount, where a run gives the same figures every time. First system calls (osbench), beside Linux 6.12 on
the same QEMU with everything off that Manul has not (mitigations, KPTI, audit, cgroups, LSM); a ratio under 1 means that Manul is cheaper.
Then memory calls in a space of 10 regions and of 10,000 (regionbench).
Then the kernel's allocators (membench): single operations, kmalloc's modes beside what was once claimed of them without measuring,
and how often CPUs that allocate at once meet at a lock.
"""
import os
import re
import subprocess
import sys

TREE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROUNDS = 9

# Minimum of 9 rounds: riscv64, aarch64.
LINUX = {
    "null_syscall": (270, 308), "write_null_1b": (508, 514), "clock_read": (546, 497), "pipe_round_trip": (12634, 10984),
    "yield_2proc": (2854, 2680), "fork_exit_wait": (100355, 81704), "fork_dirty_1m": (207725, 189750), "exec_tiny": (200760, 162252),
    "exec_self": (224105, 180579), "brk_page": (10125, 8969), "brk_page_touch": (21421, 17448), "brk_1m_touch": (4413, 3620),
    "mmap_4k": (19087, 16366), "mmap_1m": (4409, 3600), "fault_anon": (3366, 2732), "fault_cow": (4356, 3346),
    "mprotect_page": (3045, 2819), "maps_create": (8715, 7451), "maps_punch": (5009, 4640), "maps_refill": (5567, 5244),
    "maps_clear": (6840, 5846), "futex_wake_none": (525, 498), "stat": (3154, 2594), "open_close": (5075, 4182),
    "create_unlink": (19370, 15445), "read_4k_cached": (2536, 2346), "file_write": (5910, 5067), "file_read": (2622, 2432),
    "signal_self": (4515, 5332), "thread_start_join": (33264, 26413),
}


# Not measured on Linux: mmap with MAP_POPULATE, and loads from a mapped file, of each page and of one in sixteen.
ALONE = ("malloc", "mmap_1m_populate", "fault_file", "fault_file_sparse")

# What an allocation and its release may cost.
GOALS = {"slab_64": 60, "frame_order0": 80}
# The simple heap's figure over the two tiers': name, row, the claim.
CLAIMS = [("small alloc+free (64 B)", "small_64", 10), ("large alloc+free (8 KiB)", "large_8192", 3),
          ("mixed, free+alloc", "mixed", None), ("fragmentation", "fragmentation", 5), ("memory overhead", "overhead", 2)]
MACHINES = ("riscv64", "aarch64")


def run(arch, cmd, **options):
    """The console of a run of cmd in the release build."""
    env = dict(os.environ, ARCH=arch, MANUL_OUT=os.path.join(TREE, "build", arch + "-release"), BOOT="direct", ICOUNT="1", MEM="128M",
               SMP="1", CMD=cmd, TIMEOUT="1200", EXTRA="", EXTRA_OUT="", KEEP="", APPEND="", GIC="", VIRT="")
    done = subprocess.run([sys.executable, os.path.join(TREE, "tools", "run.py")], env=dict(env, **options), capture_output=True, text=True,
                          errors="replace", stdin=subprocess.DEVNULL)
    if done.returncode:
        sys.exit(f"bench: {cmd} on {arch} ended with status {done.returncode}\n{done.stdout[-2000:]}{done.stderr}")
    return done.stdout


def rows_of(console):
    """{operation: (figure, unit)}; the figure of what could not be measured is None."""
    rows = {}
    for name, figure, rest in re.findall(r"^result (\w+)\s+(\S+)[ \t]*(.*?)\r?$", console, re.M):
        unit = re.search(r"per ([^(]*)", rest)
        rows[name] = (None if figure == "n/a" else float(figure), unit[1] if unit else "")
    return rows


def measure(arch):
    """{operation: (minimum, unit)}, and the instructions from kernel entry to /bin/init."""
    console = run(arch, f"/bin/osbench -r {ROUNDS}")
    # An instruction takes a nanosecond; waiting for the disk takes none.
    boot = re.search(r"\[boot\] (\d+) us from kernel entry to \S+, (\d+) us of them idle", console)
    return rows_of(console), (int(boot[1]) - int(boot[2])) * 1000 if boot else 0


def figures(console):
    return {name: figure for name, (figure, _) in rows_of(console).items()}


def cell(figure, peer):
    if figure is None or peer is None:
        return f"{number(figure):>10} {'' if peer is None else peer:>8} {'':>6}"
    return f"{figure:>10.0f} {peer:>8} {figure / peer:>6.2f}"


def system_calls():
    results = [measure(arch) for arch in MACHINES]
    print(f"{'instructions':20}{'riscv64':>10} {'Linux':>8} {'ratio':>6}{'aarch64':>12} {'Linux':>8} {'ratio':>6}  per")
    for name, peers in (LINUX | dict.fromkeys(ALONE, (None, None))).items():
        cells = [cell(rows.get(name, (None, ""))[0], peer) for (rows, _), peer in zip(results, peers)]
        unit = results[0][0].get(name, (None, ""))[1]
        print(f"{name:20}{cells[0]}  {cells[1]}  {unit}")
    print(f"{'boot to init':20}" + "  ".join(f"{boot:>10} {'':>8} {'':>6}" for _, boot in results))


def number(figure, form=".0f"):
    return "n/a" if figure is None else format(figure, form)


def regions():
    """What a call costs must not depend on how many regions there are: all searches go down a tree."""
    results = [figures(run(arch, "/bin/regionbench")) for arch in MACHINES]
    print("\ninstructions, by regions in the space\n" + " " * 20 + "".join(f"{arch:>10}{'10':>8}{'10,000':>8}{'ratio':>8}" for arch in MACHINES))
    for name in [n[:-len("_10")] for n in results[0] if n.endswith("_10")]:
        cells = []
        for rows in results:
            few, many = rows.get(f"{name}_10"), rows.get(f"{name}_10000")
            cells.append(f"{'':>10}{number(few):>8}{number(many):>8}{number(many / few if few and many else None, '.2f'):>8}")
        print(f"{name:20}" + "".join(cells))


def single_operations(alone):
    print(f"\n{'allocators, instructions':28}{'riscv64':>10}{'aarch64':>10}{'goal':>8}  per alloc+free, one CPU")
    for name in alone[0]:
        if re.match(r"(frame|slab|kmalloc|pool|txn)_", name):
            print(f"{name:28}" + "".join(f"{number(rows.get(name)):>10}" for rows in alone) + f"{GOALS.get(name, ''):>8}")


def modes(alone):
    """The claims of a table that nobody had measured, beside the measurement."""
    print("\nkmalloc, 4096 other blocks live; instructions, or percent of the live bytes\n"
          f"{'':26}" + "".join(f"{arch:>10}{'simple':>8}{'twotier':>9}{'hybrid':>8}{'ratio':>8}" for arch in MACHINES) + f"{'claimed':>9}")
    for title, row, claim in CLAIMS:
        cells = []
        for rows in alone:
            simple, twotier, hybrid = (rows.get(f"{mode}_{row}") for mode in ("simple", "twotier", "hybrid"))
            ratio = simple / twotier if simple is not None and twotier else None
            cells.append(f"{'':>10}{number(simple):>8}{number(twotier):>9}{number(hybrid):>8}{number(ratio, '.1f'):>8}")
        print(f"{title:26}" + "".join(cells) + f"{f'{claim}' if claim else '':>9}")


def contention(alone, together):
    """Instructions are counted on one CPU. Locks are counted exactly on any number; how often one is found taken is a matter of luck
    and of the host, so that two runs differ there."""
    print("\nseveral CPUs at once: spinlocks taken per alloc+free, and (of 1000 of them) found taken by another CPU\n"
          f"{'':24}" + "".join(f"{arch:>10}{'1 CPU':>8}{'2 CPUs':>16}{'4 CPUs':>16}" for arch in MACHINES))
    for name in [n[len("smp1_"):] for n in alone[0] if re.fullmatch(r"smp1_\w+_locks", n)]:
        what, cells = name[:-len("_locks")], []
        for one, many in zip(alone, together):
            cost, locks = one.get(f"smp1_{what}"), {n: many.get(f"smp{n}_{what}_locks") for n in (1, 2, 4)}
            met = {n: many.get(f"smp{n}_{what}_contended") for n in (2, 4)}
            cells.append(f"{number(cost):>10}{number(locks[1], '.2f'):>8}"
                         + "".join(f"{number(locks[n], '.2f') + ' (' + number(met[n]) + ')':>16}" for n in (2, 4)))
        print(f"{what:24}" + "".join(cells))


def main():
    system_calls()
    regions()
    alone = [figures(run(arch, "/bin/membench")) for arch in MACHINES]
    single_operations(alone)
    modes(alone)
    contention(alone, [figures(run(arch, "/bin/membench smp", ICOUNT="", SMP="4")) for arch in MACHINES])


main()
