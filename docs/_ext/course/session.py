"""A session at the machine as the book shows it, written so that a test can play it again.

    #: machines riscv64               on which machines it is true; without this line, on both
    #: VM=rv ICOUNT=1                 options of the run that the reader is not shown
    $ make run APPEND='va=bump'       a run; with CMD='...' that is what is typed
    manul:/$ free                     typed
    Mem:   {258108}  {552}            what braces enclose varies: a number for a number, else anything
    ~Mem:   258108    552             each number in this line varies
    ...                               any lines

Blanks count as one. Text between the run and the first prompt is what the machine says as it starts; if there is none, that is not
compared. Pure functions over text, without Sphinx.
"""
from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field

MACHINES = ["riscv64", "aarch64"]
PROMPT = re.compile(r"manul:(/[^\s$]*)\$(?: (.*))?$")
RUN = re.compile(r"\$ make run\b(.*)")
MARK = re.compile(r"\{([^{}]+)\}")
NUMBER = re.compile(r"0x[0-9a-f]+|\d[\d.,]*[KMGT%]?(?!\w)|\d[\d.,]*")
OPTION = re.compile(r"[A-Z_]+=")


class SessionError(Exception):
    pass


@dataclass
class Step:
    """What was typed (None: nothing, the machine starts) and the lines of the file that say what came."""
    typed: str | None
    line: int
    said: list[str] = field(default_factory=list)


@dataclass
class Run:
    options: dict[str, str]
    machines: list[str]
    steps: list[Step]


def options_of(words, line):
    bad = [w for w in words if not OPTION.match(w)]
    if bad:
        raise SessionError(f"line {line}: not an option of make run: {bad[0]}")
    return dict(w.split("=", 1) for w in words)


def parse(text):
    """The runs of a session."""
    machines, hidden, runs = MACHINES, {}, []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#:"):
            words = line[2:].split()
            if words[:1] == ["machines"]:
                machines = words[1:]
                if not machines or set(machines) - set(MACHINES):
                    raise SessionError(f"line {number}: machines are {' and '.join(MACHINES)}")
            else:
                hidden |= options_of(shlex.split(line[2:]), number)
            continue
        begins, typed = RUN.match(line), PROMPT.match(line)
        if begins or not runs:
            shown = options_of(shlex.split(begins[1], comments=True), number) if begins else {}
            command = shown.pop("CMD", None)
            runs.append(Run(hidden | shown, [shown["ARCH"]] if "ARCH" in shown else machines, [Step(command, number)]))
            if begins:
                continue
        if typed:
            runs[-1].steps.append(Step(typed[2], number)) if typed[2] else None
        else:
            runs[-1].steps[-1].said.append(line)
    if not any(step.typed for run in runs for step in run.steps):
        raise SessionError("nothing is typed")
    return runs


def shown(text):
    """What the reader sees: without the lines for the test, and without marks."""
    lines = [line for line in text.splitlines() if not line.startswith("#:")]
    return "\n".join(MARK.sub(r"\1", line.removeprefix("~")) for line in lines)


def pattern(line):
    """What a line of the file stands for."""
    loose, line = line.startswith("~"), line.removeprefix("~")
    out, at = "", 0
    for m in MARK.finditer(line):
        out += literal(line[at:m.start()], loose) + (NUMBER.pattern.join(["(?:", ")"]) if NUMBER.fullmatch(m[1]) else ".+?")
        at = m.end()
    return re.compile(out + literal(line[at:], loose) + r"\s*")


def literal(text, loose):
    parts = NUMBER.split(text) if loose else [text]
    return rf"(?:{NUMBER.pattern})".join(r"\s+".join(map(re.escape, re.split(r"\s+", part))) for part in parts)


def segments(said):
    """The lines between those that stand for any."""
    found = [[]]
    for line in said:
        if line.strip() == "...":
            found.append([])
        else:
            found[-1].append(pattern(line))
    return found


def fits(patterns, lines, at):
    return at + len(patterns) <= len(lines) and all(p.fullmatch(line) for p, line in zip(patterns, lines[at:]))


def difference(said, lines):
    """What these lines of the file and those of the machine differ in; None if they agree."""
    parts, lines = segments(trimmed(said)), trimmed(lines)
    if len(parts) == 1:
        return first_difference(parts[0], lines) or (f"and then {lines[len(parts[0])]!r}" if len(lines) > len(parts[0]) else None)
    if not fits(parts[0], lines, 0):
        return first_difference(parts[0], lines)
    at = len(parts[0])
    for part in parts[1:-1]:
        at = next((i for i in range(at, len(lines)) if fits(part, lines, i)), None)
        if at is None:
            return f"nowhere: {part[0].pattern!r}"
        at += len(part)
    last = len(lines) - len(parts[-1])
    return None if last >= at and fits(parts[-1], lines, last) else f"at the end: {first_difference(parts[-1], lines[max(last, at):])}"


def first_difference(patterns, lines):
    for i, p in enumerate(patterns):
        if i >= len(lines) or not p.fullmatch(lines[i]):
            return f"{lines[i] if i < len(lines) else 'nothing'!r} where there was to be {p.pattern!r}"
    return None


def trimmed(lines):
    """Without blank lines at both ends."""
    lines = [line.rstrip() for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return lines


def skeleton(line):
    return re.sub(r"\s+", " ", NUMBER.sub("0", MARK.sub(r"\1", line.removeprefix("~")))).strip()


def renewed(said, lines):
    """The lines of the file for what the machine says now: as they were where that is still true, and with old marks where only figures differ."""
    old = {skeleton(line): line for line in said}
    out = []
    for line in trimmed(lines):
        same = next((o for o in said if o.strip() != "..." and pattern(o).fullmatch(line)), None)
        out.append(same or ("~" if skeleton(line) in old else "") + line)
    return out
