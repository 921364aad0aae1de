"""Sessions that the book shows: how they are written, their directive, and that there are no others."""
import re
import sys
from pathlib import Path

import pytest

import onepage

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs/_ext/course"))
import session  # noqa: E402

TEXT = """\
#: machines riscv64
#: MEM=64M
$ make run BOOT=direct APPEND='va=bump x'
manul:/$ free
~Mem:   258108    552
{12.5M} of it, frame {0x8b066}, {a cat}
...
ready
manul:/tmp$ echo 5 > f
$ make run CMD='ls; ls'
bin
"""
SAID = ["Mem: 5 1,000", "1K of it,  frame 0x1, a large <cat>", "any", "lines", "ready", ""]

# Sessions that are shown but not played, and why.
EXEMPT = {"index.rst": "two lines, of which README.md's session has more", "ch/syscalls.rst": "needs busybox on a second disk: tests/system/test_foreign.py"}


def test_what_is_shown():
    lines = session.shown(TEXT).splitlines()
    assert lines[0].startswith("$ make run") and lines[2:4] == ["Mem:   258108    552", "12.5M of it, frame 0x8b066, a cat"]


def test_what_is_played():
    first, second = session.parse(TEXT)
    assert first.options == {"MEM": "64M", "BOOT": "direct", "APPEND": "va=bump x"} and first.machines == ["riscv64"]
    assert [step.typed for step in first.steps] == [None, "free", "echo 5 > f"]
    assert second.options == {"MEM": "64M"} and [(step.typed, step.said) for step in second.steps] == [("ls; ls", ["bin"])]
    assert TEXT.splitlines()[first.steps[1].line - 1] == "manul:/$ free"


def difference(lines):
    return session.difference(session.parse(TEXT)[0].steps[1].said, lines)


def test_what_varies_may_differ():
    assert difference(SAID) is None
    assert difference(SAID[:2] + SAID[4:]) is None


@pytest.mark.parametrize("old, new", [("Mem", "Men"), ("5 1,000", "five 1,000"), ("1K of", "all of"), ("0x1", "x"), ("of it", "of that"), ("ready", "not ready")])
def test_a_difference_is_found(old, new):
    """A word, and something else where a number was to be."""
    lines = [line.replace(old, new, 1) for line in SAID]
    assert lines != SAID and difference(lines)


@pytest.mark.parametrize("lines", [SAID[1:], SAID[:1], SAID[:4], SAID + ["more"], []])
def test_too_little_or_too_much_is_found(lines):
    assert difference(lines)


def test_nothing_said_is_nothing():
    assert session.difference([], [""]) is None and session.difference([], ["x"])


def test_renewed_keeps_marks():
    said = session.parse(TEXT)[0].steps[1].said
    new = session.renewed(said, ["Mem: 1 2", "3M of it, frame 0x9, b", "new", "ready"])
    assert new == [said[0], said[1], "new", "ready"]
    assert session.renewed(["a 5 b"], ["a 6 b"]) == ["~a 6 b"]


PAGE = "Title\n=====\n\n.. transcript:: free\n   :name: here\n"


def build(tmp_path, page=PAGE, text=TEXT):
    status, said, html = onepage.build(tmp_path, page, {"transcripts/free.txt": text}, exclude_patterns=["transcripts"])
    return status, said, re.sub("<[^>]*>", "", html)


def test_page(tmp_path):
    status, said, html = build(tmp_path)
    assert status == 0, said
    assert "manul:/$ free\nMem:   258108    552\n12.5M of it, frame 0x8b066, a cat\n" in html and "MEM=64M" not in html


@pytest.mark.parametrize("old, new, complaint", [
    (":: free", ":: gone", "gone.txt"), (":: free", "::", "1 argument"), (":name:", ":title:", "unknown option"),
    ("machines riscv64", "machines vax", "machines are"), ("MEM=64M", "64M", "not an option"), ("BOOT=direct", "quickly", "not an option"),
])
def test_mistakes(tmp_path, old, new, complaint):
    """An error, with file and line."""
    assert old in PAGE + TEXT
    status, said, _ = build(tmp_path, PAGE.replace(old, new), TEXT.replace(old, new))
    assert status != 0 and complaint in said and re.search(r"index\.rst:4:", said)


def test_every_session_is_played():
    """None is written into the text, where it would grow old; and none is kept that nothing shows."""
    texts = {str(path.relative_to(ROOT / "docs")): path.read_text("utf-8") for path in (ROOT / "docs").rglob("*.rst")}
    written = {name for name, text in texts.items() if re.search(r"^ +manul:/\S*\$ ", text, re.M)}
    assert written == set(EXEMPT)
    used = {name for text in texts.values() for name in re.findall(r"^ *\.\. (?:transcript|machine):: (\S+)", text, re.M)}
    assert used == {path.stem for path in (ROOT / "docs/transcripts").glob("*.txt")}
