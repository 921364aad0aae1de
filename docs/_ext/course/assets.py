"""What pages load, Sphinx copies only when it writes a page. So a change there has the root page written anew, and all is copied."""
from __future__ import annotations

import filecmp
from pathlib import Path


def is_stale(source: Path, folder: Path) -> bool:
    """Whether a file of source is not in folder, or is another there."""
    for path in source.rglob("*"):
        copy = folder / path.relative_to(source)
        if path.is_file() and not (copy.exists() and filecmp.cmp(path, copy)):
            return True
    return False


def pages_for_assets(app, env, added, changed, removed):
    if app.builder.format != "html":
        return []
    folder = Path(app.outdir) / "_static"
    stale = any(is_stale(Path(app.confdir) / path, folder) for path in app.config.html_static_path)
    return [app.config.root_doc] if stale else []


def setup(app):
    app.connect("env-get-outdated", pages_for_assets)
