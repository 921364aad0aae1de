"""The theme as Debian ships it is mended: a script that runs, and dark where the system is dark."""
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs/_ext"))

furo = pytest.importorskip("furo")
import furo_repair  # noqa: E402

ASSETS = Path(furo.__file__).parent
SCRIPT = (ASSETS / "theme/furo/static/scripts/furo.js").read_text()
STYLE = (ASSETS / "theme/furo/static/styles/furo.css").read_text()


def test_script_becomes_a_classic_one():
    text = furo_repair.bundle_script(SCRIPT, "/* gumshoe */\n")
    assert "import " not in text.split("function", 1)[0]
    assert "/* gumshoe */" in text
    assert ".toc-tree a[href" in text.split("new Gumshoe")[0], "an empty contents list must not stop the script"


def test_style_stands_alone_and_follows_the_system():
    text = furo_repair.mend_style(STYLE, "/* normalize */\n")
    assert "@import" not in text
    assert text.startswith("/* normalize */")
    dark = text[text.index("prefers-color-scheme: dark"):]
    assert 'body:not([data-theme="light"])' in dark and "--color-background-primary" in dark


def test_a_sound_theme_is_left_alone():
    assert furo_repair.bundle_script("(() => {})();", "x") == "(() => {})();"
    assert furo_repair.mend_style("body {}", "x") == "body {}"
