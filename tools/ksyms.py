#!/usr/bin/python3
"""The kernel's symbol table for panics.

    nm kernel0.elf | ksyms.py table > ksyms.S      from empty input: an empty table
    ksyms.py check NM kernel0.elf kernel.elf       no function may have moved by putting the table in

The table: ksyms_count, ksyms_offset[] (from _text, ascending), ksyms_name_at[] (into ksyms_names), ksyms_names.
"""
import re
import subprocess
import sys

# Mapping symbols ($x, $d) and the compiler's local labels name no function.
NOT_A_NAME = re.compile(r"^(\$|\.L|__func__)")


def read_symbols(nm_lines):
    """[(address, name)] of the text symbols, one for each address, ascending, from _text to _etext."""
    at, bounds = {}, {}
    for line in nm_lines:
        fields = line.split()
        if len(fields) != 3:
            continue
        addr, kind, name = int(fields[0], 16), fields[1], fields[2]
        if name in ("_text", "_etext"):
            bounds[name] = addr
        elif kind in "tT" and not NOT_A_NAME.match(name):
            # Of two names for one place the global one is better known.
            if addr not in at or kind == "T":
                at[addr] = name
    if not bounds:
        return 0, []
    inside = [(a, n) for a, n in sorted(at.items()) if bounds["_text"] <= a < bounds["_etext"]]
    return bounds["_text"], inside


def table(text, symbols):
    names, at = [], 0
    out = ["/* Made by tools/ksyms.py. */", '\t.section .ksyms, "a"', "\t.balign 4",
           "\t.globl ksyms_count, ksyms_offset, ksyms_name_at, ksyms_names", "ksyms_count:", f"\t.4byte {len(symbols)}",
           "ksyms_offset:"]
    out += [f"\t.4byte {addr - text:#x}" for addr, _ in symbols]
    out.append("ksyms_name_at:")
    for _, name in symbols:
        out.append(f"\t.4byte {at}")
        names.append(f'\t.asciz "{name}"')
        at += len(name) + 1
    out += ["ksyms_names:"] + (names or ['\t.asciz ""'])
    return "\n".join(out + ['\t.section .note.GNU-stack, ""'])


def nm(program, elf):
    return subprocess.run([program, elf], check=True, capture_output=True, text=True).stdout.splitlines()


def main():
    if sys.argv[1] == "table":
        lines = [] if sys.stdin.isatty() else sys.stdin.readlines()
        print(table(*read_symbols(lines)))
    else:
        before, after = (read_symbols(nm(sys.argv[2], elf)) for elf in sys.argv[3:5])
        if before != after:
            sys.exit("ksyms: the functions moved between the two links; .ksyms must lie behind the text")
        if not after[1]:
            sys.exit("ksyms: no functions between _text and _etext; does the link script set both?")


main()
