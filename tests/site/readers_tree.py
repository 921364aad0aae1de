"""A tree of a reader who works on mm/, with a history of its own: the parts that the figures are made of."""
import json
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PARTS = ["mm", "lib", "arch", "tests/port", "docs/figures", "docs/_static", "tools"]
ENV = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS", "GIT_"))}


class Tree:
    def __init__(self, folder, figure="buddy"):
        self.folder, self.figure = folder, figure
        for part in PARTS:
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy2(ROOT / "Makefile", folder / "Makefile")
        (folder / ".gitignore").write_text("/build/\n")
        self.run("git", "init", "-q")
        self.commit("the release")

    def run(self, *command):
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=600, env=ENV)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def commit(self, what):
        self.run("git", "add", "-A")
        self.run("git", "-c", "user.name=reader", "-c", "user.email=reader@localhost", "commit", "-q", "-m", what)
        return self.run("git", "rev-parse", "--short", "HEAD")

    def change(self, path, old, new):
        file = self.folder / path
        text = file.read_text()
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {path}"
        file.write_text(text.replace(old, new))
        return text[:text.index(old)].count("\n") + 1

    def make(self, *args):
        """The packed figure."""
        self.run("make", "-s", f"FIGURES={self.figure}", *args, "figures")
        return self.folder / f"build/figures/static/live/{self.figure}.js"

    def departure(self, operations, *args):
        return json.loads(self.run("node", str(ROOT / "tests/site/depart.mjs"), str(self.make(*args)), json.dumps(operations)))
