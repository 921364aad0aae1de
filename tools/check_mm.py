#!/usr/bin/python3
"""check_mm.py [--undefined] NM mm.o mm/port.symbols: mm/ needs what the list says, no more and no less, and has no state of its own.

--undefined: look at undefined symbols alone, for an object format (wasm) that does not tell state from constants."""
import subprocess
import sys

# The compiler may call these for a structure copy, on one machine and not on the other.
COMPILER = {"memcpy", "memset", "memmove", "memcmp"}
# What the linker of wasm provides, and what is a function on hosts alone.
LINKER = {"port_cpu", "__stack_pointer", "__indirect_function_table", "__linear_memory", "__memory_base", "__table_base"}


def main():
    only_undefined = sys.argv[1] == "--undefined"
    nm, obj, listed = sys.argv[1 + only_undefined:]
    undefined, state = set(), []
    for line in subprocess.run([nm, obj], check=True, capture_output=True, text=True).stdout.splitlines():
        kind, name = line.split()[-2:]
        if kind == "U":
            undefined |= set() if only_undefined and name in LINKER else {name}
        elif not only_undefined and kind in "dDbBsScC" and not name.startswith((".L", "$")):
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
