"""The machine in the page: its directive, its module in node, and its page in a browser. What needs building says so and is not skipped."""
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import onepage

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "build/machine/static/machine"
HANG = 400      # seconds; ends what hangs, and judges nothing

PAGE = """\
Title
=====

.. machine:: try
   :alt: a <terminal>
   :mem: 32
   :words: va=bump "x"
   :type: free | cat <a>

   The *caption*.
"""


@pytest.fixture
def build(tmp_path):
    """build(page, built=True): the status and messages of a build, and the page."""
    def run(page, built=True):
        machine = tmp_path / "static/machine"
        shutil.rmtree(machine, ignore_errors=True)
        machine.mkdir(parents=True)
        for name in ["xterm.js", "addon-fit.js", "rv.wasm.js", "image.js"] if built else []:
            (machine / name).touch()
        return onepage.build(tmp_path, page, {"transcripts/try.txt": "manul:/$ ls <here>\n"}, html_static_path=["static"],
                             course_machine=str(machine))
    return run


def test_page(build):
    status, said, html = build(PAGE)
    assert status == 0, said
    assert 'data-mem="32" data-words="va=bump &quot;x&quot;"' in html and 'aria-label="a &lt;terminal&gt;"' in html
    assert "manul:/$ ls &lt;here&gt;" in html and "<em>caption</em>" in html
    scripts = re.findall(r'<script defer="defer" src="_static/machine/([\w.-]+)"', html)
    assert scripts == ["vm.js", "guest.js", "frames.js", "space.js", "tables.js", "inside.js", "machine.js"]
    assert 'data-type="[&quot;free&quot;, &quot;cat &lt;a&gt;&quot;]"' in html


def test_page_without_a_machine(build):
    """No scripts for who does not need them."""
    status, said, html = build("Title\n=====\n\nText.\n")
    assert status == 0, said
    assert "machine/" not in html


def test_not_built(build):
    """A notice and the transcript, no scripts, no error."""
    status, said, html = build(PAGE, built=False)
    assert status == 0, said
    assert "Not in this build." in html and "manul:/$ ls &lt;here&gt;" in html
    assert "machine/vm.js" not in html and 'class="machine"' not in html


@pytest.mark.parametrize("old, new, complaint", [
    (":mem: 32", ":mem: 8", "16 to 256 MiB"), (":mem: 32", ":mem: much", "invalid option value"),
    (":mem: 32", ":size: 32", "unknown option"), (":alt: a <terminal>\n   ", "", ":alt: is required"),
    ("machine:: try", "machine:: gone", "gone.txt"), ("machine:: try", "machine::", "1 argument"),
])
def test_mistakes(build, old, new, complaint):
    """An error, with file and line."""
    assert old in PAGE
    status, said, _ = build(PAGE.replace(old, new))
    assert status != 0 and complaint in said
    assert re.search(r"index\.rst:4:", said)


def make(*targets):
    done = subprocess.run(["make", "--no-print-directory", "ARCH=riscv64", *targets], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, env={k: v for k, v in os.environ.items() if not k.startswith("MAKE")})
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-2000:]


def node(*command):
    done = subprocess.run(["node", *command], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=HANG)
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-3000:]
    return done.stdout


def test_in_node():
    """wasm: boots to the prompt, obeys, allocates two million times."""
    make("book-machine")
    assert "prompt after" in node("tests/machine/node.mjs", str(BUILT))


def test_in_a_browser():
    """Started, typed at, looked into, stopped, reset, left by the keyboard; from http and from a file; without script, or with a part
    missing, a transcript."""
    make("docs")
    assert node("tests/machine/browser.mjs", "build/docs/html").count("ok ") == 4
