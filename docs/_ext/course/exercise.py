"""exercise: work for the reader, with hints and a solution folded away.

    .. exercise:: moderate The odd zone

       The task.

       .. hint::

          Folded until the reader asks for it.

       .. solution::

          Likewise.
"""
from __future__ import annotations

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

LEVELS = ("easy", "moderate", "hard")


class Exercise(SphinxDirective):
    has_content = True
    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {"name": directives.unchanged}

    def run(self):
        level, _, title = self.arguments[0].partition(" ")
        if level not in LEVELS or not title:
            raise self.error(f"exercise: wants a level ({', '.join(LEVELS)}) and a title")
        number = self.env.new_serialno("exercise") + 1
        node = nodes.admonition("", classes=["exercise", f"exercise-{level}"])
        text, messages = self.state.inline_text(f"Exercise {number} ({level}): {title}", self.lineno)
        node += nodes.title("", "", *text)
        self.add_name(node)
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node] + messages


class fold_node(nodes.General, nodes.Element):
    pass


class Fold(SphinxDirective):
    has_content = True
    option_spec = {}
    summary = ""

    def run(self):
        self.assert_has_content()
        node = fold_node("", summary=self.summary)
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


class Hint(Fold):
    summary = "Hint"


class Solution(Fold):
    summary = "Solution"


def visit_fold(self, node):
    self.body.append(f'<details class="fold"><summary>{node["summary"]}</summary>')


def depart_fold(self, node):
    self.body.append("</details>")


def visit_fold_latex(self, node):
    self.body.append("\n\n\\noindent\\textbf{%s}\\par\n" % node["summary"])


def nothing(self, node):
    pass


def setup(app):
    plain = {builder: (nothing, nothing) for builder in ("text", "man", "texinfo")}
    app.add_node(fold_node, html=(visit_fold, depart_fold), latex=(visit_fold_latex, nothing), **plain)
    app.add_directive("exercise", Exercise)
    app.add_directive("hint", Hint, override=True)
    app.add_directive("solution", Solution)
