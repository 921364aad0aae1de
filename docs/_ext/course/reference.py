"""commands: every command of user/bin, with the text that its --help prints.

    .. commands::

words: what the kernel's command line may hold; an error if the source reads a word that the page does not explain, or the other way round.

    .. words:: kernel
"""
from __future__ import annotations

import re
import sys
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

READS = re.compile(r'\bcmdline_(?:has|value|size)\(\s*"([\w.]+)')
EXPLAINED = re.compile(r"^   \* - ``([\w.]+)", re.M)


class Commands(SphinxDirective):
    def run(self):
        root = Path(self.config.course_root).resolve()
        sys.path.insert(0, str(root / "tools"))
        import commands
        self.env.note_dependency(str(root / "tools/commands.py"))
        box = nodes.container()
        for name in commands.names(root):
            try:
                self.env.note_dependency(str(commands.source_of(name, root)))
                text = commands.help_text(name, root)
            except commands.Missing as err:
                raise self.error(f"commands: {err}")
            self.add(box, name, commands.source_of(name, root).relative_to(root), text)
        return [box]

    def add(self, box, name, path, text):
        anchor = f"command-{name}"
        head = nodes.rubric("", "", ids=[anchor], names=[anchor])
        head += nodes.literal("", name)
        box += head
        block = nodes.literal_block(text, text, language="none")
        box += block
        parsed = nodes.paragraph()
        self.state.nested_parse(StringList([f":src:`{path}`"], "commands"), self.content_offset, parsed)
        box += parsed.children


class Words(SphinxDirective):
    required_arguments = 1

    def run(self):
        root = Path(self.config.course_root).resolve()
        read = {}
        for source in sorted((root / self.arguments[0]).rglob("*.c")):
            self.env.note_dependency(str(source))
            for word in READS.findall(source.read_text("utf-8")):
                read.setdefault(word, source.relative_to(root))
        page = Path(self.env.doc2path(self.env.docname)).read_text("utf-8")
        problem = words_problem(read, set(EXPLAINED.findall(page)))
        if problem:
            raise self.error(f"words: {problem}")
        return []


def words_problem(read, explained):
    """read: word -> where. What is wrong, or None."""
    if not read:
        return "no source reads a word"
    missing = [f"{word} ({read[word]})" for word in sorted(read) if word not in explained]
    gone = sorted(explained - read.keys())
    if missing:
        return "not explained here: " + ", ".join(missing)
    return "no source reads: " + ", ".join(gone) if gone else None


def setup(app):
    app.add_directive("commands", Commands)
    app.add_directive("words", Words)
