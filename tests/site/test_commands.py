"""What commands say of themselves is taken from their source, and nothing goes missing on the way."""
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(ROOT / "docs/_ext"))

import commands  # noqa: E402
from course import reference  # noqa: E402


def tree(tmp_path, **sources):
    folder = tmp_path / "user/bin"
    folder.mkdir(parents=True)
    for name, text in sources.items():
        (folder / f"{name}.c").write_text(text)
    return tmp_path


@pytest.mark.parametrize("source, text", [
    ('/* a: does it.\n * Twice. */\nvoid f(void) { usage("[-x] FILE"); }', "usage: a [-x] FILE\nDoes it.\nTwice.\n"),
    ('/* a: does it. */\n#define SYNOPSIS "[-x \\"y\\"]" \\\n\t" FILE"\nf() { usage(SYNOPSIS); }', 'usage: a [-x "y"] FILE\nDoes it.\n'),
    ("/* a [WORD]: does it. */\nint main;", "usage: a [WORD]\nDoes it.\n"),
    ('/* a: does it. */\nf() { usage(""); help_if_asked(argc, argv, "", "And more.\\n"); }', "usage: a\nDoes it.\nAnd more.\n"),
])
def test_text(tmp_path, source, text):
    assert commands.help_text("a", tree(tmp_path, a=source)) == text


@pytest.mark.parametrize("source", ["int main;", "/* b: another. */\nint main;", "/* a: does it. */\nf(x) { usage(x); }"])
def test_a_command_without_text_is_an_error(tmp_path, source):
    with pytest.raises(commands.Missing):
        commands.help_text("a", tree(tmp_path, a=source))


def test_every_command_has_its_text():
    assert len(commands.names()) > 50
    for name in commands.names():
        assert commands.help_text(name).startswith(f"usage: {name}")


def test_words_of_the_command_line():
    assert reference.words_problem({"va": "a.c"}, {"va"}) is None
    assert "gone" in reference.words_problem({"va": "a.c"}, {"va", "gone"})
    assert "b.c" in reference.words_problem({"va": "a.c", "new": "b.c"}, {"va"})
    assert reference.words_problem({}, set())
