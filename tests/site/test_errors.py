"""The reference of errors and messages is what the sources say."""
import sys
from pathlib import Path

import pytest

TREE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TREE / "docs/_ext"))
from course import errors

HEADER = (TREE / errors.ERR).read_text("utf-8")


def test_every_error_is_in_the_table():
    named = [name for _, _, _, meanings, _ in errors.rows(TREE) for name, _ in meanings]
    assert sorted(named) == sorted(name for name, _ in errors.kernel_errors(HEADER)) and len(named) > 30


def test_an_error_without_a_meaning_is_noticed():
    with pytest.raises(errors.Problem, match="ERR_NOENT is not explained"):
        errors.kernel_errors(HEADER.replace("no such name, or nothing there to find: ENOENT", "ENOENT"))


def tree_with(tmp_path, **changed):
    """The files that the table is made from, in a tree of their own, each with its change."""
    for path in (errors.ERR, errors.NUMBERS, errors.MAP, errors.TEXTS):
        old, new = changed.get(Path(path).stem, ("", ""))
        text = (TREE / path).read_text("utf-8")
        assert old in text
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text.replace(old, new, 1) if old else text, "utf-8")
    names = [name for name, _ in errors.kernel_errors(HEADER) if name != changed.get("unraised")]
    (tmp_path / "mm").mkdir()
    (tmp_path / "mm/raises.c").write_text(" ".join(names))
    return tmp_path


def test_a_small_tree_will_do(tmp_path):
    assert len(errors.rows(tree_with(tmp_path))) > 30


@pytest.mark.parametrize("change, problem", [
    ({"syscall": ("[ERR_EXIST] = EEXIST,", "")}, "gives ERR_EXIST no errno"),
    ({"string": ('{ EEXIST, "File exists" }, ', "")}, "EEXIST has no number, or .* no text"),
    ({"unraised": "ERR_EXIST"}, "nothing raises ERR_EXIST"),
])
def test_what_is_missing_is_noticed(tmp_path, change, problem):
    with pytest.raises(errors.Problem, match=problem):
        errors.rows(tree_with(tmp_path, **change))


def test_messages_are_checked_both_ways():
    said = errors.said_by(TREE, ["kernel", "mm", "arch"])
    page = (TREE / "docs/ref/errors.rst").read_text("utf-8")
    explained = set(errors.EXPLAINED.findall(page))
    assert errors.messages_problem(said, explained) is None
    assert "not explained here: '[power] off'" in errors.messages_problem(said, explained - {"[power] off"})
    assert "not explained here: '[memck] " in errors.messages_problem(said, explained - {"[memck]"})
    assert errors.messages_problem(said, explained | {"[power] on"}) == "no source says: [power] on"
    assert errors.messages_problem(said, explained | {"[cat]"}) == "no source says: [cat]"


@pytest.mark.parametrize("string, line", [
    (r"[mmap] REJECT: size 0x%llx exceeds limit", "[mmap] REJECT: size 0x… exceeds limit"),
    (r"[blk] %s: type 0x%02x, %-5.2s+%*d\n", "[blk] …: type 0x…, …+…"),
    (r"[a] 100%% of it", "[a] 100% of it"),
])
def test_conversions(string, line):
    assert errors.normal(string) == line
