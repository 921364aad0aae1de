"""A book of one page, for the tests of a directive."""
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def build(folder, page, files, **config):
    """The status and messages of the build, and the page as HTML. files: by path, what else the book has; config: for its conf.py."""
    config = {"extensions": ["course"], "root_doc": "index", "course_root": str(ROOT), **config}
    conf = "\n".join(["import sys", f"sys.path.insert(0, {str(ROOT / 'docs/_ext')!r})", *(f"{k} = {v!r}" for k, v in config.items()), ""])
    for path, text in {**files, "conf.py": conf, "index.rst": page}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    html = folder / "html/index.html"
    done = subprocess.run([sys.executable, "-m", "sphinx", "-q", "-n", "-W", "--keep-going", "-E", "-b", "html", str(folder), str(html.parent)],
                          capture_output=True, text=True)
    return done.returncode, done.stderr, html.read_text() if html.exists() else ""
