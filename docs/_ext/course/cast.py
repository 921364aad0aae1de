"""cast: a recording of a terminal, which the page plays.

    .. cast:: boot-riscv64
       :alt: A terminal in which Manul starts.
       :speed: 2
       :start: 12

       The caption.

plays docs/casts/boot-riscv64.cast, which `make casts` records. Its last screen, boot-riscv64.txt, stands there without JavaScript, on
paper, and where the player is missing: that comes with `make docs`. The page carries the recording, so it plays from a file too.
"""
from __future__ import annotations

import html
import json
from pathlib import Path

from docutils import nodes

from .diagram import nothing
from .figure import OPTIONS, Figure
from .machine import visit_text
from .session import shown

PLAYER = ["asciinema-player.min.js", "asciinema-player.css"]     # by make
VERSION, MOST = 2, 100_000      # of the format; bytes in a page


class cast_node(nodes.General, nodes.Element):
    pass


def positive(text):
    number = float(text)
    if not 0 < number < 1000:
        raise ValueError("a number above 0 is wanted")
    return number


def recording(path):
    """Its lines, checked."""
    text = path.read_text("utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    times = [row[0] for row in rows[1:]]
    if not times or rows[0].get("version") != VERSION or times != sorted(times):
        raise ValueError(f"{path.name}: not a recording of version {VERSION}")
    if len(text) > MOST:
        raise ValueError(f"{path.name}: over {MOST} bytes")
    return text


class Cast(Figure):
    option_spec = {**OPTIONS, "speed": positive, "start": positive}

    def classes(self):
        return ["cast-figure"]

    def picture(self):
        base = Path(self.env.srcdir) / "casts" / self.arguments[0]
        try:
            data, still = recording(base.with_suffix(".cast")), shown(base.with_suffix(".txt").read_text("utf-8"))
        except (OSError, ValueError) as err:
            raise self.error(f"cast: {err}")
        for suffix in (".cast", ".txt"):
            self.env.note_dependency(str(base.with_suffix(suffix)))
        return cast_node("", data=data, transcript=still, speed=self.options.get("speed", 1), start=self.options.get("start", 0))


def built(config):
    return all((Path(config.course_machine).parent / "cast" / name).is_file() for name in PLAYER)


def visit_html(self, node):
    alt = html.escape(" ".join(node["alt"].split()), quote=True)
    # No end tag may stand in a script.
    data = node["data"].replace("</", "<\\/")
    self.body.append(f'<div class="cast" role="group" aria-label="{alt}" data-speed="{node["speed"]:g}" data-start="{node["start"]:g}">'
                     f'<pre class="cast-still" tabindex="0">{html.escape(node["transcript"])}</pre>'
                     f'<script type="application/x-asciicast">{data}</script></div>')
    raise nodes.SkipNode


def add_scripts(app, page, template, context, doctree):
    """To the pages that have a recording, and to no other."""
    if not doctree or not any(doctree.findall(cast_node)) or not built(app.config):
        return
    app.add_css_file("cast/asciinema-player.css")
    for name in ("cast/asciinema-player.min.js", "cast.js"):
        app.add_js_file(name, loading_method="defer")


def setup(app):
    skip = (visit_text, nothing)
    app.add_node(cast_node, html=(visit_html, nothing), latex=skip, text=skip, man=skip, texinfo=skip)
    app.add_directive("cast", Cast)
    app.connect("html-page-context", add_scripts)
