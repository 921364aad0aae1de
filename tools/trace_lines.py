#!/usr/bin/env python3
"""A copy of a C file that says which of its lines runs next: for the book's live figures.

usage: trace_lines.py FILE.c > COPY.c

Before each statement of each function body the copy calls fig_line(file, line); the condition of a loop does so each time. Nothing
else changes, and lines keep their numbers. Bodies are found by the house style: their braces stand in column 0; a function on one line
is left as it is.
"""
import re
import sys

HEADER = re.compile(r"(if|for|while|switch)\b|\w*_for_each\w*(?=\(.*\)(?: \{)?\n)")
LABEL = re.compile(r"(case\b[^:?]*|default\s*):(?!:)|[a-z_]\w*:(?![:=])")
SKIP = re.compile(r'(?:\s|/\*.*?\*/|//[^\n]*|(?<=\n)#[^\n]*)*', re.S)
TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|/\*.*?\*/|//[^\n]*|.', re.S)


class Body:
    """The statements of one function body, text[start:end]; what to insert, by place."""

    def __init__(self, text):
        self.text, self.inserts = text, []

    def note(self, at):
        return f"fig_line(__FILE__, {self.text.count(chr(10), 0, at) + 1})"

    def skip(self, at):
        return SKIP.match(self.text, at).end()

    def to(self, at, stop):
        """The place behind the first character of stop that is in no bracket, string or comment."""
        depth = 0
        while True:
            m = TOKEN.match(self.text, at)
            at = m.end()
            c = m[0]
            if depth == 0 and c in stop:
                return at
            depth += (c in "([{") - (c in ")]}")

    def block(self, at):
        """Statements from at, behind a brace, to behind its end."""
        while self.text[at := self.skip(at)] != "}":
            at = self.statement(at)
        return at + 1

    def loop_condition(self, word, open_at, close_at):
        start = open_at + 1
        if word == "for":
            start = self.skip(self.to(start, ";"))
            close_at = self.to(start, ";") - 1
        if self.text[start:close_at].strip():
            self.inserts += [(start, f"{self.note(start)}, ("), (close_at, ")")]

    def child(self, at):
        """A statement that a header governs: in braces from now on."""
        at = self.skip(at)
        if self.text[at] == "{":
            return self.block(at + 1)
        self.inserts.append((at, "{ "))
        end = self.statement(at)
        self.inserts.append((end, " }"))
        return end

    def headed(self, m):
        """list_for_each() and its like are headers too."""
        open_at = self.text.index("(", m.end())
        close_at = self.to(open_at + 1, ")")
        if m[1] in ("for", "while"):
            self.loop_condition(m[1], open_at, close_at - 1)
        end = self.child(close_at)
        after = self.skip(end)
        if m[1] == "if" and re.match(r"else\b", self.text[after:]):
            after = self.skip(after + 4)
            end = self.child(after)
        return end

    def statement(self, at):
        if self.text[at] == "{":
            return self.block(at + 1)
        m = LABEL.match(self.text, at)
        if m:
            return m.end()
        self.inserts.append((at, self.note(at) + "; "))
        if re.match(r"do\b", self.text[at:]):
            return self.to(self.child(at + 2), ";")
        m = HEADER.match(self.text, at)
        return self.headed(m) if m else self.to(at, ";")


def traced(text):
    body = Body(text)
    for m in re.finditer(r"^[^\n{;#]*\)\n\{\n", text, re.M):
        body.block(m.end())
    out, last = [], 0
    for at, insert in sorted(body.inserts, key=lambda pair: pair[0]):
        out += [text[last:at], insert]
        last = at
    return "".join(out) + text[last:]


if __name__ == "__main__":
    print(f'void fig_line(const char *file, unsigned line);\n#line 1 "{sys.argv[1]}"')
    with open(sys.argv[1], encoding="utf-8") as f:
        sys.stdout.write(traced(f.read()))
