#!/usr/bin/python3
"""What the book's machine page needs, as scripts: so that it also works from a file, where a page may not read other files.

    pack.py wasm MODULE             > rv.wasm.js
    pack.py image ELF IMAGE DISK    > image.js
    pack.py uboot BINARY            > uboot.js
    pack.py layout ELF              > layout.bin

A disk is packed as its blocks that are not zero: for each, its number in 4 bytes, then its 64 KiB. Everything is compressed and
written in base64; docs/_static/machine/vm.js unpacks it. With the image goes the layout, where in memory the kernel has what the page
shows (tools/rv/layout.def): gdb reads it out of the kernel's debug information.
"""
import base64
import gzip
import json
import os
import re
import struct
import subprocess
import sys

BLOCK = 65536


def packed(data):
    return base64.b64encode(gzip.compress(data, 9, mtime=0)).decode("ascii")


def blocks(path):
    size, out = 0, []
    with open(path, "rb") as f:
        while block := f.read(BLOCK):
            if block.count(0) != len(block):
                out.append((size // BLOCK).to_bytes(4, "little") + block.ljust(BLOCK, b"\0"))
            size += len(block)
    return size, b"".join(out)


def expressions(path):
    """What gdb is to tell for each line of layout.def, in their order."""
    with open(path, encoding="utf-8") as f:
        lines = re.findall(r"^([A-Z]+)\((.*)\)$", f.read(), re.M)
    kinds = {"ADDRESS": "&'{1}'::{2}", "FIELD": "&(({1} *)0)->{2}", "SIZE": "sizeof({1})"}
    return [kinds[kind].format(*args.split(", ")) for kind, args in lines]


def layout(elf):
    """struct guest_layout of tools/rv/guest.h: each value in 8 bytes."""
    wanted = expressions(os.path.join(os.path.dirname(__file__), "rv/layout.def"))
    asked = [arg for e in wanted for arg in ("-ex", f'printf "= %lu\\n", (unsigned long)({e})')]
    done = subprocess.run(["gdb-multiarch", "-nx", "-batch", *asked, elf], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    values = [int(line[2:]) for line in done.stdout.splitlines() if line.startswith("= ")]
    if len(values) != len(wanted):
        sys.exit(f"pack.py: {elf}: {done.stderr.strip()}")
    return struct.pack(f"<{len(values)}Q", *values)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def main(what, *paths):
    if what == "wasm":
        text = f"globalThis.RV_WASM = {json.dumps(packed(read(paths[0])))};"
    elif what == "uboot":
        text = f"globalThis.RV_UBOOT = {json.dumps(packed(read(paths[0])))};"
    elif what == "image":
        elf, kernel, disk = paths
        size, full = blocks(disk)
        text = "globalThis.RV_IMAGE = " + json.dumps({"kernel": packed(read(kernel)), "disk": packed(full), "diskBytes": size,
                                                      "layout": packed(layout(elf))}) + ";"
    elif what == "layout":
        sys.stdout.buffer.write(layout(paths[0]))
        return
    else:
        sys.exit(__doc__)
    print(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
