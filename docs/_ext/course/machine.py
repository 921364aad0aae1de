"""machine: Manul in the page, in the small RISC-V machine of tools/rv.

    .. machine:: try
       :alt: A terminal in which Manul starts.
       :mem: 64
       :words: va=bump

       The caption.

The argument names a transcript, docs/transcripts/NAME.txt: what a reader without JavaScript sees, and everybody until the machine is
started. The machine itself is built by `make docs`; where it is missing, the page says so and shows the transcript.
"""
from __future__ import annotations

import html
import json
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util import logging

from . import transcript
from .figure import OPTIONS, Figure

log = logging.getLogger(__name__)

BUILT = ["xterm.js", "addon-fit.js", "rv.wasm.js", "image.js"]     # by make; machine.js loads them when the machine is started
OURS = ["vm.js", "guest.js", "frames.js", "space.js", "tables.js", "inside.js", "machine.js"]
MEM_MIN, MEM_MAX = 16, 256


class machine_node(nodes.General, nodes.Element):
    pass


class Machine(Figure):
    option_spec = {
        **OPTIONS,
        "mem": directives.nonnegative_int,      # MiB
        "words": directives.unchanged,          # for the kernel's command line
        "type": directives.unchanged,           # commands that have a button, with | between them
    }

    def picture(self):
        mem = self.options.get("mem", 64)
        if not MEM_MIN <= mem <= MEM_MAX:
            raise self.error(f"machine: :mem: {mem}: {MEM_MIN} to {MEM_MAX} MiB")
        type_ = json.dumps([c.strip() for c in self.options.get("type", "").split("|") if c.strip()])
        return machine_node("", transcript=transcript.read(self, self.arguments[0]), mem=mem, words=self.options.get("words", ""), type=type_)


def missing(config):
    """The first of the built files that is not there, or None."""
    folder = Path(config.course_machine)
    return next((name for name in BUILT if not (folder / name).is_file()), None)


def visit_html(self, node):
    absent = missing(self.config)
    uboot = ' data-uboot="1"' if (Path(self.config.course_machine) / "uboot.js").is_file() else ""     # a part that may be missing
    quoted = {k: html.escape(" ".join(str(node[k]).split()), quote=True) for k in ("alt", "mem", "words", "type")}
    still = f'<pre class="machine-still">{html.escape(node["transcript"])}</pre>'
    if absent:
        log.info("machine: %s is missing: the page shows a transcript; `make docs` builds it", absent)
        self.body.append(f'<div class="machine-off"><p><strong>Not in this build.</strong> The machine was not built with this copy of the '
                         f'book: a transcript stands in its place.</p>{still}</div>')
    else:
        self.body.append('<div class="machine" role="group" aria-label="{alt}" data-mem="{mem}" data-words="{words}" data-type="{type}"{uboot}>'.format(**quoted, uboot=uboot)
                         + f'<noscript><p>The machine needs JavaScript. This is what it shows:</p></noscript>{still}</div>')
    raise nodes.SkipNode


def visit_text(self, node):
    self.add_text(node["transcript"]) if hasattr(self, "add_text") else None
    raise nodes.SkipNode


def add_scripts(app, page, template, context, doctree):
    """To the pages that have a machine, and to no other."""
    if not doctree or not any(doctree.findall(machine_node)) or missing(app.config):
        return
    app.add_css_file("machine/xterm.css")
    for name in OURS:
        app.add_js_file(f"machine/{name}", loading_method="defer")


def setup(app):
    skip = (visit_text, lambda self, node: None)
    app.add_config_value("course_machine", "", "html")
    app.add_node(machine_node, html=(visit_html, lambda self, node: None), latex=skip, text=skip, man=skip, texinfo=skip)
    app.add_directive("machine", Machine)
    app.connect("html-page-context", add_scripts)
