"""api: what a header declares, with its own comments.

    .. api:: mm/include/mm/slab.h

shows the comment at the header's head, then each declaration with the comment above or beside it. One comment stands for all that
follows it up to a blank line. A function for which nothing stands is an error. Each symbol has an entry in the index, and
:api:`kmalloc`, :api:`struct pool_stats` lead there; so does `kmalloc()` in a comment.

The parsing is of text alone, without Sphinx, so that tests can call it.
"""
from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

from . import cut
from .listing import source_link


class Symbol(NamedTuple):
    name: str       # "kmalloc", "struct pool", "MAPF_FIXED"
    id: str         # "" if it has none of its own: an enumerator is found at its enum


class Group(NamedTuple):
    comment: list   # lines of text, without the comment's signs
    code: list      # lines of declarations; a body is left out
    symbols: list
    first: int      # lines of the header, from 1
    last: int


def groups(lines, path=""):
    """(head comment, groups) of a header. CutError names the first function without a comment."""
    head, found, comment, code, symbols, first = [], [], [], [], [], 0
    i, covered, at_head, under_head = 0, False, True, False

    def close(end):
        nonlocal comment, code, symbols
        if code or comment:
            found.append(Group(comment, code, symbols, first + 1, end))
        comment, code, symbols = [], [], []

    while i < len(lines):
        line = lines[i]
        if not line.strip():
            close(i)
            covered = at_head = under_head = False
            i += 1
        elif line.startswith("/*"):
            end = end_of_comment(lines, i)
            text = plain(lines[i:end])
            if at_head:
                head, under_head = text, True
            else:
                close(i)
                first, comment, covered = i, text, True
            i, at_head = end, False
        elif re.match(r"#\s*define\s|[A-Za-z_]", line):
            at_head, end = False, end_of_item(lines, i)
            item = lines[i:end]
            names = symbols_of(item)
            told = covered or under_head or "/*" in "\n".join(item).split("{")[0]
            if is_function(item) and not told:
                raise cut.CutError(f"{path}:{i + 1}: {names[0].name} has no comment")
            if names and (told or not line.startswith("#")):
                first = first if code or comment else i
                code += signature(item)
                symbols += names
            i = end
        else:
            i += 1
    close(len(lines))
    return head, found


def end_of_comment(lines, i):
    while "*/" not in lines[i]:
        i += 1
    return i + 1


def end_of_item(lines, i):
    """The line after the declaration at line i, a comment beside it included."""
    end = cut.end_of_macro(lines, i) if lines[i].startswith("#") else cut.end_of_c(lines, i)[0]
    last = lines[end - 1]
    return end_of_comment(lines, end - 1) if last.rfind("/*") > last.rfind("*/") else end


def plain(comment):
    """A comment's text: without /*, */ and the star of each line."""
    text = "\n".join(re.sub(r"^ \*(?!/) ?", "", line) for line in comment)
    return re.sub(r"^/\* ?|\s*\*/\s*$", "", text).split("\n")


def bare(item):
    return re.sub(r"/\*.*?\*/|__attribute__\(\(.*?\)\)\s*", "", "\n".join(item), flags=re.S)


def is_function(item):
    text = bare(item)
    return not re.match(r"#|typedef|_?[Ss]tatic_assert|(?:struct|enum|union)\s*\w*\s*\{", text) and "(" in text.split("=")[0].split("{")[0]


def symbols_of(item):
    text = bare(item).strip()
    if m := re.match(r"#\s*define\s+(\w+)", text):
        return [own(m[1])]
    if re.match(r"_?[Ss]tatic_assert|struct \w+;$|enum \w+;$", text):
        return []
    if m := re.match(r"(typedef )?(struct|union|enum)\s*(\w*)\s*\{(.*)\}\s*(\w*)", text, re.S):
        kind, tag, body, typename = m.group(2, 3, 4, 5)
        name = [own(f"{kind} {tag}")] if tag else [own(typename)] if typename else []
        members = re.findall(r"(?:^|,)\s*([A-Za-z_]\w*)\s*(?==|,|$)", re.sub(r"\([^()]*\)", "", body.replace("\n", " ").strip()))
        values = [Symbol(member, "") for member in members] if kind == "enum" else []
        return name + values if name else [own(values[0].name)] + values[1:]
    if text.startswith("typedef"):
        m = re.search(r"\(\*(\w+)\)|(\w+);$", text)
        return [own(m[1] or m[2])]
    if is_function(item):
        return [own(re.search(r"(\w+)\s*\(", text)[1])]
    return [own(name) for name in re.findall(r"(\w+)(?:\[[^]]*\])*\s*(?=[,;=])", text.split("=")[0] + ";")]


def own(name):
    return Symbol(name, "api-" + name.replace(" ", "-"))


def signature(item):
    """The declaration; a function's body is none of the caller's business."""
    if not is_function(item) or "{" not in bare(item):
        return item
    text = "\n".join(item)
    return (text[:text.index("{")].rstrip() + ";").split("\n")


def paragraphs(text):
    """[(is_figure, lines)]: prose is at the margin, and what is indented is a figure or a table and stays as it is."""
    parts = []
    for line in text + [""]:
        figure = line[:1] == "\t" or line[:2] == "  "
        if not line.strip():
            parts.append((None, []))
        elif parts and parts[-1][0] == figure:
            parts[-1][1].append(line)
        else:
            parts.append((figure, [line]))
    return [part for part in parts if part[1]]


class Api(SphinxDirective):
    required_arguments = 1

    def run(self):
        path = self.arguments[0]
        full = Path(self.config.course_root) / path
        self.env.note_dependency(str(full))
        try:
            head, found = groups(full.read_text("utf-8").splitlines(), path)
        except (OSError, cut.CutError) as err:
            raise self.error(f"api: {err}")
        where = nodes.paragraph("", "", source_link(self.config, path, 1, 1, nodes.literal(path, path)))
        out = [where] + self.prose(head)
        for group in found:
            out += self.group(path, group)
        return out

    def group(self, path, group):
        if not group.code:
            return self.section(group.comment)
        box = nodes.container(classes=["api"])
        std = self.env.get_domain("std")
        index = []
        seen = self.env.temp_data.setdefault("api", set())
        anchor = group.symbols[0].id
        for symbol in group.symbols:
            if symbol.name in seen:     # the other machine's, or the host's
                continue
            seen.add(symbol.name)
            anchor = symbol.id or anchor
            if symbol.id:
                box["ids"].append(symbol.id)
            std.note_object("symbol", symbol.name, anchor, location=self.get_location())
            index.append(("single", symbol.name, anchor, "", None))
        code = "\n".join(cut.dedent(group.code))
        block = nodes.literal_block(code, code, language="c")
        box += addnodes.index(entries=index)
        box += block
        box += self.prose(group.comment)
        return [box]

    def section(self, comment):
        """A comment that stands alone: ---- a heading ---- and what is to be said of all that follows."""
        m = re.fullmatch(r"-+ (.*?) -+", comment[0].strip())
        title = [nodes.rubric("", m[1])] if m else []
        return title + self.prose(comment[1:] if m else comment)

    def prose(self, text):
        out = []
        for figure, lines in paragraphs(text):
            if figure:
                body = "\n".join(cut.dedent(lines))
                out.append(nodes.literal_block(body, body, language="none"))
            else:
                para = nodes.paragraph()
                para += self.linked(" ".join(line.strip() for line in lines))
                out.append(para)
        return out

    def linked(self, text):
        """name() leads to the symbol, if there is one."""
        for i, part in enumerate(re.split(r"\b([a-z]\w+)\(\)", text)):
            if i % 2:
                ref = addnodes.pending_xref("", nodes.literal("", part + "()"), refdomain="std", reftype="api", reftarget=part,
                                            refexplicit=True, refdoc=self.env.docname, may_dangle=True)
                yield ref
            elif part:
                yield nodes.Text(part)


def forgive(app, env, node, contnode):
    """A function of another world, such as malloc(), has no page."""
    return contnode if node.get("may_dangle") else None


def setup(app):
    app.add_object_type("symbol", "api", objname="symbol")
    app.add_directive("api", Api)
    app.connect("missing-reference", forgive)
