"""What the directives that show something above a caption share: an argument, :alt:, which they must have, and :name:."""
from __future__ import annotations

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

OPTIONS = {"alt": directives.unchanged_required, "name": directives.unchanged}


class Figure(SphinxDirective):
    required_arguments = 1
    has_content = True
    option_spec = OPTIONS

    def run(self):
        if "alt" not in self.options:
            raise self.error(f"{self.name}: :alt: is required")
        picture = self.picture()
        picture["alt"] = self.options["alt"]
        figure = nodes.figure("", picture, classes=self.classes())
        if self.content:
            caption, _ = self.state.inline_text(" ".join(self.content), self.lineno)
            figure += nodes.caption("", "", *caption)
        self.set_source_info(figure)
        self.add_name(figure)
        return [figure]

    def classes(self):
        return []

    def picture(self):
        """The node above the caption."""
        raise NotImplementedError
