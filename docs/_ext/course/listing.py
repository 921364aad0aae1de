"""listing: source shown in the book is cut from the tree at build time, never pasted.

    .. listing:: mm/pt.c
       :symbol: pt_map
       :emphasize: arch_mmu_publish
"""
from __future__ import annotations

import re
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective, SphinxRole

from . import cut

LANGUAGES = {".c": "c", ".h": "c", ".S": "gas", ".ld": "text", ".py": "python", ".sh": "sh", ".mk": "make", "": "make"}


class Listing(SphinxDirective):
    required_arguments = 1
    option_spec = {
        "symbol": directives.unchanged_required,
        "marker": directives.unchanged_required,
        "emphasize": directives.unchanged_required,  # lines that hold these texts, one text a line
        "name": directives.unchanged,
    }

    def run(self):
        path = self.arguments[0]
        full = Path(self.config.course_root) / path
        self.env.note_dependency(str(full))
        try:
            lines = full.read_text("utf-8").splitlines()
            part = self.find(lines, full.suffix)
        except (OSError, cut.CutError) as err:
            raise self.error(f"listing: {path}: {err}")
        body = cut.dedent(lines[part.start:part.end])
        block = nodes.literal_block("\n".join(body), "\n".join(body), language=LANGUAGES.get(full.suffix, "text"))
        block["force"] = full.suffix == ".S"  # the lexer does not know every assembler word
        block["linenos"] = True
        block["highlight_args"] = {"linenostart": part.start + 1, "hl_lines": self.emphasized(path, body)}
        block["classes"].append("listing")
        box = nodes.container("", literal_block=True, classes=["literal-block-wrapper"])
        box += nodes.caption("", "", self.caption(path, part))
        box += block
        self.add_name(box)
        return [box]

    def find(self, lines, suffix):
        if ("symbol" in self.options) == ("marker" in self.options):
            raise cut.CutError("give either :symbol: or :marker:")
        if "marker" in self.options:
            return cut.by_marker(lines, self.options["marker"])
        return cut.by_symbol(lines, self.options["symbol"], suffix)

    def emphasized(self, path, body):
        wanted = []
        for text in map(one_spaced, self.options.get("emphasize", "").splitlines()):
            hits = [i + 1 for i, line in enumerate(body) if text in one_spaced(line)]
            if not hits:
                raise self.error(f"listing: {path}: no line holds {text!r}")
            wanted += hits
        return sorted(wanted)

    def caption(self, path, part):
        label = f"{path}, lines {part.start + 1} to {part.end}"
        return source_link(self.config, path, part.start + 1, part.end, nodes.Text(label))


def one_spaced(text):
    return " ".join(text.split())


def source_link(config, path, first, last, child):
    if not config.course_source_url:
        return child
    url = config.course_source_url.format(path=path, first=first, last=last)
    return nodes.reference("", "", child, refuri=url)


class Src(SphinxRole):
    """:src:`mm/pt.c`: a file or folder of the tree; :src:`pt_map <mm/pt.c>`: a symbol that must be in it."""

    def run(self):
        m = re.fullmatch(r"(?:(.+?)\s+<(.+)>|(.+))", self.text)
        symbol, path = m[1], m[2] or m[3]
        full = Path(self.config.course_root) / path
        if full.is_file():
            self.env.note_dependency(str(full))
        problem = self.problem(full, path, symbol)
        if problem:
            msg = self.inliner.reporter.error(f"src: {problem}", line=self.lineno)
            return [nodes.literal(self.rawtext, self.text)], [msg]
        literal = nodes.literal(self.rawtext, symbol or path)
        if symbol:
            literal["classes"].append("symbol")
        if not symbol and full.is_dir():
            return [literal], []
        return [source_link(self.config, path, 1, 1, literal)], []

    @staticmethod
    def problem(full, path, symbol):
        if not full.exists():
            return f"no file {path}"
        if symbol and not re.search(rf"\b{re.escape(symbol)}\b", full.read_text("utf-8")):
            return f"{path} does not hold {symbol}"
        return None


class Loc(SphinxRole):
    """:loc:`mm/pt.c mm/table.c`: how many lines of C and assembly these files and folders have today."""

    def run(self):
        root, total = Path(self.config.course_root), 0
        for path in self.text.split():
            if not (root / path).exists():
                msg = self.inliner.reporter.error(f"loc: no file {path}", line=self.lineno)
                return [nodes.literal(self.rawtext, self.text)], [msg]
            for file in files_of_code(root / path):
                self.env.note_dependency(str(file))
                total += len(file.read_text("utf-8").splitlines())
        return [nodes.inline("", f"{total:,} lines")], []


def files_of_code(path):
    return [path] if path.is_file() else sorted(f for f in path.rglob("*.[chS]") if f.is_file())


def setup(app):
    app.add_config_value("course_root", "..", "env")
    app.add_config_value("course_source_url", "", "env")
    app.add_directive("listing", Listing)
    app.add_role("src", Src())
    app.add_role("loc", Loc())
