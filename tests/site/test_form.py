"""Each chapter of the book has the parts that a reader may count on, in one order.

A part that a chapter has no use for stands in EXEMPT, with the reason. An exemption that is not needed is an error too.
"""
import re
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted((ROOT / "docs/ch").glob("*.rst"))
SAME = "one source for both machines; nothing here touches the hardware"
NOT_UPSTREAM = "the source systems say nothing of it"
TOUR = "a tour; what it shows has chapters of its own"
MANUAL = "instructions, to be followed rather than studied"

EXEMPT = {
    "try": dict.fromkeys(["question", "idea", "holds", "quizzes", "machines", "others", "upstream", "levels"], TOUR),
    "howto": dict.fromkeys(["question", "idea", "figure", "walk", "holds", "quizzes", "machines", "others", "upstream", "levels", "folds", "sources"], MANUAL),
    "traps": {"holds": "its rules are assertions on the way; nothing lasts from one trap to the next", "upstream": NOT_UPSTREAM},
    "syscalls": {"holds": "one table; what disagrees with it does not compile", "machines": SAME, "upstream": NOT_UPSTREAM},
    **{name: {"upstream": NOT_UPSTREAM} for name in ("boot", "mmu", "processes")},
    **{name: {"machines": SAME} for name in ("buddy", "files", "frames", "hardening", "heap", "heaps", "holes", "ledgers", "segfit",
                                             "segpool", "slab", "stats", "testing", "txn")},
}


class Section(NamedTuple):
    title: str
    text: str


def sections(text):
    """The sections of the first level, each with those below it; the first is the chapter's head."""
    found = list(re.finditer(r"^(\S.*)\n-{3,}$", text, re.M))
    ends = [m.start() for m in found[1:]] + [len(text)]
    head = text[:found[0].start()] if found else text
    return [Section("", head)] + [Section(m[1], text[m.end():end]) for m, end in zip(found, ends)]


def blocks(text, directive):
    """The contents of each such directive: its line's rest and the lines indented below it."""
    found = []
    for m in re.finditer(rf"^( *)\.\. {directive}::(.*\n(?:\1 .*\n|[ ]*\n)*)", text + "\n", re.M):
        found.append(m[2])
    return found


def titled(text, *begins):
    return [s for s in sections(text) if s.title.startswith(begins)]


def goals(text):
    found = re.search(r"^\.\. admonition:: Goals\n(?: .*\n|\n)*", sections(text)[0].text, re.M)
    return bool(found) and 1 <= len(re.findall(r"^   - ", found[0], re.M)) <= 4


def head(word):
    return lambda text: word in sections(text)[0].text


def code_size(text):
    return bool(re.search(r"\*\*Code:\*\*[^*]*:loc:`", sections(text)[0].text))


def holds(text):
    """The invariants, each under the name of a function that is there."""
    names = [n for s in titled(text, "What must hold", "What fails") for n in re.findall(r"``(\w+)\(\)``", s.text)]
    checks = [n for n in names if re.search("check|assert|fingerprint|selftest", n)]
    return bool(checks) and all(is_function(n) for n in checks)


SOURCES = [p for d in ("mm", "kernel", "lib", "fs", "user", "arch", "tests") for p in (ROOT / d).rglob("*.[ch]")]
IN_C = "\n".join(p.read_text("utf-8", "replace") for p in SOURCES)


def is_function(name):
    return re.search(rf"\b{name}\(", IN_C) is not None


def quizzes(text):
    """Three or more, each with a right choice; every choice gives its reason."""
    found = blocks(text, "quiz")
    choices = [c for q in found for c in blocks(q, "choice")]
    return len(found) >= 3 and all(":right:" in q for q in found) and all(explained(c) for c in choices)


def explained(choice):
    return any(line.strip() and not line.strip().startswith(":right:") for line in choice.splitlines()[1:])


def machines(text):
    """Side by side: a table with both in its first row, or a listing of each."""
    tables = [re.split(r"^ +\* -", t, flags=re.M)[1] for t in blocks(text, "list-table")]
    if any(both(first) for first in tables):
        return True
    shown = " ".join(blocks(text, "listing"))
    return "arch/riscv64/" in shown and "arch/aarch64/" in shown


def both(row):
    return ("RISC-V" in row and "AArch64" in row) or ("riscv64" in row and "aarch64" in row)


def others(text):
    found = " ".join(s.text for s in titled(text, "What others do"))
    return "**Linux" in found and "**xv6" in found


def exercises(text):
    return [(b.split()[0], b) for b in blocks(text, "exercise")]


def levels(text):
    return {level for level, _ in exercises(text)} == {"easy", "moderate", "hard"}


def folds(text):
    """Something folded below every exercise: a hint, and for the hard ones it must be a hint."""
    return bool(exercises(text)) and all(
        ".. hint::" in b or (level != "hard" and ".. solution::" in b) for level, b in exercises(text))


PARTS = {
    "goals": goals,
    "needs": head("**You need:**"),
    "time": head("**Time:**"),
    "code": code_size,
    "question": lambda t: titled(t, "The question"),
    "idea": lambda t: titled(t, "The idea"),
    "figure": lambda t: any(blocks(t, d) for d in ("graphviz", "diagram", "live", "machine")),
    "walk": lambda t: len(blocks(t, "listing")) >= 3,
    "holds": holds,
    "quizzes": quizzes,
    "machines": machines,
    "others": others,
    "upstream": lambda t: titled(t, "What the source system"),
    "levels": levels,
    "folds": folds,
    "short": lambda t: any(re.search(r"^- ", s.text, re.M) for s in titled(t, "In short")),
    "sources": lambda t: titled(t, "Sources"),
}
ORDER = ["The question", "The idea", "What must hold", "What others do", "Exercises", "In short", "Sources"]


def lacking(text):
    return {name for name, has in PARTS.items() if not has(text)}


def out_of_order(text):
    found = [next((o for o in ORDER if s.title.startswith(o)), None) for s in sections(text)]
    places = [ORDER.index(o) for o in found if o]
    return places != sorted(set(places))


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda p: p.stem)
def test_chapter_has_its_parts(chapter):
    text = chapter.read_text("utf-8")
    assert lacking(text) == set(EXEMPT.get(chapter.stem, {}))
    assert not out_of_order(text)


def test_every_chapter_is_in_the_contents():
    index = (ROOT / "docs/index.rst").read_text("utf-8")
    assert sorted(set(re.findall(r"^   ch/(\w+)$", index, re.M))) == [p.stem for p in CHAPTERS]


WHOLE = (ROOT / "docs/ch/buddy.rst").read_text("utf-8")


@pytest.mark.parametrize("part, old, new", [
    ("goals", ".. admonition:: Goals", ".. admonition:: Aims"),
    ("needs", "**You need:**", "You need:"),
    ("code", ":loc:", ":src:"),
    ("question", "The question\n", "A question\n"),
    ("holds", "buddy_check()", "buddy_look()"),
    ("holds", "buddy_check()", "buddy_chequecheck()"),
    ("quizzes", "      8 xor 8 is 0.\n", ""),
    ("quizzes", "      :right:\n\n      8 xor", "      8 xor"),
    ("others", "**xv6**", "**Unix**"),
    ("levels", ".. exercise:: hard", ".. exercise:: easy"),
    ("folds", "   .. hint::\n\n      One live", "      One live"),
    ("short", "In short\n", "In brief\n"),
    ("sources", "Sources\n", "Books\n"),
])
def test_a_part_is_missed(part, old, new):
    assert WHOLE.count(old) and part not in lacking(WHOLE)
    assert part in lacking(WHOLE.replace(old, new))


def test_order_is_minded():
    assert out_of_order("A\n=\n\nSources\n-------\n\nExercises\n---------\n")
    assert out_of_order("A\n=\n\nSources\n-------\n\nSources\n-------\n")
    assert not out_of_order("A\n=\n\nExercises\n---------\n\nSources\n-------\n")
