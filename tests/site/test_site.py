"""What is published: the zip that opens without a server, the pages printed, and the site of several versions.

The book of these tests is a small one, with the tree's own conf.py, directives, styles and tools: the whole book is built by
`make docs-offline docs-pdf docs-site`, which takes minutes."""
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPHINX = [sys.executable, "-m", "sphinx", "-q", "-n", "-W", "--keep-going"]
INDEX = "Manul\n=====\n\nVERSION :doc:`ref/api`\n\n.. toctree::\n   :hidden:\n\n   ref/api\n"
API = "Functions\n=========\n\n.. api:: mm/include/mm/slab.h\n\n.. exercise:: easy Count\n\n   To three.\n\n   .. solution::\n\n      Onetwothree.\n"
WHO = ["-c", "user.name=t", "-c", "user.email=t@example.org"]


def git(tree, *args):
    subprocess.run(["git", *WHO, *args], cwd=tree, check=True, capture_output=True)


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A repository with three tags, which the alphabet would put in another order."""
    tree = tmp_path_factory.mktemp("tree")
    for path in ("docs/_ext", "docs/_static", "mm/include"):
        shutil.copytree(ROOT / path, tree / path, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ("docs/conf.py", "tools/site.sh", "tools/offline.py", "tools/pdf.py"):
        (tree / path).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / path, tree / path)
    (tree / "docs/ref").mkdir()
    (tree / "docs/ref/api.rst").write_text(API)
    (tree / ".gitignore").write_text("/build/\n__pycache__/\n")
    git(tree, "init", "-q", "-b", "main")
    for state, tag in (("first", "v0.9"), ("second", "v0.10"), ("latest", "v1.0")):
        (tree / "docs/index.rst").write_text(INDEX.replace("VERSION", f"This is the {state}."))
        git(tree, "add", "-A")
        git(tree, "commit", "-q", "-m", state)
        if tag:
            git(tree, "tag", tag)
    return tree


def sphinx(tree, *args):
    done = subprocess.run([*SPHINX, *args], cwd=tree, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def site(tree):
    env = os.environ | {"SITE_DOCS": " ".join(SPHINX) + " -b html docs build/docs/html"}
    done = subprocess.run(["tools/site.sh", "build/site"], cwd=tree, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return tree / "build/site"


@pytest.mark.parametrize("folder, state, version", [(".", "latest", "main"), ("v0.9", "first", "v0.9"), ("v0.10", "second", "v0.10")])
def test_each_version_has_its_own_book(site, folder, state, version):
    page = (site / folder / "index.html").read_text()
    assert f"This is the {state}." in page and "version-menu.js" in page
    assert f"VERSION: '{version}'" in (site / folder / "_static/documentation_options.js").read_text()
    assert (site / folder / "ref/api.html").is_file()


def test_versions_are_listed_newest_first(site):
    assert (site / "versions.js").read_text() == 'window.MANUL_VERSIONS = ["main", "v1.0", "v0.10", "v0.9"];\n'
    assert (site / ".nojekyll").exists() and not list(site.rglob(".doctrees"))


def test_no_checkout_is_left(site, tree):
    listed = subprocess.run(["git", "worktree", "list"], cwd=tree, capture_output=True, text=True, check=True).stdout
    assert len(listed.splitlines()) == 1


def shown(page):
    """The page as the browser has it once its scripts have run."""
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    done = subprocess.run(["chromium", "--headless", *root, "--disable-gpu", "--virtual-time-budget=4000", "--dump-dom", page.as_uri()],
                          capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    return done.stdout


needs_chromium = pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium")


@needs_chromium
@pytest.mark.parametrize("page, version", [("ref/api.html", "main"), ("v0.9/ref/api.html", "v0.9")])
def test_the_menu_offers_every_version(site, page, version):
    menu = re.search(r'<select aria-label="Version of this book".*?</select>', shown(site / page), re.S)
    assert menu and re.findall(r'<option value="(.*?)"', menu[0]) == ["main", "v1.0", "v0.10", "v0.9"]
    assert re.findall(r'<option value="([^"]*)" selected', menu[0]) == [version]


# ---- offline ----

@pytest.fixture(scope="module")
def zips(tree):
    """The book built from nothing and packed, twice."""
    packed = []
    for out in ("one", "two"):
        sphinx(tree, "-E", "-d", f"build/{out}.doctrees", "-D", "html_show_search_summary=0", "-b", "html", "docs", f"build/{out}")
        os.utime(tree / f"build/{out}/index.html", (10**9 + len(out) + 86400 * len(packed),) * 2)
        packed.append(tree / f"build/{out}.zip")
        with packed[-1].open("wb") as file:
            subprocess.run([sys.executable, "tools/offline.py", f"build/{out}", "manul-main-offline"], cwd=tree, stdout=file, check=True)
    return packed


def test_the_zip_is_the_same_twice(zips):
    assert zips[0].read_bytes() == zips[1].read_bytes()


def test_the_zip_holds_the_book_alone(zips):
    with zipfile.ZipFile(zips[0]) as archive:
        names = archive.namelist()
    assert names == sorted(names) and "manul-main-offline/index.html" in names
    assert all(name.startswith("manul-main-offline/") and ".doctrees" not in name and ".buildinfo" not in name for name in names)


def test_nothing_is_asked_of_the_network(zips, tmp_path):
    zipfile.ZipFile(zips[0]).extractall(tmp_path)
    for path in [*tmp_path.rglob("*.html"), *tmp_path.rglob("*.css")]:
        text = path.read_text("utf-8")
        assert not re.search(r"""<(?:script|img|iframe|source)\b[^>]*\ssrc=["'](?:https?:)?//|<link\b[^>]*\shref=["'](?:https?:)?//""", text), path
        assert not re.search(r"""@import|url\(\s*["']?(?:https?:)?//""", text), path
    assert "version-menu.js" not in (tmp_path / "manul-main-offline/index.html").read_text()


@needs_chromium
def test_search_works_from_a_file(zips, tmp_path):
    zipfile.ZipFile(zips[0]).extractall(tmp_path)
    page = tmp_path / "manul-main-offline/search.html"
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    done = subprocess.run(["chromium", "--headless", *root, "--disable-gpu", "--virtual-time-budget=6000", "--dump-dom", page.as_uri() + "?q=kmalloc"],
                          capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    assert re.search(r'<ul class="search">.*href="ref/api\.html', done.stdout, re.S), done.stdout[-2000:]


# ---- on paper ----

@needs_chromium
def test_the_book_is_printed_with_its_folds_open(tree):
    sphinx(tree, "-b", "singlehtml", "docs", "build/single")
    pdf = tree / "build/book.pdf"
    subprocess.run([sys.executable, "tools/pdf.py", "build/single/index.html", str(pdf)], cwd=tree, check=True, timeout=300)
    assert pdf.read_bytes().startswith(b"%PDF-") and pdf.stat().st_size > 10000
    paper = (tree / "build/single/paper.html").read_text()
    assert "Onetwothree." in paper and paper.count("<details") == paper.count("<details open") > 0
