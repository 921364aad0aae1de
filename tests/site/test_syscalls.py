"""The book's tables of system calls are the kernel's."""
import re
import sys
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TREE / "docs/_ext"))
from course import syscalls

CALLS = (TREE / syscalls.CALLS).read_text()


def test_every_row_is_read():
    rows = [name for group in syscalls.groups(CALLS).values() for name, _ in group]
    assert len(rows) == len(set(rows)) == len(re.findall(r"CALL\(\w+, \"", CALLS))
    assert len(rows) > 100


def test_every_call_has_a_number_and_a_function():
    number = syscalls.numbers((TREE / syscalls.NUMBERS).read_text())
    source = "".join(p.read_text() for p in (TREE / "kernel").rglob("*.c"))
    for group, rows in syscalls.groups(CALLS).items():
        for name, _ in rows:
            assert name in number or group == "MACHINE", name
            assert re.search(rf"\bsys_{name}\(const uint64_t \*", source) or group == "MACHINE", name


def test_kinds_are_explained():
    explained = set(re.findall(r"(?<=[ *])([a-zA-Z@-]) (?=[a-zA-Z])", CALLS[:CALLS.index("lacks says")]))
    used = {letter for kinds in re.findall(r'CALL\(\w+, "([^"]*)"', CALLS) for letter in kinds}
    assert used <= explained, used - explained


def test_the_book_has_every_group():
    page = (TREE / "docs/ref/syscalls.rst").read_text()
    assert set(re.findall(r"^\.\. syscalls:: (\w+)$", page, re.M)) == set(syscalls.groups(CALLS))


def test_every_call_of_the_book_is_linked_in():
    """The dispatch is made of the same rows: no other way into the table."""
    dispatch = (TREE / "kernel/syscall.c").read_text()
    assert re.search(r"#define X\(name, kinds, lacks\) \[SYS_##name\] = sys_##name,\n\s*SYSCALLS\(X\)", dispatch)
    assert not re.search(r"^\s*\[SYS_(?!##)", dispatch, re.M)
