"""Gates of the book as it is built: links, spelling, size, the same bytes twice, and every page in a browser."""
import filecmp
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).parent))

from readers_tree import Tree  # noqa: E402

HTML = ROOT / "build/docs/html"
PAGE_MAX = 1 << 20		# bytes
WORDS = "hart,sie,upto,fro,msdos"		# terms, and parts of code


def run(*command, timeout=900, **kwargs):
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout, **kwargs)
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
    return done.stdout


@pytest.fixture(scope="module", autouse=True)
def book():
    run("make", "-s", "docs")


class Links(HTMLParser):
    """What a page names, and what it points at."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.targets = set(), set()
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "id" or (tag, name) == ("a", "name"):
                self.ids.add(value)
            elif name in ("href", "src") and value and not re.match(r"[a-z]+:|//", value):
                self.targets.add(value)


def test_links_and_anchors():
    pages = {path.resolve(): Links(path) for path in HTML.rglob("*.html")}
    dead = []
    for path, page in pages.items():
        for target in page.targets:
            file, _, anchor = unquote(target).partition("#")
            to = (path.parent / file.partition("?")[0]).resolve() if file else path
            if not to.exists() or anchor and to in pages and anchor not in pages[to].ids:
                dead.append(f"{path.relative_to(HTML)}: {target}")
    assert len(pages) > 20 and not dead


def test_spelling():
    run("codespell", "-L", WORDS, "README.md", "docs", "--skip", "*.svg,*.csv,*.cast,*.c,*.js,*.mjs,*.pyc")


def test_no_page_is_too_large():
    sizes = {path: path.stat().st_size for path in HTML.rglob("*.html")}
    assert sizes and not {path: size for path, size in sizes.items() if size > PAGE_MAX}


def test_nothing_comes_from_elsewhere():
    for path in HTML.rglob("*.html"):
        assert not re.search(r'<(?:script|img|link)[^>]*(?:src|href)="(?:https?:)?//', path.read_text("utf-8")), path


def test_the_same_bytes_twice(tmp_path):
    for name in ("one", "two"):
        run(sys.executable, "-m", "sphinx", "-q", "-n", "-W", "-b", "html", "docs", str(tmp_path / name), env=dict(os.environ, PYTHONHASHSEED=str(len(name))))
    pages = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.html"))
    same, other, missing = filecmp.cmpfiles(tmp_path / "one", tmp_path / "two", map(str, pages), shallow=False)
    assert len(same) == len(pages) and not other and not missing


def test_in_a_browser(tmp_path):
    tree = Tree(tmp_path)
    tree.change("mm/buddy.c", "for (; order < FRAME_ORDERS - 1; order++) {", "for (; order < 2; order++) {")
    print(run("node", "tests/site/pages.mjs", "build/docs/html", timeout=2400, env=dict(os.environ, DEPARTED=str(tree.make()))))
