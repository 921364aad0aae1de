"""Cut a part out of a source file: between two markers, or one symbol's definition.

Pure functions over lines of text, without Sphinx, so that tests can call them. A part is a half-open
range of line indexes, first line 0. CutError says what is wrong.
"""
from __future__ import annotations

import re
from typing import NamedTuple


class CutError(Exception):
    pass


class Part(NamedTuple):
    start: int
    end: int


# A marker stands alone in a comment: /* [name] */, // [name], # [name], and [/name] at the end.
MARKER = re.compile(r"^\s*(?:/\*|//|#|;)\s*\[(/?)([\w.-]+)\]\s*(?:\*/)?\s*$")


def is_marker(line: str) -> bool:
    return MARKER.match(line) is not None


def by_marker(lines: list[str], name: str) -> Part:
    found = {"": [], "/": []}
    for i, line in enumerate(lines):
        m = MARKER.match(line)
        if m and m[2] == name:
            found[m[1]].append(i)
    begins, ends = found[""], found["/"]
    if len(begins) != 1 or len(ends) != 1:
        raise CutError(f"marker [{name}] must begin and end once, it begins {len(begins)} and ends {len(ends)} times")
    if ends[0] <= begins[0] + 1:
        raise CutError(f"marker [{name}] holds nothing")
    return Part(begins[0] + 1, ends[0])


def by_symbol(lines: list[str], name: str, suffix: str) -> Part:
    """The definition of name with the comment right above it. Where there is no definition
    (headers), its declaration. Exactly one must be there."""
    find = {".py": find_python, ".S": find_label}.get(suffix, find_c)
    parts = find(lines, name)
    if len(parts) != 1:
        raise CutError(f"symbol {name} must be defined once, {len(parts)} found")
    return Part(with_comment(lines, parts[0].start), parts[0].end)


def find_c(lines: list[str], name: str) -> list[Part]:
    n = re.escape(name)
    definitions, declarations = [], []
    for i, line in enumerate(lines):
        if re.match(rf"#\s*define\s+{n}\b", line):
            definitions.append(Part(i, end_of_macro(lines, i)))
        elif re.match(r"[A-Za-z_]", line) and is_about(line, n):
            end, is_definition = end_of_c(lines, i)
            (definitions if is_definition else declarations).append(Part(i, end))
    return definitions or declarations


def is_about(line: str, n: str) -> bool:
    """Does this line, at the left margin, define or declare the name (escaped as n)?"""
    line = re.sub(r"__attribute__\(\(.*?\)\)\s*", "", line)
    head = line.split("{")[0].split("=")[0]
    if re.match(rf"(?:static |typedef )*(?:struct|enum|union) {n}\s*(?:{{.*)?$", line):
        return True
    if re.match(rf"typedef\b.*\b{n};", line):
        return True
    # A function: its name before the first parenthesis. A variable: its name before = or ; or [.
    before = head.split("(")[0]
    if "(" in head:
        return re.search(rf"[\s*]{n}\s*$", before) is not None
    return re.search(rf"[\s*]{n}\s*(?:\[.*\])?\s*;?\s*$", before) is not None


def end_of_macro(lines: list[str], i: int) -> int:
    while lines[i].rstrip().endswith("\\"):
        i += 1
    return i + 1


def end_of_c(lines: list[str], i: int) -> tuple[int, bool]:
    """The line after a top-level item that begins at line i, and whether it has a body.
    In our style a body of several lines ends with a brace at the left margin."""
    has_body = False
    for j in range(i, len(lines)):
        code = re.sub(r"/\*.*?(\*/|$)|//.*", "", lines[j]).rstrip()
        if "{" in code and not has_body:
            has_body = True
            if code.count("{") == code.count("}"):
                return j + 1, True
        if j > i and code.startswith("}"):
            return j + 1, True
        if not has_body and code.endswith(";"):
            return j + 1, "=" in code
    raise CutError(f"line {i + 1}: no end found")


def find_label(lines: list[str], name: str) -> list[Part]:
    """An assembly routine: from its label to the blank line or the next global label after it."""
    parts = []
    for i, line in enumerate(lines):
        if re.match(rf"(?:ENTRY|FUNC)\({re.escape(name)}\)|{re.escape(name)}:", line):
            end = i + 1
            while end < len(lines) and lines[end].strip() and not re.match(r"[A-Za-z_]\w*:", lines[end]):
                end += 1
            parts.append(Part(i, end))
    return parts


def find_python(lines: list[str], name: str) -> list[Part]:
    parts = []
    for i, line in enumerate(lines):
        if re.match(rf"{re.escape(name)} = ", line):
            parts.append(Part(i, end_of_value(lines, i)))
        if not re.match(rf"(?:def|class) {re.escape(name)}\b", line):
            continue
        end = i + 1
        while end < len(lines) and (not lines[end].strip() or lines[end][0] in " \t)"):
            end += 1
        while not lines[end - 1].strip():
            end -= 1
        parts.append(Part(i, end))
    return parts


def end_of_value(lines: list[str], i: int) -> int:
    """The line after a value that begins at line i: one line, or up to its closing bracket at the margin."""
    if lines[i].rstrip()[-1] in "([{":
        while not re.match(r"[\])}]", lines[i]):
            i += 1
    return i + 1


def with_comment(lines: list[str], start: int) -> int:
    """Where the comment (or macro or decorator) right above line start begins; start if there is none."""
    i = start
    while i > 0 and re.match(r"\s*(//|#(?!\w)|@)", lines[i - 1]) and not is_marker(lines[i - 1]):
        i -= 1
    if i > 0 and lines[i - 1].rstrip().endswith("*/") and not is_marker(lines[i - 1]):
        j = i - 1
        while j > 0 and "/*" not in lines[j]:
            j -= 1
        if lines[j].lstrip().startswith("/*"):
            i = j
    return i


def dedent(lines: list[str]) -> list[str]:
    """Without the tabs that all lines share, and without markers."""
    body = [line for line in lines if not is_marker(line)]
    shared = min((len(line) - len(line.lstrip("\t")) for line in body if line.strip()), default=0)
    return [line[shared:].expandtabs(4) for line in body]
