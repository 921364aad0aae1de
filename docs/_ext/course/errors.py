"""errors: what a system call may answer, from the sources that say so (the kernel's errors, the numbers that they become, the text that a
program prints). An error that is not explained, has no number, or is never raised is an error of the build.

    .. errors::

messages: every line that the sources can write to the log must be explained on the page, as literal text in which each conversion is an
ellipsis, or by its tag alone (``[memck]``); and every line explained must be there.

    .. messages:: kernel mm arch
"""
from __future__ import annotations

import re
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

ERR, NUMBERS, MAP, TEXTS = "lib/include/lib/err.h", "lib/include/abi/errno.h", "kernel/syscall.c", "user/libc/string.c"
RAISERS = ("mm", "kernel", "lib", "arch")
CONVERSION = re.compile(r"%[-+ #0]*[\d*]*(?:\.[\d*]+)?(?:hh|h|ll|l|z|t)?[a-zA-Z]")
STRING = re.compile(r'"(\[[a-z]+\] (?:[^"\\]|\\.)*)"')
EXPLAINED = re.compile(r"^   \* - ``(\[[a-z]+\](?: .*)?)``$", re.M)


class Problem(Exception):
    pass


def kernel_errors(text):
    """[(name, what it means)] of enum err: a comment ends in the number's name, which is not part of the meaning."""
    found = re.findall(r"^\t(ERR_(?!COUNT)\w+),\s*(?:/\* (.*?) \*/)?$", text, re.M)
    for name, meaning in found:
        if not re.fullmatch(r".+: E[A-Z0-9]+", meaning):
            raise Problem(f"{ERR}: {name} is not explained")
    return [(name, meaning.rsplit(":", 1)[0]) for name, meaning in found]


def numbers(text):
    return {name: int(n) for name, n in re.findall(r"^#define (E\w+) (\d+)", text, re.M)}


def mapping(text):
    """ERR_ to E; a call that a signal interrupts is either restarted or answers EINTR."""
    return {err: "EINTR" if no == "ERESTARTSYS" else no for err, no in re.findall(r"\[(ERR_\w+)\] = (E\w+)", text)}


def texts(text):
    return dict(re.findall(r'\{ (E\w+), "([^"]*)" \}', text))


def answered(sources):
    """{errno: where} of those that a system call answers by itself."""
    found = {}
    for path, text in sources.items():
        for errno in re.findall(r"-(E[A-Z0-9]+)\b", text):
            if not errno.startswith("ERESTART"):
                found.setdefault(errno, set()).add(path)
    return found


def rows(root):
    """(number, errno, its text, [(kernel's name, meaning)], {where a system call answers so by itself}) in the order of the numbers."""
    read = {path: (root / path).read_text("utf-8") for path in (ERR, NUMBERS, MAP, TEXTS)}
    sources = {str(p.relative_to(root)): p.read_text("utf-8") for d in RAISERS for p in (root / d).rglob("*.[ch]")}
    raised = "".join(text for path, text in sources.items() if path not in (ERR, MAP))
    number, errno_of, text_of = numbers(read[NUMBERS]), mapping(read[MAP]), texts(read[TEXTS])
    direct, meant = answered(sources), {}
    for name, meaning in kernel_errors(read[ERR]):
        if name not in errno_of:
            raise Problem(f"{MAP} gives {name} no errno")
        if not re.search(rf"\b{name}\b", raised):
            raise Problem(f"nothing raises {name}")
        meant.setdefault(errno_of[name], []).append((name, meaning))
    for errno in direct.keys() | meant.keys():
        if errno not in number or errno not in text_of:
            raise Problem(f"{errno} has no number, or {TEXTS} no text for it")
    return [(number[e], e, text_of[e], meant.get(e, []), direct.get(e, set())) for e in sorted(direct.keys() | meant.keys(), key=number.get)]


def normal(message):
    return CONVERSION.sub("\N{HORIZONTAL ELLIPSIS}", message.replace("%%", "\0")).replace("\0", "%").removesuffix("\\n")


def messages_problem(said, explained):
    """said: line of the log -> where. What is wrong, or None."""
    missing = [f"{line!r} ({said[line]})" for line in said if line not in explained and line[:line.index("]") + 1] not in explained]
    gone = sorted(e for e in explained if e not in said and not (e.endswith("]") and any(line.startswith(e) for line in said)))
    if missing:
        return "not explained here: " + ", ".join(missing)
    return "no source says: " + ", ".join(gone) if gone else None


def said_by(root, folders):
    said = {}
    for folder in folders:
        for source in sorted((root / folder).rglob("*.c")):
            for string in STRING.findall(source.read_text("utf-8")):
                for line in normal(string).split("\\n"):
                    said.setdefault(line, source.relative_to(root))
    return said


class Errors(SphinxDirective):
    def run(self):
        root = Path(self.config.course_root).resolve()
        for path in (ERR, NUMBERS, MAP, TEXTS):
            self.env.note_dependency(str(root / path))
        try:
            return [self.table(rows(root))]
        except Problem as err:
            raise self.error(f"errors: {err}")

    def table(self, found):
        table, group, body = nodes.table(), nodes.tgroup(cols=3), nodes.tbody()
        table += group
        for width in (24, 30, 46):
            group += nodes.colspec(colwidth=width)
        head = nodes.thead()
        head += self.row([nodes.Text("Number")], [nodes.Text("Text")], [nodes.Text("What the kernel means by it")])
        group += [head, body]
        for number, errno, text, meanings, where in found:
            last = []
            for name, meaning in meanings:
                last += [nodes.Text("; ")] if last else []
                last += [nodes.literal("", name), nodes.Text(f": {meaning}")]
            if not last:
                last = [nodes.Text("answered in " + ", ".join(sorted(where)))]
            body += self.row([nodes.Text(f"{number} "), nodes.literal("", errno)], [nodes.Text(text)], last)
        return table

    @staticmethod
    def row(*cells):
        row = nodes.row()
        for content in cells:
            para, entry = nodes.paragraph(), nodes.entry()
            para += content
            entry += para
            row += entry
        return row


class Messages(SphinxDirective):
    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        root = Path(self.config.course_root).resolve()
        page = Path(self.env.doc2path(self.env.docname)).read_text("utf-8")
        said = said_by(root, self.arguments[0].split())
        for source in set(said.values()):
            self.env.note_dependency(str(root / source))
        problem = messages_problem(said, set(EXPLAINED.findall(page)))
        if problem:
            raise self.error(f"messages: {problem}")
        return []


def setup(app):
    app.add_directive("errors", Errors)
    app.add_directive("messages", Messages)
