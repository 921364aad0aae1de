"""The book's live figures: the copies that tell their lines, and what the figures do, in node. The browser's part is in test_pages.py."""
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools"), str(Path(__file__).parent)]

import trace_lines  # noqa: E402
from readers_tree import Tree  # noqa: E402


def body(text):
    """What becomes of a function body, with fig_line(__FILE__, N) written as @N."""
    whole = f"int f(void)\n{{\n{text}\n}}\n"
    out = trace_lines.traced(whole)
    assert out.count("\n") == whole.count("\n")
    for line in range(1, 20):
        out = out.replace(f"fig_line(__FILE__, {line})", f"@{line}")
    return out[len("int f(void)\n{\n"):-len("\n}\n")]


@pytest.mark.parametrize("before, after", [
    ("a();", "@3; a();"),
    ("int x = (1, 2);\nreturn x;", "@3; int x = (1, 2);\n@4; return x;"),
    ("if (a)\n\tb();", "@3; if (a)\n\t{ @4; b(); }"),
    ("if (a)\n\tb();\nelse\n\tc();", "@3; if (a)\n\t{ @4; b(); }\nelse\n\t{ @6; c(); }"),
    ("if (a)\n\tb();\nelse if (c)\n\td();", "@3; if (a)\n\t{ @4; b(); }\nelse { @5; if (c)\n\t{ @6; d(); } }"),
    ("while (a(1))\n\tb();", "@3; while (@3, (a(1)))\n\t{ @4; b(); }"),
    ("for (int i = 0; i < 3; i++)\n\tb();", "@3; for (int i = 0; @3, (i < 3); i++)\n\t{ @4; b(); }"),
    ("for (;;) {\n\tb();\n}", "@3; for (;;) {\n\t@4; b();\n}"),
    ("do {\n\ta();\n} while (b);\nc();", "@3; do {\n\t@4; a();\n} while (b);\n@6; c();"),
    ("switch (a) {\ncase 1: return b ? 1 : 2;\ndefault:\n\tc();\n}", "@3; switch (a) {\ncase 1: @4; return b ? 1 : 2;\ndefault:\n\t@6; c();\n}"),
    ("list_for_each(a, &b, link)\n\tc();", "@3; list_for_each(a, &b, link)\n\t{ @4; c(); }"),
    ("a((struct s){ 1, \";\" });", "@3; a((struct s){ 1, \";\" });"),
    ("#ifdef A\na();\n#endif\nb();", "#ifdef A\n@4; a();\n#endif\n@6; b();"),
    ("a(); /* if (b) c(); */", "@3; a(); /* if (b) c(); */"),
])
def test_each_statement_is_told(before, after):
    assert body(before) == after


def test_nothing_outside_of_bodies_changes():
    text = "#define X(a) \\\n\t(a)\nstruct s {\n\tint a;\n};\nstatic int g(void) { return 1; }\nenum { A = 1 };\n"
    assert trace_lines.traced(text) == text


def test_figures_in_node():
    subprocess.run(["make", "-s", "figures"], cwd=ROOT, check=True, timeout=600)
    done = subprocess.run(["node", "tests/site/live.mjs", "build/figures/static/live"], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


# ---- the reader's own mm/ beside the reference's ----

# One frame, a block of 8, a frame; then the two frames are freed, and only the second has what to merge with.
STEPS = [[0, 0], [0, 3], [0, 0], [1, 0], [1, 1]]


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    return Tree(tmp_path_factory.mktemp("reader"))


def test_equal_trees_are_not_compared(tree):
    assert tree.departure(STEPS) == {"reference": None}
    tree.change("mm/buddy.c", "/* The buddy allocator:", "/* The buddy allocator :")
    assert tree.departure(STEPS) == {"reference": None}, "the program is the same"
    tree.run("git", "checkout", "-q", "mm")


def test_where_the_readers_allocator_departs_is_shown(tree):
    release = tree.run("git", "rev-parse", "--short", "HEAD")
    line = tree.change("mm/buddy.c", "for (; order < FRAME_ORDERS - 1; order++) {", "for (; order < 2; order++) {")
    told = tree.departure(STEPS)
    assert told["reference"] == release
    assert told["departed"]["step"] == 5 and told["departed"]["kind"] == "code" and told["departed"]["name"] == "buddy_free"
    assert told["departed"]["lines"][0] == f"mm/buddy.c:{line}"
    mine, reference = ("\n".join(screen["rows"]) for screen in told["departed"]["screens"])
    assert "cell 4 free 0\ncell 4 free 4" in mine and "cell 8 free 0" in reference
    assert "at step 5 (pressed, number 1), in function buddy_free()" in told["departed"]["sentence"]
    assert len(told["found"]) == 2 and told["found_departed"]["step"] == 2, "a search leaves only what is needed: a block, and its free"
    # Once committed it is compared only with what is asked for.
    tree.commit("mine")
    assert tree.departure(STEPS) == {"reference": None}
    assert tree.departure(STEPS, "REF=HEAD~1")["reference"] == release


def test_an_effect_and_an_assert_are_departures_too(tree):
    tree.run("git", "checkout", "-q", "HEAD~1", "--", "mm")
    tree.commit("as released")
    # The line that runs is the same in both; what it calls, on one line and so not told, is not.
    tree.change("mm/buddy.c", "static void push(", "static unsigned halved(unsigned o) { return o; }\n\nstatic void push(")
    tree.change("mm/buddy.c", "push(z, page + (1ull << o), o);", "push(z, page + (1ull << halved(o)), o);")
    tree.commit("a function between")
    tree.change("mm/buddy.c", "{ return o; }", "{ return o + (o == 3); }")
    told = tree.departure([[0, 5], [0, 4], [0, 0]])["departed"]
    assert told["step"] == 3 and told["kind"] == "effect" and told["name"] == "push"
    tree.run("git", "checkout", "-q", "mm")
    tree.change("mm/buddy.c", "	take(z, page);\n	z->ops++;", "	take(z, page);\n	z->ops++;\n	ASSERT(order > 0);")
    told = tree.departure([[0, 1], [0, 0], [0, 2]])["departed"]
    assert told["step"] == 2 and told["screens"][0]["said"].startswith("Stopped: mm/buddy.c:")
