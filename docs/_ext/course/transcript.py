"""transcript: a session at the machine, which a test plays again.

    .. transcript:: memory

shows docs/transcripts/memory.txt without what only the test needs. session.py says how it is written; tests/system/test_transcripts.py
plays all of them on the machines that they name, and `make transcripts` writes down what the machines say now.
"""
from __future__ import annotations

from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from .session import SessionError, parse, shown

FOLDER = "transcripts"


def read(directive, name):
    """The text of a transcript; an error of the directive if it is not there or makes no sense."""
    path = Path(directive.env.srcdir) / FOLDER / f"{name}.txt"
    directive.env.note_dependency(str(path))
    try:
        text = path.read_text("utf-8")
        parse(text)
    except (OSError, SessionError) as err:
        raise directive.error(f"{directive.name}: {path.name}: {err}")
    return shown(text)


class Transcript(SphinxDirective):
    required_arguments = 1
    option_spec = {"name": directives.unchanged}

    def run(self):
        text = read(self, self.arguments[0])
        block = nodes.literal_block(text, text, language="console", classes=["transcript"])
        self.set_source_info(block)
        self.add_name(block)
        return [block]


def setup(app):
    app.add_directive("transcript", Transcript)
