"""The book's directives: what they cut, and that the build fails when what they name is gone.

Each mutation test builds a page that is right, then the same page after one change that must fail.
Needs Sphinx; no network, no QEMU."""
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs/_ext"))

from course import cut  # noqa: E402

SOURCE = """\
#pragma once
/* Adds two numbers. */
int add(int a, int b);

/* [sum] */
enum { FIRST, SECOND };
/* [/sum] */

/* Says what it does,
 * in two lines. */
static int twice(int a)
{
\tint b[] = { a };
\tif (a) {
\t\treturn add(a, a);
\t}
\treturn 0;
}

static int one(void) { return 1; }

struct pair {
\tint a, b;
};

static const int table[] = {
\t1, 2,
};

#define BOTH(a, b) \\
\t((a) + \\
\t (b))

int use(struct pair *p) { return twice(p->a) + table[one()]; }
"""

PAGE = """\
Title
=====

.. listing:: mm/x.c
   :symbol: one
   :emphasize: return 1

.. listing:: mm/x.c
   :marker: sum

See :src:`mm/x.c` and :src:`twice <mm/x.c>`, in all :loc:`mm/x.c mm`.

.. diagram:: box.svg
   :alt: A box.

   A caption.

.. quiz::

   Which?

   .. choice:: This
      :right:

      Because.

   .. choice:: That

      Because not.

.. exercise:: easy Count

   Count to three.

   .. hint::

      One, two.
"""

CONF = f"""\
import sys
sys.path.insert(0, {str(ROOT / "docs/_ext")!r})
import os
extensions = ["course"]
exclude_patterns = ["figures"]
course_root = os.path.abspath("..")
html_static_path = ["_static"]
"""


# ---- what is cut ----

def text_of(part):
    return "\n".join(cut.dedent(SOURCE.splitlines()[part.start:part.end]))


@pytest.mark.parametrize("name, first, last", [
    ("add", "/* Adds two numbers. */", "int add(int a, int b);"),
    ("one", "static int one(void) { return 1; }", "static int one(void) { return 1; }"),
    ("pair", "struct pair {", "};"),
    ("table", "static const int table[] = {", "};"),
    ("BOTH", "#define BOTH(a, b) \\", "     (b))"),
    ("use", "int use(struct pair *p) { return twice(p->a) + table[one()]; }", None),
])
def test_symbol_is_cut_with_its_comment(name, first, last):
    lines = text_of(cut.by_symbol(SOURCE.splitlines(), name, ".c")).splitlines()
    assert lines[0] == first
    assert last is None or lines[-1] == last


def test_marker_is_cut_without_the_marker_lines():
    assert text_of(cut.by_marker(SOURCE.splitlines(), "sum")) == "enum { FIRST, SECOND };"


def test_function_body_ends_at_the_brace_at_the_margin():
    lines = text_of(cut.by_symbol(SOURCE.splitlines(), "twice", ".c")).splitlines()
    assert lines[0] == "/* Says what it does," and lines[-1] == "}" and len(lines) == 10


def test_assembly_label_and_python_definition():
    asm = "\t.globl a\na:\tnop\n1:\tret\n\nb:\tret\n".splitlines()
    assert cut.by_symbol(asm, "a", ".S") == (1, 3)
    python = "def f():\n    return 1\n\n\nA = [\n    1,\n]\nB = 2\n".splitlines()
    assert cut.by_symbol(python, "f", ".py") == (0, 2)
    assert cut.by_symbol(python, "A", ".py") == (4, 7)
    assert cut.by_symbol(python, "B", ".py") == (7, 8)


@pytest.mark.parametrize("name", ["gone", "tw", "a", "p"])
def test_symbol_that_is_not_defined_is_refused(name):
    with pytest.raises(cut.CutError):
        cut.by_symbol(SOURCE.splitlines(), name, ".c")


# ---- mutations: the build must fail, and say where ----

class Book:
    def __init__(self, folder):
        self.folder = folder
        for path, text in {"mm/x.c": SOURCE, "docs/index.rst": PAGE, "docs/conf.py": CONF, "docs/_static/x.css": "a {}",
                           "docs/figures/box.svg": '<svg viewBox="0 0 1 1"></svg>'}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)

    def change(self, path, old, new):
        file = self.folder / path
        text = file.read_text()
        assert old in text, "the mutation changes nothing"
        file.write_text(text.replace(old, new))

    def build(self, *flags):
        return subprocess.run(
            [sys.executable, "-m", "sphinx", "-n", "-W", "--keep-going", "-q", *flags, "-b", "html", "docs", "out"],
            cwd=self.folder, capture_output=True, text=True, timeout=120)


@pytest.fixture
def book(tmp_path):
    return Book(tmp_path)


def test_sound_book_builds(book):
    done = book.build()
    assert done.returncode == 0, done.stderr
    page = (book.folder / "out/index.html").read_text()
    for wanted in (f"{2 * len(SOURCE.splitlines())} lines<", "lines 20 to 20", "lines 6 to 6", 'data-right="1"', "<details", 'aria-label="A box."'):
        assert wanted in page


def test_a_changed_asset_is_copied_though_no_page_changed(book):
    assert book.build().returncode == 0
    page = (book.folder / "out/index.html").stat().st_mtime_ns
    assert book.build().returncode == 0
    assert (book.folder / "out/index.html").stat().st_mtime_ns == page, "nothing has changed, and a page was written"
    book.change("docs/_static/x.css", "a {}", "b { color: red }")
    assert book.build().returncode == 0
    assert (book.folder / "out/_static/x.css").read_text() == "b { color: red }"


@pytest.mark.parametrize("path, old, new, message", [
    ("mm/x.c", "[sum]", "[total]", "marker [sum]"),
    ("mm/x.c", "[/sum]", "[/total]", "marker [sum]"),
    ("mm/x.c", "enum { FIRST, SECOND };\n", "", "holds nothing"),
    ("mm/x.c", "static int one(void)", "static int single(void)", "symbol one must be defined once, 0 found"),
    ("mm/x.c", "return 1; }", "return 2; }", "no line holds 'return 1'"),
    ("mm/x.c", "twice", "double_it", "does not hold twice"),
    ("docs/index.rst", "mm/x.c mm`", "mm/y.c mm`", "loc: no file mm/y.c"),
    ("docs/index.rst", ":right:", "", "0 right"),
    ("docs/index.rst", "   .. choice:: That\n\n      Because not.", "   .. choice:: That\n      :right:\n\n      Because not.", "2 right"),
    ("docs/index.rst", "      Because not.\n", "", "every choice needs an explanation"),
    ("docs/index.rst", "exercise:: easy", "exercise:: trivial", "wants a level"),
    ("docs/index.rst", "   :marker: sum", "   :mark: sum", "unknown option"),
    ("docs/index.rst", "   :marker: sum", "", "give either"),
    ("docs/index.rst", "   :alt: A box.\n", "", ":alt: is required"),
])
def test_mutation_fails_the_build(book, path, old, new, message):
    book.change(path, old, new)
    done = book.build("-E")
    assert done.returncode != 0, "the build did not notice"
    assert message in done.stderr
    assert re.search(r"index\.rst:\d+: ", done.stderr), done.stderr


@pytest.mark.parametrize("path", ["mm/x.c", "docs/figures/box.svg"])
def test_moved_file_fails_the_build(book, path):
    (book.folder / path).rename(book.folder / "elsewhere")
    done = book.build("-E")
    assert done.returncode != 0
    assert re.search(r"index\.rst:\d+: ", done.stderr), done.stderr


# ---- the real book ----

PAGES = sorted((ROOT / "docs").rglob("*.rst"))
LISTING = re.compile(r"^\.\. listing:: (\S+)\n((?:   :\w+:.*\n|      .*\n)*)", re.M)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT / "docs")))
def test_no_source_is_pasted_and_every_listing_is_there(page):
    text = page.read_text()
    assert not re.search(r"code-block:: (c|C|gas|asm|make)\b", text), "cut it with a listing instead"
    for path, options in LISTING.findall(text):
        lines = (ROOT / path).read_text().splitlines()
        option = dict(re.findall(r":(symbol|marker): (\S+)", options))
        if "symbol" in option:
            cut.by_symbol(lines, option["symbol"], Path(path).suffix)
        else:
            cut.by_marker(lines, option["marker"])
