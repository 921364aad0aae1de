#!/usr/bin/python3
"""`make bench-live`: does an allocation cost more the more blocks are live? Host instructions for a free and an allocation among
100 to 1,000,000 live blocks, counted by callgrind, as docs/figures/liveblocks.csv and .svg.

usage: plot_liveblocks.py PROGRAM | --draw    (PROGRAM is built from tests/bench/liveblocks.c; --draw: the figure from the table alone)
"""
import math
import os
import re
import subprocess
import sys
import tempfile

TREE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TO = os.path.join(TREE, "docs", "figures", "liveblocks")
COUNTS = [10 ** k for k in range(2, 7)]
# name: (what the figure calls it, colour of the book and one for elsewhere, dashes, marker)
SERIES = {
    "heap": ("simple heap", "--c-bad-line", "#c0392b", "", "diamond"),
    "segfit": ("segregated fit", "--c-hot-line", "#b7791f", "", "square"),
    "buddy": ("buddy, order 1", "--c-used-line", "#2f6fb0", "", "circle"),
    "slab": ("slab, 64 bytes", "--c-free-line", "#2e8b57", "7 4", "circle"),
    "frame": ("frame, order 0", "--c-line", "#8050a0", "2 4", "square"),
}


def pairs_for(name, count):
    """The simple heap looks at every block: a few pairs must do where there are many."""
    return 640 if name != "heap" or count <= 1000 else max(20, 6_400_000 // count)


def instructions(program, name, count, pairs):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        done = subprocess.run(["valgrind", "--tool=callgrind", "--toggle-collect=measured", f"--callgrind-out-file={out}", program,
                               name, str(count), str(pairs)], capture_output=True, text=True)
        total = re.search(r"^totals: (\d+)", open(out, encoding="utf-8").read(), re.M) if os.path.exists(out) else None
    if done.returncode or not total:
        sys.exit(f"plot_liveblocks: {name} with {count} blocks: {done.stderr[-500:]}")
    return int(total[1])


def cost(program, name, count):
    """For one free and one allocation, the harness taken off."""
    pairs = pairs_for(name, count)
    return (instructions(program, name, count, pairs) - instructions(program, "none", count, pairs)) / pairs


# ---- the figure ----

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 780, 420, 92, 140, 46, 52


class Axes:
    """Both logarithmic: decades from the counts, and those that the costs need."""

    def __init__(self, costs):
        self.x = (math.log10(COUNTS[0]), math.log10(COUNTS[-1]))
        self.y = (math.floor(math.log10(min(costs))), math.ceil(math.log10(max(costs))))

    def at(self, count, value):
        fx = (math.log10(count) - self.x[0]) / (self.x[1] - self.x[0])
        fy = (math.log10(value) - self.y[0]) / (self.y[1] - self.y[0])
        return LEFT + fx * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - fy * (HEIGHT - TOP - BOTTOM)


def text(x, y, s, anchor="start", more=""):
    return f'  <text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="13"{more}>{s}</text>'


def grid(axes):
    lines = []
    for k in range(axes.y[0], axes.y[1] + 1):
        x, y = axes.at(COUNTS[0], 10 ** k)
        lines.append(f'  <path class="grid" d="M{x:.1f} {y:.1f}H{WIDTH - RIGHT}"/>')
        lines.append(text(x - 8, y + 4, f"{10 ** k:,}", "end"))
    for count in COUNTS:
        x, y = axes.at(count, 10 ** axes.y[0])
        lines.append(f'  <path class="grid" d="M{x:.1f} {y:.1f}V{TOP}"/>')
        lines.append(text(x, y + 20, f"{count:,}", "middle"))
    lines.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "live blocks", "middle"))
    return lines


def marker(kind, x, y):
    if kind == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
    turn = f' transform="rotate(45 {x:.1f} {y:.1f})"' if kind == "diamond" else ""
    return f'<rect x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7"{turn}/>'


def spread(wanted, gap=17):
    """Heights for labels, as near as can be to those wanted, none nearer than gap to the next."""
    order = sorted(wanted, key=wanted.get)
    placed = {}
    for name in order:
        placed[name] = max(wanted[name], max(placed.values(), default=-gap) + gap)
    over = max(placed.values(), default=0) - (HEIGHT - BOTTOM)
    return {name: y - max(0, over) for name, y in placed.items()}


def svg(table):
    axes = Axes([c for row in table.values() for c in row])
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" class="liveblocks" viewBox="0 0 {WIDTH} {HEIGHT}"'
           f' style="width:100%;max-width:{WIDTH}px">',
           "  <style>.liveblocks text { fill: var(--c-text, #808080); font-family: var(--font-stack, sans-serif) }"
           " .liveblocks .grid { stroke: var(--c-line, #808080); stroke-width: 1; opacity: .25; fill: none }</style>",
           text(LEFT, 22, "Instructions for a free and an allocation", more=' font-weight="600"')]
    out += grid(axes)
    labels = spread({name: axes.at(COUNTS[-1], row[-1])[1] for name, row in table.items()})
    for name, row in table.items():
        title, variable, fallback, dashes, kind = SERIES[name]
        colour = f"var({variable}, {fallback})"
        points = [axes.at(count, value) for count, value in zip(COUNTS, row)]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        out.append(f'  <g style="stroke:{colour};fill:{colour}">')
        out.append(f'    <path d="M{path}" style="fill:none" stroke-width="2"' + (f' stroke-dasharray="{dashes}"' if dashes else "") + "/>")
        out += ["    " + marker(kind, x, y) for x, y in points]
        x, y = points[-1][0] + 10, labels[name]
        out.append(f'    <path d="M{points[-1][0] + 5:.1f} {points[-1][1]:.1f}L{x + 4:.1f} {y:.1f}" style="fill:none" stroke-width="1"/>')
        out.append("  </g>")
        out.append(text(x + 8, y + 4, title))
    return "\n".join(out + ["</svg>", ""])


def measure(program):
    table = {}
    print(f"{'instructions':16}" + "".join(f"{count:>12,}" for count in COUNTS) + "  live blocks")
    for name, (title, *_) in SERIES.items():
        table[name] = [cost(program, name, count) for count in COUNTS]
        print(f"{title:16}" + "".join(f"{c:>12,.0f}" for c in table[name]), flush=True)
    with open(TO + ".csv", "w", encoding="utf-8") as f:
        f.write("allocator," + ",".join(str(count) for count in COUNTS) + "\n")
        f.writelines(f"{name}," + ",".join(f"{c:.1f}" for c in row) + "\n" for name, row in table.items())


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if sys.argv[1] != "--draw":
        measure(sys.argv[1])
    with open(TO + ".csv", encoding="utf-8") as f:
        rows = [line.strip().split(",") for line in f.readlines()[1:]]
    with open(TO + ".svg", "w", encoding="utf-8") as f:
        f.write(svg({name: [float(c) for c in row] for name, *row in rows}))


if __name__ == "__main__":
    main()
