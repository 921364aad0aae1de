"""quiz: a question whose every choice is explained.

    .. quiz::

       The question.

       .. choice:: An answer
          :right:

          Why it is right.

       .. choice:: Another

          Why it is not.
"""
from __future__ import annotations

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective


class quiz_node(nodes.General, nodes.Element):
    pass


class choice_node(nodes.General, nodes.Element):
    pass


class Quiz(SphinxDirective):
    has_content = True
    option_spec = {}

    def run(self):
        number = self.env.new_serialno("quiz") + 1
        node = quiz_node("", name=f"quiz-{number}", ids=[f"quiz-{number}"])
        self.state.nested_parse(self.content, self.content_offset, node)
        choices = list(node.findall(choice_node))
        right = sum(c["right"] for c in choices)
        if right != 1 or len(choices) < 2:
            raise self.error(f"quiz: needs two choices or more, one of them :right:; has {len(choices)}, {right} right")
        for i, choice in enumerate(choices, 1):
            choice["quiz"], choice["number"] = node["name"], i
        return [node]


class Choice(SphinxDirective):
    has_content = True
    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {"right": directives.flag}

    def run(self):
        if not self.content:
            raise self.error("choice: every choice needs an explanation")
        node = choice_node("", right="right" in self.options)
        text, messages = self.state.inline_text(self.arguments[0], self.lineno)
        why = nodes.container("", classes=["why"])
        self.state.nested_parse(self.content, self.content_offset, why)
        node += nodes.inline("", "", *text)
        node += why
        return [node] + messages


def visit_quiz(self, node):
    self.body.append(f'<fieldset class="quiz" id="{node["name"]}"><legend class="quiz-title">Check yourself</legend>')


def depart_quiz(self, node):
    self.body.append('<p class="quiz-out" role="status" aria-live="polite"></p></fieldset>')


def visit_choice(self, node):
    ident = f'{node["quiz"]}-{node["number"]}'
    label, why = node.children
    self.body.append(f'<div class="choice" data-right="{int(node["right"])}">'
                     f'<input type="radio" name="{node["quiz"]}" id="{ident}"><label for="{ident}">')
    label.walkabout(self)
    self.body.append("</label>")
    why.walkabout(self)
    self.body.append("</div>")
    raise nodes.SkipNode


def nothing(self, node):
    pass


def setup(app):
    plain = {builder: (nothing, nothing) for builder in ("latex", "text", "man", "texinfo")}
    app.add_node(quiz_node, html=(visit_quiz, depart_quiz), **plain)
    app.add_node(choice_node, html=(visit_choice, nothing), **plain)
    app.add_directive("quiz", Quiz)
    app.add_directive("choice", Choice)
