"""The book. Build it with `make docs`; the result is build/docs/html."""
import os
import sys

sys.path.insert(0, os.path.abspath("_ext"))

project = "Manul"
author = "The Manul authors"
copyright = "The Manul authors"
release = version = os.environ.get("DOCS_VERSION", "main")
html_title = "Manul: memory management you can run"

extensions = ["sphinx.ext.graphviz", "course", "furo_repair"]
root_doc = "index"
language = "en"
nitpicky = True
numfig = True
highlight_language = "none"
smartquotes = False
exclude_patterns = ["_ext", "figures", "transcripts", "casts"]

# Where listings are cut from, and where their captions link to. A site that is
# published sets the second, such as https://github.com/me/manul/blob/{ref}/{path}#L{first}-L{last}
course_root = os.path.abspath("..")
course_source_url = os.environ.get("DOCS_SOURCE_URL", "").replace("{ref}", version)

graphviz_output_format = "svg"
graphviz_dot_args = [
    "-Gbgcolor=transparent", "-Gfontname=DejaVu Sans", "-Nfontname=DejaVu Sans", "-Efontname=DejaVu Sans",
    "-Nshape=box", "-Nstyle=filled,rounded", "-Nfontsize=11", "-Efontsize=10",
]

html_theme = "furo"
pygments_style = "code_style.Light"
pygments_dark_style = "code_style.Dark"
course_figures = os.path.abspath("../build/figures/static")
course_machine = os.path.abspath("../build/machine/static/machine")
html_static_path = ["_static"] + [path for path in [course_figures, os.path.dirname(course_machine)] if os.path.isdir(path)]
html_css_files = ["course.css"]
html_js_files = [("course.js", {"defer": "defer"})]
if os.environ.get("DOCS_SITE"):     # tools/site.sh: several versions side by side
    html_js_files.append(("version-menu.js", {"defer": "defer"}))
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b5cad", "color-brand-content": "#0b5cad"},
    "dark_css_variables": {"color-brand-primary": "#7fb8f0", "color-brand-content": "#7fb8f0"},
}
