"""The book's live figures: the copies that tell their lines, and what the figures do, in node. The browser's part is in test_pages.py."""
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import trace_lines  # noqa: E402


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
