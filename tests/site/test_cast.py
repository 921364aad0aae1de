"""Recordings: what is in docs/casts, the directive, and the player in a browser."""
import json
import re
import shutil
import sys
from pathlib import Path

import pyte
import pytest

import onepage

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs/_ext/course"))
import session  # noqa: E402

CASTS = sorted((ROOT / "docs/casts").glob("*.cast"))
MOST = 100_000
PAGE = """\
Title
=====

.. cast:: ls
   :alt: a <terminal>
   :speed: 2
   :start: 1.5

   The *caption*.
"""
CAST = '{"version": 2, "width": 80, "height": 24}\n[0.5, "o", "manul:/$ ls </script>\\r\\n"]\n[0.6, "o", "bin"]\n'


@pytest.fixture
def build(tmp_path):
    """build(page, cast, built=True): the status and messages of a build, and the page."""
    def run(page=PAGE, cast=CAST, built=True):
        player = tmp_path / "machine-static/cast"
        shutil.rmtree(player, ignore_errors=True)
        player.mkdir(parents=True)
        for name in ["asciinema-player.min.js", "asciinema-player.css"] if built else []:
            (player / name).touch()
        files = {"static/cast.js": "", "casts/ls.cast": cast, "casts/ls.txt": "manul:/$ ls </script>\n~bin 5\n"}
        return onepage.build(tmp_path, page, files, html_static_path=["static", "machine-static"], exclude_patterns=["casts"],
                             course_machine=str(tmp_path / "machine-static/machine"))
    return run


def scripts(html):
    return re.findall(r'<script defer="defer" src="_static/((?:cast/)?(?:asciinema|cast)[\w.-]+)"', html)


def test_page(build):
    status, said, html = build()
    assert status == 0, said
    assert 'aria-label="a &lt;terminal&gt;" data-speed="2" data-start="1.5"' in html and "<em>caption</em>" in html
    assert "manul:/$ ls &lt;/script&gt;\nbin 5" in html and "ls <\\/script>" in html
    assert scripts(html) == ["cast/asciinema-player.min.js", "cast.js"]


def test_page_without_a_recording(build):
    status, said, html = build("Title\n=====\n\nText.\n")
    assert status == 0, said
    assert not scripts(html) and "asciinema" not in html


def test_not_built(build):
    """The last screen, and no scripts."""
    status, said, html = build(built=False)
    assert status == 0, said
    assert "bin 5" in html and not scripts(html)


@pytest.mark.parametrize("old, new, complaint", [
    (":speed: 2", ":loop: 2", "unknown option"), (":speed: 2", ":speed: 0", "invalid option value"), (":speed: 2", ":speed: fast", "invalid option value"),
    (":alt: a <terminal>\n   ", "", ":alt: is required"), ("cast:: ls", "cast:: gone", "gone.cast"), ("cast:: ls", "cast::", "1 argument"),
    ('"version": 2', '"version": 3', "not a recording"), ("0.6", "0.4", "not a recording"), ('"bin"', '"bin', "Unterminated"),
    ("bin", "b" * MOST, "over"),
])
def test_mistakes(build, old, new, complaint):
    """An error, with file and line."""
    assert old in PAGE + CAST
    status, said, _ = build(PAGE.replace(old, new), CAST.replace(old, new))
    assert status != 0 and complaint in said and re.search(r"index\.rst:4:", said)


@pytest.mark.parametrize("path", CASTS, ids=lambda path: path.stem)
def test_still_is_the_last_screen(path):
    header, *events = map(json.loads, path.read_text("utf-8").splitlines())
    screen = pyte.Screen(header["width"], header["height"])
    stream = pyte.Stream(screen)
    for at, kind, text in events:
        assert kind == "o"
        stream.feed(text)
    assert path.stat().st_size < MOST and events[-1][0] < 60
    assert session.difference(path.with_suffix(".txt").read_text("utf-8").splitlines(), screen.display) is None


def test_every_recording_is_shown():
    text = "".join(path.read_text("utf-8") for path in (ROOT / "docs").rglob("*.rst"))
    assert set(re.findall(r"^ *\.\. cast:: (\S+)", text, re.M)) == {path.stem for path in CASTS} != set()
