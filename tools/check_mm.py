#!/usr/bin/python3
"""check_mm.py NM mm.o mm/port.symbols: mm/ needs what the list says, no more and no less, and has no state of its own."""
import subprocess
import sys

# The compiler may call these for a structure copy, on one machine and not on the other.
COMPILER = {"memcpy", "memset", "memmove", "memcmp"}


def main():
    nm, obj, listed = sys.argv[1:]
    undefined, state = set(), []
    for line in subprocess.run([nm, obj], check=True, capture_output=True, text=True).stdout.splitlines():
        kind, name = line.split()[-2:]
        if kind == "U":
            undefined.add(name)
        elif kind in "dDbBsScC" and not name.startswith((".L", "$")):
            state.append(name)
    try:
        with open(listed) as f:
            wanted = {line.split("#")[0].strip() for line in f} - {""}
    except OSError as e:
        sys.exit(f"check-mm: {e}")
    faults = [f"check-mm: file-scope state in mm/: {name}" for name in sorted(state)]
    faults += [f"check-mm: mm/ uses {name}, which {listed} does not list" for name in sorted(undefined - wanted - COMPILER)]
    faults += [f"check-mm: {listed} lists {name}, which mm/ does not use" for name in sorted(wanted - undefined - COMPILER)]
    if faults:
        sys.exit("\n".join(faults))


main()
