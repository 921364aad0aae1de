#!/usr/bin/python3
"""Play the sessions that the book and README.md show, on real machines.

    transcripts.py [NAME...]        write into docs/transcripts what the machines say now
    transcripts.py --check [NAME...]    say where that differs

Runs with the same options share a machine. Where two machines say different things, the file has to mark it, or to name one of them.
"""
import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(ROOT, "tests/system"), os.path.join(ROOT, "docs/_ext/course")]
import session
from machine import Machine

FOLDER = os.path.join(ROOT, "docs/transcripts")
# What takes long: tests that type it anyway look into the sessions by untrue().
ELSEWHERE = ["allocstress", "MALLOC=page allocstress", "MALLOC=page meow --churn", "meow what did meow do?"]
SETTINGS = ("BOOT", "TIMEOUT")      # of no interest to what commands print


def sessions(names=()):
    """The text of each session by its name; README.md's are called README.md:LINE, and there every number varies. What shows no output is not\n    a session."""
    found = {}
    for path in sorted(glob.glob(os.path.join(FOLDER, "*.txt"))):
        with open(path, encoding="utf-8") as f:
            found[os.path.basename(path)[:-4]] = f.read()
    found |= readme_sessions()
    return {name: text for name, text in found.items() if not names or name in names}


def readme_sessions():
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as f:
        text = f.read()
    blocks = re.finditer(r"(?<=\n\n)(?: {4}.*\n)+", text)
    return {f"README.md:{text.count(chr(10), 0, m.start()) + 1}": loose(re.sub(r"^ {4}", "", m[0], flags=re.M))
            for m in blocks if re.search(r"manul:/.*\n    (?!manul:|\$ )", m[0])}


def loose(text):
    return "".join(line if re.match(r"\$ |manul:/|\.\.\.", line) else "~" + line for line in text.splitlines(keepends=True))


class Player:
    """Plays runs, and starts a machine for each set of options; a context manager."""

    def __init__(self, arch, log):
        self.arch, self.log, self.machines = arch, log, {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for machine in self.machines.values():
            machine.stop()

    def machine(self, options):
        key = tuple(sorted((k, v) for k, v in options.items() if k not in SETTINGS and k != "ARCH"))
        if key not in self.machines:
            self.machines[key] = Machine(self.log, self.arch, **dict(key)).__enter__()
        return key, self.machines[key]

    def play(self, run):
        """(step, what came, as lines) for each step that is played here."""
        key, machine = self.machine(run.options)
        for step in run.steps:
            if step.typed in ELSEWHERE:
                continue
            if step.typed == "poweroff":
                machine.send("poweroff\r")
                text = machine.ended()[0].partition("\n")[2]
                self.machines.pop(key).stop()
            elif step.typed is None:
                text = machine.boot_text
            else:
                machine.run(step.typed)
                text = machine.raw
            yield step, text.splitlines()


def untrue(typed, text):
    """How the sessions in which this is typed differ from what the machine said to it."""
    found = [(name, step) for name, shown in sessions().items() for run in session.parse(shown) for step in run.steps if step.typed == typed]
    assert found, f"no session shows {typed}"
    wrong = [(name, session.difference(step.said, text.splitlines())) for name, step in found]
    return [f"{name}: {difference}" for name, difference in wrong if difference]


def differences(text, arch, player):
    """Each difference between a session and the machine, with its line of the file."""
    for run in session.parse(text):
        if arch not in run.machines:
            continue
        for step, lines in player.play(run):
            wrong = session.difference(step.said, lines) if step.typed or session.trimmed(step.said) else None
            if wrong:
                yield f"line {step.line}: {step.typed or 'start'}: {wrong}"


def renewed(text, arch, player):
    """The session with what the machine says now."""
    lines = text.splitlines()
    changes = []
    for run in session.parse(text):
        for step, came in player.play(run) if arch in run.machines else []:
            if (step.typed or session.trimmed(step.said)) and session.difference(step.said, came):
                first = step.line if text.splitlines()[step.line - 1] not in step.said else step.line - 1
                changes.append((first, first + len(step.said), session.renewed(step.said, came)))
    for first, end, new in reversed(changes):
        lines[first:end] = new
    return "\n".join(lines) + "\n"


def main(words):
    check, names = "--check" in words, [w for w in words if not w.startswith("--")]
    wrong = 0
    for arch in session.MACHINES:
        with open(os.path.join(ROOT, "build", f"transcripts-{arch}.log"), "w", encoding="utf-8") as log, Player(arch, log) as player:
            for name, text in sessions(names).items():
                if not check and not name.startswith("README"):
                    new = renewed(text, arch, player)
                    if new != text:
                        print(f"  NEW     docs/transcripts/{name}.txt, from {arch}")
                        with open(os.path.join(FOLDER, name + ".txt"), "w", encoding="utf-8") as f:
                            f.write(new)
                    continue
                for difference in differences(text, arch, player):
                    print(f"{name}: {arch}: {difference}", file=sys.stderr)
                    wrong += 1
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
