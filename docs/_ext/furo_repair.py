"""Mend the furo theme as Debian 12 ships it (2022.12.07+dfsg), without npm.

Its assets were built without upstream's bundler. furo.js begins with an ES import but is loaded as a
classic script, so nothing in it runs: no theme switch, no scroll spy. furo.css imports a file from a
path of Debian's web server. And the rules for "dark if the system is dark" were dropped. The parts are
all in the package, so after a build the copies in the output are put together again.

A later furo has none of these marks, and then nothing is changed.
"""
from __future__ import annotations

import re
from pathlib import Path

import furo
from sphinx.util import logging

log = logging.getLogger(__name__)
NORMALIZE = Path("/usr/share/nodejs/normalize.css/normalize.css")
IMPORT_JS = 'import Gumshoe from "./gumshoe-patched.js";\n'
IMPORT_CSS = "@import url(/javascript/normalize.css/normalize.css);\n"
SPY_TEST = "if (tocScroll === null) {\n    return;\n  }\n\n  // Scrollspy"


def bundle_script(text: str, gumshoe: str) -> str:
    """One classic script, for a page whose contents list may be empty (on which gumshoe throws)."""
    if not text.startswith(IMPORT_JS):
        return text
    text = text[len(IMPORT_JS):]
    has_links = "document.querySelector('.toc-tree a[href^=\"#\"]:not([href=\"#\"])')"
    text = text.replace(SPY_TEST, SPY_TEST.replace("tocScroll === null", f"tocScroll === null || !{has_links}"))
    return gumshoe + text


def dark_rules(css: str) -> str:
    """The rules of body[data-theme="dark"], once more for a system that prefers dark."""
    start = css.index('@media not print {\n  body[data-theme="dark"] {')
    end = css.index("} }", start) + len("} }")
    rules = css[start:end].replace('body[data-theme="dark"]', 'body:not([data-theme="light"])')
    return rules.replace("@media not print {", "@media screen and (prefers-color-scheme: dark) {", 1)


def mend_style(css: str, normalize: str) -> str:
    if not css.startswith(IMPORT_CSS):
        return css
    css = normalize + css[len(IMPORT_CSS):]
    if "prefers-color-scheme" not in css:
        css += "\n" + dark_rules(css) + "\n"
    return css


def mend_output(app, exception):
    static = Path(app.outdir) / "_static"
    script, style = static / "scripts/furo.js", static / "styles/furo.css"
    if exception or app.builder.name not in ("html", "singlehtml") or app.config.html_theme != "furo":
        return
    gumshoe = Path(furo.__file__).parent / "assets/scripts/gumshoe-patched.js"
    if script.exists() and gumshoe.exists():
        script.write_text(bundle_script(script.read_text("utf-8"), gumshoe.read_text("utf-8")), "utf-8")
    if style.exists() and NORMALIZE.exists():
        style.write_text(mend_style(style.read_text("utf-8"), NORMALIZE.read_text("utf-8")), "utf-8")
    name_landmarks(Path(app.outdir))


# Sphinx 5.3 and furo write headings without a level and landmarks without a name; screen readers want both.
NAMES = [
    (re.compile(r'role="heading">'), 'role="heading" aria-level="2">'),
    (re.compile(r'<aside class="sidebar-drawer">'), '<aside class="sidebar-drawer" aria-label="Book">'),
    (re.compile(r'<aside class="toc-drawer( no-toc)?">'), r'<aside class="toc-drawer\1" aria-label="This page">'),
]


def name_landmarks(outdir: Path):
    for page in outdir.rglob("*.html"):
        old = text = page.read_text("utf-8")
        for pattern, new in NAMES:
            text = pattern.sub(new, text)
        if text != old:
            page.write_text(text, "utf-8")


def setup(app):
    app.connect("build-finished", mend_output)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
