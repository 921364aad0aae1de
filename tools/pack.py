#!/usr/bin/python3
"""What the book's machine page needs, as scripts: so that it also works from a file, where a page may not read other files.

    pack.py wasm MODULE             > rv.wasm.js
    pack.py image ELF IMAGE DISK    > image.js

A disk is packed as its blocks that are not zero: for each, its number in 4 bytes, then its 64 KiB. Everything is compressed and
written in base64; docs/_static/machine/vm.js unpacks it. With the image goes where in memory its memmap and zones are found, which is
read from the kernel's symbols by gdb: docs/_static/machine/frames.js shows them.
"""
import base64
import gzip
import json
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


LAYOUT = {
    "mm": "(unsigned long)&{symbol}",
    "pages": "(unsigned long)&((struct mm *)0)->pages",
    "base": "(unsigned long)&((struct mm *)0)->base",
    "npages": "(unsigned long)&((struct mm *)0)->npages",
    "direct": "(unsigned long)&((struct mm *)0)->direct",
    "nzones": "(unsigned long)&((struct mm *)0)->nzones",
    "zones": "(unsigned long)&((struct mm *)0)->zones",
    "zone": "sizeof(struct zone)",
    "zoneName": "(unsigned long)&((struct zone *)0)->name",
    "zoneStart": "(unsigned long)&((struct zone *)0)->start",
    "zoneEnd": "(unsigned long)&((struct zone *)0)->end",
    "zoneFree": "(unsigned long)&((struct zone *)0)->free",
    "page": "sizeof(struct page)",
    "state": "(unsigned long)&((struct page *)0)->state",
    "order": "(unsigned long)&((struct page *)0)->order",
    "flags": "(unsigned long)&((struct page *)0)->flags",
    "PAGE_ANON": "(int)PAGE_ANON",
    "kernel": "(unsigned long)&_start",
    **{f"PAGE_{s}": f"(int)PAGE_{s}" for s in "TAIL RESERVED FREE CPU USED SLAB KMALLOC HEAP TABLE".split()},
}


def layout(elf):
    """Each expression's value, as text: addresses need 64 bits."""
    asked = [arg for e in LAYOUT.values() for arg in ("-ex", f"printf \"= %lu\\n\", {e.format(symbol='kernel_mm')}")]
    done = subprocess.run(["gdb-multiarch", "-nx", "-batch", *asked, elf], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    values = [line[2:] for line in done.stdout.splitlines() if line.startswith("= ")]
    if len(values) != len(LAYOUT):
        sys.exit(f"pack.py: {elf}: {done.stderr.strip()}")
    return dict(zip(LAYOUT, values))


def read(path):
    with open(path, "rb") as f:
        return f.read()


def main(what, *paths):
    if what == "wasm":
        text = f"globalThis.RV_WASM = {json.dumps(packed(read(paths[0])))};"
    elif what == "image":
        elf, kernel, disk = paths
        size, full = blocks(disk)
        text = "globalThis.RV_IMAGE = " + json.dumps({"kernel": packed(read(kernel)), "disk": packed(full), "diskBytes": size,
                                                      "layout": layout(elf)}) + ";"
    else:
        sys.exit(__doc__)
    print(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
