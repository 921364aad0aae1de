#!/usr/bin/python3
"""What each command of user/bin does, taken from its source: --help prints it and the book lists it.

A command's text is the comment at the head of NAME.c (NAME/main.c), "NAME: what it does", or "NAME OPTIONS: what it does" if the
program never calls usage(). Its synopsis is otherwise what usage() is called with, or SYNOPSIS. What help_if_asked() says is added.

    commands.py c NAME      C with the text, to be linked into the program
    commands.py list        all of them
"""
import json
import re
import sys
from pathlib import Path

TREE = Path(__file__).resolve().parent.parent
STRINGS = r'(?:"(?:[^"\\]|\\.)*"[\s\\]*)+'
ARGUMENT = r'(?:"(?:[^"\\]|\\.)*"|\w+|\s)*'


class Missing(Exception):
    pass


def source_of(name, tree=TREE):
    """The file that holds the command's head comment."""
    for path in (tree / f"user/bin/{name}.c", tree / f"user/bin/{name}/main.c", tree / f"user/bin/{name}/{name}.c"):
        if path.is_file():
            return path
    raise Missing(f"user/bin/{name}: no {name}.c, main.c")


def names(tree=TREE):
    found = {p.stem for p in (tree / "user/bin").glob("*.c")} | {p.parent.name for p in (tree / "user/bin").glob("*/*.c")}
    return sorted(found)


def text_of(code, expression):
    """The text of a C expression of strings and names of strings; None: it is something else."""
    text = ""
    for string, name in re.findall(r'("(?:[^"\\]|\\.)*")|(\w+)', expression):
        if name:
            found = re.search(rf"(?:#define {name}|\b{name}\s*=)\s*({STRINGS})", code)
            if not found:
                return None
            string = found[1]
        text += "".join(json.loads(s) for s in re.findall(r'"(?:[^"\\]|\\.)*"', string))
    return text


def argument_of(code, call):
    """The text of the first call that has one; None: there is no such call."""
    calls = re.findall(rf"(?<!void )\b{call}({ARGUMENT})\)", code)
    texts = [t for t in (text_of(code, c) for c in calls) if t is not None]
    if calls and not texts:
        raise Missing(f"{call.rstrip(chr(92) + '(')}() is called with what is no text")
    return texts[0] if texts else None


def describe(name, tree=TREE):
    """(synopsis, lines of text)."""
    path = source_of(name, tree)
    code = path.read_text("utf-8")
    head = re.match(rf"/\*\s*{re.escape(name)}((?: [^:\n]*)?):\s+(.*?)\s*\*/", code, re.S)
    if not head:
        raise Missing(f'{path.relative_to(tree)}: does not begin with "/* {name}: what it does"')
    synopsis = argument_of(code, r"usage\(")
    lines = [re.sub(r"^ \* ?", "", line).rstrip() for line in head[2].split("\n")]
    lines += (argument_of(code, rf"help_if_asked\(argc, argv, {ARGUMENT}, ") or "").splitlines()
    return (head[1].strip() if synopsis is None else synopsis), lines


def help_text(name, tree=TREE):
    synopsis, lines = describe(name, tree)
    lines[0] = lines[0][0].upper() + lines[0][1:]
    return "\n".join([f"usage: {name} {synopsis}".rstrip(), *lines]) + "\n"


def main(argv):
    try:
        if argv[1:2] == ["list"]:
            print("\n".join(help_text(n) for n in names()), end="")
        elif argv[1:2] == ["c"] and len(argv) == 3:
            print('#include <err.h>\nconst char program_help[] = ' + "\n\t".join(map(json.dumps, help_text(argv[2]).splitlines(True))) + ";")
        else:
            sys.exit(__doc__)
    except Missing as e:
        sys.exit(f"commands.py: {e}")


if __name__ == "__main__":
    main(sys.argv)
