"""The API reference: what is read out of a header, that a function without a comment is an error, and that no header is forgotten."""
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "docs/_ext"), str(ROOT / "tests/site")]

from course import api, cut  # noqa: E402
from test_course import Book  # noqa: E402

HEADER = """\
#pragma once
#include <stddef.h>
/* What it is for.
 *
 *   a -> b */
struct mm;
#define LIMIT 3

/* ---- numbers ---- */

enum { FIRST, SECOND = (1 << 2), THIRD };
typedef unsigned long addr_t;

struct pair {
	int a, b;	/* both */
};

/* Adds two
 * numbers; see twice(). */
int add(int a, int b) __attribute__((const));
int sub(int a,
	int b);		/* a - b,
			 * which may be negative */
extern const struct pair one, two[2];

int twice(int a);	/* add(a, a) */

/* Three times. */
static inline int thrice(int a)
{
	if (a)

		return 3 * a;
	return 0;
}
static inline int none(void) { return 0; }
"""


def read(text):
    return api.groups(text.splitlines(), "mm/x.h")


def names(text):
    return [[symbol.name for symbol in group.symbols] for group in read(text)[1]]


def test_head_and_groups():
    assert read(HEADER)[0] == ["What it is for.", "", "  a -> b"]
    assert names(HEADER) == [["LIMIT"], [], ["FIRST", "SECOND", "THIRD", "addr_t"], ["struct pair"], ["add", "sub", "one", "two"], ["twice"],
                             ["thrice", "none"]]


def test_a_comment_stands_for_its_group_and_bodies_are_left_out():
    _, found = read(HEADER)
    assert found[4].comment == ["Adds two", "numbers; see twice()."]
    assert found[4].code[-2:] == ["\t\t\t * which may be negative */", "extern const struct pair one, two[2];"]
    assert found[6].code == ["static inline int thrice(int a);", "static inline int none(void);"]


def test_prose_and_figures_are_told_apart():
    assert api.paragraphs(["One", "two.", "", "  a | b", "\tc", "Three."]) == [(False, ["One", "two."]), (True, ["  a | b", "\tc"]), (False, ["Three."])]


@pytest.mark.parametrize("old, new, name", [
    ("/* Adds two\n * numbers; see twice(). */\n", "", "add"),
    ("\t/* add(a, a) */", "", "twice"),
    ("/* Three times. */\n", "", "thrice"),
    ("}\nstatic inline int none", "}\n\nstatic inline int none", "none"),
])
def test_a_function_without_a_comment_is_an_error(old, new, name):
    assert old in HEADER
    text = HEADER.replace(old, new)
    line = next(i for i, line in enumerate(text.splitlines(), 1) if f"int {name}(" in line)
    with pytest.raises(cut.CutError, match=f"^mm/x.h:{line}: {name} has no comment$"):
        read(text)


PAGE = "Title\n=====\n\n.. api:: mm/x.h\n\nSee :api:`add` and :api:`struct pair`.\n"


@pytest.fixture
def book(tmp_path):
    book = Book(tmp_path)
    (tmp_path / "mm/x.h").write_text(HEADER)
    (tmp_path / "docs/index.rst").write_text(PAGE)
    return book


def test_symbols_are_linked_and_in_the_index(book):
    done = book.build()
    assert done.returncode == 0, done.stderr
    page, index = ((book.folder / "out" / name).read_text() for name in ("index.html", "genindex.html"))
    for symbol in ("api-add", "api-struct-pair", "api-LIMIT", "api-thrice"):
        assert f'id="{symbol}"' in page and f'href="index.html#{symbol}"' in index
    assert page.count('href="#api-add"') == 1 and page.count('href="#api-twice"') == 1


@pytest.mark.parametrize("path, old, new, message", [
    ("mm/x.h", "/* Three times. */\n", "", ": thrice has no comment"),
    ("docs/index.rst", ":api:`add`", ":api:`gone`", "gone"),
    ("docs/index.rst", "mm/x.h", "mm/y.h", "No such file"),
])
def test_mutation_fails_the_build(book, path, old, new, message):
    book.change(path, old, new)
    done = book.build()
    assert done.returncode != 0 and message in done.stderr, done.stderr


def test_each_public_header_of_mm_is_in_the_book():
    page = (ROOT / "docs/ref/api.rst").read_text()
    shown = re.findall(r"^\.\. api:: (.+)$", page, re.M)
    assert set(shown) >= {str(path.relative_to(ROOT)) for path in ROOT.glob("mm/include/mm/*.h")}
    assert len(shown) == len(set(shown))
