"""diagram and graphviz: pictures as SVG inside the page, not behind an <object>.

So they follow dark and light, print, work from file://, and have a name for screen readers.
"""
from __future__ import annotations

import hashlib
import html
import re
from pathlib import Path

from docutils import nodes
from sphinx.ext import graphviz
from sphinx.util import logging

from .figure import Figure

log = logging.getLogger(__name__)


class svg_node(nodes.General, nodes.Element):
    pass


class Diagram(Figure):
    """``.. diagram:: holes.svg`` shows docs/figures/holes.svg; the content is the caption. In the
    drawing, colours are classes of course.css: used, free, hot, bad, line, text."""

    def picture(self):
        path = Path(self.env.srcdir) / "figures" / self.arguments[0]
        self.env.note_dependency(str(path))
        try:
            text = path.read_text("utf-8")
        except OSError as err:
            raise self.error(f"diagram: {err}")
        return svg_node("", svg=text)


def labelled(svg: str, alt: str) -> str:
    svg = svg[svg.index("<svg"):]
    return svg.replace("<svg ", f'<svg role="img" aria-label="{html.escape(" ".join(alt.split()), quote=True)}" ', 1)


def visit_svg(self, node):
    self.body.append(f'<div class="diagram">{labelled(node["svg"], node["alt"])}</div>')
    raise nodes.SkipNode


def visit_graphviz(self, node):
    if not node.get("alt"):
        log.error("graphviz: :alt: is required", location=node)
    try:
        _, out = graphviz.render_dot(self, node["code"], node["options"], "svg", "graphviz", node.get("filename"))
    except graphviz.GraphvizError as err:
        log.warning("graphviz: %s", err, location=node)
        raise nodes.SkipNode from err
    if out is None:  # Sphinx has said that dot is missing
        raise nodes.SkipNode
    svg = Path(out).read_text("utf-8")
    key = hashlib.sha1((self.builder.current_docname + node["code"]).encode()).hexdigest()[:6]
    svg = re.sub(r'id="(\w+)"', rf'id="gv{key}-\1"', svg)
    svg = re.sub(r"<title>.*?</title>", "", svg, flags=re.S)
    svg = re.sub(r'width="(\d+)pt"\s+height="(\d+)pt"', r'style="max-width:\1pt;width:100%;height:auto"', svg)
    self.body.append(f'<div class="diagram graphviz-inline">{labelled(svg, node.get("alt", ""))}</div>')
    raise nodes.SkipNode


def nothing(self, node):
    pass


def skip(self, node):
    raise nodes.SkipNode


def setup(app):
    app.setup_extension("sphinx.ext.graphviz")
    plain = {builder: (skip, nothing) for builder in ("latex", "text", "man", "texinfo")}
    app.add_node(svg_node, html=(visit_svg, nothing), **plain)
    app.add_node(graphviz.graphviz, override=True, html=(visit_graphviz, nothing),
                 latex=(graphviz.latex_visit_graphviz, None), text=(graphviz.text_visit_graphviz, None),
                 man=(graphviz.man_visit_graphviz, None), texinfo=(graphviz.texinfo_visit_graphviz, None))
    app.add_directive("diagram", Diagram)
