"""live: a figure that runs mm/ in the page, and shows the line that runs.

    .. live:: buddy
       :alt: ...

shows docs/figures/live/buddy.c, which `make figures` compiles with the tree's own mm/. The content is the caption. Without script, and on
paper, its first screen stands there.
"""
from __future__ import annotations

import html
import json
from pathlib import Path

from docutils import nodes

from .diagram import nothing, skip
from .figure import Figure


SCRIPTS = ["figure-program.js", "figure-markup.js", "figure-compare.js", "figure.js"]


class live_node(nodes.General, nodes.Element):
    pass


class Live(Figure):
    def classes(self):
        return ["live"]

    def picture(self):
        figure = self.arguments[0]
        path = Path(self.config.course_figures) / "live" / f"{figure}.js"
        self.env.note_dependency(str(path))
        try:
            packed = path.read_text("utf-8")
        except OSError as err:
            raise self.error(f"live: {err}: `make figures` builds it")
        still = json.loads(packed[packed.index('"] = ') + 5:packed.rindex(";")])["still"]
        self.env.metadata[self.env.docname].setdefault("live", []).append(figure)
        return live_node("", figure=figure, still=still)


def visit_html(self, node):
    alt = html.escape(" ".join(node["alt"].split()), quote=True)
    self.body.append(f'<div class="fig" data-figure="{html.escape(node["figure"])}" role="group" aria-label="{alt}">{node["still"]}</div>')
    raise nodes.SkipNode


def add_scripts(app, pagename, templatename, context, doctree):
    figures = app.env.metadata.get(pagename, {}).get("live", [])
    for name in SCRIPTS * bool(figures) + [f"live/{figure}.js" for figure in figures]:
        app.add_js_file(name, defer="defer")


def setup(app):
    app.add_config_value("course_figures", "../build/figures/static", "env")
    app.add_node(live_node, html=(visit_html, nothing), **{b: (skip, nothing) for b in ("latex", "text", "man", "texinfo")})
    app.add_directive("live", Live)
    app.connect("html-page-context", add_scripts)
