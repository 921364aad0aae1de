#!/usr/bin/python3
"""`make bench`: what each operation costs in guest instructions, on both machines, beside Linux on the same QEMU.

The release build runs osbench under -icount, where a run gives the same figures every time. Linux is 6.12 with
everything off that Manul has not (mitigations, KPTI, audit, cgroups, LSM). A ratio under 1 means that Manul is cheaper.
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


def measure(arch):
    """{operation: (minimum, unit)}, and the instructions from kernel entry to /bin/init."""
    env = dict(os.environ, ARCH=arch, MANUL_OUT=os.path.join(TREE, "build", arch + "-release"), BOOT="direct", ICOUNT="1", MEM="128M",
               SMP="1", CMD=f"/bin/osbench -r {ROUNDS}", TIMEOUT="1200", EXTRA="", EXTRA_OUT="", KEEP="", APPEND="", GIC="", VIRT="")
    done = subprocess.run([sys.executable, os.path.join(TREE, "tools", "run.py")], env=env, capture_output=True, text=True, errors="replace",
                          stdin=subprocess.DEVNULL)
    if done.returncode:
        sys.exit(f"bench: osbench on {arch} ended with status {done.returncode}\n{done.stdout[-2000:]}{done.stderr}")
    rows = {}
    for name, figure, rest in re.findall(r"^result (\w+)\s+(\S+)[ \t]*(.*?)\r?$", done.stdout, re.M):
        unit = re.search(r"per ([^(]*)", rest)
        rows[name] = (None if figure == "n/a" else float(figure), unit[1] if unit else "")
    # An instruction takes a nanosecond; waiting for the disk takes none.
    boot = re.search(r"\[boot\] (\d+) us from kernel entry to \S+, (\d+) us of them idle", done.stdout)
    return rows, (int(boot[1]) - int(boot[2])) * 1000 if boot else 0


def cell(figure, peer):
    if figure is None:
        return f"{'n/a':>10} {peer:>8} {'':>6}"
    return f"{figure:>10.0f} {peer:>8} {figure / peer:>6.2f}"


def main():
    results = [measure(arch) for arch in ("riscv64", "aarch64")]
    print(f"{'instructions':20}{'riscv64':>10} {'Linux':>8} {'ratio':>6}{'aarch64':>12} {'Linux':>8} {'ratio':>6}  per")
    for name, peers in LINUX.items():
        cells = [cell(rows.get(name, (None, ""))[0], peer) for (rows, _), peer in zip(results, peers)]
        unit = results[0][0].get(name, (None, ""))[1]
        print(f"{name:20}{cells[0]}  {cells[1]}  {unit}")
    print(f"{'boot to init':20}" + "  ".join(f"{boot:>10} {'':>8} {'':>6}" for _, boot in results))


main()
