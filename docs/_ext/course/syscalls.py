"""syscalls: the rows of the kernel's table of system calls (lib/include/abi/calls.h), with their numbers and what each lacks.

    .. syscalls:: FILES

syscalls without an argument: the calls of Linux's generic table that are not there.
"""
from __future__ import annotations

import re
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

CALLS, NUMBERS = "lib/include/abi/calls.h", "lib/include/abi/syscall.h"
ROW = re.compile(r'CALL\((\w+), "([^"]*)", "([^"]*)"\)')
NUMBER = re.compile(r"^#define SYS_(\w+) (\d+)$", re.M)


def groups(text):
    """{group: [(name, lacks)]} of calls.h."""
    found = {}
    for group, body in re.findall(r"#define SYSCALLS_(\w+)\(CALL\)((?:.*\\\n)*.*)", text):
        rows = [(name, lacks) for name, _, lacks in ROW.findall(body)]
        if rows:
            found[group] = rows
    return found


def numbers(text):
    return {name: int(n) for name, n in NUMBER.findall(text)}


class Syscalls(SphinxDirective):
    optional_arguments = 1

    def run(self):
        root = Path(self.config.course_root).resolve()
        for path in (CALLS, NUMBERS):
            self.env.note_dependency(str(root / path))
        rows, number = groups((root / CALLS).read_text("utf-8")), numbers((root / NUMBERS).read_text("utf-8"))
        if not self.arguments:
            return [self.missing({name for group in rows.values() for name, _ in group}, number)]
        if self.arguments[0] not in rows:
            raise self.error(f"syscalls: {CALLS} has no {self.arguments[0]}, but {', '.join(rows)}")
        return [self.table(rows[self.arguments[0]], number)]

    def missing(self, there, number):
        para = nodes.paragraph()
        for name in sorted(set(number) - there - {"arch_specific_syscall", "syscalls"}, key=number.get):
            para += [nodes.literal("", name), nodes.Text(" ")]
        return para

    def table(self, rows, number):
        table, group, body = nodes.table(classes=["syscalls"]), nodes.tgroup(cols=3), nodes.tbody()
        table += group
        for width in (8, 22, 70):
            group += nodes.colspec(colwidth=width)
        head = nodes.thead()
        head += self.row("Number", nodes.Text("Call"), "What it lacks")
        group += [head, body]
        for name, lacks in rows:
            body += self.row(str(number.get(name, "")), nodes.literal("", name), lacks or "\N{EN DASH}")
        return table

    @staticmethod
    def row(first, second, third):
        row = nodes.row()
        for content in (nodes.Text(first), second, nodes.Text(third)):
            para = nodes.paragraph()
            para += content
            entry = nodes.entry()
            entry += para
            row += entry
        return row


def setup(app):
    app.add_directive("syscalls", Syscalls)
